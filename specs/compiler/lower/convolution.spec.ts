/**
 * Convolutions as the language means them: what every pair of units adds, one by one, with strides that
 * leave a rest, padding, dilation and groups; forwards, backwards, and what rules ask of a kernel.
 */
import { describe, expect, it } from 'vitest'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import type { Network } from '../../../runtime/engine/network.ts'

interface Geometry {
  readonly image: readonly [number, number, number]
  readonly result: readonly [number, number, number]
  readonly kernel: readonly [number, number]
  readonly stride: number
  readonly padding: number
  readonly dilation: number
  readonly groups: number
}

const geometries: readonly Geometry[] = (
  [
    [[2, 5, 4], [3, 3, 2], [3, 3], 1, 0, 1, 1],
    [[2, 6, 7], [3, 2, 3], [3, 3], 2, 0, 1, 1],
    [[2, 4, 5], [4, 4, 5], [3, 3], 1, 1, 1, 2],
    [[4, 5, 6], [2, 3, 4], [2, 2], 2, 2, 3, 2],
    [[1, 3, 3], [2, 5, 4], [1, 2], 1, 1, 1, 1],
  ] as const
).map(([image, result, kernel, stride, padding, dilation, groups]) => ({
  image,
  result,
  kernel,
  stride,
  padding,
  dilation,
  groups,
}))

const text = ({ image, result, kernel, stride, padding, dilation, groups }: Geometry): string => {
  const options = `${kernel.join('x')} stride ${stride} padding ${padding} dilation ${dilation} groups ${groups}`
  return `
import { Input } from "std/cells"
cell C {
  compartment soma, back
  bias k per channel = 0.25  learn Sum
  event e = soma + k
  loss l = 0.5 * sum(e ^ 2)
}
cell Lower { compartment back  input given  event e = given + 0 }
plasticity Hebb { dw = post.e * pre.e }
plasticity Decay { dw = -w }
plasticity Sum { dw = post.e }
synapse Plain {}
population x[${image.join(', ')}] : Lower
population c[${result.join(', ')}] : C
connect x.event -> c.soma as W : Plain { conv ${options}  init normal(1)  learn Hebb }
connect c.event -> x.back as Y : Plain { conv_transpose ${options}  init normal(1)  learn Decay }
dataset data {
  field input[${image.join(', ')}]
  train teacher_network(count = 4, inputs = ${size(image)}, hidden = 2, outputs = 1, seed = 1)
  test teacher_network(count = 4, inputs = ${size(image)}, hidden = 2, outputs = 1, seed = 1)
}
experiment e {
  data data
  present x = input
  batch 2  epochs 1
  optimise W, Y with sgd(rate = 1)
  optimise k with sgd(rate = 1)
  measure angle(W, backprop)
}
`
}

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** Calls for every pair of units that the kernel joins, with places in flat arrays. */
function forPairs(g: Geometry, visit: (unit: number, input: number, weight: number) => void): void {
  const [channels, height, width] = g.image
  const [features, rows, columns] = g.result
  const inner = channels / g.groups
  for (let o = 0; o < features; o++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        for (let c = 0; c < inner; c++)
          for (let h = 0; h < g.kernel[0]; h++)
            for (let w = 0; w < g.kernel[1]; w++) {
              const row = y * g.stride + h * g.dilation - g.padding
              const column = x * g.stride + w * g.dilation - g.padding
              if (row < 0 || row >= height || column < 0 || column >= width) continue
              const channel = Math.floor(o / (features / g.groups)) * inner + c
              visit(
                (o * rows + y) * columns + x,
                (channel * height + row) * width + column,
                ((o * inner + c) * g.kernel[0] + h) * g.kernel[1] + w,
              )
            }
}

function networkOf(source: string): Network {
  const result = compileText(source)
  if (!result.ir) throw new Error(errorsOf(result).join('\n'))
  return interpretedNetwork(result.ir, { seed: 3 })
}

const expectClose = (found: ArrayLike<number> | undefined, expected: ArrayLike<number>): void => {
  expect(found?.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) expect(found?.[i]).toBeCloseTo(expected[i] ?? 0, 5)
}

describe('a convolution', () => {
  it.each(geometries)('$image -> $result by $kernel, groups $groups', (g) => {
    const network = networkOf(text(g))
    const [inputs, units] = [size(g.image), size(g.result)]
    const x = Float32Array.from({ length: 2 * inputs }, (_, i) => Math.sin(1 + 3 * i))
    const before = network.save()
    const [W, Y] = [before['W']?.data ?? [], before['Y']?.data ?? []]
    expect(before['c.k']?.shape).toEqual([g.result[0]])
    const e = new Float64Array(2 * units).fill(0.25)
    const back = new Float64Array(2 * inputs)
    const hebb = new Float64Array(W.length)
    const counts = new Float64Array(W.length)
    const examples = [0, 1]
    for (const n of examples)
      forPairs(g, (unit, input, weight) => {
        e[n * units + unit]! += x[n * inputs + input]! * W[weight]!
      })
    for (const n of examples)
      forPairs(g, (unit, input, weight) => {
        back[n * inputs + input]! += e[n * units + unit]! * Y[weight]!
        hebb[weight]! += (e[n * units + unit]! * x[n * inputs + input]!) / 2
        counts[weight]! += 1 / 2
      })
    const seen = network.observe(2, { 'x.given': x, x }, ['c.e', 'x.back', 'backprop(W)'])
    expectClose(seen['c.e']?.data, e)
    expectClose(seen['x.back']?.data, back)
    // The loss is half the square of e: its gradient asks for the opposite of Hebb's product.
    expectClose(
      seen['backprop(W)']?.data,
      hebb.map((change) => -change),
    )
    const angle = network.measuredStep(2, { 'x.given': x, x })['angle(W, backprop)']
    expect(angle).toBeCloseTo(180, 3)
    const after = network.save()
    expectClose(
      after['W']?.data,
      hebb.map((change, i) => W[i]! + change),
    )
    // What a rule says of the weight alone counts for every pair that shares it.
    expectClose(
      after['Y']?.data,
      counts.map((count, i) => Y[i]! - count * Y[i]!),
    )
    const places = g.result[1] * g.result[2]
    const sums = Array.from({ length: g.result[0] }, (_, channel) => {
      const own = examples.flatMap((n) =>
        Array.from(e.slice(n * units + channel * places, n * units + (channel + 1) * places)),
      )
      return 0.25 + own.reduce((a, b) => a + b, 0) / 2
    })
    expectClose(after['c.k']?.data, sums)
  })
})

const head = `
import { Input } from "std/cells"
cell C { compartment soma  compartment dendrite[2]  bias k per channel = 0  event e = soma + k }
synapse Plain {}
plasticity Set { on post.e { w = 1 } }
plasticity Trace {
  state trace = 0 : dtrace/dt = post.e * pre.e / 1 s
  dw = trace * post.e
}
population x[2, 5, 5] : Input
population c[4, 3, 3] : C
`

describe('what cannot be said of kernels', () => {
  it.each([
    [
      'a dendrite with branches',
      'connect x.event -> c.dendrite as W : Plain { conv 3x3  init 1 }',
      'CCN7001 A convolution onto a dendrite with branches cannot be run yet.',
    ],
    [
      'a function of matrices',
      'connect x.event -> c.soma as W : Plain { conv 3x3  init 1 }\ninit c.k = row_sum(W)',
      'CCN2003 `row_sum(...)` is of a kernel, but of a matrix is needed here.',
    ],
    [
      'a bias for each unit',
      'connect x.event -> c.soma as W : Plain { init 1 }\ninit c.k = row_sum(W)',
      'CCN3002 What is needed here is [4], but this is [36].',
    ],
    [
      'a kernel of no size',
      'param n = 0\nconnect x.event -> c.soma as W : Plain { conv n  init 1 }',
      'CCN3008 A 0x0 kernel does not fit `x` [2, 5, 5] -> `c` [4, 3, 3]: its height and width start at 1.',
    ],
    [
      'a kernel that leads elsewhere',
      'param n = [2, 3]\nconnect x.event -> c.soma as W : Plain { conv n[0]  init 1 }',
      'CCN3008 A 2x2 kernel does not fit `x` [2, 5, 5] -> `c` [4, 3, 3]: it makes 4 x 4 from 5 x 5.',
    ],
    [
      'setting a shared weight',
      'connect x.event -> c.soma as W : Plain { conv 3x3  init 1  learn Set }\nexperiment e { step 1 s  duration 1 s }',
      'CCN7001 `w = ...` of a weight that is shared cannot be run yet.',
    ],
    [
      'a trace of each synapse',
      `connect x.event -> c.soma as W : Plain { conv 3x3  init 1  learn Trace }
experiment e { step 1 s  duration 1 s  optimise W with sgd(rate = 1) }`,
      'CCN7001 A trace of each synapse, where synapses share a kernel, cannot be run yet.',
    ],
  ])('%s', (_, circuit, message) => {
    const errors = errorsOf(compileText(`${head}${circuit}`))
    expect(
      errors.map((each) => each.slice(0, message.length)),
      errors.join(),
    ).toContain(message)
  })
})
