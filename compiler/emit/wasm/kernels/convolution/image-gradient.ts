/**
 * The gradient of the image: for blocks of channels, which threads share, the product of output
 * gradients [places, features] and the kernel [features, taps], added tap by tap to where each place
 * has its patch. Every element of the image is summed in the order of places, then of taps.
 */
import { access, add, call, get, i32, mul, op, sub, type Local } from '../../encoder/code.ts'
import { BLOCK_ROWS, COLUMN_UNIT, panelWidth } from '../blocking.ts'
import { packFunction } from '../pack.ts'
import { lesser, nest, partOf, placeTable } from './gather.ts'
import { blockChannels } from './geometry.ts'
import { emitBlock, type ConvolutionSite } from './site.ts'

export function emitImageGradient(site: ConvolutionSite): void {
  const { fn, module, lanes, plan, examples, part, a, b, result, thread, threads } = site
  const { places, features, geometry, isBordered, kernel, inputs } = plan
  const { bytes } = lanes
  const area = kernel[0] * kernel[1]
  const most = blockChannels(lanes, plan)
  const panelRow = panelWidth(lanes) * bytes
  const outStride = (Math.ceil((most * area) / COLUMN_UNIT) + 1) * COLUMN_UNIT * bytes
  const plane = plan.borderedHeight * plan.borderedWidth * bytes
  placeTable(fn, lanes, plan, part('places'), 1, 0)
  const [from, end] = partOf(fn, i32(inputs), 1, thread, threads)
  const channel = fn.local('i32', 'channel')
  const example = fn.local('i32', 'example')
  const row = fn.local('i32', 'row')
  const target = fn.local('i32', 'target')
  const group = fn.local('i32', 'group')
  fn.count(group, i32(0), i32(geometry.groups), 1, () => {
    fn.set(channel, get(from))
    fn.while(
      () => op('i32.lt_s', get(channel), get(end)),
      () => {
        const channels = lesser(fn, 'channels', sub(get(end), get(channel)), i32(most))
        const columns = fn.define('columns', mul(get(channels), i32(area)))
        const weights = add(
          add(get(b), mul(get(group), i32(features * plan.kernelStride))),
          mul(get(channel), i32(area * bytes)),
        )
        fn.push(
          call(
            packFunction(module, 32),
            weights,
            i32(plan.kernelStride),
            part('panels'),
            i32(features),
            mul(get(columns), i32(bytes)),
          ),
        )
        fn.count(example, i32(0), get(examples), 1, () => {
          const own = add(
            add(get(result), mul(get(example), i32(plan.imageStride))),
            mul(
              add(get(channel), mul(get(group), i32(inputs))),
              i32(plan.height * plan.width * bytes),
            ),
          )
          fn.set(target, isBordered ? part('images') : own)
          fn.push(op('memory.fill', get(target), i32(0), mul(get(channels), i32(plane))))
          const gradient = fn.define(
            'gradient',
            add(
              add(get(a), mul(get(example), i32(plan.outputStride))),
              mul(get(group), i32(features * places * bytes)),
            ),
          )
          fn.count(row, i32(0), i32(places), BLOCK_ROWS, () => {
            const rows = lesser(fn, 'rows', sub(i32(places), get(row)), i32(BLOCK_ROWS))
            emitBlock(site, {
              layout: 'columns',
              a: add(get(gradient), mul(get(row), i32(bytes))),
              aStride: places * bytes,
              panels: part('panels'),
              depth: i32(features),
              panelRow,
              out: part('block'),
              outStride: i32(outStride),
              rows,
              columns,
            })
            scatter(site, { row, rows, channels, target, outStride, plane })
          })
          if (isBordered) cropImage(site, target, fn.define('own', own), channels)
        })
        fn.set(channel, add(get(channel), get(channels)))
      },
    )
  })
}

interface Scattered {
  readonly row: Local
  readonly rows: Local
  readonly channels: Local
  readonly target: Local
  readonly outStride: number
  /** Bytes of a channel of the target. */
  readonly plane: number
}

/** Adds rows of a block to the patches of their places. */
function scatter(
  { fn, lanes, plan, part }: ConvolutionSite,
  { row, rows, channels, target, outStride, plane }: Scattered,
): void {
  const { kernel, geometry, borderedWidth } = plan
  const { bytes, count } = lanes
  const [height, width] = kernel
  const [down, right] = geometry.dilation
  const block = fn.define('blockLine', part('block'))
  const table = fn.define('table', add(part('places'), mul(get(row), i32(4))))
  const [from, to] = [fn.local('i32', 'source'), fn.local('i32', 'target')]
  const runStep = down * borderedWidth * bytes
  const run = (source: number, at: number): void => {
    let tap = 0
    if (right === 1) {
      for (; tap + count <= width; tap += count) {
        const sum = lanes.binary(
          'add',
          access('v128.load', at + tap * bytes, get(to)),
          access('v128.load', source + tap * bytes, get(from)),
        )
        fn.push(access('v128.store', at + tap * bytes, get(to), sum))
      }
    }
    for (; tap < width; tap++) {
      const place = at + tap * right * bytes
      const sum = op(
        `${lanes.precision}.add`,
        access(lanes.scalarLoad, place, get(to)),
        access(lanes.scalarLoad, source + tap * bytes, get(from)),
      )
      fn.push(access(lanes.scalarStore, place, get(to), sum))
    }
  }
  nest(fn, [get(rows)], () => {
    fn.set(from, get(block))
    fn.set(to, add(get(target), access('i32.load', 0, get(table))))
    nest(fn, [get(channels)], () => {
      if (height * width <= 64) {
        for (let i = 0; i < height; i++) run(i * width * bytes, i * runStep)
        fn.set(from, add(get(from), i32(height * width * bytes)))
        fn.set(to, add(get(to), i32(plane)))
        return
      }
      nest(fn, [i32(height)], () => {
        run(0, 0)
        fn.set(from, add(get(from), i32(width * bytes)))
        fn.set(to, add(get(to), i32(runStep)))
      })
      fn.set(to, add(get(to), i32(plane - height * runStep)))
    })
    fn.set(block, add(get(block), i32(outStride)))
    fn.set(table, add(get(table), i32(4)))
  })
}

/** Copies channels without their border. */
function cropImage(
  { fn, lanes, plan }: ConvolutionSite,
  bordered: Local,
  own: Local,
  channels: Local,
): void {
  const { height, width, borderedHeight, borderedWidth, geometry } = plan
  const [top, left] = geometry.padding
  const { bytes } = lanes
  const from = fn.define('source', add(get(bordered), i32((top * borderedWidth + left) * bytes)))
  nest(fn, [get(channels)], () => {
    nest(fn, [i32(height)], () => {
      fn.push(op('memory.copy', get(own), get(from), i32(width * bytes)))
      fn.set(own, add(get(own), i32(width * bytes)))
      fn.set(from, add(get(from), i32(borderedWidth * bytes)))
    })
    fn.set(from, add(get(from), i32((borderedHeight - height) * borderedWidth * bytes)))
  })
}
