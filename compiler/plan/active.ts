/**
 * Which loops over synapses need not visit them all: those that change nothing of a synapse whose cells
 * have no event. It is proved, not assumed: with 0 in place of what some vectors of cells hold (the events),
 * every value that the loop stores must come out as what its storage held before. So a rule that
 * changes weights where spikes are costs what its spikes cause.
 *
 * A storage that is kept within bounds that are the same for all holds what is within them already, if
 * the loop has visited every synapse once since anything was changed from outside; programs see to that.
 */
import { nodeAt, truths } from '../ir/operands.ts'
import type { WorkId } from '../ir/ids.ts'
import { isSynapseDim } from '../../contract/pattern.ts'
import type { Graph, PatternSides, ValueId } from '../ir/ir.ts'
import type { Kernel, Kernels } from './kernels.ts'
import type { Place } from './schedule.ts'
import type { Operand, Work } from './values.ts'
import { writesOf } from './accesses.ts'

/** The vectors of cells whose events a loop goes by. */
export interface ActiveSet {
  readonly pattern: PatternSides
  readonly pre: readonly Operand[]
  readonly post: readonly Operand[]
}

/** What a value is when nothing happens: 0, a number that the host knows, what a storage held, or anything. */
type Quiet =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'host'; readonly node: number }
  /** `bounds`: the limits that the storage's value went through, in order. */
  | { readonly kind: 'same'; readonly storage: string; readonly bounds: string }
  | { readonly kind: 'any' }

const zero: Quiet = { kind: 'number', value: 0 }
const any: Quiet = { kind: 'any' }
const isZero = (each: Quiet | undefined): boolean => each?.kind === 'number' && each.value === 0

/** The events that a loop over synapses goes by; undefined if it has to visit all. */
export function activeSetOf(
  work: Work,
  kernels: Kernels,
  kernel: Kernel,
  places: readonly (Place | undefined)[],
): ActiveSet | undefined {
  const { kind, space, members } = kernel
  if (kind !== 'map' || space.rows !== 1 || !isSynapseDim(space.columns)) return undefined
  const read = members.flatMap((id) =>
    nodeAt(work.values, id).args.filter(({ through }) => through),
  )
  const sources = [...new Map(read.map((each) => [keyOf(each), each])).values()]
  const [first] = sources
  if (!first?.through) return undefined
  const { pattern } = first.through
  if (sources.some(({ through }) => through?.pattern.name !== pattern.name)) return undefined
  const written = writesOf(kernel, kernels)
  const holds = (quiet: ReadonlySet<string>): boolean => {
    const values = quietValues(work, kernel, quiet)
    return written.every((value) => {
      const place = places[value]
      const found = values.get(value)
      return place?.region === 'storage' && found?.kind === 'same' && found.storage === place.name
    })
  }
  const events = new Set(sources.map(keyOf))
  if (written.length === 0 || !holds(events)) return undefined
  // What is seldom 0 is left out first.
  const often = sources.filter((each) => !isEvent(work, each.value))
  for (const each of [...often, ...sources.filter((source) => !often.includes(source))]) {
    const fewer = new Set([...events].filter((key) => key !== keyOf(each)))
    if (fewer.size > 0 && holds(fewer)) events.delete(keyOf(each))
  }
  const left = sources.filter((each) => events.has(keyOf(each)))
  if (left.some((each) => often.includes(each))) return undefined
  const ofSide = (side: 'pre' | 'post'): readonly Operand[] =>
    left.filter(({ through }) => through?.side === side)
  return { pattern, pre: ofSide('pre'), post: ofSide('post') }
}

const keyOf = ({ value, from, through }: Operand): string =>
  `${value} ${from?.row} ${from?.column} ${through?.side}`

/** Whether a value is 0 mostly: truth, its products, and what was truth in earlier steps. */
function isEvent(
  work: Work,
  value: WorkId,
  depth = 10,
  within: ReadonlySet<string> = new Set(),
): boolean {
  const { making, args } = nodeAt(work.values, value)
  if (depth === 0) return false
  const each = (operand: Operand | undefined): boolean =>
    operand !== undefined && isEvent(work, operand.value, depth - 1, within)
  switch (making.kind) {
    case 'map':
      if (making.fn === 'copy' || making.fn === 'neg') return each(args[0])
      if (making.fn === 'mul') return args.some(each)
      // What a ring is guarded by is what was pushed to it before, which is 0 as often.
      if (making.fn === 'select') return args.slice(1).every(each)
      return truths.has(making.fn)
    case 'recall':
    case 'storage':
      // What a ring is guarded by is what it was at first, which is 0.
      if (within.has(making.name)) return making.kind === 'recall'
      return work.stores.some(
        ({ storage, value: next }) =>
          storage === making.name &&
          isEvent(work, next, depth - 1, new Set([...within, making.name])),
      )
    default:
      return false
  }
}

function quietValues(
  work: Work,
  { members }: Kernel,
  quiet: ReadonlySet<string>,
): ReadonlyMap<WorkId, Quiet> {
  const known = new Map<WorkId, Quiet>()
  const own = new Set(members)
  const valueOf = (operand: Operand): Quiet => {
    if (operand.through) return quiet.has(keyOf(operand)) ? zero : any
    if (own.has(operand.value)) return known.get(operand.value) ?? any
    const { making } = nodeAt(work.values, operand.value)
    if (making.kind === 'storage' && !operand.from)
      return { kind: 'same', storage: making.name, bounds: '' }
    if (making.kind !== 'host' || making.as !== 'value') return any
    const node = nodeAt(work.graph.nodes, making.node)
    if (node.op === 'const') return { kind: 'number', value: node.value }
    return isFixed(work.graph, making.node) ? { kind: 'host', node: making.node } : any
  }
  for (const id of members) {
    const { making, args } = nodeAt(work.values, id)
    if (making.kind === 'map') known.set(id, applied(making.fn, args.map(valueOf)))
  }
  return known
}

/** What a function makes of quiet operands. A product with 0 is 0, whatever the other factor. */
function applied(fn: string, args: readonly Quiet[]): Quiet {
  const [a = any, b = any, c = any] = args
  switch (fn) {
    case 'copy':
      return a
    case 'neg':
    case 'abs':
    case 'square':
    case 'sqrt':
      return isZero(a) ? zero : any
    case 'mul':
      return isZero(a) || isZero(b) ? zero : any
    case 'and':
      return isZero(a) || isZero(b) ? zero : any
    case 'or':
      return isZero(a) && isZero(b) ? zero : any
    case 'div':
      return isZero(a) && b.kind !== 'any' && !isZero(b) ? zero : any
    case 'add':
      return isZero(a) ? b : isZero(b) ? a : any
    case 'sub':
      return isZero(b) ? a : any
    case 'gt':
    case 'ne':
    case 'lt':
      return compared(fn, a, b)
    case 'select':
      if (a.kind === 'number') return a.value === 0 ? c : b
      // Of what is within its bounds already it makes no difference whether it is clipped again.
      return isSame(b, c) || isClipped(b, c) ? b : any
    case 'min':
    case 'max':
      // Within bounds it stays as it is.
      if (a.kind === 'same') return bounded(fn, a, b)
      return b.kind === 'same' ? bounded(fn, b, a) : any
    default:
      return any
  }
}

function bounded(fn: 'min' | 'max', value: Quiet & { readonly kind: 'same' }, bound: Quiet): Quiet {
  if (bound.kind !== 'number' && bound.kind !== 'host') return any
  const limit = bound.kind === 'number' ? String(bound.value) : `%${bound.node}`
  return { ...value, bounds: `${value.bounds} ${fn} ${limit}` }
}

/** Whether only somebody from outside can change a host scalar. */
function isFixed(graph: Graph, value: ValueId): boolean {
  const node = nodeAt(graph.nodes, value)
  if (node.op === 'const') return true
  if (node.op === 'scalar') return node.source === 'param' || node.source === 'synapses'
  return node.op === 'map' && node.args.every((each) => isFixed(graph, each))
}

const isSame = (a: Quiet, b: Quiet): boolean =>
  a.kind === 'same' && b.kind === 'same' && a.storage === b.storage && a.bounds === b.bounds

/** Whether the first is the second, clipped to bounds. */
const isClipped = (a: Quiet, b: Quiet): boolean =>
  a.kind === 'same' && b.kind === 'same' && a.storage === b.storage && a.bounds.startsWith(b.bounds)

function compared(fn: 'gt' | 'ne' | 'lt', a: Quiet, b: Quiet): Quiet {
  if (a.kind !== 'number' || b.kind !== 'number') return any
  const holds =
    fn === 'gt' ? a.value > b.value : fn === 'lt' ? a.value < b.value : a.value !== b.value
  return { kind: 'number', value: holds ? 1 : 0 }
}
