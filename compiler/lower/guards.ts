/**
 * What a step does besides the circuit, so that a run sees whatever goes wrong however seldom it looks:
 *
 * - What is kept and is not finite stays so. A storage that could recover, as a state that is reset, is
 *   stored as `select(abs(x) < infinity, next, x)`, x being what it was: the next look finds it, and the
 *   steps since the last one are gone through again to find the first. What is finite is not changed.
 * - What is pushed to a ring leaves it by itself, so that it is pushed as `select(abs(y) < infinity, next, y)`,
 *   y being what was pushed a step before; but for what another storage keeps, and truth values.
 * - Each draw of `bernoulli` whose probability is computed by the step has a storage of the role `check`,
 *   which is 0 until a probability is none (below 0, above 1, or NaN), and infinite from then on. Where
 *   nothing is kept, in what evaluates, the scores are infinite then.
 *
 * What may be infinite by the language's definition (`mayBeInfinite`) is left alone.
 */
import { GraphBuilder } from '../ir/builder.ts'
import { nextId } from '../ir/ids.ts'
import { isTruth, nodeAt, operandsOf } from '../ir/operands.ts'
import { askedFinite, copied } from './bounded-guards.ts'
import type { Graph, IrNode, MapFunction, StorageInfo, ValueId } from '../ir/ir.ts'

export interface Guarded {
  readonly step: Graph
  /** The storages of checks, all 0 at the start. */
  readonly checks: readonly StorageInfo[]
  /** What each of them says once it is not 0, by name. */
  readonly meanings: Readonly<Record<string, string>>
}

/** Sections that come after all that is stored. */
const later = new Set(['backprop', 'measure', 'score'])

/** A ring of rows, as a storage is declared. */
type Ring = Pick<StorageInfo, 'name' | 'shape' | 'ring'>

/** The step's graph with its guards; `infinite` are the storages that may be so. */
export function guard(
  step: Graph,
  infinite: ReadonlySet<string>,
  memories: readonly Ring[],
): Guarded {
  const draws = unsafeDraws(step)
  const rings = new Map(memories.map((each) => [each.name, each]))
  const isKept = new Set(step.stores.flatMap(({ value, push }) => (push === true ? [] : [value])))
  const kept = step.stores.filter(
    ({ storage, value, push }) =>
      // What measures keep is seen when it is measured.
      !later.has(nodeAt(step.nodes, value).section) &&
      !infinite.has(storage) &&
      (push === true
        ? rings.get(storage)?.ring !== undefined &&
          !isKept.has(value) &&
          nodeAt(step.nodes, value).op !== 'load' &&
          mayLeaveRange(step, value)
        : !counts(step, storage, value) && canRecover(step, storage, value)),
  )
  if (draws.length === 0 && kept.length === 0) return { step, checks: [], meanings: {} }
  const builder = new GraphBuilder(step.name)
  const renumbered: ValueId[] = []
  const now = (value: ValueId): ValueId => nodeAt(renumbered, value)
  const stored = new Map<string, ValueId>()
  const checks: StorageInfo[] = []
  const meanings: Record<string, string> = {}
  const addGuards = (): void => {
    builder.section = 'update'
    const drawnBefore = new Map<string, number>()
    for (const node of draws) {
      // A place of a rule may be computed several times, of traces as they are before and after a reaction.
      const plain = `${node.stream} is sound`
      const nth = (drawnBefore.get(plain) ?? 0) + 1
      drawnBefore.set(plain, nth)
      const name = nth === 1 ? plain : `${plain} ${nth}`
      checks.push({ name, shape: [], role: 'check' })
      meanings[name] = node.origin?.text ?? node.stream
      builder.origin = undefined
      const wrong = wrongness(builder, nodeAt(renumbered, node.args[0]!))
      stored.set(name, builder.map('add', builder.load(name, []), wrong))
    }
    addKept()
  }
  /** Guards of what is computed by now. */
  const addKept = (): void => {
    for (const { storage, value } of kept) {
      if (stored.has(storage) || value >= renumbered.length) continue
      builder.origin = nodeAt(step.nodes, value).origin
      stored.set(storage, keepWrong(builder, rings.get(storage), storage, now(value)))
    }
  }
  let isDone = false
  for (const node of step.nodes) {
    if (!isDone && later.has(node.section)) {
      addGuards()
      isDone = true
    }
    renumbered.push(copied(builder, node, now))
  }
  if (!isDone) addGuards()
  // What a measure keeps of its own comes with the measures.
  else addKept()
  for (const { name, value, figure } of step.outputs)
    builder.output(name, now(value), figure === true)
  for (const { storage, value, push } of step.stores) {
    if (push) builder.push(storage, stored.get(storage) ?? now(value))
    else builder.store(storage, stored.get(storage) ?? now(value))
  }
  for (const { name } of checks) builder.store(name, stored.get(name)!)
  return { step: builder.build(), checks, meanings }
}

/** The graph that sets what is stored, with the checks set to 0. */
export function withChecks(init: Graph, checks: readonly StorageInfo[]): Graph {
  if (checks.length === 0) return init
  const zero: IrNode = { op: 'const', value: 0, shape: [], section: 'circuit' }
  const value = nextId<ValueId>(init.nodes)
  const stores = checks.map(({ name }) => ({ storage: name, value }))
  return { ...init, nodes: [...init.nodes, zero], stores: [...init.stores, ...stores] }
}

/** What evaluates, with scores that are infinite where a probability is none. */
export function guardScores(graph: Graph): Graph {
  // All of it evaluates: what only scores read, too.
  const draws = unsafeDraws(graph, () => true)
  if (draws.length === 0) return graph
  const builder = new GraphBuilder(graph.name)
  const renumbered: ValueId[] = []
  const now = (value: ValueId): ValueId => nodeAt(renumbered, value)
  for (const node of graph.nodes) {
    renumbered.push(copied(builder, node, now))
  }
  builder.origin = undefined
  for (const { name, value, figure } of graph.outputs) {
    let score = now(value)
    if (figure) {
      for (const { args } of draws)
        score = builder.map('add', score, wrongness(builder, now(args[0]!)))
    }
    builder.output(name, score, figure === true)
  }
  return builder.build()
}

const unsafeDraws = (
  graph: Graph,
  isWanted: (section: IrNode['section']) => boolean = (section) => !later.has(section),
) =>
  graph.nodes.filter(
    (node) => node.op === 'random' && isWanted(node.section) && isUnsafeDraw(graph, node),
  ) as readonly Extract<IrNode, { readonly op: 'random' }>[]

/** Whether a node draws with a probability that is not known before the run. */
function isUnsafeDraw(graph: Graph, node: IrNode): boolean {
  if (node.op !== 'random' || node.distribution !== 'bernoulli') return false
  const [probability] = node.args
  return probability !== undefined && !isKnown(graph, probability)
}

/** Constants are looked at before the run; parameters may be set while it lasts. */
function isKnown(graph: Graph, value: ValueId): boolean {
  const node = nodeAt(graph.nodes, value)
  if (node.op === 'const' || isTruth(node)) return true
  if (node.op !== 'broadcast' && node.op !== 'map') return false
  return operandsOf(node).every((each) => isKnown(graph, each))
}

/** How far beyond 0 and 1 a probability may be by rounding, in single precision too. */
const ROUNDING = 2 ** -18

/** 0 if every probability is one, otherwise infinite. */
function wrongness(b: GraphBuilder, probability: ValueId): ValueId {
  const isOne = b.map(
    'and',
    b.map('ge', probability, b.constant(-ROUNDING)),
    b.map('le', probability, b.constant(1 + ROUNDING)),
  )
  return b.reduce('max', b.map('select', isOne, b.constant(0), b.constant(Infinity)))
}

/** What is stored or pushed: `next`, unless what was there, or was pushed before, is not finite. */
function keepWrong(
  b: GraphBuilder,
  ring: Ring | undefined,
  storage: string,
  next: ValueId,
): ValueId {
  const before =
    ring?.ring === undefined
      ? b.load(storage, b.shapeOf(next))
      : b.recall(b.load(storage, ring.shape), ring.ring, 1)
  const isSound = b.map('lt', b.map('abs', before), b.constant(Infinity))
  return b.map('select', isSound, next, before)
}

/** Functions whose result is not finite if one operand is not. */
const passing: ReadonlySet<MapFunction> = new Set(['add', 'sub', 'mul', 'neg', 'abs', 'square'])

/** Whether a storage that is not finite might be finite again after a step. */
function canRecover(graph: Graph, storage: string, value: ValueId): boolean {
  const node = nodeAt(graph.nodes, value)
  // What other operations keep is up to them.
  if (
    node.op !== 'map' &&
    node.op !== 'broadcast' &&
    node.op !== 'reshape' &&
    node.op !== 'input'
  ) {
    return node.op !== 'load' && operandsOf(node).length > 0 && !reads(graph, value, storage)
  }
  if (!mayLeaveRange(graph, value) || isLimited(graph, value, storage)) return false
  return !stays(graph, value, storage, isBounded(graph, value))
}

/** `max(e, c)` or `min(e, c)`, e being what was there and something added: what is infinite stays so. */
function isLimited(graph: Graph, value: ValueId, storage: string): boolean {
  const node = nodeAt(graph.nodes, value)
  if (node.op !== 'map' || (node.fn !== 'max' && node.fn !== 'min')) return false
  const adds = (each: ValueId): boolean => {
    const inner = nodeAt(graph.nodes, each)
    if (inner.op === 'load') return inner.storage === storage
    if (inner.op !== 'map') return false
    if (inner.fn === 'add') return inner.args.some(adds)
    return inner.fn === 'sub' && adds(inner.args[0]!)
  }
  return node.args.some(adds) && node.args.some((each) => !mayLeaveRange(graph, each))
}

/** Whether a storage only counts, by small numbers, so that it is never infinite. */
function counts(graph: Graph, storage: string, value: ValueId): boolean {
  const node = nodeAt(graph.nodes, value)
  const isSmall = (each: ValueId): boolean => {
    const inner = nodeAt(graph.nodes, each)
    return isTruth(inner) || (inner.op === 'const' && Math.abs(inner.value) < 2 ** 32)
  }
  if (isSmall(value)) return true
  if (node.op === 'load') return node.storage === storage
  if (node.op === 'broadcast') return counts(graph, storage, node.args[0])
  if (node.op !== 'map') return false
  const [first, second] = node.args
  if (node.fn === 'select') return node.args.slice(1).every((each) => counts(graph, storage, each))
  // What counts down to 0, or up to a limit, is within.
  if (!['add', 'sub', 'min', 'max'].includes(node.fn)) return false
  if (first === undefined || second === undefined) return false
  return (
    (isSmall(second) && counts(graph, storage, first)) ||
    (isSmall(first) && counts(graph, storage, second))
  )
}

function reads(graph: Graph, value: ValueId, storage: string): boolean {
  const pending = [value]
  const seen = new Set<ValueId>()
  for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
    if (seen.has(each)) continue
    seen.add(each)
    const node = nodeAt(graph.nodes, each)
    if (node.op === 'load' && node.storage === storage) return true
    pending.push(...operandsOf(node))
  }
  return false
}

/** Whether a value is NaN or infinite wherever the storage is; `onlyNaN`: wherever it is NaN. */
function stays(graph: Graph, value: ValueId, storage: string, onlyNaN: boolean): boolean {
  const known = new Map<ValueId, boolean>()
  const of = (each: ValueId): boolean => {
    const before = known.get(each)
    if (before !== undefined) return before
    const node = nodeAt(graph.nodes, each)
    const result = compute(node)
    known.set(each, result)
    return result
  }
  const compute = (node: IrNode): boolean => {
    switch (node.op) {
      case 'load':
        return node.storage === storage
      case 'broadcast':
      case 'reshape':
        return of(node.args[0])
      case 'map': {
        const { fn, args } = node
        if (passing.has(fn)) return args.some(of)
        if (fn === 'div') return of(args[0]!)
        if (fn === 'select') {
          const asked = askedFinite(graph, args[0]!)
          // Stored as it is where it is not finite.
          return asked !== undefined && asked === args[2] ? of(asked) : args.slice(1).every(of)
        }
        if (fn === 'min' || fn === 'max') return onlyNaN ? args.some(of) : args.every(of)
        return false
      }
      default:
        return false
    }
  }
  return of(value)
}

/** Whether a value might be NaN or infinite at all: truth values and draws are not. */
function mayLeaveRange(graph: Graph, value: ValueId): boolean {
  const node = nodeAt(graph.nodes, value)
  switch (node.op) {
    case 'const':
      return !Number.isFinite(node.value)
    case 'scalar':
    case 'identity':
    case 'argmax':
      return false
    case 'random':
      // A mean below 0 gives NaN, and a chance that is none.
      return node.distribution === 'poisson' || node.distribution === 'binomial'
    case 'broadcast':
    case 'reshape':
    case 'slice':
      return mayLeaveRange(graph, node.args[0])
    case 'map':
      if (isTruth(node)) return false
      return node.fn === 'select'
        ? node.args.slice(1).some((each) => mayLeaveRange(graph, each))
        : true
    default:
      return true
  }
}

/** Whether a value lies between two fixed numbers, unless it is NaN. */
function isBounded(graph: Graph, value: ValueId): boolean {
  const node = nodeAt(graph.nodes, value)
  if (node.op !== 'map' || node.fn !== 'min') return false
  return node.args.some((each) => {
    const inner = nodeAt(graph.nodes, each)
    return inner.op === 'map' && inner.fn === 'max'
  })
}
