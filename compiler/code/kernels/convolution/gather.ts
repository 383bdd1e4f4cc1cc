/** Tables of byte offsets, panels of patches, and images with a border of zeros. */
import {
  access,
  accessLane,
  add,
  get,
  int,
  mul,
  op,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from '../../tree.ts'
import { FunctionBuilder } from '../../function.ts'
import type { ModuleBuilder } from '../../module.ts'
import type { Lanes } from '../../lanes.ts'
import { panelWidth } from '../blocking.ts'
import type { ConvolutionPlan } from './geometry.ts'

/**
 * The function that gathers panels: out[panel][row][lane] = base[rows[row] + columns[panel, lane]]. Both
 * tables hold byte offsets; that of columns goes on behind its end with any that may be read.
 */
export function gatherFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const name = `gather_${lanes.precision}`
  return module.once(name, () => {
    const names = ['base', 'rows', 'rowCount', 'columns', 'columnCount', 'out']
    const fn = new FunctionBuilder(
      name,
      names.map((each) => [each, 'int'] as const),
      'void',
      { comment: 'panels of patches' },
    )
    const [base, rows, rowCount, columns, columnCount, out] = names.map((_, i) =>
      fn.parameter(i),
    ) as [Local, Local, Local, Local, Local, Local]
    const width = panelWidth(lanes)
    const bits = lanes.bytes * 8
    const loadLane = bits === 32 ? 'lanes.loadLane32' : 'lanes.loadLane64'
    const loadZero = bits === 32 ? 'lanes.loadLow32' : 'lanes.loadLow64'
    const column = fn.local('int', 'column')
    const row = fn.local('int', 'row')
    const at = fn.local('int', 'at')
    const end = fn.define('end', add(get(rows), mul(get(rowCount), int(lanes.intBytes))))
    const lanesOf = Array.from({ length: width }, (_, i) => fn.local('int', `lane${i}`))
    const vectors = Array.from({ length: width / lanes.count }, (_, i) =>
      fn.local('lanes', `vector${i}`),
    )
    fn.count(column, int(0), get(columnCount), width, () => {
      lanesOf.forEach((lane, i) =>
        fn.set(lane, add(get(base), access('int.load', i * lanes.intBytes, get(columns)))),
      )
      fn.set(row, get(rows))
      fn.while(
        () => op('int.ltUnsigned', get(row), get(end)),
        () => {
          fn.set(at, access('int.load', 0, get(row)))
          vectors.forEach((vector, v) => {
            for (let lane = 0; lane < lanes.count; lane++) {
              const address = add(get(at), get(lanesOf[v * lanes.count + lane]!))
              fn.set(
                vector,
                lane === 0
                  ? access(loadZero, 0, address)
                  : accessLane(loadLane, 0, lane, address, get(vector)),
              )
            }
            fn.push(access('lanes.store', v * lanes.vectorBytes, get(out), get(vector)))
          })
          fn.set(out, add(get(out), int(width * lanes.bytes)))
          fn.set(row, add(get(row), int(lanes.intBytes)))
        },
      )
      fn.set(columns, add(get(columns), int(width * lanes.intBytes)))
    })
    return fn.build()
  })
}

/** Emits a loop for each size, the last one innermost. */
export function nest(
  fn: FunctionBuilder,
  sizes: readonly Code[],
  build: (index: readonly Local[]) => void,
  index: readonly Local[] = [],
): void {
  const size = sizes[index.length]
  if (size === undefined) return build(index)
  const counter = fn.local('int', 'index')
  fn.count(counter, int(0), size, 1, () => nest(fn, sizes, build, [...index, counter]))
}

/** Fills a table of ints in the order of the loops; a unit of zeros follows. */
function table(
  fn: FunctionBuilder,
  lanes: Lanes,
  start: Code,
  sizes: readonly number[],
  value: (index: readonly Code[]) => Code,
): void {
  const to = fn.define('to', start)
  nest(fn, sizes.map(int), (index) => {
    fn.push(access('int.store', 0, get(to), value(index.map(get))))
    fn.set(to, add(get(to), int(lanes.intBytes)))
  })
  fn.push(op('memory.fill', get(to), int(0), int(lanes.blocking.columnUnit * lanes.intBytes)))
}

/** Byte offsets of taps within an image as it is read. */
export function tapTable(
  fn: FunctionBuilder,
  lanes: Lanes,
  plan: ConvolutionPlan,
  start: Code,
): void {
  const { inputs, kernel, geometry, borderedHeight, borderedWidth } = plan
  const { bytes } = lanes
  const [down, right] = geometry.dilation
  table(fn, lanes, start, [inputs, ...kernel], ([channel, row, column]) =>
    add(
      mul(channel!, int(borderedHeight * borderedWidth * bytes)),
      add(mul(row!, int(down * borderedWidth * bytes)), mul(column!, int(right * bytes))),
    ),
  )
}

/** Byte offsets of places within so many images, `stride` bytes apart. */
export function placeTable(
  fn: FunctionBuilder,
  lanes: Lanes,
  plan: ConvolutionPlan,
  start: Code,
  images: number,
  stride: number,
): void {
  const { output, geometry, borderedWidth } = plan
  const [down, right] = geometry.stride
  table(fn, lanes, start, [images, ...output], ([example, row, column]) =>
    add(
      mul(example!, int(stride)),
      add(
        mul(row!, int(down * borderedWidth * lanes.bytes)),
        mul(column!, int(right * lanes.bytes)),
      ),
    ),
  )
}

/** Byte offsets of places within the outputs of a piece. */
export function outputTable(
  fn: FunctionBuilder,
  lanes: Lanes,
  { piece, places, outputStride }: ConvolutionPlan,
  start: Code,
): void {
  table(fn, lanes, start, [piece, places], ([example, place]) =>
    add(mul(example!, int(outputStride)), mul(place!, int(lanes.bytes))),
  )
}

/** Copies `count` elements, up to a vector more than that. */
export function copyRun(
  fn: FunctionBuilder,
  lanes: Lanes,
  from: Local,
  to: Local,
  count: number,
): void {
  if (count * lanes.bytes <= 256) {
    for (let byte = 0; byte < count * lanes.bytes; byte += lanes.vectorBytes)
      fn.push(access('lanes.store', byte, get(to), access('lanes.load', byte, get(from))))
    return
  }
  fn.push(op('memory.copy', get(to), get(from), int(count * lanes.bytes)))
}

/** Copies examples `first` to before `end` into images with a border, each to its place in the piece. */
export function borderImages(
  fn: FunctionBuilder,
  lanes: Lanes,
  plan: ConvolutionPlan,
  images: { readonly from: Code; readonly to: Code },
  range: { readonly first: Local; readonly end: Local },
): void {
  const { channels, height, width, borderedWidth, borderedHeight, geometry } = plan
  const [top, left] = geometry.padding
  const example = fn.define('example', get(range.first))
  const [from, to] = [fn.local('int', 'from'), fn.local('int', 'to')]
  fn.continueCount(example, get(range.end), 1, () => {
    fn.set(to, add(images.to, mul(get(example), int(plan.readStride))))
    fn.set(from, add(images.from, mul(get(example), int(plan.imageStride))))
    fn.push(op('memory.fill', get(to), int(0), int(plan.readStride)))
    fn.set(to, add(get(to), int((top * borderedWidth + left) * lanes.bytes)))
    nest(fn, [int(channels)], () => {
      nest(fn, [int(height)], () => {
        fn.push(op('memory.copy', get(to), get(from), int(width * lanes.bytes)))
        fn.set(from, add(get(from), int(width * lanes.bytes)))
        fn.set(to, add(get(to), int(borderedWidth * lanes.bytes)))
      })
      fn.set(to, add(get(to), int((borderedHeight - height) * borderedWidth * lanes.bytes)))
    })
  })
}

/** The part of `size` that a thread does, in units: [from, to). */
export function partOf(
  fn: FunctionBuilder,
  size: Code,
  unit: number,
  thread: Local,
  threads: Local,
): readonly [Local, Local] {
  const units = op('int.div', add(size, int(unit - 1)), int(unit))
  const start = (which: Code): Code =>
    mul(op('int.div', mul(units, which), get(threads)), int(unit))
  const from = fn.define('from', start(get(thread)))
  const to = fn.define('to', start(add(get(thread), int(1))))
  fn.branch(op('int.gt', get(to), size), () => fn.set(to, size))
  return [from, to]
}

export const lesser = (fn: FunctionBuilder, name: string, a: Code, b: Code): Local => {
  const least = fn.define(name, a)
  fn.branch(op('int.gt', get(least), b), () => fn.set(least, b))
  return least
}

/** Calls `compute` for depths of at most `most`, adding up in the block. */
export function forDepths(
  fn: FunctionBuilder,
  total: Code,
  most: number,
  build: (start: Local, depth: Local) => void,
): void {
  const start = fn.define('start', int(0))
  fn.while(
    () => op('int.lt', get(start), total),
    () => {
      const depth = lesser(fn, 'depth', sub(total, get(start)), int(most))
      build(start, depth)
      fn.set(start, add(get(start), get(depth)))
    },
  )
}
