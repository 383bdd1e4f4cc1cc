/**
 * Names are bound once: what each can mean, what is said of one that means nothing (one message for one
 * mistake, however many cells repeat it), and what used to be taken for something else.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

const head = `import { Input, Linear } from "std/cells"
dataset one { field v[1]  train constant(v = 1)  test constant(v = 1) }
population x[1] : Input
`
const timed = `${head}cell E(g = 1) {
  compartment soma { state v = 0 : 10 ms * dv/dt = -v + input }
  event e = g * v
}
population n[2][3] : E
connect x.event -> n[0].soma as W { init 1 }
connect n[0].e -> n[1].soma as U { init 1 }
experiment a { data one  present x = v  step 1 ms  duration 10 ms  STATEMENTS }`
const observing = (statements: string) => timed.replace('STATEMENTS', statements)

const said = (source: string): readonly string[] =>
  compileText(source)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, message, hint }) => `${code} ${message}${hint === undefined ? '' : ` (${hint})`}`)

describe('paths of an experiment', () => {
  it('reach into compartments, of one population and of arrays', () => {
    const { plan, diagnostics } = compileText(
      observing('record n.soma.v, n[0].v, n[1].soma, x.value, W  measure mean(n.soma.v - n.g)'),
    )
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(plan?.records[0]).toMatchObject({
      variables: ['n[0].v', 'n[1].v', 'n[1].soma', 'x.value'],
      weights: ['W'],
    })
    expect(plan?.measures[0]?.outputs).toHaveLength(3)
  })

  it.each([
    [
      'record n.som.v',
      'CCN2004 `n[0]` (cell E) has no compartment named `som`. (did you mean `soma`?)',
    ],
    ['record n.soma.e', 'CCN2004 `n[0].soma` has no variable named `e`.'],
    ['record n.k', 'CCN2004 `n[0]` (cell E) has no variable named `k`.'],
    ['record n.g', 'CCN2003 `n.g` is a parameter, but a variable to record is needed here.'],
    ['record q.e', 'CCN2001 There is no value named `q` here.'],
    [
      'measure mean(2 * W)',
      'CCN2040 This is a weight, but a variable, as in `h.apical` is needed here. (of weights there are `norm`, `angle`, and `mean(W)` and its like)',
    ],
  ])('%s is said once', (statement, message) => {
    expect(said(observing(statement))).toEqual([message])
  })
})

describe('values that are the first of their program', () => {
  const shared = `${head.replace('population x[1] : Input', '')}cell Tonic { bias k per channel = 1  EMITS }
cell Sum { compartment soma  event e = soma }
population a[2, 3, 3] : Tonic
population b[4] : Sum
connect a.e -> b.soma as W { init 1  fixed }
experiment r { data one  batch 1  epochs 1  measure mean(b.e) }`

  it.each(['event e = k', 'event e = 2 * k - k', 'f = k  event e = f'])(
    'a bias of each channel is one, in %s',
    (emits) => {
      const { ir } = compileText(shared.replace('EMITS', emits))
      if (!ir) throw new Error('does not compile')
      const network = interpretedNetwork(ir, { seed: 1 })
      expect([...(network.observe(1, {}, ['b.e'])['b.e']?.data ?? [])]).toEqual([18, 18, 18, 18])
    },
  )
})

describe('one mistake, one message', () => {
  const burst = `import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
population x[2] : Input
population h[8] : Pyramidal(0.5)
population y[1] : Teacher(0.5)
connect x.event -> h.soma as V : Depressing { init 0.1  learn BurstDependent }
connect h.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }
connect y.burst -> h.apical as Y : Facilitating { init xavier_normal() }
experiment e {
  data xor
  present x = input, y.target = target
  optimise V, W, k with sgd(rate = 1)
  measure loss, angle(W, Y), mean(h.e)
  record h.p, W
}`
  const rule = (
    text: string,
    more = '',
  ) => `cell O { compartment soma  input target = 0  event e = soma }
${text}
population a[2] : O
population b[2] : O
connect a.e -> b.soma as W { init 1  learn R }${more}`

  it.each([
    ['a population that is spelt wrong', burst.replace('population h', 'populaton h'), ['CCN1002']],
    ['an import that is spelt wrong', burst.replace('{ Input }', '{ Inputt }'), ['CCN2011']],
    [
      'a list where an array was meant',
      'cell C(level = 1) { signal e = level }\ncell S { compartment soma  event e = soma  loss l = soma }\npopulation c[2] : C([1, -1])\npopulation y[1] : S\nconnect c.e -> y.soma as W { init 1 }\nexperiment a { measure loss }',
      ['CCN2019'],
    ],
    [
      'no loss at all',
      `${head}experiment a { data one  present x = v  measure loss }`,
      ['CCN5011'],
    ],
    ['an undeclared name', rule('plasticity R { dw = nobody * pre.e }'), ['CCN2001']],
    ['a variable of the cell', rule('plasticity R { dw = e * pre.e }'), ['CCN5003']],
    ['a population in a rule', rule('plasticity R { dw = b.target * pre.e }'), ['CCN5003']],
    ['a gradient in a rule', rule('plasticity R { dw = backprop }'), ['CCN5003']],
    ['a gradient in a nonlocal one', rule('nonlocal plasticity R { dw = backprop }'), ['CCN5011']],
    [
      'a function that rules do not have',
      rule('function phi(z) = z * normal()\nplasticity R { dw = phi(post.e) * pre.e }'),
      ['CCN2001'],
    ],
    ['a binding of itself', rule('plasticity R { f = g  g = f  dw = f * pre.e }'), ['CCN5002']],
  ])('%s', (_, source, codes) => {
    expect(said(source).map((each) => each.slice(0, 7))).toEqual(codes)
  })

  it('says what is meant', () => {
    expect(said(rule('plasticity R { dw = b.target * pre.e }'))).toEqual([
      'CCN5003 The rule `R` reads `b.target`, which a synapse cannot sense. (write `post.target`)',
    ])
  })
})

describe('families and their elements', () => {
  const looped = `cell In(v = 1) { signal e = v }
cell Sum { compartment soma  event e = soma }
population x[1] : In
population c[3][1] : Sum
for each, i in c {
  connect x.e -> each.soma as W { init i + 1  fixed }
  connect x.e -> each.soma as V { INIT  fixed }
}
experiment a { measure norm(V)  batch 1  epochs 0 }`

  it.each([
    ['init W', [1, 2, 3]],
    ['init W[0]', [1, 1, 1]],
    ['init W[2]', [3, 3, 3]],
    ['init W[i]', [1, 2, 3]],
  ])('inside of the loop that makes it, %s is %s', (init, expected) => {
    const { ir } = compileText(looped.replace('INIT', init))
    if (!ir) throw new Error('does not compile')
    const weights = interpretedNetwork(ir, { seed: 1 }).save()
    expect([0, 1, 2].map((i) => weights[`V[${i}]`]?.data[0])).toEqual(expected)
  })

  it('a bias that is left out is named by its population', () => {
    const learning = (optimised: string) => `${head}plasticity B { dw = post.e }
cell C { compartment soma  bias k = 0 learn B  event e = soma + k  loss l = e }
population h[2][1] : C
population y[1] : C
connect x.event -> h[0].soma as V { init 1 }
connect h[0].e -> h[1].soma as U { init 1 }
connect h[1].e -> y.soma as W { init 1 }
experiment e { data one  present x = v  optimise ${optimised} with sgd(rate = 1) }`
    const left = (optimised: string): readonly string[] =>
      compileText(learning(optimised))
        .diagnostics.filter(({ code }) => code === 'CCN6004')
        .map(({ message }) => message.split(' has ')[0] ?? '')
    expect(left('k')).toEqual([])
    expect(left('y.k')).toEqual(['`h.k`'])
    expect(left('h.k')).toEqual(['`y.k`'])
    expect(left('h[0].k')).toEqual(['`h[1].k`', '`y.k`'])
  })
})
