import { describe, expect, it } from 'vitest'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { normalValues, streamKey } from '../../../runtime/support/random.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { run } from './emitted.ts'
import { burst } from './networks/burst.ts'
import { everything } from './networks/everything.ts'
import { twoLayers } from './networks/two-layers.ts'
import { elementCount } from '../../../compiler/ir/shapes.ts'

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))

/** `count` numbers in [0, 1). */
function numbers(name: string, count: number, scale = 1): Float32Array {
  return normalValues(streamKey(5, name), 0, count).map((value) => scale * value)
}

function presentedTo(module: IrModule, count: number): Record<string, Float32Array> {
  return Object.fromEntries(
    module.inputs.map(({ name, shape }) => {
      const size = elementCount(shape, count)
      const values = numbers(name, size)
      return [name, name === 'b' ? values.map((value) => 0.1 + Math.abs(value)) : values]
    }),
  )
}

function expectClose(actual: NamedArray | undefined, expected: NamedArray, what: string): void {
  expect(actual?.shape, what).toEqual(expected.shape)
  const largest = Math.max(1, ...Array.from(expected.data, Math.abs))
  expected.data.forEach((value, i) => {
    const gap = Math.abs((actual?.data[i] ?? Number.NaN) - value)
    const same = Object.is(actual?.data[i], value) || gap <= 1e-5 * largest
    expect(same, `${what}[${i}]: ${actual?.data[i]} for ${value}`).toBe(true)
  })
}

describe('a net of two layers', () => {
  // y = sigmoid(gain (W x + k)), W = 1 everywhere, k = 0; one step with rate 1/2.
  const x = Float32Array.of(1, 2, -1, 0)
  const target = Float32Array.of(1, 0, 0, 1)
  const inputs = { x, 'y.target': target }
  const e = [sigmoid(3), sigmoid(-1)] as const

  it('answers and scores as computed by hand', async () => {
    const network = await run(twoLayers())
    const { 'y.e': answer } = network.infer(2, inputs)
    expectClose(answer, { shape: [2, 2], data: Float32Array.of(e[0], e[0], e[1], e[1]) }, 'y.e')
    const { loss, error } = network.score(2, inputs)
    const squares = (1 - e[0]) ** 2 + e[0] ** 2 + e[1] ** 2 + (1 - e[1]) ** 2
    expect(loss).toBeCloseTo(squares, 5)
    expect(error).toBe(1)
  })

  it('learns and measures as computed by hand', async () => {
    const network = await run(twoLayers())
    const update = [
      [(1 - e[0] + e[1]) / 2, 1 - e[0]],
      [(-e[0] - 1 + e[1]) / 2, -e[0]],
    ].flat()
    const measured = network.measuredStep(2, inputs, { W: 0.5 })
    expect(measured['size(W)']).toBeCloseTo(Math.hypot(...update), 5)
    const { W, 'y.k': k } = network.save()
    const moved = update.map((change) => 1 + change / 2)
    expectClose(W, { shape: [2, 2], data: Float32Array.from(moved) }, 'W')
    const bias = [(1 - e[0] - e[1]) / 4, (1 - e[0] - e[1]) / 4]
    expectClose(k, { shape: [2], data: Float32Array.from(bias) }, 'y.k')
    expect(network.derived()['V']?.data).toEqual(W?.data.map((value) => -value))
    expect(network.stepCount).toBe(1)
  })

  it('uses its parameters and its own learning rate', async () => {
    const network = await run(twoLayers(), { parameters: { gain: 2, teaching: false } })
    expect(network.infer(2, inputs)['y.e']?.data[0]).toBeCloseTo(sigmoid(6), 5)
    network.step(2, inputs)
    expect(Array.from(network.save()['W']?.data ?? [])).toEqual([1, 1, 1, 1])
    network.set('teaching', true)
    network.set('gain', 0)
    network.step(2, inputs)
    // Everything answers 1/2: the first weight moves by 0.25 * (0.5 + 0.5) / 2.
    expect(network.save()['W']?.data[0]).toBeCloseTo(1.125, 6)
  })
})

describe.each(['tfjs-wasm', 'tfjs-cpu'] as const)('%s agrees with the interpreter', (engine) => {
  it('on every operation', async () => {
    const module = everything()
    const network = await run(module, { seed: 7 }, engine)
    const reference = interpretedNetwork(module, { seed: 7 })
    const inputs = presentedTo(module, 3)
    const actual = network.infer(3, inputs)
    const expected = reference.infer(3, inputs)
    expect(Object.keys(actual)).toEqual(Object.keys(expected))
    for (const [name, value] of Object.entries(expected)) expectClose(actual[name], value, name)
    network.dispose()
  })

  it('on twenty steps of learning', async () => {
    const module = burst()
    const networks: Network[] = [
      await run(module, { seed: 2 }, engine),
      interpretedNetwork(module, { seed: 2 }),
    ]
    const inputs = presentedTo(module, 8)
    const names = module.graphs.step.outputs.map(({ name }) => name)
    const results = networks.map((network) => {
      for (let i = 0; i < 20; i++) network.step(8, inputs, { W: 0.1 })
      const seen = network.observe(
        8,
        inputs,
        names.filter((name) => !name.startsWith('angle')),
      )
      const measures = network.measuredStep(8, inputs)
      return { ...network.save(), ...seen, measures: vector(measures, module) }
    })
    expect(Object.keys(results[0]!).toSorted()).toEqual(Object.keys(results[1]!).toSorted())
    for (const [name, value] of Object.entries(results[1]!)) {
      expectClose((results[0] as Record<string, NamedArray>)[name], value, name)
    }
    networks[0]!.dispose()
  })
})

function vector(measures: Readonly<Record<string, number>>, module: IrModule): NamedArray {
  const names = module.graphs.step.outputs.map(({ name }) => name)
  const values = names.flatMap((name) => (name.startsWith('angle') ? [measures[name]!] : []))
  // Angles are ill-conditioned: compared to a thousandth of a degree.
  return { shape: [values.length], data: Float32Array.from(values, (value) => value / 100) }
}
