/** Names in expressions of weights and in measures of weights are bound once, with their axes and shapes. */
import { describe, expect, it } from 'vitest'
import { print } from '../../../compiler/ir/print.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const circuit = (more: string): string => `
param rates = [0.5, 0.25]
cell A { compartment soma  event e = soma + k  bias k = 0.1 }
cell O { compartment soma  input t  event e = soma  delta = t - e  loss l = sum(delta ^ 2) }
plasticity R { dw = post.e * pre.e }
population x[2] : A
population h[2][3] : A
population o[3] : O
connect x.e -> h[0].soma as V { init 0.1  fixed }
${more}`
const said = (more: string): readonly string[] => errorsOf(compileText(circuit(more)))

const learning = (measure: string): string => `
dataset one { field v[2]  field t[3]  train constant(v = 1, t = 1)  test constant(v = 1, t = 1) }
cell I { input x  event e = x }
population i[2] : I
connect i.e -> o.soma as W { init 1  learn R }
connect i.e -> h[0].soma as U { init 1  learn R }
connect h[0].e -> o.soma as Q { init 1  learn R }
experiment r {
  data one  present i = v, o.t = t
  optimise W, U, Q with sgd(rate = 0.1)
  measure ${measure}
}`

describe('expressions of weights', () => {
  it.each([
    ['a number of a list', 'connect x.e -> h[1].soma as W { init rates[1] * uniform() }'],
    ['a function of a bias', 'init h[0].k = abs(h[1].k)'],
    ['a function that is not of numbers alone', 'init h[0].k = abs(sign(2))'],
    ['the branch that counts alone', 'init h[0].k = if rates[0] > 1 then h[7].k else 0'],
  ])('may read %s', (_, more) => {
    expect(said(more)).toEqual([])
  })

  it.each([
    ['init h[0].k = h[5].k', 'CCN2016 `h` has 2 elements, so there is none numbered 5.'],
    ['init h[0].k = V', 'CCN3002 What is needed here is [3], but this is [3, 2].'],
    ['let L = row_sum(V, V)', 'CCN2007'],
    ['let L = left_factor(V)', 'CCN2007'],
    ['init h[0].k = h[1].k\ninit h[1].k = h[0].k', 'CCN5002'],
    ['init h[0].k = transpose(V) @ q', 'CCN2001 There is no weight named `q` here.'],
  ])('%s is said once', (more, message) => {
    const found = said(more)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(message.slice(0, 7))
    if (message.length > 7) expect(found[0]).toContain(message)
  })

  it('are typed beside other mistakes', () => {
    const found = said('init h[0].k = V\nexperiment e { record h.nothing }')
    expect(found.map((each) => each.slice(0, 7))).toEqual(['CCN3002', 'CCN2004'])
  })
})

describe('measures of weights', () => {
  it.each([
    ['norm(backprop)', 'CCN2006'],
    ['norm(W, U)', 'CCN2007'],
    ['a = norm', 'CCN2007'],
    ['mean(o.e, o.e)', 'CCN2007'],
    ['angle(W, Z)', 'CCN2001'],
    ['angle(W, W[3])', 'CCN2016'],
  ])('%s is said once', (measure, code) => {
    expect(said(learning(measure)).map((each) => each.slice(0, 7))).toEqual([code])
  })

  it('backprop of a weight that is named is of that weight', () => {
    const { ir } = compileText(
      circuit(learning('a = angle(W, backprop), b = angle(W, backprop(W))')),
    )
    const outputs = ir ? print(ir.graphs.step) : ''
    expect(outputs).toContain('backprop(W)')
    expect(said(learning('angle(W, backprop(Q))'))).toHaveLength(1)
  })
})
