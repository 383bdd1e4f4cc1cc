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
    ['record m.e', 'CCN2001 There is no value named `m` here.'],
    [
      'measure mean(W)',
      'CCN2003 `this` is a weight, but a variable, as in `h.apical`, is needed here. (of weights there are `norm` and `angle`)',
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
