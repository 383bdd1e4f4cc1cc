/**
 * The gradient of the kernel: rows are features, columns are taps, which threads share, and the sum runs
 * over the places of all examples, one piece after the other. Output gradients of a piece are copied
 * into rows of their own, patches are gathered with taps as columns.
 */
import { access, add, call, get, int, mul, op, sub, type Local } from '../../tree.ts'
import { panelWidth } from '../blocking.ts'
import {
  borderImages,
  copyRun,
  gatherFunction,
  lesser,
  nest,
  partOf,
  placeTable,
  tapTable,
} from './gather.ts'
import { fittingColumns } from './geometry.ts'
import { emitBlock, type ConvolutionSite } from './site.ts'

export function emitKernelGradient(site: ConvolutionSite): void {
  const { fn, module, lanes, plan, scratch, examples, part, a, result, thread, threads } = site
  const { piece, places, taps, features, geometry, isBordered, readStride } = plan
  const { bytes } = lanes
  tapTable(fn, lanes, plan, part('taps'))
  placeTable(fn, lanes, plan, part('places'), piece, readStride)
  const most = fittingColumns(lanes, piece * places)
  const panelRow = panelWidth(lanes) * bytes
  const outStride = (most + lanes.blocking.columnUnit) * bytes
  const [from, end] = partOf(fn, int(taps), panelWidth(lanes), thread, threads)
  const isOnePiece = fn.define('isOnePiece', op('int.le', get(examples), int(piece)))
  const first = fn.local('int', 'first')
  const image = fn.local('int', 'image')
  const column = fn.local('int', 'column')
  const row = fn.local('int', 'row')
  const group = fn.local('int', 'group')
  fn.count(group, int(0), int(geometry.groups), 1, () => {
    fn.set(column, get(from))
    fn.while(
      () => op('int.lt', get(column), get(end)),
      () => {
        const columns = lesser(fn, 'columns', sub(get(end), get(column)), int(most))
        fn.count(first, int(0), get(examples), piece, () => {
          const count = lesser(fn, 'count', sub(get(examples), get(first)), int(piece))
          const size = fn.define('size', mul(get(count), int(places)))
          fn.set(image, add(get(a), mul(get(first), int(plan.imageStride))))
          // What one piece holds is there for all blocks of columns.
          const isFresh = op('int.isZero', get(isOnePiece))
          fn.branch(op('int.or', isFresh, op('int.eq', get(column), get(from))), () => {
            if (isBordered) {
              const range = { first: fn.define('none', int(0)), end: count }
              borderImages(fn, lanes, plan, { from: get(image), to: part('images') }, range)
            }
            copyRows(site, group, count, first)
          })
          if (isBordered) fn.set(image, part('images'))
          const channels = plan.inputs * plan.borderedHeight * plan.borderedWidth * bytes
          fn.push(
            call(
              gatherFunction(module, lanes),
              add(get(image), mul(get(group), int(channels))),
              part('places'),
              get(size),
              add(part('taps'), mul(get(column), int(lanes.intBytes))),
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
            emitBlock(site, {
              layout: 'rows',
              a: add(part('rows'), mul(get(row), int(scratch.rowStride))),
              aStride: scratch.rowStride,
              panels: part('panels'),
              depth: get(size),
              panelRow,
              out: add(part('block'), mul(get(row), int(outStride))),
              outStride: int(outStride),
              rows,
              columns,
              more: get(first),
            })
          })
        })
        const to = fn.define(
          'to',
          add(
            add(get(result), mul(get(group), int(features * plan.kernelStride))),
            mul(get(column), int(bytes)),
          ),
        )
        const block = fn.define('blockLine', part('block'))
        const at = fn.local('int', 'at')
        const width = fn.define('width', mul(get(columns), int(bytes)))
        nest(fn, [int(features)], () => {
          fn.count(at, int(0), get(width), lanes.vectorBytes, () => {
            const value = access('lanes.load', 0, add(get(block), get(at)))
            fn.push(access('lanes.store', 0, add(get(to), get(at)), value))
          })
          fn.set(to, add(get(to), int(plan.kernelStride)))
          fn.set(block, add(get(block), int(outStride)))
        })
        fn.set(column, add(get(column), get(columns)))
      },
    )
  })
}

/** Output gradients of a piece as rows [feature, place of all its examples]. */
function copyRows(
  { fn, lanes, plan, scratch, b, part }: ConvolutionSite,
  group: Local,
  count: Local,
  first: Local,
): void {
  const { places, features, outputStride } = plan
  const { bytes } = lanes
  const [from, to] = [fn.local('int', 'source'), fn.local('int', 'target')]
  const feature = fn.local('int', 'feature')
  fn.count(feature, int(0), int(features), 1, () => {
    const row = add(get(feature), mul(get(group), int(features)))
    fn.set(
      from,
      add(add(get(b), mul(get(first), int(outputStride))), mul(row, int(places * bytes))),
    )
    fn.set(to, add(part('rows'), mul(get(feature), int(scratch.rowStride))))
    nest(fn, [get(count)], () => {
      copyRun(fn, lanes, from, to, places)
      fn.set(from, add(get(from), int(outputStride)))
      fn.set(to, add(get(to), int(places * bytes)))
    })
  })
}
