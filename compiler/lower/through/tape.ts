/**
 * The tape: what a step backwards cannot compute from weights alone is kept for each step of a window, in rings. Taped
 * are states, inputs, draws, what rings recall, parameters and weights that change within a window, and what sums over
 * units or synapses, which would cost as much to be computed once more; the rest is computed anew from these.
 *
 * A ring of the window's length is counted by steps, so that at a step its oldest row is that of the step itself.
 */
import { GraphBuilder } from '../../ir/builder.ts'
import { bareOperation, isLeaf, operandsOf, withOperands } from '../../ir/operands.ts'
import { rowOf as operationRow } from '../../ir/operations.ts'
import type { Graph, IrNode, StorageShape, ValueId } from '../../ir/ir.ts'
import type { Memory } from '../circuit/memory.ts'
import type { Backwards, ForwardStep } from './reverse.ts'
import { longRingName, ringShape, rowOf, tapeName, windowMemory } from './window.ts'

/** What is not the same in every step of a window. */
export interface Changing {
  readonly storages: ReadonlySet<string>
  readonly params: ReadonlySet<string>
}

/** The graph backwards with its tape. */
export interface Taped {
  readonly graph: Graph
  /** The rings. */
  readonly memories: readonly Memory[]
  /** What the step pushes to each, by its name. */
  readonly pushed: ReadonlyMap<string, { readonly value: ValueId; readonly row: StorageShape }>
}

/** Cuts the forward values out of a graph backwards; `length` is how many steps a window has at most. */
export function withTape(
  step: GraphBuilder,
  { builder, forward, stores }: Backwards,
  changing: Changing,
  length: number,
  kept: ForwardStep['kept'] = new Map(),
): Taped {
  const isTaped = tapedValues(step, changing)
  const made = new GraphBuilder('adjoint')
  const memories: Memory[] = []
  const pushed = new Map<string, { value: ValueId; row: StorageShape }>()
  const copies = new Map<ValueId, ValueId>()
  const onTape = (value: ValueId, original: ValueId): ValueId => {
    const { shape } = builder.nodeOf(value)
    const row = rowOf(shape)
    const name = tapeName(memories.length)
    const ring = ringShape(length, row)
    memories.push(windowMemory(name, ring, length))
    pushed.set(name, { value: original, row })
    return made.reshape(made.recall(made.load(name, ring), length, length), shape)
  }
  /** A ring that synapses look at by delays of their own, with what it was pushed in the whole window; and its rows. */
  const longRing = (storage: string, rows: number): ValueId => {
    const { info, next } = kept.get(storage)!
    const name = longRingName(storage)
    const row = [Number(info.shape[0]) / rows, ...info.shape.slice(1)]
    const ring = ringShape(length + rows, row)
    if (!pushed.has(name)) memories.push(windowMemory(name, ring, length + rows))
    pushed.set(name, { value: next, row })
    return made.load(name, ring)
  }
  const needed = neededValues(builder, forward, isTaped, stores)
  for (const value of [...needed].toSorted((a, b) => a - b)) {
    const node = builder.nodeOf(value)
    const original = forward.get(value)
    if (original === undefined && !isLeaf(node)) made.section = node.section
    if (original !== undefined && isTaped(original)) {
      copies.set(value, onTape(value, original))
      continue
    }
    made.origin = node.origin
    const late = lateOperand(node)
    const ring = late === undefined ? undefined : ringIn(builder, late.operand)
    if (late && ring !== undefined && forward.has(late.operand)) {
      const long = longRing(ring, late.rows)
      const reading = { ...node, ring: length + late.rows } as IrNode
      const read = withOperands(reading, (operand) =>
        operand === late.operand ? long : copies.get(operand)!,
      )
      copies.set(value, made.node(bareOperation(read), node.shape))
      continue
    }
    const copied = withOperands(node, (operand) => copies.get(operand)!)
    copies.set(value, made.node(bareOperation(copied), node.shape))
  }
  made.origin = undefined
  for (const [storage, { value, push }] of stores) {
    if (push) made.push(storage, copies.get(value)!)
    else made.store(storage, copies.get(value)!)
  }
  return { graph: made.build(), memories, pushed }
}

/** What is stored, and what that needs. */
function neededValues(
  builder: GraphBuilder,
  forward: ReadonlyMap<ValueId, ValueId>,
  isTaped: (original: ValueId) => boolean,
  stores: Backwards['stores'],
): ReadonlySet<ValueId> {
  const needed = new Set<ValueId>()
  const pending = [...stores.values()].map(({ value }) => value)
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (needed.has(at)) continue
    needed.add(at)
    const original = forward.get(at)
    if (original !== undefined && isTaped(original)) continue
    const node = builder.nodeOf(at)
    // Of a ring that is looked at by delays of each synapse there is a longer one.
    const late = lateOperand(node)?.operand
    pending.push(...operandsOf(node).filter((operand) => operand !== late || !forward.has(operand)))
  }
  return needed
}

/** The operand of an operation over delays of each synapse that is a ring, of so many rows. */
function lateOperand(
  node: IrNode,
): { readonly operand: ValueId; readonly rows: number } | undefined {
  if (node.op === 'pairs' && node.ring !== undefined)
    return { operand: node.args[1], rows: node.ring }
  const isFirst = node.op === 'deliver' || node.op === 'toSynapses'
  return isFirst && node.ring !== undefined ? { operand: node.args[0], rows: node.ring } : undefined
}

/** The storage of a ring. */
function ringIn(builder: GraphBuilder, value: ValueId): string | undefined {
  const node = builder.nodeOf(value)
  if (node.op === 'stop') return ringIn(builder, node.args[0])
  return node.op === 'load' ? node.storage : undefined
}

/** Whether a value of the step is taped, if it is needed. */
function tapedValues(step: GraphBuilder, changing: Changing): (value: ValueId) => boolean {
  const known = new Map<ValueId, boolean>()
  const isSource = (node: IrNode): boolean => {
    switch (node.op) {
      case 'input':
      case 'random':
      case 'recall':
        return true
      case 'load':
        return changing.storages.has(node.storage)
      case 'scalar':
        return node.source === 'param' && changing.params.has(node.name)
      default:
        return false
    }
  }
  const changes = (value: ValueId): boolean => {
    const pending = [value]
    for (let at = pending.at(-1); at !== undefined; at = pending.at(-1)) {
      const node = step.nodeOf(at)
      const open = known.has(at) ? [] : operandsOf(node).filter((each) => !known.has(each))
      if (open.length > 0) {
        pending.push(...open)
        continue
      }
      pending.pop()
      if (!known.has(at))
        known.set(at, isSource(node) || operandsOf(node).some((each) => known.get(each)))
    }
    return known.get(value) ?? false
  }
  return (value) => {
    const node = step.nodeOf(value)
    if (isSource(node)) return true
    const { cost } = operationRow(node)
    return (cost === 'product' || cost === 'convolution' || cost === 'synapses') && changes(value)
  }
}
