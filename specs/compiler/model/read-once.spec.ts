/** What an experiment says is read once, so that a parameter that a phase sets may not stand in it. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const of = (statements: string, phases = 'phase a 1 s { set alpha = 0 } phase b 1 s'): string => `
param alpha = 0.5 in 0..
param time = 1 s in 0 s..
param beta = 0.5 in 0..
cell Source { input x = 0  event e = x + alpha + beta }
cell Leaky {
  compartment soma
  state v : 10 s * dv/dt = soma - v
  event e = v
}
plasticity Hebb { dw = alpha * pre.e * (0.5 - post.e) }
synapse S {}
population x[2] : Source
population h[2] : Leaky
connect x.e -> h.soma as W : S { init 0.5  learn Hebb }
experiment e { step 0.1 s  ${statements}  protocol { ${phases} } }`
const hebb = (options: string): string => `optimise W with ${options}`
const setTime = 'phase a 1 s { set time = 2 s } phase b 1 s'

describe('what a phase sets', () => {
  it.each([
    ['a rate', hebb('sgd(alpha)'), undefined, '`rate`'],
    ['a part of a rate', hebb('adam(rate = 2 * alpha)'), undefined, '`rate`'],
    ['a schedule', hebb('sgd(1, schedule = exponential(alpha))'), undefined, '`schedule`'],
    ['`every`', 'measure mean(h.e) every time', setTime, '`every`'],
    ['a recording', 'record h.e every time', setTime, '`every`'],
    ['a phase', '', 'phase a 1 s { set time = 2 s } phase b time', 'The duration of a phase'],
    [
      'a threshold',
      'measure m = mean(h.e)  stop when m > alpha',
      undefined,
      'What a measure is compared with',
    ],
  ])('is not read once: %s', (_, statements, phases, what) => {
    expect(errorsOf(compileText(of(statements, phases)))).toEqual([
      expect.stringContaining(`${what} must be the same in all phases, but is made of`),
    ])
  })

  it.each([
    ['m > 3', ['`stop when m > 3` compares what is told in mV with a number of no unit']],
    ['2 pA < m', ['`stop when 2 pA < m` compares what is told in mV with a number of the']],
    ['m > 3 mV', []],
    ['m < 0', []],
  ])('of a stop has the unit of its measure: %s', (condition, said) => {
    const text = `
cell A { state v = 0 mV : 10 ms * dv/dt = 20 mV - v }
population p[2] : A
experiment e { step 1 ms  duration 4 ms  measure m = mean(p.v)  stop when ${condition} }`
    const errors = errorsOf(compileText(text))
    expect(errors).toHaveLength(said.length)
    for (const [i, part] of said.entries()) expect(errors[i]).toContain(part)
  })

  it('may be a number of the program, and what no phase sets may stand anywhere', () => {
    const text = of(hebb('sgd(rate = beta, momentum = alpha)'))
    expect(errorsOf(compileText(text))).toEqual([])
  })
})
