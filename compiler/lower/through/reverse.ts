/**
 * The adjoint of a step: from the graph of a circuit's step, a graph that goes the step backwards.
 *
 * It holds the step's values once more, as far as derivatives need them, the cotangents of the loss of that step and
 * of what is kept after it, and gives those of what was kept before it. What it cannot compute from weights alone it
 * reads from a tape (`tape.ts`). States that no loss depends on, or that depend on nothing that learns, have none.
 *
 * What was pushed to a ring in step s and is recalled in step s + l has its cotangent found at s + l: it is kept in a
 * ring of l + 1 rows, counted as steps are, and read at s, which comes l steps later. Where synapses have delays of their own
 * each synapse's share is kept so, its weight in it, and each reads the row of its delay.
 */
import { synapseDim } from '../../../contract/pattern.ts'
import { GraphBuilder } from '../../ir/builder.ts'
import { cotangentsOf, passesLoss } from '../../ir/gradient.ts'
import { bareOperation, operandsOf, withOperands } from '../../ir/operands.ts'
import type { IrNode, StorageInfo, StorageShape, ValueId } from '../../ir/ir.ts'
import type { Memory } from '../circuit/memory.ts'
import type { LossPart } from '../experiment/loss.ts'
import { adjointName, gradientName, lateAdjointName, ringShape, windowMemory } from './window.ts'

/** A step as it is differentiated. */
export interface ForwardStep {
  readonly builder: GraphBuilder
  /** The losses that are differentiated together; each goes back by cotangents of its own. */
  readonly parts: readonly LossPart[]
  /** What is kept from step to step, and what it is after the step (or what is pushed). */
  readonly kept: ReadonlyMap<string, { readonly info: StorageInfo; readonly next: ValueId }>
  /** The weights and biases whose gradients are asked for. */
  readonly targets: ReadonlyMap<string, StorageShape>
}

/** The graph backwards while it is built, with whole forward values in it. */
export interface Backwards {
  readonly builder: GraphBuilder
  /** Of values that are those of the step: which. */
  readonly forward: ReadonlyMap<ValueId, ValueId>
  /** What is kept for it, but for the tape. */
  readonly memories: readonly Memory[]
  /** Values to store or push, by storage. */
  readonly stores: ReadonlyMap<string, { readonly value: ValueId; readonly push: boolean }>
  /** Targets that some loss depends on. */
  readonly reached: readonly string[]
  /** A look at a ring that gradients would have to pass, and cannot; nothing is built then. */
  readonly blocked?: IrNode
}

/** Where a gradient that reaches a value comes from. */
interface Sources {
  readonly loads: ReadonlySet<string>
  /** Recalls of rings, and what arrives of them by delays of each synapse. */
  readonly recalls: readonly ValueId[]
  /** Reads a ring by delays of each synapse in another way. */
  readonly late?: IrNode
}

/** Builds the step backwards. */
export function reverseStep(step: ForwardStep): Backwards {
  const { kept } = step
  const lives = step.parts.map((part) => ({ part, live: liveStorages(step, part) }))
  const results = lives.flatMap(({ part, live }) => [
    part.loss,
    ...[...live.names].map((name) => kept.get(name)!.next),
  ])
  const builder = new GraphBuilder('adjoint')
  const { to, forward } = copyOf(step.builder, results, builder)
  builder.section = 'update'
  const memories: Memory[] = []
  const stores = new Map<string, { value: ValueId; push: boolean }>()
  const gradients = new Map<string, ValueId | undefined>()
  for (const { part, live } of lives) {
    const found = partBackwards({ ...step, into: builder, to, forward }, part, live)
    memories.push(...found.memories)
    for (const [name, store] of found.stores) stores.set(name, store)
    for (const [name, share] of found.shares) {
      const before = gradients.get(name)
      const sum = before !== undefined && share !== undefined
      gradients.set(name, sum ? builder.map('add', before, share) : (share ?? before))
    }
  }
  for (const [name, share] of gradients) {
    const [storage, shape] = [gradientName(name), step.targets.get(name)!]
    memories.push(windowMemory(storage, shape))
    if (share === undefined) continue
    const sum = builder.map('add', builder.load(storage, shape), share)
    stores.set(storage, { value: sum, push: false })
  }
  const late = lives.find(({ live }) => live.late)?.live.late
  const reached = [...gradients.keys()]
  return { builder, forward, memories, stores, reached, ...(late && { blocked: late }) }
}

/** The losses of one part backwards, within the graph of all. */
function partBackwards(
  step: ForwardStep & {
    readonly into: GraphBuilder
    readonly to: (value: ValueId) => ValueId
    readonly forward: ReadonlyMap<ValueId, ValueId>
  },
  { loss, local, moves }: LossPart,
  live: Live,
): Pick<Backwards, 'memories' | 'stores'> & {
  /** Of each target that it reaches, what this step adds to its gradient, if anything. */
  readonly shares: ReadonlyMap<string, ValueId | undefined>
} {
  const { kept, targets, into: builder, to, forward } = step
  const memories: Memory[] = []
  const keep = (memory: Memory): void => void memories.push(memory)
  const seeds = new Map<ValueId, ValueId>()
  const seed = (value: ValueId, cotangent: ValueId): void => {
    const at = to(value)
    const before = seeds.get(at)
    seeds.set(at, before === undefined ? cotangent : builder.map('add', before, cotangent))
  }
  seed(loss, builder.filled(1, builder.shapeOf(to(loss))))
  const rings = recallsOf(step.builder, forward, (name) => live.names.has(name))
  for (const name of live.names) {
    const { info, next } = kept.get(name)!
    if (info.ring === undefined) {
      keep(windowMemory(adjointName(name, local), info.shape))
      seed(next, builder.load(adjointName(name, local), info.shape))
      continue
    }
    for (const { lag, row } of rings.get(name)?.values() ?? []) {
      const shape = ringShape(lag + 1, row)
      const late = lateAdjointName(name, lag, local)
      keep(windowMemory(late, shape, lag + 1))
      seed(next, builder.recall(builder.load(late, shape), lag + 1, 1))
    }
  }
  const late = lateDeliveries(step.builder, forward, (name) => live.names.has(name), local, builder)
  for (const [k, { name, to: value, node }] of late.entries()) {
    const { next } = kept.get(name)!
    const share = lateAdjointName(name, k, local, true)
    const [examples = 1] = builder.shapeOf(value)
    const shape = ringShape(node.ring + 1, [Number(examples), synapseDim(node.pattern.name)])
    keep(windowMemory(share, shape, node.ring + 1))
    seed(next, arrivedLater(builder, node, builder.load(share, shape)))
  }
  const reached = [...targets.keys()].filter((name) => moves(name) && live.sources.has(name))
  const loads = [
    ...[...live.names].filter((name) => kept.get(name)!.info.ring === undefined),
    ...reached,
  ]
  const shapeOf = (name: string): StorageShape => targets.get(name) ?? kept.get(name)!.info.shape
  const recalls = [...rings.entries()].flatMap(([name, lags]) =>
    [...lags.values()].flatMap(({ lag, values }) => values.map((value) => ({ name, lag, value }))),
  )
  const found = cotangentsOf(
    builder,
    seeds,
    [
      ...loads.map((name) => builder.load(name, shapeOf(name))),
      ...recalls.map(({ value }) => value),
      ...late.map((each) => each.to),
    ],
    { ...(local !== undefined && { local }) },
  )
  const stores = new Map<string, { value: ValueId; push: boolean }>()
  const shares = new Map<string, ValueId | undefined>()
  loads.forEach((name, i) => {
    const share = found[i]
    if (targets.has(name)) return void shares.set(name, share)
    const value = share ?? builder.filled(0, shapeOf(name))
    stores.set(adjointName(name, local), { value, push: false })
  })
  for (const [name, lags] of rings) {
    for (const { lag, row } of lags.values()) {
      const parts = recalls.flatMap((each, i) =>
        each.name === name && each.lag === lag ? (found[loads.length + i] ?? []) : [],
      )
      const [first = builder.filled(0, row), ...more] = parts
      const value = more.reduce((a, b) => builder.map('add', a, b), first)
      stores.set(lateAdjointName(name, lag, local), { value, push: true })
    }
  }
  for (const [k, { name, to: value, node }] of late.entries()) {
    const g = found[loads.length + recalls.length + k] ?? builder.filled(0, builder.shapeOf(value))
    const there = builder.toSynapses(g, node.pattern, 'post')
    const share = builder.map('mul', there, node.args[1])
    stores.set(lateAdjointName(name, k, local, true), { value: share, push: true })
  }
  return { memories, stores, shares }
}

/** Of the cotangents that arrived after each delay, by synapse, those of what each cell sent in this step. */
function arrivedLater(
  builder: GraphBuilder,
  { ring, pattern, args: [, , delays] }: LateDelivery,
  shares: ValueId,
): ValueId {
  const rows = ring + 1
  let sum: ValueId | undefined
  for (let delay = 1; delay <= ring; delay++) {
    const row = builder.recall(shares, rows, rows - delay)
    const isOf = builder.map('eq', delays!, builder.constant(delay))
    const share = builder.map('select', isOf, row, builder.constant(0))
    sum = sum === undefined ? share : builder.map('add', sum, share)
  }
  return builder.fromSynapses(sum!, pattern, 'pre')
}

interface Late {
  readonly name: string
  readonly to: ValueId
  /** As it stands in the graph backwards. */
  readonly node: LateDelivery
}

/** What arrives of live rings by delays of each synapse, in the graph backwards. */
function lateDeliveries(
  step: GraphBuilder,
  forward: ReadonlyMap<ValueId, ValueId>,
  isLive: (name: string) => boolean,
  local: string | undefined,
  into: GraphBuilder,
): readonly Late[] {
  return [...forward].flatMap(([value, original]) => {
    const name = ringOf(step, original)
    const [before, node] = [step.nodeOf(original), into.nodeOf(value)]
    if (!isLateDelivery(before) || !isLateDelivery(node) || name === undefined) return []
    return isLive(name) && !endsAtRing(step, before, local) ? [{ name, to: value, node }] : []
  })
}

interface Live {
  readonly names: ReadonlySet<string>
  /** Whatever some loss depends on, weights too. */
  readonly sources: ReadonlySet<string>
  readonly late?: IrNode
}

/** The states and rings that a cotangent reaches, and that depend on what learns. */
function liveStorages(
  { builder, kept, targets }: ForwardStep,
  { loss, local, moves }: LossPart,
): Live {
  const known = new Map<ValueId, Sources>()
  const sourcesOf = (value: ValueId): Sources => {
    const found = known.get(value) ?? findSources(builder, value, local)
    known.set(value, found)
    return found
  }
  const namesIn = ({ loads, recalls }: Sources): readonly string[] => [
    ...loads,
    ...recalls.flatMap((value) => ringOf(builder, value) ?? []),
  ]
  const needed = new Set<string>()
  const pending = [loss]
  let late: IrNode | undefined
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const sources = sourcesOf(value)
    late ??= sources.late
    for (const name of namesIn(sources)) {
      if (needed.has(name)) continue
      needed.add(name)
      const next = kept.get(name)?.next
      if (next !== undefined) pending.push(next)
    }
  }
  const depending = new Set<string>()
  for (let size = -1; size < depending.size;) {
    size = depending.size
    for (const [name, { next }] of kept) {
      if (depending.has(name) || !needed.has(name)) continue
      const names = namesIn(sourcesOf(next))
      if (names.some((each) => (targets.has(each) && moves(each)) || depending.has(each)))
        depending.add(name)
    }
  }
  return { names: depending, sources: needed, ...(late && { late }) }
}

function findSources(builder: GraphBuilder, value: ValueId, local: string | undefined): Sources {
  const loads = new Set<string>()
  const recalls: ValueId[] = []
  let late: IrNode | undefined
  const seen = new Set<ValueId>()
  const pending = [value]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    const node = builder.nodeOf(at)
    if (node.op === 'load') loads.add(node.storage)
    else if (node.op === 'recall') recalls.push(at)
    else if (isLateDelivery(node)) {
      if (!endsAtRing(builder, node, local)) recalls.push(at)
    } else if ('ring' in node && node.ring !== undefined) late ??= node
    operandsOf(node).forEach((operand, index) => {
      if (passesLoss(node, index, local)) pending.push(operand)
    })
  }
  return { loads, recalls, ...(late && { late }) }
}

type LateDelivery = Extract<IrNode, { readonly op: 'deliver' }> & { readonly ring: number }

const isLateDelivery = (node: IrNode): node is LateDelivery =>
  node.op === 'deliver' && node.ring !== undefined && !node.transpose

/** Whether what arrives is constant for a loss that is local to where it does. */
function endsAtRing(
  builder: GraphBuilder,
  { args }: LateDelivery,
  local: string | undefined,
): boolean {
  const ring = builder.nodeOf(args[0])
  return ring.op === 'stop' && (ring.into === undefined || ring.into === local)
}

/** The ring that is recalled, or that something arrives of by delays of each synapse. */
function ringOf(builder: GraphBuilder, value: ValueId): string | undefined {
  const node = builder.nodeOf(value)
  if (node.op !== 'recall' && !isLateDelivery(node)) return undefined
  const read = builder.nodeOf(node.args[0])
  const ring = read.op === 'stop' ? builder.nodeOf(read.args[0]) : read
  return ring.op === 'load' ? ring.storage : undefined
}

interface Recalled {
  readonly lag: number
  readonly row: StorageShape
  /** Values of the graph backwards. */
  readonly values: readonly ValueId[]
}

/** Of the live rings the recalls in the graph backwards, by their lag. */
function recallsOf(
  step: GraphBuilder,
  forward: ReadonlyMap<ValueId, ValueId>,
  isLive: (name: string) => boolean,
): ReadonlyMap<string, ReadonlyMap<number, Recalled>> {
  const found = new Map<string, Map<number, Recalled>>()
  for (const [value, original] of forward) {
    const node = step.nodeOf(original)
    const name = ringOf(step, original)
    if (node.op !== 'recall' || name === undefined || !isLive(name)) continue
    const lags = found.get(name) ?? new Map<number, Recalled>()
    found.set(name, lags)
    const row = node.shape as StorageShape
    const before = lags.get(node.lag)?.values ?? []
    lags.set(node.lag, { lag: node.lag, row, values: [...before, value] })
  }
  return found
}

/** Copies what some values are computed from. */
function copyOf(
  from: GraphBuilder,
  results: readonly ValueId[],
  into: GraphBuilder,
): { readonly to: (value: ValueId) => ValueId; readonly forward: ReadonlyMap<ValueId, ValueId> } {
  const wanted = new Set<ValueId>()
  const pending = [...results]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (wanted.has(at)) continue
    wanted.add(at)
    pending.push(...operandsOf(from.nodeOf(at)))
  }
  const copies = new Map<ValueId, ValueId>()
  const forward = new Map<ValueId, ValueId>()
  const to = (value: ValueId): ValueId => {
    const copy = copies.get(value)
    if (copy === undefined) throw new Error(`%${value} was not copied`)
    return copy
  }
  for (const value of [...wanted].toSorted((a, b) => a - b)) {
    const node = from.nodeOf(value)
    into.origin = node.origin
    const copy = into.node(bareOperation(withOperands(node, to)), node.shape)
    copies.set(value, copy)
    forward.set(copy, value)
  }
  into.origin = undefined
  return { to, forward }
}
