/**
 * Loops over the synapses of cells that have an event, once each: the synapses of pre cells lie in a row,
 * those of post cells are listed. A thread visits those of its part.
 */
import { access, add, get, int, mul, op, select, sub, type Code, type Local } from './tree.ts'
import type { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'

/** Vectors of cells in which what is not 0 is an event, and tables of the pattern: addresses. */
export interface EventTables {
  readonly visitAll: number
  readonly pre: readonly number[]
  readonly post: readonly number[]
  readonly cells: { readonly pre: number; readonly post: number }
  readonly starts: number
  readonly sources: number
  readonly postStarts: number
  readonly postSynapses: number
}

interface Site {
  readonly fn: FunctionBuilder
  readonly lanes: Lanes
  /** The part of the synapses. */
  readonly from: Local
  readonly to: Local
  /** Offset of the synapse that is visited, as elements lie. */
  readonly at: Local
}

/** What is done at `at`: for a whole vector of synapses, or for the first ones of it (one if no number is told). */
interface Visit {
  readonly vector: (cells: Cells) => void
  readonly first: (cells: Cells, count?: Local) => void
}

/** The cell that all of the synapses have, on its side. */
type Cells = { readonly pre: Local } | { readonly post: Local }

export function emitActive(site: Site, events: EventTables, visit: Visit): void {
  const { fn, lanes, from, to, at } = site
  const s = fn.local('int', 's')
  const end = fn.local('int', 'end')
  const last = fn.local('int', 'last')
  const bytes = (index: Code): Code => mul(index, int(lanes.bytes))
  const table = (address: number, index: Code): Code =>
    access('int.load', address, mul(index, int(lanes.intBytes)))
  forEvents(site, events.pre, events.cells.pre, (j) => {
    fn.set(s, table(events.starts, get(j)))
    fn.set(s, select(get(s), get(from), op('int.gt', get(s), get(from))))
    fn.set(end, table(events.starts + lanes.intBytes, get(j)))
    fn.set(end, select(get(end), get(to), op('int.lt', get(end), get(to))))
    fn.set(at, bytes(get(s)))
    fn.set(last, bytes(sub(get(end), int(lanes.count))))
    fn.while(
      () => op('int.le', get(at), get(last)),
      () => {
        visit.vector({ pre: j })
        fn.set(at, add(get(at), int(lanes.vectorBytes)))
      },
    )
    fn.set(last, bytes(get(end)))
    fn.branch(op('int.lt', get(at), get(last)), () => {
      const count = fn.define('count', op('int.div', sub(get(last), get(at)), int(lanes.bytes)))
      visit.first({ pre: j }, count)
    })
  })
  const k = fn.local('int', 'k')
  forEvents(site, events.post, events.cells.post, (i) => {
    fn.set(end, table(events.postStarts + lanes.intBytes, get(i)))
    fn.count(k, table(events.postStarts, get(i)), get(end), 1, () => {
      fn.set(s, table(events.postSynapses, get(k)))
      // Below the part the difference is a large number.
      const isIn = op('int.ltUnsigned', sub(get(s), get(from)), sub(get(to), get(from)))
      fn.branch(isIn, () => {
        fn.branch(op('int.isZero', wasVisited(site, events, s)), () => {
          fn.set(at, bytes(get(s)))
          visit.first({ post: i })
        })
      })
    })
  })
}

/** Whether a synapse was visited in the row of its pre cell. */
function wasVisited({ fn, lanes }: Site, { pre, sources }: EventTables, s: Local): Code {
  if (pre.length === 0) return int(0)
  const cell = access('int.load', sources, mul(get(s), int(lanes.intBytes)))
  const offset = fn.define('cell', mul(cell, int(lanes.bytes)))
  return pre
    .map((base) => isSet(lanes, access(lanes.scalarLoad, base, get(offset))))
    .reduce((a, b) => op('int.or', a, b))
}

const isSet = (lanes: Lanes, number: Code): Code =>
  op(`${lanes.precision}.ne`, number, lanes.scalar(0))

/** Vectors of cells that are looked at together. */
const TOGETHER = 4

/** Calls back for each of so many cells that has an event in one of the vectors. */
function forEvents(
  { fn, lanes }: Site,
  bases: readonly number[],
  cells: number,
  build: (cell: Local) => void,
): void {
  if (bases.length === 0) return
  const cell = fn.local('int', 'cell')
  const start = fn.local('int', 'start')
  const last = fn.local('int', 'last')
  const offset = fn.local('int', 'offset')
  const group = TOGETHER * lanes.count
  fn.set(start, int(0))
  fn.while(
    () => op('int.lt', get(start), int(cells)),
    () => {
      fn.set(last, add(get(start), int(group)))
      fn.set(last, select(get(last), int(cells), op('int.lt', get(last), int(cells))))
      fn.set(offset, mul(get(start), int(lanes.bytes)))
      const vectors = bases.flatMap((base) =>
        Array.from({ length: TOGETHER }, (_, i) =>
          lanes.compare(
            'ne',
            access('lanes.load', base + i * lanes.vectorBytes, get(offset)),
            lanes.constant(0),
          ),
        ),
      )
      fn.branch(
        op(
          'lanes.any',
          vectors.reduce((a, b) => op('lanes.or', a, b)),
        ),
        () => {
          fn.count(cell, get(start), get(last), 1, () => {
            fn.set(offset, mul(get(cell), int(lanes.bytes)))
            const has = bases
              .map((base) => isSet(lanes, access(lanes.scalarLoad, base, get(offset))))
              .reduce((a, b) => op('int.or', a, b))
            fn.branch(has, () => build(cell))
          })
        },
      )
      fn.set(start, get(last))
    },
  )
}
