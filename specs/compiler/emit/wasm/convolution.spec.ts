/**
 * Convolutions and their gradients on the wasm target, in any geometry, are those of the interpreter, and
 * on several threads bit by bit those of one. Memory that nobody has written is NaN.
 * `FUZZ_SECONDS=600 npx vitest run specs/compiler/emit/wasm/convolution.spec.ts` goes on for longer.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import { convSize } from '../../../../compiler/ir/shapes.ts'
import { gradientError } from '../../ir/finite-differences.ts'
import type { WasmRun } from '../../../helpers/wasm-network.ts'
import { deviationOf, type Trial } from './random-programs.ts'

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 0)
const timeout = 60_000 + seconds * 1000

interface Geometry {
  readonly image: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
  readonly groups: number
  /** Channels and features of a group. */
  readonly channels: number
  readonly features: number
}

const outputOf = ({ image, kernel, stride, padding, dilation }: Geometry): [number, number] => {
  const size = (axis: 0 | 1): number =>
    convSize(image[axis], kernel[axis], stride[axis], padding[axis], dilation[axis])
  return [size(0), size(1)]
}

/** A graph with all three operations, and a weight that learns by the kernel's gradient. */
function trialOf(geometry: Geometry, batch: number): Trial {
  const { image, kernel, groups, channels, features } = geometry
  const x = ['batch', channels * groups, ...image] as const
  const y = ['batch', features * groups, ...outputOf(geometry)] as const
  const k = [features * groups, channels, ...kernel] as const
  const b = new GraphBuilder('convolutions')
  const weight = b.load('k', k)
  const [a, g] = [b.input('x', x), b.input('g', y)]
  b.output('result', b.conv(a, weight, geometry))
  b.output('image', b.convImageGradient(g, weight, geometry, [channels * groups, ...image]))
  const change = b.convKernelGradient(a, g, geometry, [...k])
  b.output('kernel', change)
  b.store('k', b.map('add', weight, b.map('mul', b.scalar('rate', 'rate'), change)))
  const around = { inputs: { x: [...x], g: [...y] }, storages: { k: [...k] } }
  return { graph: b.build(), around, batch }
}

const pair = (low: number, high: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))

const geometries = fc
  .record({
    image: pair(1, 9),
    kernel: pair(1, 5),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
    groups: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 5 }),
    features: fc.integer({ min: 1, max: 7 }),
  })
  .filter((geometry) => outputOf(geometry).every((size) => size >= 1))

const runs: readonly WasmRun[] = [
  {},
  { threads: 2 },
  { precision: 'f64' },
  { precision: 'f64', threads: 3 },
]

describe('convolutions on the wasm target', () => {
  it(
    'of any geometry',
    () =>
      fc.assert(
        fc.asyncProperty(geometries, fc.integer({ min: 1, max: 6 }), async (geometry, batch) => {
          expect(await deviationOf(trialOf(geometry, batch), runs)).toBeUndefined()
        }),
        seconds > 0
          ? {
              numRuns: Number.MAX_SAFE_INTEGER,
              interruptAfterTimeLimit: seconds * 900,
              endOnFailure: true,
            }
          : { numRuns: 25, seed: 20241 },
      ),
    timeout,
  )

  const plain = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const
  const large: readonly (readonly [string, Geometry, number])[] = [
    [
      'several pieces of examples',
      { ...plain, image: [20, 19], kernel: [3, 3], padding: [1, 1], channels: 2, features: 5 },
      7,
    ],
    [
      'many taps, several blocks of columns',
      { ...plain, image: [4, 5], kernel: [3, 3], channels: 90, features: 18 },
      3,
    ],
    ['many features', { ...plain, image: [3, 3], kernel: [2, 2], channels: 3, features: 410 }, 3],
    [
      'a kernel larger than a block',
      { ...plain, image: [20, 20], kernel: [18, 17], channels: 2, features: 3 },
      2,
    ],
    [
      'one example of many places',
      { ...plain, image: [40, 41], kernel: [2, 3], stride: [1, 1], channels: 1, features: 2 },
      1,
    ],
  ]
  it.each(large)(
    'with %s',
    async (_, geometry, batch) => {
      expect(await deviationOf(trialOf(geometry, batch), runs)).toBeUndefined()
    },
    timeout,
  )
})

describe('gradients of convolutions', () => {
  it('are those of finite differences, in any geometry', () => {
    const small = geometries.filter(
      ({ image, groups, channels, features }) =>
        image[0] * image[1] * groups * channels * features <= 60,
    )
    fc.assert(
      fc.property(small, (geometry) => {
        const { image, kernel, groups, channels, features } = geometry
        const error = gradientError(
          [
            ['batch', channels * groups, ...image],
            [features * groups, channels, ...kernel],
          ],
          (b, x, k) => b.conv(x!, k!, geometry),
        )
        expect(error).toBeLessThan(1e-6)
      }),
      { numRuns: 8, seed: 20242 },
    )
  })
})
