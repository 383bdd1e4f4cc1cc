/** Generated modules with patterns of synapses: they compile strictly, and agree with the interpreter. */
import { describe, expect, it } from 'vitest'
import { parseModule } from '../../../compiler/ir/parse.ts'
import { print } from '../../../compiler/ir/print.ts'
import { verify } from '../../../compiler/ir/verify.ts'
import { optimise } from '../../../compiler/passes/index.ts'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { normalValues, streamKey } from '../../../runtime/support/random.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { toJavaScript } from '../../../compiler/emit/tfjs/index.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import { emit, run, strictErrors } from './emitted.ts'
import { patternOptions, synapseRules, synapses } from './networks/synapses.ts'

const numbers = (name: string, count: number): Float32Array =>
  // Some are 0: they send nothing.
  normalValues(streamKey(5, name), 0, count).map((value) => (value > 1 ? 0 : value))

function history(network: Network): Record<string, NamedArray> {
  const seen: Record<string, NamedArray> = {}
  const note = (when: string, found: Readonly<Record<string, NamedArray>>): void => {
    for (const [name, value] of Object.entries(found)) seen[`${when} ${name}`] = value
  }
  const b = numbers('b', 2 * 9)
  for (let step = 0; step < 6; step++) {
    const inputs = { x: numbers(`x ${step}`, 27), g: numbers(`g ${step}`, 21), b: numbers('b', 27) }
    note(`step ${step}`, network.observe(3, inputs, ['late', 'seen', 'lag 1', 'lag 4', 'update']))
    network.step(3, inputs)
    const { ring: _, ...kept } = network.save()
    note(`after ${step}`, kept)
  }
  note('then', network.infer(2, { b }))
  return seen
}

function expectSame(found: Record<string, NamedArray>, expected: Record<string, NamedArray>): void {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted())
  for (const [name, { shape, data }] of Object.entries(expected)) {
    // Of no numbers there is none.
    if (data.some(Number.isNaN) || data.some((each) => Math.abs(each) === Infinity)) continue
    expect(found[name]?.shape, name).toEqual(shape)
    const largest = Math.max(1, ...Array.from(data, Math.abs))
    data.forEach((value, i) => {
      const other = found[name]?.data[i] ?? Number.NaN
      const same = Object.is(other, value) || Math.abs(other - value) <= 1e-5 * largest
      expect(same, `${name}[${i}]: ${other} for ${value}`).toBe(true)
    })
  }
}

describe('synapses', () => {
  it('are sound programs, and read back as they are printed', () => {
    const module = synapses({ kind: 'probability', p: 0.2, self: true })
    verify(module)
    const text = print(module)
    expect(print(parseModule(text))).toBe(text)
    verify(optimise(module))
  })

  it('are strict TypeScript', async () => {
    const module = optimise(synapses({ kind: 'probability', p: 0.2, self: true }))
    const text = await emit(module)
    expect(strictErrors({ synapses: text })).toEqual([])
    expect(text).toContain("deliver(tf, b, W, this.synapses['W.cells'])")
    expect(text).toMatch(/(ring\w*)\.assign\(pushed\(tf, \1, \w+, this\.stepCount, 4\)\)/)
  })

  it('must be given', async () => {
    const module = synapses({ kind: 'probability', p: 0.2, self: true })
    const engine = await selectEngine('tfjs-cpu')
    const made = engine.instantiate(toJavaScript(await emit(module)), {})
    await expect(made).rejects.toThrow('The pattern W.cells is missing')
  })

  it.each(synapseRules)('compute the same after the passes: %s', (_, rule) => {
    const module = synapses(rule)
    const options = patternOptions(module, 3)
    expectSame(
      history(interpretedNetwork(optimise(module), options)),
      history(interpretedNetwork(module, options)),
    )
  })

  describe.each(['tfjs-wasm', 'tfjs-cpu'] as const)('%s', (engine) => {
    it.each(synapseRules)('agrees with the interpreter: %s', async (_, rule) => {
      const module = synapses(rule)
      const options = patternOptions(module, 3)
      const network = await run(optimise(module), options, engine)
      expectSame(history(network), history(interpretedNetwork(module, options)))
      network.dispose()
    })
  })
})
