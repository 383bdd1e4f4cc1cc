/**
 * Weights that are tied `when` a condition holds: set to an expression of the new weights after the
 * steps in which it does, and left alone after the others.
 */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const circuit = (feedback: string, more = ''): string => `
param copying = off
param factor = 3
cell In { input value  event e = value }
cell Out {
  compartment soma
  input target = 0
  event e = soma
  loss l = sum((target - e) ^ 2)
}
cell Hidden { compartment soma, apical  event e = soma }
plasticity Grow { dw = 1 }
synapse S {}
population x[2] : In
population h[2] : Hidden
population y[3] : Out
connect x.event -> h.soma as V : S { init 1  fixed }
connect h.event -> y.soma as W : S { init 1  learn Grow }
${feedback}
${more}
experiment e {
  batch 1
  optimise W with sgd(rate = 0.5)
}
`
const weight = (property: string, name = 'Y'): string =>
  `connect y.event -> h.apical as ${name} : S { ${property} delay 1 step }`

const valuesOf = async (
  feedback: string,
  variant?: string,
): Promise<Readonly<Record<'wasm' | 'interpreter', readonly (readonly number[])[]>>> => {
  const text = circuit(feedback, variant === undefined ? '' : `variant v { ${variant} }`)
  const timed = text.replace('batch 1', 'batch 1  step 1 ms  duration 1 s')
  const { ir, diagnostics } = compileText(timed, variant === undefined ? {} : { variants: ['v'] })
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
  const networks = { wasm: await wasmNetwork(ir), interpreter: interpretedNetwork(ir) }
  const seen = Object.entries(networks).map(([name, network]) => {
    const first = (weight: string): number => network.save()[weight]?.data[0] ?? Number.NaN
    const values = [first('Y')]
    for (const copying of [0, 1, 1, 0, 0, 1]) {
      if (ir.params.length > 0) network.set('copying', copying)
      network.step(1, { x: Float32Array.of(1, 1), 'y.target': Float32Array.of(0, 0, 0) })
      values.push(first('Y'))
    }
    network.dispose()
    return [name, [values]]
  })
  return Object.fromEntries(seen)
}

describe('a weight that is tied at times', () => {
  it.each([
    ['W when copying', 'tied = W when copying', [1, 1, 2, 2.5, 2.5, 2.5, 4]],
    ['beginning elsewhere', 'init 7  tied = W when copying', [7, 7, 2, 2.5, 2.5, 2.5, 4]],
    ['in any order', 'tied = W when copying  init 7', [7, 7, 2, 2.5, 2.5, 2.5, 4]],
    ['of an expression', 'init 7  tied = factor - W when copying', [7, 7, 1, 0.5, 0.5, 0.5, -1]],
    ['the other way round', 'tied = W when not copying', [1, 1.5, 1.5, 1.5, 3, 3.5, 3.5]],
    ['always', 'init 7  tied = W when on', [7, 1.5, 2, 2.5, 3, 3.5, 4]],
    ['never', 'init 7  tied = W when off', [7, 7, 7, 7, 7, 7, 7]],
    ['within bounds', 'init 0  tied = W when copying  bounds 0..2', [0, 0, 2, 2, 2, 2, 2]],
    [
      'not by a rule any more',
      'learn Grow  init 7  tied = W when copying',
      [7, 7, 2, 2.5, 2.5, 2.5, 4],
    ],
  ])('%s', async (_, property, expected) => {
    const { wasm, interpreter } = await valuesOf(weight(property))
    expect(interpreter).toEqual([expected])
    expect(wasm).toEqual([expected])
  })

  it('reads another one as it is after the step', async () => {
    const feedback = `${weight('init 7  tied = 2 * Z when copying')}
${weight('init 1  tied = W when on', 'Z')}`
    const { wasm, interpreter } = await valuesOf(feedback)
    expect(interpreter).toEqual([[7, 7, 4, 5, 5, 5, 8]])
    expect(wasm).toEqual(interpreter)
  })

  it.each([
    ['fixed, it begins as it would and stays', 'Y: fixed', [7, 7, 7, 7, 7, 7, 7]],
    ['tied again, it follows at other times', 'Y: tied = W when on', [7, 1.5, 2, 2.5, 3, 3.5, 4]],
    ['with another beginning', 'Y: init 5', [5, 5, 2, 2.5, 2.5, 2.5, 4]],
  ])('in a variant: %s', async (_, change, expected) => {
    const { interpreter } = await valuesOf(weight('init 7  tied = W when copying'), change)
    expect(interpreter).toEqual([expected])
  })

  it.each([
    ['a condition that is no switch', weight('tied = W when factor'), 'CCN2019'],
    ['a condition of a weight', weight('tied = W when V'), 'CCN2003'],
    [
      'of each other',
      `${weight('init 1  tied = Z when on')}\n${weight('init 1  tied = Y when on', 'Z')}`,
      'CCN5002',
    ],
    [
      'a matrix',
      'matrix E[h, y] = 1\nvariant v { E: tied = W when copying }',
      'CCN7001 A matrix that is tied at times cannot be run yet.',
    ],
  ])('%s is an error', (_, feedback, message) => {
    const text = circuit(feedback).replace('batch 1', 'batch 1  step 1 ms  duration 1 s')
    const variants = feedback.includes('variant v') ? ['v'] : []
    const [first = ''] = errorsOf(compileText(text, { variants }))
    expect(first).toContain(message)
  })

  it('is remarked as weight transport', () => {
    const { diagnostics } = compileText(
      circuit(weight('init 7  tied = W when copying')).replace(
        'batch 1',
        'batch 1  step 1 ms  duration 1 s',
      ),
    )
    expect(diagnostics.map((each) => each.code)).toContain('CCN5004')
  })
})
