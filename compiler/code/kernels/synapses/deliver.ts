/**
 * What arrives over the synapses of a pattern, by events: only the synapses of cells that send another
 * number than 0 are looked at, so that a step costs what is sent in it. Each sum goes by the pre cells in
 * order, whatever part of the post cells a thread does.
 */
import { access, add, get, int, mul, op, select, sub, type Code, type Local } from '../../tree.ts'
import type { FunctionBuilder } from '../../function.ts'
import type { Lanes } from '../../lanes.ts'
import { forListed, type ListPlace } from '../../sent-lists.ts'

/** Addresses of what a delivery reads and writes, and sizes. */
export interface Delivery {
  readonly fn: FunctionBuilder
  readonly lanes: Lanes
  /** Of a row of what is sent, and of what arrives. */
  readonly x: Local
  readonly out: Local
  /** Of the weights; a single one if `one`. */
  readonly weights: Local
  readonly one: boolean
  /** The word that says that they are none, where that may change. */
  readonly varies?: number
  readonly starts: number
  readonly targets: number
  readonly pre: number
  /** The part of the post cells that this thread does, and whether that is all of them. */
  readonly from: Local
  readonly to: Local
  readonly whole: Local
  /** Where the cells that spike are listed, and which of the listed cells is the first pre cell. */
  readonly list?: { readonly place: ListPlace; readonly first: number }
}

/** Vectors that are looked at together for something sent, or filled with zeros. */
const TOGETHER = 8
/** Synapses that follow one another without a look at the loop's end. */
const AT_ONCE = 4

/** Fills a part of a row of results with zeros. */
export function emitZeros({
  fn,
  lanes,
  out,
  from,
  to,
}: Pick<Delivery, 'fn' | 'lanes' | 'out' | 'from' | 'to'>): void {
  const at = fn.local('int', 'zeroed')
  const start = add(get(out), mul(get(from), int(lanes.bytes)))
  const end = fn.define('end', add(get(out), mul(get(to), int(lanes.bytes))))
  const step = TOGETHER * lanes.vectorBytes
  const last = fn.define('last', sub(get(end), int(step - 1)))
  const zero = (vector: number): void =>
    fn.push(access('lanes.store', vector * lanes.vectorBytes, get(at), lanes.constant(0)))
  fn.set(at, start)
  fn.continueCount(at, get(last), step, () => {
    for (let i = 0; i < TOGETHER; i++) zero(i)
  })
  fn.continueCount(at, get(end), lanes.vectorBytes, () => zero(0))
}

/** Adds what each cell that sends anything sends over its synapses. */
export function emitDelivery(d: Delivery): void {
  const { fn, lanes, x, pre, list } = d
  const send = (j: Local, number?: Local): void => {
    const start = fn.define('start', access('int.load', d.starts, mul(get(j), int(lanes.intBytes))))
    const end = fn.define(
      'end',
      access('int.load', d.starts + lanes.intBytes, mul(get(j), int(lanes.intBytes))),
    )
    fn.branch(op('int.isZero', get(d.whole)), () => {
      fn.set(start, firstFrom(d, start, end, d.from))
      fn.set(end, firstFrom(d, start, end, d.to))
    })
    const addAll = (one: boolean): void => emitAdditions({ ...d, one }, start, end, number)
    if (d.varies === undefined) return addAll(d.one)
    fn.branch(
      access('int.load', d.varies, int(0)),
      () => addAll(false),
      () => addAll(true),
    )
  }
  if (!list) forSent(fn, lanes, x, pre, send)
  else forListed(fn, lanes, list.place, { first: list.first, count: pre }, (j) => send(j))
}

/** Calls back for each of `count` numbers at `x` that is not 0, with its index and the number. */
export function forSent(
  fn: FunctionBuilder,
  lanes: Lanes,
  x: Local,
  count: number,
  build: (index: Local, number: Local) => void,
): void {
  const j = fn.local('int', 'j')
  const number = fn.local(lanes.precision, 'number')
  const group = TOGETHER * lanes.count
  const bytes = (index: Local): Code => add(get(x), mul(get(index), int(lanes.bytes)))
  const start = fn.define('from', int(0))
  const last = fn.local('int', 'last')
  const at = fn.local('int', 'at')
  fn.while(
    () => op('int.lt', get(start), int(count)),
    () => {
      fn.set(last, add(get(start), int(group)))
      fn.branch(op('int.gt', get(last), int(count)), () => fn.set(last, int(count)))
      fn.set(at, bytes(start))
      // Bits of a number that is 0 are none but for its sign, for which each is looked at by itself; so what is
      // behind the last one has no effect.
      const vectors = Array.from({ length: TOGETHER }, (_, i) =>
        access('lanes.load', i * lanes.vectorBytes, get(at)),
      )
      const any = op(
        'lanes.any',
        vectors.reduce((a, b) => op('lanes.or', a, b)),
      )
      fn.branch(any, () => {
        fn.count(j, get(start), get(last), 1, () => {
          fn.set(number, access(lanes.scalarLoad, 0, bytes(j)))
          fn.branch(op(`${lanes.precision}.ne`, get(number), lanes.scalar(0)), () =>
            build(j, number),
          )
        })
      })
      fn.set(start, get(last))
    },
  )
}

/** The first of the synapses `start` .. `end` of a cell whose post cell is not before `cell`. */
export function firstFrom(
  { fn, lanes, targets }: Pick<Delivery, 'fn' | 'lanes' | 'targets'>,
  start: Local,
  end: Local,
  cell: Local,
): Code {
  const low = fn.define('low', get(start))
  const high = fn.define('high', get(end))
  const middle = fn.local('int', 'middle')
  fn.while(
    () => op('int.lt', get(low), get(high)),
    () => {
      fn.set(middle, op('int.shr', add(get(low), get(high)), int(1)))
      const target = access('int.load', targets, mul(get(middle), int(lanes.intBytes)))
      fn.branch(
        op('int.lt', target, get(cell)),
        () => fn.set(low, add(get(middle), int(1))),
        () => fn.set(high, get(middle)),
      )
    },
  )
  return get(low)
}

/** Adds `number` times (1 if there is none) the weights of synapses `start` .. `end` to their post cells. */
function emitAdditions(d: Delivery, start: Local, end: Local, number?: Local): void {
  const { fn, lanes, out, weights, one, targets } = d
  const target = fn.define('target', mul(get(start), int(lanes.intBytes)))
  const stop = fn.define('stop', mul(get(end), int(lanes.intBytes)))
  const to = fn.local('int', 'to')
  const ratio = lanes.bytes / lanes.intBytes
  const product = fn.local(lanes.precision, 'product')
  const times = (weight: Code): Code =>
    number ? op(`${lanes.precision}.mul`, get(number), weight) : weight
  if (one) fn.set(product, times(access(lanes.scalarLoad, 0, get(weights))))
  const offset = ratio === 1 ? get(target) : mul(get(target), int(ratio))
  const addOne = (k: number): void => {
    const cell = access('int.load', targets + k * lanes.intBytes, get(target))
    fn.set(to, add(get(out), mul(cell, int(lanes.bytes))))
    if (!one) {
      const weight = access(lanes.scalarLoad, k * lanes.bytes, add(get(weights), offset))
      fn.set(product, times(weight))
    }
    const sum = op(`${lanes.precision}.add`, access(lanes.scalarLoad, 0, get(to)), get(product))
    fn.push(access(lanes.scalarStore, 0, get(to), sum))
  }
  const last = fn.define('last', sub(get(stop), int((AT_ONCE - 1) * lanes.intBytes)))
  fn.continueCount(target, get(last), AT_ONCE * lanes.intBytes, () => {
    for (let k = 0; k < AT_ONCE; k++) addOne(k)
  })
  fn.continueCount(target, get(stop), lanes.intBytes, () => addOne(0))
}

/** Whether a part is all of so many cells. */
export const isWhole = (from: Local, to: Local, cells: number): Code =>
  op('int.and', op('int.isZero', get(from)), op('int.ge', get(to), int(cells)))

/** The lesser of two ints. */
export const lesserOf = (a: Code, b: Code): Code => select(a, b, op('int.lt', a, b))
