/** Parameters of random draws that cannot be: said before the run, wherever they are known. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const circuit = (init: string) => `
param negative = -1
param low = 0
cell In { input value  event e = value }
cell Out { compartment soma  event e = soma }
dataset one { field v[2]  train constant(v = 1)  test constant(v = 1) }
population x[2] : In
population y[3] : Out
connect x.e -> y.soma as W { ${init}  fixed }
experiment a { data one  present x = v  batch 1  epochs 1  measure mean(y.e) }`

describe('what weights begin with', () => {
  it.each([
    ['init normal(std = -1)', '`std` must be at least 0, but is -1.'],
    ['init normal(0, negative)', '`std` must be at least 0, but is -1.'],
    ['init 2 * normal(0 / 0)', '`std` must be at least 0, but is NaN.'],
    [
      'init uniform(2, 1)',
      'The lower end of `uniform` must be at most the upper end, 1, but is 2.',
    ],
    [
      'init uniform(low = 3)',
      'The lower end of `uniform` must be at most the upper end, 1, but is 3.',
    ],
    [
      'init max(uniform(low, negative), 0)',
      'The lower end of `uniform` must be at most the upper end, -1, but is 0.',
    ],
    ['init 1  random probability 1.5', '`probability` must be from 0 to 1, but is 1.5.'],
    ['init 1  random probability negative', '`probability` must be from 0 to 1, but is -1.'],
  ])('%s', (init, message) => {
    expect(errorsOf(compileText(circuit(init)))).toEqual([`CCN6008 ${message}`])
  })

  it.each(['init normal(std = 0)', 'init uniform(1, 1)', 'init uniform(-2, -1)'])('%s', (init) => {
    expect(errorsOf(compileText(circuit(init)))).toEqual([])
  })

  it('is looked at with the values that are set', () => {
    const found = compileText(circuit('init uniform(low, 1)'), { set: { low: '2' } })
    expect(errorsOf(found)).toEqual([
      'CCN6008 The lower end of `uniform` must be at most the upper end, 1, but is 2.',
    ])
  })
})
