import { beforeAll, describe, expect, it } from 'vitest'
import { toJavaScript } from '../../../compiler/emit/tfjs/index.ts'
import { selectEngine } from '../../../runtime/engine/index.ts'
import type { CreateOptions, Engine, Network } from '../../../runtime/engine/network.ts'
import { emit } from '../../compiler/emit/emitted.ts'
import { burst } from '../../compiler/emit/networks/burst.ts'

let engine: Engine
let javascript: string
const inputs = {
  x: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  'y.target': Float32Array.from({ length: 12 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
}

beforeAll(async () => {
  engine = await selectEngine('tfjs-wasm')
  javascript = toJavaScript(await emit(burst()))
})

function create(options: CreateOptions = {}): Promise<Network> {
  return engine.instantiate(javascript, options)
}

async function learned(options: CreateOptions, steps = 5) {
  const network = await create(options)
  for (let i = 0; i < steps; i++) network.step(4, inputs)
  const saved = network.save()
  network.dispose()
  return saved
}

describe('tensors', () => {
  it('are freed: none more after a thousand steps, none at all after disposal', async () => {
    const before = engine.liveTensors()!
    const network = await create()
    const during = engine.liveTensors()
    for (let i = 0; i < 1000; i++) network.step(4, inputs)
    network.measuredStep(4, inputs)
    network.observe(4, inputs, ['h[0].p', 'update(W[0])', 'backprop(W[1])'])
    network.infer(4, inputs)
    network.score(4, inputs)
    network.derived()
    network.load(network.save())
    expect(engine.liveTensors()).toBe(during)
    network.dispose()
    expect(engine.liveTensors()).toBe(before)
  }, 30_000)

  it('are freed when a call fails', async () => {
    const network = await create()
    const before = engine.liveTensors()
    expect(() => network.step(4, { x: inputs.x })).toThrow(RangeError)
    expect(engine.liveTensors()).toBe(before)
    expect(network.stepCount).toBe(0)
    network.dispose()
  })
})

describe('seeds', () => {
  it('decide: the same seed learns bit by bit the same, another one does not', async () => {
    const [first, same, other] = [
      await learned({ seed: 3 }),
      await learned({ seed: 3 }),
      await learned({ seed: 4 }),
    ]
    expect(same).toEqual(first)
    expect(other['W[0]']).not.toEqual(first['W[0]'])
  })

  it('make a resumed run equal to an uninterrupted one', async () => {
    const whole = await learned({ seed: 3 }, 6)
    const network = await create({ seed: 99 })
    network.load(await learned({ seed: 3 }, 4))
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
