/**
 * Batch normalisation beside PyTorch (`batch_norm.py`): 20 training steps with gradients through the statistics of
 * batches of several sizes, running averages, and an evaluation; of units and of channels, on every target.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { run as tfjsNetwork } from '../../compiler/emit/emitted.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { root } from '../../helpers/repository.ts'

interface Figures {
  readonly inputs: readonly number[]
  readonly targets: readonly number[]
  readonly test: readonly number[]
  readonly batches: readonly (readonly [number, number])[]
  readonly rate: number
  readonly V: readonly number[] | null
  readonly W: readonly number[]
  readonly losses: readonly number[]
  readonly after: Readonly<
    Record<'W' | 'gain' | 'shift' | 'mean' | 'variance', readonly number[]>
  > & { readonly V: readonly number[] | null }
  readonly answers: readonly number[]
}

const figures = JSON.parse(
  readFileSync(`${root}/specs/oracles/torch/batch_norm.json`, 'utf8'),
) as Record<'units' | 'channels', Figures>

const shared = `
import { BatchNorm, BatchNormChannels } from "std/regularisation"
nonlocal plasticity Exact { dw = backprop }
cell In { input value  event e = value }
cell Hidden { compartment soma  event e = soma }
cell Act { input u  event e = tanh(u) }
cell Out { compartment soma  input target  event e = soma  loss l = sum((e - target) ^ 2) / 2 }
`
const texts = {
  units: `${shared}
dataset d { field v[3]  field t[2]  train npz("a.npz")  test npz("b.npz") }
population x[3] : In
population h[4] : Hidden
population n[4] : BatchNorm(momentum = 0.2)
population a[4] : Act
population y[2] : Out
connect x.e -> h.soma as V { init normal(1)  learn Exact }
connect h.e -> n.given
connect n.e -> a.u
connect a.e -> y.soma as W { init normal(1)  learn Exact }
experiment e { data d  present x = v, y.target = t  batch 4  optimise V, W, n.gain, n.shift with sgd(0.1)  measure loss }`,
  channels: `${shared}
dataset d { field v[3, 2, 2]  field t[2]  train npz("a.npz")  test npz("b.npz") }
population x[3, 2, 2] : In
population n[3, 2, 2] : BatchNormChannels
population a[3, 2, 2] : Act
population y[2] : Out
connect x.e -> n.given
connect n.e -> a.u
connect a.e -> y.soma as W { init normal(1)  learn Exact }
experiment e { data d  present x = v, y.target = t  batch 2  optimise W, n.gain, n.shift with sgd(0.05)  measure loss }`,
}

/** The largest difference, of the largest expected number. */
function difference(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length)
  const scale = Math.max(...expected.map(Math.abs))
  return Math.max(...expected.map((each, i) => Math.abs(found[i]! - each))) / scale
}

describe.each(['units', 'channels'] as const)('batch normalisation of %s', (name) => {
  const compilation = compileText(texts[name])
  const ir = compilation.ir!
  const given = figures[name]
  const { batches, losses, after, V } = given
  const width = given.inputs.length / batches.at(-1)![1]
  const places = name === 'channels' ? 4 : 1
  /** Of every unit, as it is kept, one of each channel. */
  const ofChannels = (values: ArrayLike<number>) =>
    Array.from(values).filter((_, i) => i % places === 0)

  it('is no error, and its answers are of no batch', () => {
    expect(errorsOf(compilation)).toEqual([])
    expect(compilation.diagnostics.filter(({ code }) => code === 'CCN5184')).toEqual([])
  })

  it.each([
    ['interpreter', () => Promise.resolve(interpretedNetwork(ir)), 1e-12],
    ['wasm, f64, 2 threads', () => wasmNetwork(ir, { threads: 2, precision: 'f64' }), 1e-9],
    ['wasm, f32', () => wasmNetwork(ir, { threads: 1 }), 2e-3],
    ['tfjs', () => Promise.resolve(tfjsNetwork(ir)), 2e-3],
  ] satisfies [string, () => Promise<Network>, number][])('%s', async (_, make, most) => {
    const network = await make()
    const numbers = (values: readonly number[]) =>
      most > 1e-6 ? Float32Array.from(values) : Float64Array.from(values)
    const weights: Record<string, NamedArray> = network.save()
    const set = (key: string, values: readonly number[]): NamedArray => ({
      shape: weights[key]!.shape,
      data: numbers(values),
    })
    network.load({ W: set('W', given.W), ...(V && { V: set('V', V) }) })
    const pick = (values: readonly number[], from: number, to: number, size: number) =>
      numbers(values.slice(from * size, to * size))
    const seen: number[] = []
    for (const [step] of losses.entries()) {
      const [from, to] = batches[step % batches.length]!
      const inputs = {
        x: pick(given.inputs, from, to, width),
        'y.target': pick(given.targets, from, to, 2),
      }
      seen.push(network.measuredStep(to - from, inputs)['loss']!)
    }
    expect(difference(seen, losses)).toBeLessThan(most)
    const kept = network.save()
    if (after.V) expect(difference(kept['V']!.data, after.V)).toBeLessThan(most)
    expect(difference(kept['W']!.data, after.W)).toBeLessThan(most)
    expect(difference(kept['n.gain']!.data, after.gain)).toBeLessThan(most)
    expect(difference(kept['n.shift']!.data, after.shift)).toBeLessThan(most)
    expect(difference(ofChannels(kept['n.mean_average']!.data), after.mean)).toBeLessThan(most)
    expect(difference(ofChannels(kept['n.variance_average']!.data), after.variance)).toBeLessThan(
      most,
    )
    const count = given.test.length / width
    const answers = network.infer(count, {
      x: numbers(given.test),
      'y.target': numbers(given.answers),
    })
    expect(difference(answers['y.e']!.data, given.answers)).toBeLessThan(most)
    // One alone is answered as it is among others: nothing of its batch is in it.
    const alone = network.infer(1, {
      x: numbers(given.test.slice(0, width)),
      'y.target': numbers([0, 0]),
    })
    expect(difference(alone['y.e']!.data, given.answers.slice(0, 2))).toBeLessThan(most)
    network.dispose()
  })
})
