/** The sum over the synapses of each cell, in their order: of post cells, or of pre cells. */
import { access, get, int, op, type Local } from '../../tree.ts'
import { emitZeros, isWhole, lesserOf } from './deliver.ts'
import { elementAt, entry, inPart, overRows, type SynapseSite } from './site.ts'

export function emitSumsOfPost(site: SynapseSite): void {
  const { fn, lanes, node, tables, given } = site
  const { precision } = lanes
  const { from, to, count } = given
  const whole = fn.define('whole', isWhole(from, to, node.pattern.post))
  const s = fn.local('int', 's')
  const cell = fn.local('int', 'cell')
  const at = fn.local('int', 'at')
  overRows(site, 0, (x, out) => {
    emitZeros({ fn, lanes, out, from, to })
    fn.count(s, int(0), get(count), 1, () => {
      fn.set(cell, entry(lanes, tables.targets, get(s)))
      fn.branch(op('int.or', get(whole), inPart(given, get(cell))), () => {
        fn.set(at, elementAt(lanes, out, get(cell)))
        const before = access(lanes.scalarLoad, 0, get(at))
        const value = access(lanes.scalarLoad, 0, elementAt(lanes, x, get(s)))
        fn.push(access(lanes.scalarStore, 0, get(at), op(`${precision}.add`, before, value)))
      })
    })
  })
}

export function emitSumsOfPre(site: SynapseSite): void {
  const { fn, lanes } = site
  const { precision } = lanes
  const sum = fn.local(precision, 'sum')
  overRows(site, 0, (x, out) =>
    forPre(site, out, sum, (s) => {
      const value = access(lanes.scalarLoad, 0, elementAt(lanes, x, get(s)))
      fn.set(sum, op(`${precision}.add`, get(sum), value))
    }),
  )
}

/** Of each pre cell of this thread's part, the sum that `addTo` makes of its synapses. */
export function forPre(
  { fn, lanes, node, tables, given }: SynapseSite,
  out: Local,
  sum: Local,
  addTo: (synapse: Local) => void,
): void {
  const j = fn.local('int', 'j')
  const s = fn.local('int', 's')
  const end = fn.local('int', 'end')
  const last = fn.define('last', lesserOf(get(given.to), int(node.pattern.pre)))
  fn.count(j, get(given.from), get(last), 1, () => {
    fn.set(sum, lanes.scalar(0))
    fn.set(end, entry(lanes, tables.starts + lanes.intBytes, get(j)))
    fn.count(s, entry(lanes, tables.starts, get(j)), get(end), 1, () => addTo(s))
    fn.push(access(lanes.scalarStore, 0, elementAt(lanes, out, get(j)), get(sum)))
  })
}
