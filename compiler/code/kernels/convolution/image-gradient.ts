/**
 * The gradient of the image: for blocks of channels, which threads share, the product of output
 * gradients [places, features] and the kernel [features, taps], added tap by tap to where each place
 * has its patch. Every element of the image is summed in the order of places, then of taps.
 */
import { access, add, call, get, int, mul, op, sub, type Local } from '../../tree.ts'
import { panelWidth } from '../blocking.ts'
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
  const outStride =
    (Math.ceil((most * area) / lanes.blocking.columnUnit) + 1) * lanes.blocking.columnUnit * bytes
  const plane = plan.borderedHeight * plan.borderedWidth * bytes
  placeTable(fn, lanes, plan, part('places'), 1, 0)
  const [from, end] = partOf(fn, int(inputs), 1, thread, threads)
  const channel = fn.local('int', 'channel')
  const example = fn.local('int', 'example')
  const row = fn.local('int', 'row')
  const target = fn.local('int', 'target')
  const group = fn.local('int', 'group')
  fn.count(group, int(0), int(geometry.groups), 1, () => {
    fn.set(channel, get(from))
    fn.while(
      () => op('int.lt', get(channel), get(end)),
      () => {
        const channels = lesser(fn, 'channels', sub(get(end), get(channel)), int(most))
        const columns = fn.define('columns', mul(get(channels), int(area)))
        const weights = add(
          add(get(b), mul(get(group), int(features * plan.kernelStride))),
          mul(get(channel), int(area * bytes)),
        )
        fn.push(
          call(
            packFunction(module, lanes, panelWidth(lanes) * lanes.bytes),
            weights,
            int(plan.kernelStride),
            part('panels'),
            int(features),
            mul(get(columns), int(bytes)),
          ),
        )
        fn.count(example, int(0), get(examples), 1, () => {
          const own = add(
            add(get(result), mul(get(example), int(plan.imageStride))),
            mul(
              add(get(channel), mul(get(group), int(inputs))),
              int(plan.height * plan.width * bytes),
            ),
          )
          fn.set(target, isBordered ? part('images') : own)
          fn.push(op('memory.fill', get(target), int(0), mul(get(channels), int(plane))))
          const gradient = fn.define(
            'gradient',
            add(
              add(get(a), mul(get(example), int(plan.outputStride))),
              mul(get(group), int(features * places * bytes)),
            ),
          )
          fn.count(row, int(0), int(places), lanes.blocking.blockRows, () => {
            const rows = lesser(
              fn,
              'rows',
              sub(int(places), get(row)),
              int(lanes.blocking.blockRows),
            )
            emitBlock(site, {
              layout: 'columns',
              a: add(get(gradient), mul(get(row), int(bytes))),
              aStride: places * bytes,
              panels: part('panels'),
              depth: int(features),
              panelRow,
              out: part('block'),
              outStride: int(outStride),
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
  const table = fn.define('table', add(part('places'), mul(get(row), int(lanes.intBytes))))
  const [from, to] = [fn.local('int', 'source'), fn.local('int', 'target')]
  const runStep = down * borderedWidth * bytes
  const run = (source: number, at: number): void => {
    let tap = 0
    if (right === 1) {
      for (; tap + count <= width; tap += count) {
        const sum = lanes.binary(
          'add',
          access('lanes.load', at + tap * bytes, get(to)),
          access('lanes.load', source + tap * bytes, get(from)),
        )
        fn.push(access('lanes.store', at + tap * bytes, get(to), sum))
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
    fn.set(to, add(get(target), access('int.load', 0, get(table))))
    nest(fn, [get(channels)], () => {
      if (height * width <= 64) {
        for (let i = 0; i < height; i++) run(i * width * bytes, i * runStep)
        fn.set(from, add(get(from), int(height * width * bytes)))
        fn.set(to, add(get(to), int(plane)))
        return
      }
      nest(fn, [int(height)], () => {
        run(0, 0)
        fn.set(from, add(get(from), int(width * bytes)))
        fn.set(to, add(get(to), int(runStep)))
      })
      fn.set(to, add(get(to), int(plane - height * runStep)))
    })
    fn.set(block, add(get(block), int(outStride)))
    fn.set(table, add(get(table), int(lanes.intBytes)))
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
  const from = fn.define('source', add(get(bordered), int((top * borderedWidth + left) * bytes)))
  nest(fn, [get(channels)], () => {
    nest(fn, [int(height)], () => {
      fn.push(op('memory.copy', get(own), get(from), int(width * bytes)))
      fn.set(own, add(get(own), int(width * bytes)))
      fn.set(from, add(get(from), int(borderedWidth * bytes)))
    })
    fn.set(from, add(get(from), int((borderedHeight - height) * borderedWidth * bytes)))
  })
}
