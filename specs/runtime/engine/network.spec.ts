import { describe, expect, it } from 'vitest'
import { toJavaScript } from '../../../compiler/emit/tfjs/index.ts'
import { emitWasm } from '../../../compiler/emit/wasm/index.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import { createWasmEngine } from '../../../runtime/node/engine/wasm.ts'
import type { CreateOptions, Network } from '../../../runtime/engine/network.ts'
import { emit } from '../../compiler/emit/emitted.ts'
import { burst } from '../../compiler/emit/networks/burst.ts'

const inputs = {
  x: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  'y.target': Float32Array.from({ length: 12 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
}

const javascript = toJavaScript(await emit(burst()))
const program = emitWasm(burst())
const tfjs = await selectEngine('tfjs-wasm')
type Create = (options?: CreateOptions) => Promise<Network>
const createOnTfjs: Create = (options = {}) => tfjs.instantiate(javascript, options)
const onWasm = (threads: number, precision?: 'f64'): Create => {
  const emitted = precision ? emitWasm(burst(), { precision }) : program
  return async (options = {}) => createWasmEngine({ threads }).instantiate(emitted, options)
}

const engines: Readonly<Record<string, Create>> = {
  'tfjs-wasm': createOnTfjs,
  'wasm with 1 thread': onWasm(1),
  'wasm with 2 threads': onWasm(2),
  'wasm in f64': onWasm(1, 'f64'),
}

async function learned(create: Create, options: CreateOptions, steps = 5) {
  const network = await create(options)
  for (let i = 0; i < steps; i++) network.step(4, inputs)
  const saved = network.save()
  network.dispose()
  return saved
}

describe('tensors of tfjs', () => {
  it('are freed: none more after a thousand steps, none at all after disposal', async () => {
    const before = tfjs.liveTensors()!
    const network = await createOnTfjs()
    const during = tfjs.liveTensors()
    for (let i = 0; i < 1000; i++) network.step(4, inputs)
    network.measuredStep(4, inputs)
    network.observe(4, inputs, ['h[0].p', 'update(W[0])', 'backprop(W[1])'])
    network.infer(4, inputs)
    network.score(4, inputs)
    network.derived()
    network.load(network.save())
    expect(tfjs.liveTensors()).toBe(during)
    network.dispose()
    expect(tfjs.liveTensors()).toBe(before)
  }, 30_000)

  it('are freed when a call fails', async () => {
    const network = await createOnTfjs()
    const before = tfjs.liveTensors()
    expect(() => network.step(4, { x: inputs.x })).toThrow(RangeError)
    expect(tfjs.liveTensors()).toBe(before)
    expect(network.stepCount).toBe(0)
    network.dispose()
  })
})

describe.each(Object.entries(engines))('on %s', (_, create) => {
  describe('seeds', () => {
    it('decide: the same seed learns bit by bit the same, another one does not', async () => {
      const [first, same, other] = [
        await learned(create, { seed: 3 }),
        await learned(create, { seed: 3 }),
        await learned(create, { seed: 4 }),
      ]
      expect(same).toEqual(first)
      expect(other['W[0]']).not.toEqual(first['W[0]'])
    })

    it('make a resumed run equal to an uninterrupted one', async () => {
      const whole = await learned(create, { seed: 3 }, 6)
      const network = await create({ seed: 99 })
      network.load(await learned(create, { seed: 3 }, 4))
      const resumed = await create({ seed: 3 })
      resumed.load(network.save())
      resumed.stepCount = 4
      for (let i = 0; i < 2; i++) resumed.step(4, inputs)
      expect(resumed.save()).toEqual(whole)
      network.dispose()
      resumed.dispose()
    })

    it('are replaced by given draws', async () => {
      const calls: string[] = []
      const network = await create({
        draw: (stream, step, count) => {
          calls.push(`${stream} ${step} ${count}`)
          return stream === 'W[0]' ? new Float32Array(count).fill(1) : undefined
        },
        parameters: { scale: 2 },
      })
      const expected = Math.fround(2 * Math.sqrt(2 / 11))
      const { 'W[0]': first, 'W[1]': second } = network.save()
      expect(first?.data.every((value) => Math.abs(value - expected) < 1e-6)).toBe(true)
      expect(second?.data.every((value) => value === second.data[0])).toBe(false)
      network.step(4, inputs)
      network.step(4, inputs)
      expect(calls).toContain('W[0] 0 30')
      expect(calls).toContain('W[2].noise 1 16')
      network.dispose()
    })
  })

  describe('saved values', () => {
    it('survive a round trip and do not share memory', async () => {
      const [one, two] = [await create({ seed: 1 }), await create({ seed: 2 })]
      for (let i = 0; i < 3; i++) one.step(4, inputs)
      const saved = one.save()
      expect(Object.keys(saved)).toContain('W[0].velocity')
      two.load(saved)
      saved['W[0]']!.data.fill(0)
      expect(two.save()).toEqual(one.save())
      one.dispose()
      two.dispose()
    })

    it.each([
      [{ 'W[9]': { shape: [1], data: new Float32Array(1) } }, 'There is nothing called W[9]'],
      [{ 'W[0]': { shape: [6, 5], data: new Float32Array(30) } }, 'W[0] is [5, 6], not [6, 5]'],
      [{ 'W[0]': { shape: [5, 6], data: new Float32Array(29) } }, 'with 29 values'],
    ])('that do not fit are refused, and nothing is changed: %#', async (wrong, message) => {
      const network = await create()
      const before = network.save()
      const good = { 'y.k': { shape: [3], data: Float32Array.of(1, 2, 3) } }
      expect(() => network.load({ ...good, ...wrong })).toThrow(message)
      expect(network.save()).toEqual(before)
      network.dispose()
    })
  })

  describe('what is asked for', () => {
    it('must exist and fit', async () => {
      const network = await create()
      const long = { ...inputs, x: new Float32Array(25) }
      expect(() => network.infer(4, long)).toThrow('The input x has 25 values; [4, 6] needs 24.')
      expect(() => network.infer(4, {})).toThrow('The input x is missing; [4, 6] needs 24.')
      expect(() => network.observe(4, inputs, ['h[9].e'])).toThrow('no variable called h[9].e')
      expect(() => network.step(4, inputs, { V: 1 })).toThrow('no rate called V')
      expect(() => network.set('p9', 1)).toThrow('no parameter called p9')
      expect(() => network.set('toString', 1)).toThrow(RangeError)
      expect(() => network.set('p0', 1.5)).toThrow('p0 must be between 0 and 1, not 1.5')
      expect(() => network.set('scale', Number.NaN)).toThrow(RangeError)
      expect(() => network.set('p0', 0.4)).not.toThrow()
      network.dispose()
      await expect(create({ parameters: { noise: -1 } })).rejects.toThrow('noise')
      await expect(create({ seed: 0.5 })).rejects.toThrow(RangeError)
    })
  })

  it('a call that is refused changes nothing', async () => {
    const network = await create()
    const before = network.save()
    expect(() => network.step(4, { x: inputs.x })).toThrow('The input y.target is missing')
    expect(() => network.step(4, inputs, { V: 1 })).toThrow('There is no rate called V.')
    expect(network.stepCount).toBe(0)
    expect(network.save()).toEqual(before)
    network.dispose()
  })

  it('arrays of doubles are loaded', async () => {
    const network = await create()
    network.load({ 'y.k': { shape: [3], data: Float64Array.of(0.5, -2, 4) } })
    expect(Array.from(network.save()['y.k']?.data ?? [])).toEqual([0.5, -2, 4])
    network.dispose()
  })

  it('answers to many examples are those to each', async () => {
    const network = await create({ parameters: { noise: 0 } })
    const count = 700
    const x = Float32Array.from({ length: 6 * count }, (_, i) => Math.sin(i))
    const target = Float32Array.from({ length: 3 * count }, (_, i) => (i % 4 === 0 ? 1 : 0))
    const many = network.infer(count, { x })
    const { loss: sum = 0 } = network.score(count, { x, 'y.target': target })
    let total = 0
    for (let i = 0; i < count; i += 175) {
      const part = x.subarray(6 * i, 6 * (i + 175))
      for (const [name, { shape, data }] of Object.entries(network.infer(175, { x: part }))) {
        const each = data.length / 175
        expect(shape.slice(1)).toEqual(many[name]?.shape.slice(1))
        expect(many[name]?.data.subarray(each * i, each * (i + 175))).toEqual(data)
      }
      const scores = network.score(175, {
        x: part,
        'y.target': target.subarray(3 * i, 3 * (i + 175)),
      })
      total += scores['loss'] ?? Number.NaN
    }
    expect(sum / total).toBeCloseTo(1, 5)
    network.dispose()
  })

  it('is disposed of once, twice, and not used any more', async () => {
    const network = await create()
    network.dispose()
    expect(() => network.dispose()).not.toThrow()
    expect(() => network.step(4, inputs)).toThrow(/disposed|undefined/)
    expect(() => network.infer(4, inputs)).toThrow(/disposed|undefined/)
  })
})
