/** What arrives at the pre cells of a pattern: for each, the sum over its synapses, in their order. */
import { access, get, op } from '../../tree.ts'
import { elementAt, entry, isOne, overRows, type SynapseSite } from './site.ts'
import { forPre } from './sums.ts'

export function emitBackwards(site: SynapseSite): void {
  const { fn, lanes, shapes, tables, given } = site
  const { precision } = lanes
  const one = isOne(shapes[1])
  const sum = fn.local(precision, 'sum')
  const number = fn.local(precision, 'number')
  overRows(site, 0, (x, out) =>
    forPre(site, out, sum, (s) => {
      const cell = entry(lanes, tables.targets, get(s))
      fn.set(number, access(lanes.scalarLoad, 0, elementAt(lanes, x, cell)))
      // What is silent contributes nothing, even to an infinite weight.
      fn.branch(op(`${precision}.ne`, get(number), lanes.scalar(0)), () => {
        const weight = one
          ? access(lanes.scalarLoad, 0, get(given.second))
          : access(lanes.scalarLoad, 0, elementAt(lanes, given.second, get(s)))
        const product = op(`${precision}.mul`, weight, get(number))
        fn.set(sum, op(`${precision}.add`, get(sum), product))
      })
    }),
  )
}
