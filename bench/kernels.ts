/**
 * GFLOP/s of the matrix products of the `wasm` target over a range of shapes, on one core, and their
 * share of what a loop of 128-bit multiply-adds on registers reaches in the same rounds.
 */
import { wasmMachine } from '../compiler/emit/wasm/machine.ts'
import { access, call, f32, f64, get, int, mul, add } from '../compiler/code/tree.ts'
import { FunctionBuilder } from '../compiler/code/function.ts'
import { ModuleBuilder } from '../compiler/code/module.ts'
import {
  emitProduct,
  productScratchBytes,
  type ProductForm,
} from '../compiler/code/kernels/product.ts'
import { Lanes, type Precision } from '../compiler/code/lanes.ts'
import { instantiate } from '../specs/compiler/code/kernels/host.ts'
import { median, table } from './statistics.ts'

interface Shape {
  readonly what: string
  readonly form: ProductForm
  readonly M: number
  readonly N: number
  readonly K: number
}

const shape = (what: string, form: ProductForm, M: number, K: number, N: number): Shape => ({
  what,
  form,
  M,
  N,
  K,
})

/** M x K x N: rows of the result, length of a sum, columns of the result. */
const shapes: readonly Shape[] = [
  shape('3-50-1, batch 1, forward', 'NT', 1, 3, 50),
  shape('3-50-1, batch 1, forward', 'NT', 1, 50, 1),
  shape('3-50-1, batch 1, update', 'TN', 50, 1, 3),
  shape('tiny', 'NN', 4, 2, 8),
  shape('tiny', 'NT', 4, 2, 8),
  shape('tiny', 'TN', 4, 2, 8),
  shape('vector, forward', 'NT', 1, 500, 500),
  shape('vector, feedback', 'NN', 1, 500, 500),
  shape('vector, forward', 'NT', 1, 1000, 1000),
  shape('vector, feedback', 'NN', 1, 1000, 1000),
  shape('vector, update', 'TN', 500, 1, 500),
  ...[8, 32, 256, 1000].flatMap((batch) => [
    shape(`784-500, batch ${batch}, forward`, 'NT', batch, 784, 500),
    shape(`500-500, batch ${batch}, forward`, 'NT', batch, 500, 500),
    shape(`500-10, batch ${batch}, forward`, 'NT', batch, 500, 10),
  ]),
  ...[8, 32, 256].flatMap((batch) => [
    shape(`500-500, batch ${batch}, feedback`, 'NN', batch, 500, 500),
    shape(`500-10, batch ${batch}, feedback`, 'NN', batch, 10, 500),
    shape(`784-500, batch ${batch}, update`, 'TN', 500, batch, 784),
    shape(`500-500, batch ${batch}, update`, 'TN', 500, batch, 500),
    shape(`500-10, batch ${batch}, update`, 'TN', 10, batch, 500),
  ]),
  ...[64, 128, 256, 512, 1024].flatMap((size) =>
    (['NN', 'NT', 'TN'] as const).map((form) => shape('square', form, size, size, size)),
  ),
  shape('3x3x64-64 at 14x14', 'NN', 64, 576, 196),
  shape('5x5x3-64 at 28x28, 8 images', 'NN', 64, 75, 6272),
  shape('3x3x256-256 at 14x14', 'NN', 256, 2304, 196),
  shape('3x3x64-128, 8 images, weights', 'NT', 128, 1568, 576),
  shape('5x5x3-64, 8 images, weights', 'NT', 64, 6272, 75),
  shape('3x3x64-128, errors back', 'TN', 576, 128, 1568),
]

const ROUNDS = 25
/** Least duration of one timing. */
const MILLISECONDS = 1
const PAGES = 1024

function emitPeak(module: ModuleBuilder, lanes: Lanes): void {
  const fn = new FunctionBuilder('peak', [['count', 'int']], 'void', { exported: true })
  const sums = Array.from({ length: 12 }, () => fn.local('lanes', 'sum'))
  const x = fn.define('x', lanes.splat(lanes.precision === 'f32' ? f32(0.999) : f64(0.999)))
  fn.count(fn.local('int', 'i'), int(0), get(fn.parameter(0)), 1, () => {
    for (const sum of [...sums, ...sums]) fn.set(sum, lanes.madd(get(x), get(x), get(sum)))
  })
  for (const sum of sums) fn.push(access('lanes.store', 0, int(0), get(sum)))
  module.add(fn.build())
}

/** Floating-point operations of one turn of the peak's loop. */
const peakWork = (lanes: Lanes): number => 24 * 2 * lanes.count

type Timed = (count: number) => void

/** The peak and the product of every shape, each as a function that repeats it. */
function compileAll(lanes: Lanes): { readonly peak: Timed; readonly products: readonly Timed[] } {
  const module = new ModuleBuilder()
  emitPeak(module, lanes)
  for (const form of ['NN', 'NT', 'TN'] as const) {
    const product = emitProduct(module, lanes, {
      name: form,
      form,
      extraParameters: [
        ['c', 'int'],
        ['cStride', 'int'],
      ],
      epilogue(fn, sum, row, column, [c, cStride]) {
        const line = add(get(c!), mul(get(row), get(cStride!)))
        const at = add(line, mul(get(column), int(lanes.bytes)))
        fn.push(access('lanes.store', 0, at, get(sum)))
      },
    })
    const taken = product.parameters.map((type, i) => [`p${i}`, type] as const)
    const repeat = new FunctionBuilder(`${form}s`, [...taken, ['count', 'int']], 'void', {
      exported: true,
    })
    const values = taken.map((_, i) => get(repeat.parameter(i)))
    const count = repeat.parameter(taken.length)
    repeat.count(repeat.local('int', 'i'), int(0), get(count), 1, () =>
      repeat.push(call(product, ...values)),
    )
    module.add(repeat.build())
  }
  const { exports, buffer } = instantiate(module, PAGES)
  const memory = lanes.precision === 'f32' ? new Float32Array(buffer) : new Float64Array(buffer)
  for (let i = 0; i < memory.length; i++) memory[i] = ((i * 37) % 101) / 101 - 0.5
  const stride = (columns: number): number => ((columns + 3) & -4) * lanes.bytes
  const products = shapes.map(({ form, M, N, K }): Timed => {
    const [aRows, aStride] = form === 'TN' ? [K, stride(M)] : [M, stride(K)]
    const [bRows, bStride] = form === 'NT' ? [N, stride(K)] : [K, stride(N)]
    const a = 1024
    const b = a + aRows * aStride + 64
    const c = b + bRows * bStride + 64
    const scratch = c + M * stride(N) + 64
    const end = scratch + productScratchBytes(lanes, K)
    if (end > buffer.byteLength) throw new Error(`${form} ${M}x${K}x${N} does not fit`)
    const run = exports[`${form}s`]!
    return (count) => run(a, b, M, N, K, aStride, bStride, 0, M, 0, N, scratch, c, stride(N), count)
  })
  return { peak: exports['peak']!, products }
}

/** Processor time, not time: other work of the machine that takes turns with this one counts little. */
function seconds(run: Timed, count: number): number {
  const before = process.cpuUsage()
  run(count)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Repetitions that last long enough, after enough of them for V8 to optimise the code. */
function repetitions(run: Timed): number {
  let count = 1
  for (;;) {
    const taken = seconds(run, count) * 1000
    if (taken > MILLISECONDS) return count
    count *= taken > MILLISECONDS / 8 ? Math.ceil(MILLISECONDS / taken) + 1 : 8
  }
}

function measure(precision: Precision): void {
  const lanes = new Lanes(wasmMachine, precision, true)
  const { peak, products } = compileAll(lanes)
  // Twice: what is compiled meanwhile, by V8, in the background, is not counted.
  for (const run of products) repetitions(run)
  const counts = products.map(repetitions)
  const peakCount = repetitions(peak)
  const peaks: number[] = []
  const speeds = shapes.map(() => [] as number[])
  const shares = shapes.map(() => [] as number[])
  for (let round = 0; round < ROUNDS; round++) {
    products.forEach((run, i) => {
      const { M, N, K } = shapes[i]!
      const count = counts[i]!
      const top = (peakCount * peakWork(lanes)) / seconds(peak, peakCount) / 1e9
      const speed = (count * 2 * M * N * K) / seconds(run, count) / 1e9
      peaks.push(top)
      speeds[i]!.push(speed)
      shares[i]!.push(speed / top)
    })
  }
  // Not the very best: processor time of a short run is off by some per cent now and then.
  const best = peaks.toSorted((a, b) => a - b)[Math.floor(0.98 * peaks.length)]!
  console.log(
    `matrix products in ${precision}; multiply-adds on registers reach ${best.toFixed(1)} GFLOP/s` +
      ` (median ${median(peaks).toFixed(1)})`,
  )
  const rows = [['product', 'form', 'M x K x N', 'GFLOP/s', 'of best', 'median share', 'one call']]
  shapes.forEach(({ what, form, M, N, K }, i) => {
    const top = Math.max(...speeds[i]!)
    const time = (2 * M * N * K) / top
    rows.push([
      what,
      form,
      `${M} x ${K} x ${N}`,
      top.toFixed(1),
      percent(top / best),
      percent(median(shares[i]!)),
      time < 10_000 ? `${time.toFixed(0)} ns` : `${(time / 1000).toFixed(1)} µs`,
    ])
  })
  console.log(table(rows))
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

/** Prints a table for each precision. */
export function benchKernels(): void {
  measure('f32')
  console.log()
  measure('f64')
}
