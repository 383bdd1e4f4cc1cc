/**
 * Synapses with delays of their own, over a ring of what was sent in the steps before: what arrives now,
 * and what each synapse's pre cell sent as long ago. Sums go by delay, the shortest first, then by pre.
 */
import { access, add, brIf, get, int, mul, op, type Code, type Local } from '../../tree.ts'
import { sentWords } from '../../../plan/tables.ts'
import { emitZeros, forSent, lesserOf } from './deliver.ts'
import { elementAt, entry, inPart, isOne, type SynapseSite } from './site.ts'

/** The row of the ring that was pushed some steps ago. */
function placeAgo({ node, given }: SynapseSite, lag: Code): Code {
  const rows = 'ring' in node ? (node.ring ?? 1) : 1
  return op('int.rem', op('int.sub', add(get(given.ringRow), int(rows)), lag), int(rows))
}

/** Its address. */
function rowAgo(site: SynapseSite, lag: Code, row: Local): Code {
  const { given, stride } = site
  const place = placeAgo(site, lag)
  return add(get(given.first), mul(add(mul(place, get(given.rows)), get(row)), stride(0)))
}

/** The delay of a synapse, in steps. */
function delayOf({ fn, lanes }: SynapseSite, delays: Local, synapse: Code): Code {
  const value = access(lanes.scalarLoad, 0, elementAt(lanes, delays, synapse))
  const delay = lanes.precision === 'f32' ? op('f64.ofF32', value) : value
  return get(fn.define('delay', op('int.ofF64', delay)))
}

export function emitLateDelivery(site: SynapseSite): void {
  const { fn, lanes, node, shapes, tables, given } = site
  const { order } = tables
  if (node.op !== 'deliver' || order === undefined) throw new Error('there is no order of delays')
  const { precision } = lanes
  const one = isOne(shapes[1])
  const row = fn.local('int', 'row')
  const lag = fn.local('int', 'lag')
  const x = fn.local('int', 'x')
  const out = fn.define('out', get(given.result))
  const at = fn.local('int', 'at')
  fn.count(row, int(0), get(given.rows), 1, () => {
    emitZeros({ fn, lanes, out, from: given.from, to: given.to })
    fn.count(lag, int(1), int((node.ring ?? 0) + 1), 1, () => {
      fn.set(x, rowAgo(site, get(lag), row))
      forSentAgo(site, lag, x, (j, number) => {
        const end = fn.define('end', entry(lanes, tables.starts + lanes.intBytes, get(j)))
        const k = firstLater(site, entry(lanes, tables.starts, get(j)), end, lag)
        const synapse = fn.local('int', 'synapse')
        const cell = fn.local('int', 'cell')
        fn.block((done) => {
          fn.continueCount(k, get(end), 1, () => {
            fn.set(synapse, entry(lanes, order, get(k)))
            const isOther = op('int.ne', delayOf(site, given.third, get(synapse)), get(lag))
            fn.push(brIf(done, isOther))
            fn.set(cell, entry(lanes, tables.targets, get(synapse)))
            fn.branch(inPart(given, get(cell)), () => {
              fn.set(at, elementAt(lanes, out, get(cell)))
              const weight = one
                ? access(lanes.scalarLoad, 0, get(given.second))
                : access(lanes.scalarLoad, 0, elementAt(lanes, given.second, get(synapse)))
              const product = op(`${precision}.mul`, weight, get(number))
              const sum = op(`${precision}.add`, access(lanes.scalarLoad, 0, get(at)), product)
              fn.push(access(lanes.scalarStore, 0, get(at), sum))
            })
          })
        })
      })
    })
    fn.set(out, add(get(out), site.stride(-1)))
  })
}

/**
 * Calls back for each cell that sent something so many steps ago. A row is looked through in the step after it was pushed,
 * which notes the cells: later steps go by what is noted, unless something was changed from outside. All threads note the same.
 */
function forSentAgo(
  site: SynapseSite,
  lag: Local,
  x: Local,
  build: (cell: Local, number: Local) => void,
): void {
  const { fn, lanes, node, tables } = site
  const { pre } = node.pattern
  if (!tables.sent) return forSent(fn, lanes, x, pre, build)
  const { address, visitAll } = tables.sent
  const { intBytes, precision } = lanes
  const row = mul(placeAgo(site, get(lag)), int(sentWords(pre) * intBytes))
  const noted = fn.define('noted', add(row, int(address)))
  const end = fn.define('end', get(noted))
  const isNew = op('int.or', op('int.eq', get(lag), int(1)), access('int.load', visitAll, int(0)))
  fn.branch(
    isNew,
    () => {
      forSent(fn, lanes, x, pre, (cell) => {
        fn.push(access('int.store', intBytes, get(end), get(cell)))
        fn.set(end, add(get(end), int(intBytes)))
      })
      const bytes = op('int.sub', get(end), get(noted))
      fn.push(access('int.store', 0, get(noted), bytes))
    },
    () => fn.set(end, add(get(noted), access('int.load', 0, get(noted)))),
  )
  const cell = fn.local('int', 'cell')
  const number = fn.local(precision, 'number')
  fn.continueCount(noted, get(end), intBytes, () => {
    fn.set(cell, access('int.load', intBytes, get(noted)))
    fn.set(number, access(lanes.scalarLoad, 0, elementAt(lanes, x, get(cell))))
    build(cell, number)
  })
}

/** In the order of delays of one pre cell, the place of the first synapse whose delay is not shorter. */
function firstLater(site: SynapseSite, start: Code, end: Local, lag: Local): Local {
  const { fn, lanes, tables, given } = site
  const low = fn.define('low', start)
  const high = fn.define('high', get(end))
  const middle = fn.local('int', 'middle')
  fn.while(
    () => op('int.lt', get(low), get(high)),
    () => {
      fn.set(middle, op('int.shr', add(get(low), get(high)), int(1)))
      const synapse = entry(lanes, tables.order ?? 0, get(middle))
      fn.branch(
        op('int.lt', delayOf(site, given.third, synapse), get(lag)),
        () => fn.set(low, add(get(middle), int(1))),
        () => fn.set(high, get(middle)),
      )
    },
  )
  return low
}

/** What the pre cell of each synapse sent as long ago as the synapse's delay. */
export function emitLate(site: SynapseSite): void {
  const { fn, lanes, tables, given } = site
  const { sources } = tables
  if (sources === undefined) throw new Error('there are no pre cells of synapses')
  const row = fn.local('int', 'row')
  const s = fn.local('int', 's')
  const from = fn.local('int', 'sent')
  const out = fn.define('out', get(given.result))
  const last = fn.define('last', lesserOf(get(given.to), get(given.count)))
  fn.count(row, int(0), get(given.rows), 1, () => {
    fn.count(s, get(given.from), get(last), 1, () => {
      fn.set(from, rowAgo(site, delayOf(site, given.second, get(s)), row))
      const value = access(
        lanes.scalarLoad,
        0,
        elementAt(lanes, from, entry(lanes, sources, get(s))),
      )
      fn.push(access(lanes.scalarStore, 0, elementAt(lanes, out, get(s)), value))
    })
    fn.set(out, add(get(out), site.stride(-1)))
  })
}
