/**
 * The convolution itself: rows are features, columns are places of all examples of a piece, which
 * threads share. The kernel is read where it is, patches are gathered once each.
 */
import {
  access,
  accessLane,
  add,
  call,
  get,
  i32,
  mul,
  op,
  sub,
  type Local,
} from '../../encoder/code.ts'
import { BLOCK_ROWS, COLUMN_UNIT, panelWidth } from '../blocking.ts'
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
  const outStride = (most + COLUMN_UNIT) * bytes
  const first = fn.local('i32', 'first')
  const image = fn.local('i32', 'image')
  const to = fn.local('i32', 'to')
  const column = fn.local('i32', 'column')
  const row = fn.local('i32', 'row')
  const group = fn.local('i32', 'group')
  fn.count(first, i32(0), get(examples), piece, () => {
    const count = lesser(fn, 'count', sub(get(examples), get(first)), i32(piece))
    const size = fn.define('size', mul(get(count), i32(places)))
    const [from, end] = partOf(fn, get(size), panelWidth(lanes), thread, threads)
    fn.set(image, add(get(a), mul(get(first), i32(plan.imageStride))))
    if (isBordered) {
      const range = {
        first: fn.define('firstOwn', op('i32.div_u', get(from), i32(places))),
        end: fn.define('endOwn', op('i32.div_u', add(get(end), i32(places - 1)), i32(places))),
      }
      borderImages(fn, lanes, plan, { from: get(image), to: part('images') }, range)
      fn.set(image, part('images'))
    }
    fn.set(to, add(get(result), mul(get(first), i32(plan.outputStride))))
    fn.set(column, get(from))
    fn.while(
      () => op('i32.lt_s', get(column), get(end)),
      () => {
        const columns = lesser(fn, 'columns', sub(get(end), get(column)), i32(most))
        const offsets = (name: 'places' | 'outputs') => add(part(name), mul(get(column), i32(4)))
        fn.count(group, i32(0), i32(geometry.groups), 1, () => {
          const channels = plan.inputs * plan.borderedHeight * plan.borderedWidth * bytes
          fn.push(
            call(
              gatherFunction(module, lanes),
              add(get(image), mul(get(group), i32(channels))),
              part('taps'),
              i32(taps),
              offsets('places'),
              get(columns),
              part('panels'),
            ),
          )
          fn.count(row, i32(0), i32(features), BLOCK_ROWS, () => {
            const rows = lesser(fn, 'rows', sub(i32(features), get(row)), i32(BLOCK_ROWS))
            const feature = fn.define('feature', add(get(row), mul(get(group), i32(features))))
            emitBlock(site, {
              layout: 'rows',
              a: add(get(b), mul(get(feature), i32(plan.kernelStride))),
              aStride: plan.kernelStride,
              panels: part('panels'),
              depth: i32(taps),
              panelRow,
              out: part('block'),
              outStride: i32(outStride),
              rows,
              columns,
            })
            const line = fn.define('line', add(get(to), mul(get(feature), i32(places * bytes))))
            const block = fn.define('blockLine', part('block'))
            const r = fn.local('i32', 'r')
            fn.count(r, i32(0), get(rows), 1, () => {
              const table = fn.define('table', offsets('outputs'))
              storeRow(site, line, block, table, columns)
              fn.set(line, add(get(line), i32(places * bytes)))
              fn.set(block, add(get(block), i32(outStride)))
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
  const end = fn.define('end', add(get(block), mul(get(columns), i32(lanes.bytes))))
  const vector = fn.local('v128', 'vector')
  const offset = (lane: number) => add(get(line), access('i32.load', lane * 4, get(table)))
  const storeLane = lanes.bytes === 4 ? 'v128.store32_lane' : 'v128.store64_lane'
  const advance = (): void => {
    fn.set(at, add(get(at), i32(16)))
    fn.set(table, add(get(table), i32(lanes.count * 4)))
  }
  const last = fn.define('last', sub(get(end), i32(16)))
  fn.while(
    () => op('i32.le_u', get(at), get(last)),
    () => {
      fn.set(vector, access('v128.load', 0, get(at)))
      if (isWhole) fn.push(access('v128.store', 0, offset(0), get(vector)))
      else {
        for (let lane = 0; lane < lanes.count; lane++)
          fn.push(accessLane(storeLane, 0, lane, offset(lane), get(vector)))
      }
      advance()
    },
  )
  fn.while(
    () => op('i32.lt_u', get(at), get(end)),
    () => {
      const value = access(lanes.scalarLoad, 0, get(at))
      fn.push(access(lanes.scalarStore, 0, offset(0), value))
      fn.set(at, add(get(at), i32(lanes.bytes)))
      fn.set(table, add(get(table), i32(4)))
    },
  )
}
