/**
 * The gradient of the kernel: rows are features, columns are taps, which threads share, and the sum runs
 * over the places of all examples, one piece after the other. Output gradients of a piece are copied
 * into rows of their own, patches are gathered with taps as columns.
 */
import { access, add, call, get, i32, mul, op, sub, type Local } from '../../encoder/code.ts'
import { BLOCK_ROWS, COLUMN_UNIT, panelWidth } from '../blocking.ts'
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
  const outStride = (most + COLUMN_UNIT) * bytes
  const [from, end] = partOf(fn, i32(taps), panelWidth(lanes), thread, threads)
  const isOnePiece = fn.define('isOnePiece', op('i32.le_s', get(examples), i32(piece)))
  const first = fn.local('i32', 'first')
  const image = fn.local('i32', 'image')
  const column = fn.local('i32', 'column')
  const row = fn.local('i32', 'row')
  const group = fn.local('i32', 'group')
  fn.count(group, i32(0), i32(geometry.groups), 1, () => {
    fn.set(column, get(from))
    fn.while(
      () => op('i32.lt_s', get(column), get(end)),
      () => {
        const columns = lesser(fn, 'columns', sub(get(end), get(column)), i32(most))
        fn.count(first, i32(0), get(examples), piece, () => {
          const count = lesser(fn, 'count', sub(get(examples), get(first)), i32(piece))
          const size = fn.define('size', mul(get(count), i32(places)))
          fn.set(image, add(get(a), mul(get(first), i32(plan.imageStride))))
          // What one piece holds is there for all blocks of columns.
          const isFresh = op('i32.eqz', get(isOnePiece))
          fn.branch(op('i32.or', isFresh, op('i32.eq', get(column), get(from))), () => {
            if (isBordered) {
              const range = { first: fn.define('none', i32(0)), end: count }
              borderImages(fn, lanes, plan, { from: get(image), to: part('images') }, range)
            }
            copyRows(site, group, count, first)
          })
          if (isBordered) fn.set(image, part('images'))
          const channels = plan.inputs * plan.borderedHeight * plan.borderedWidth * bytes
          fn.push(
            call(
              gatherFunction(module, lanes),
              add(get(image), mul(get(group), i32(channels))),
              part('places'),
              get(size),
              add(part('taps'), mul(get(column), i32(4))),
              get(columns),
              part('panels'),
            ),
          )
          fn.count(row, i32(0), i32(features), BLOCK_ROWS, () => {
            const rows = lesser(fn, 'rows', sub(i32(features), get(row)), i32(BLOCK_ROWS))
            emitBlock(site, {
              layout: 'rows',
              a: add(part('rows'), mul(get(row), i32(scratch.rowStride))),
              aStride: scratch.rowStride,
              panels: part('panels'),
              depth: get(size),
              panelRow,
              out: add(part('block'), mul(get(row), i32(outStride))),
              outStride: i32(outStride),
              rows,
              columns,
              more: get(first),
            })
          })
        })
        const to = fn.define(
          'to',
          add(
            add(get(result), mul(get(group), i32(features * plan.kernelStride))),
            mul(get(column), i32(bytes)),
          ),
        )
        const block = fn.define('blockLine', part('block'))
        const at = fn.local('i32', 'at')
        const width = fn.define('width', mul(get(columns), i32(bytes)))
        nest(fn, [i32(features)], () => {
          fn.count(at, i32(0), get(width), 16, () => {
            const value = access('v128.load', 0, add(get(block), get(at)))
            fn.push(access('v128.store', 0, add(get(to), get(at)), value))
          })
          fn.set(to, add(get(to), i32(plan.kernelStride)))
          fn.set(block, add(get(block), i32(outStride)))
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
  const [from, to] = [fn.local('i32', 'source'), fn.local('i32', 'target')]
  const feature = fn.local('i32', 'feature')
  fn.count(feature, i32(0), i32(features), 1, () => {
    const row = add(get(feature), mul(get(group), i32(features)))
    fn.set(
      from,
      add(add(get(b), mul(get(first), i32(outputStride))), mul(row, i32(places * bytes))),
    )
    fn.set(to, add(part('rows'), mul(get(feature), i32(scratch.rowStride))))
    nest(fn, [get(count)], () => {
      copyRun(fn, lanes, from, to, places)
      fn.set(from, add(get(from), i32(outputStride)))
      fn.set(to, add(get(to), i32(places * bytes)))
    })
  })
}
