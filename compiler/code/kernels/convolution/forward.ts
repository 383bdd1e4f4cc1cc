/**
 * The convolution itself: rows are features, columns are places of all examples of a piece, which
 * threads share. The kernel is read where it is, patches are gathered once each.
 */
import { access, accessLane, add, call, get, int, mul, op, sub, type Local } from '../../tree.ts'
import { panelWidth } from '../blocking.ts'
import {
  borderImages,
  gatherFunction,
  lesser,
  outputTable,
  partOf,
  placeTable,
  tapTable,
} from './gather.ts'
import { fittingColumns } from './geometry.ts'
import { emitBlock, type ConvolutionSite } from './site.ts'

export function emitForward(site: ConvolutionSite): void {
  const { fn, module, lanes, plan, examples, part, a, b, result, thread, threads } = site
  const { piece, places, taps, features, geometry, isBordered, readStride } = plan
  const { bytes } = lanes
  tapTable(fn, lanes, plan, part('taps'))
  placeTable(fn, lanes, plan, part('places'), piece, readStride)
  outputTable(fn, lanes, plan, part('outputs'))
  const most = fittingColumns(lanes, taps)
  const panelRow = panelWidth(lanes) * bytes
  const outStride = (most + lanes.blocking.columnUnit) * bytes
  const first = fn.local('int', 'first')
  const image = fn.local('int', 'image')
  const to = fn.local('int', 'to')
  const column = fn.local('int', 'column')
  const row = fn.local('int', 'row')
  const group = fn.local('int', 'group')
  fn.count(first, int(0), get(examples), piece, () => {
    const count = lesser(fn, 'count', sub(get(examples), get(first)), int(piece))
    const size = fn.define('size', mul(get(count), int(places)))
    const [from, end] = partOf(fn, get(size), panelWidth(lanes), thread, threads)
    fn.set(image, add(get(a), mul(get(first), int(plan.imageStride))))
    if (isBordered) {
      const range = {
        first: fn.define('firstOwn', op('int.div', get(from), int(places))),
        end: fn.define('endOwn', op('int.div', add(get(end), int(places - 1)), int(places))),
      }
      borderImages(fn, lanes, plan, { from: get(image), to: part('images') }, range)
      fn.set(image, part('images'))
    }
    fn.set(to, add(get(result), mul(get(first), int(plan.outputStride))))
    fn.set(column, get(from))
    fn.while(
      () => op('int.lt', get(column), get(end)),
      () => {
        const columns = lesser(fn, 'columns', sub(get(end), get(column)), int(most))
        const offsets = (name: 'places' | 'outputs') =>
          add(part(name), mul(get(column), int(lanes.intBytes)))
        fn.count(group, int(0), int(geometry.groups), 1, () => {
          const channels = plan.inputs * plan.borderedHeight * plan.borderedWidth * bytes
          fn.push(
            call(
              gatherFunction(module, lanes),
              add(get(image), mul(get(group), int(channels))),
              part('taps'),
              int(taps),
              offsets('places'),
              get(columns),
              part('panels'),
            ),
          )
          fn.count(row, int(0), int(features), lanes.blocking.blockRows, () => {
            const rows = lesser(
              fn,
              'rows',
              sub(int(features), get(row)),
              int(lanes.blocking.blockRows),
            )
            const feature = fn.define('feature', add(get(row), mul(get(group), int(features))))
            emitBlock(site, {
              layout: 'rows',
              a: add(get(b), mul(get(feature), int(plan.kernelStride))),
              aStride: plan.kernelStride,
              panels: part('panels'),
              depth: int(taps),
              panelRow,
              out: part('block'),
              outStride: int(outStride),
              rows,
              columns,
            })
            const line = fn.define('line', add(get(to), mul(get(feature), int(places * bytes))))
            const block = fn.define('blockLine', part('block'))
            const r = fn.local('int', 'r')
            fn.count(r, int(0), get(rows), 1, () => {
              const table = fn.define('table', offsets('outputs'))
              storeRow(site, line, block, table, columns)
              fn.set(line, add(get(line), int(places * bytes)))
              fn.set(block, add(get(block), int(outStride)))
            })
          })
        })
        fn.set(column, add(get(column), get(columns)))
      },
    )
  })
}

/** Stores a row of a block, each column at its offset. */
function storeRow(
  { fn, lanes, plan }: ConvolutionSite,
  line: Local,
  block: Local,
  table: Local,
  columns: Local,
): void {
  const isWhole = plan.places % lanes.count === 0
  const at = fn.define('at', get(block))
  const end = fn.define('end', add(get(block), mul(get(columns), int(lanes.bytes))))
  const vector = fn.local('lanes', 'vector')
  const offset = (lane: number) =>
    add(get(line), access('int.load', lane * lanes.intBytes, get(table)))
  const storeLane = lanes.bytes === 4 ? 'lanes.storeLane32' : 'lanes.storeLane64'
  const advance = (): void => {
    fn.set(at, add(get(at), int(lanes.vectorBytes)))
    fn.set(table, add(get(table), int(lanes.count * lanes.intBytes)))
  }
  const last = fn.define('last', sub(get(end), int(lanes.vectorBytes)))
  fn.while(
    () => op('int.leUnsigned', get(at), get(last)),
    () => {
      fn.set(vector, access('lanes.load', 0, get(at)))
      if (isWhole) fn.push(access('lanes.store', 0, offset(0), get(vector)))
      else {
        for (let lane = 0; lane < lanes.count; lane++)
          fn.push(accessLane(storeLane, 0, lane, offset(lane), get(vector)))
      }
      advance()
    },
  )
  fn.while(
    () => op('int.ltUnsigned', get(at), get(end)),
    () => {
      const value = access(lanes.scalarLoad, 0, get(at))
      fn.push(access(lanes.scalarStore, 0, offset(0), value))
      fn.set(at, add(get(at), int(lanes.bytes)))
      fn.set(table, add(get(table), int(lanes.intBytes)))
    },
  )
}
