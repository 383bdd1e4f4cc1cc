/** Weights that begin with a spectral radius, or orthogonal, or truncated: on every target, of every pattern. */
import { describe, expect, it } from 'vitest'
import type { Network } from '../../../../runtime/engine/network.ts'
import { spectralRadius } from '../../../../runtime/support/matrices.ts'
import { compileText, errorsOf } from '../../../helpers/compile-text.ts'
import { drawPattern } from '../../../../runtime/patterns/draw.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../../helpers/wasm-network.ts'
import { run as tfjsNetwork } from '../../emit/emitted.ts'

const head = `cell C { compartment soma  event e = soma }
param g = 2
population a[20] : C
population b[8] : C
population c[150] : C
`
const text = `${head}
connect a.e -> a.soma as Dense { init spectral(normal(), radius = 0.9)  delay 1 step }
connect a.e -> a.soma as Masked { random probability 0.2 no_self  init spectral(normal(3, 1), 1.25)  delay 1 step }
connect c.e -> c.soma as Sparse { random probability 0.05  init spectral(normal(), radius = g / 4)  delay 1 step }
connect c.e -> c.soma as Same { random in_degree 3  init -spectral(1, radius = 0.7)  delay 1 step }
connect a.e -> b.soma as Wide { init orthogonal(gain = g)  delay 1 step }
connect b.e -> a.soma as Tall { init orthogonal()  delay 1 step }
connect c.e -> a.soma as Cut { init truncated_normal(0.5)  delay 1 step }
connect c.e -> b.soma as Near { init truncated_normal(1, 0.1, within = 3)  delay 1 step }
experiment e { step 1 ms  duration 1 ms  seed 5 }`

const compilation = compileText(text)
const { ir } = compilation
const valuesOf = (network: Network): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(Object.entries(network.save()).map(([name, { data }]) => [name, [...data]]))

describe('weights at the start', () => {
  const { diagnostics } = compilation
  const options = { seed: 5, batch: 1 }
  const exact = ir ? valuesOf(interpretedNetwork(ir, options)) : {}

  it('are computed', () => {
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it.each([
    ['Dense', 20, 0.9],
    ['Masked', 20, 1.25],
  ])('%s has its spectral radius', (name, size, radius) => {
    const found = spectralRadius(Float64Array.from(exact[name]!), size)
    expect(Math.abs(found - radius)).toBeLessThan(1e-12)
  })

  it.each([
    ['Sparse', 0.5],
    ['Same', 0.7],
  ])('%s has it as the matrix that its synapses are', (name, radius) => {
    const plan = ir!.patterns!.find((each) => each.name === name)!
    const { starts, targets } = drawPattern(plan, options.seed)
    const matrix = new Float64Array(150 ** 2)
    for (let pre = 0; pre < 150; pre++)
      for (let s = starts[pre]!; s < starts[pre + 1]!; s++)
        matrix[targets[s]! * 150 + pre]! += exact[name]![s]!
    expect(Math.abs(spectralRadius(matrix, 150) - radius)).toBeLessThan(1e-12)
  })

  it.each([
    ['Wide', 8, 20, 4],
    ['Tall', 20, 8, 1],
  ])('%s is orthogonal along its shorter side', (name, rows, columns, square) => {
    const w = exact[name]!
    const short = Math.min(rows, columns)
    const at = (i: number, k: number) =>
      rows < columns ? w[i * columns + k]! : w[k * columns + i]!
    for (let i = 0; i < short; i++)
      for (let j = 0; j < short; j++) {
        let sum = 0
        for (let k = 0; k < Math.max(rows, columns); k++) sum += at(i, k) * at(j, k)
        expect(Math.abs(sum - (i === j ? square : 0))).toBeLessThan(1e-12)
      }
  })

  it.each([
    // Of a standard normal within w: the variance is 1 - 2 w phi(w) / (2 Phi(w) - 1).
    ['Cut', 0, 0.5, 2, 0.77374],
    ['Near', 1, 0.1, 3, 0.97334],
  ])('%s keeps to its range, with the moments that follow', (name, mean, std, within, variance) => {
    const values = exact[name]!
    const found = values.reduce((a, b) => a + b, 0) / values.length
    const spread = values.reduce((sum, each) => sum + (each - found) ** 2, 0) / values.length
    expect(Math.max(...values.map((each) => Math.abs(each - mean)))).toBeLessThanOrEqual(
      within * std + 1e-15,
    )
    expect(Math.abs(found - mean)).toBeLessThan((4 * std) / Math.sqrt(values.length))
    expect(Math.abs(spread / (std * std * variance) - 1)).toBeLessThan(0.12)
  })

  it.each([
    ['wasm in f64', () => wasmNetwork(ir!, { precision: 'f64' }, options), 1e-7],
    ['wasm in f32, three threads', () => wasmNetwork(ir!, { threads: 3 }, options), 2e-5],
    ['tfjs', () => Promise.resolve(tfjsNetwork(ir!, options)), 2e-5],
  ] satisfies [string, () => Promise<Network>, number][])(
    'are the same: %s',
    async (_, make, most) => {
      const network = await make()
      const found = valuesOf(network)
      network.dispose()
      for (const [name, values] of Object.entries(exact))
        values.forEach((each, i) => expect(Math.abs(found[name]![i]! - each)).toBeLessThan(most))
    },
  )
})

describe('what cannot be', () => {
  it.each([
    [
      'a',
      'b',
      'spectral(normal(), radius = 1)',
      'CCN3061 A spectral radius is that of a square matrix, but this is [8, 20].',
    ],
    ['a', 'a', 'spectral(normal())', 'CCN2006 `spectral` needs a value for `radius`.'],
    ['a', 'a', 'spectral(normal(), radius = 0)', 'CCN6008 `radius` must be above 0, but is 0.'],
    [
      'a',
      'a',
      'spectral(normal(), radios = 1)',
      'CCN2005 `spectral` has no option named `radios`.',
    ],
    [
      'a',
      'a',
      'truncated_normal(1, within = 7)',
      'CCN6008 `within` must be above 0 and at most 6, but is 7.',
    ],
    [
      'a',
      'b',
      'orthogonal()  random probability 0.5',
      'CCN3060 `orthogonal` is of a whole matrix, but `W` has a part of its synapses alone.',
    ],
    ['a', 'a', 'orthogonal()  one_to_one', 'CCN3002 `orthogonal` is a matrix, but `W` is [20].'],
    [
      'a',
      'a',
      'spectral(normal(), radius = 1)  one_to_one',
      'CCN3061 A spectral radius is that of a square matrix, but this is [20].',
    ],
  ])('%s to %s: init %s', (from, to, init, message) => {
    const { diagnostics } = compileText(
      `${head}connect ${from}.e -> ${to}.soma as W { init ${init}  delay 1 step }\nexperiment e { step 1 ms  duration 1 ms }`,
    )
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code, message: said }) => `${code} ${said}`)).toEqual([message])
  })

  it('a radius of weights without circles is said when the network is made', () => {
    const chain = compileText(`${head}population l[5] : C at line(spacing = 1 um)
connect l.e -> l.soma as W { all_to_all when post.index == pre.index + 1  init spectral(normal(), radius = 1)  delay 1 step }
experiment e { step 1 ms  duration 1 ms }`)
    expect(errorsOf(chain)).toEqual([])
    expect(() => interpretedNetwork(chain.ir!, { seed: 1 })).toThrow(
      'The spectral radius of a matrix is 0, so that it cannot be scaled to another.',
    )
  })
})
