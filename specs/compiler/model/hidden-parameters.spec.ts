/**
 * A parameter that a member has the name of is an error that names both places; and what is said where a name
 * hides what is known of a pair, or units are chosen in the wrong place.
 */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const found = (source: string) =>
  compileText(source, { optimise: false }).diagnostics.filter(
    ({ severity }) => severity === 'error',
  )

const members = [
  'compartment soma, g',
  'compartment soma[2] { state g = 0 : 1 ms * dg/dt = input - g }',
  'compartment soma { g = input }',
  'input g',
  'input g = 2',
  'bias g',
  'state g = 0 : 1 ms * dg/dt = 1 - g',
  'event g = 1',
  'g = 1',
]

describe('a parameter and a member of one name', () => {
  it.each([
    ...members.map((member) => `cell A(g = 1) { ${member} }`),
    ...members.map((member) => `cell A { ${member} }  cell B(g = 1) extends A { }`),
    ...members.map((member) => `cell A(g = 1) { event e = g }  cell B extends A { ${member} }`),
    'cell A(g = 1) { }  cell B extends A { }  cell C extends B { input g }',
    'cell A(g = 1) { input g }  cell B(g = 2) extends A(g = g) { }  population x[2] : A(g = 2)',
    'plasticity R(g = 1) { state g = 0 : 1 ms * dg/dt = pre.e - g  dw = g }',
    'plasticity R(g = 1) { g = pre.e  dw = g }',
    'stp S(g = 1) { state g = 0 : 1 ms * dg/dt = 1 - g  passes spike as g }',
    'motif M(g) { population g[2] : A }  cell A { event e = 1 }',
    'cell A { compartment soma  event e = soma }  motif M(g, x) { for i in [0, 1] { connect x.e -> x.soma as g { init 1 } } }',
  ])('%s', (source) => {
    const errors = found(source).filter(({ code }) => code === 'CCN2002')
    expect(errors.map(({ message }) => message)).toContain('`g` is declared twice.')
    for (const { related = [] } of errors) expect(related).toHaveLength(1)
  })

  it.each([
    'cell A(g = 1) { event e = g }  cell B(g = 2) extends A(g = g) { }  population x[1] : B(g = 3)',
    'cell A { input g  event e = g }  cell B extends A { input g = 1 }',
  ])('is none: %s', (source) => {
    expect(errorsOf(compileText(source, { optimise: false }))).toEqual([])
  })
})

describe('hints', () => {
  const cell = 'cell A { compartment soma  event e = soma }  population post[2] : A'
  it.each([
    ['as W { init 0.1 * post.index }', 'post.index'],
    ['as W { init 1  delay 1 ms * (1 + post.index) }', 'post.index'],
    ['as W { init 1  random probability 0.1 * post.x }', 'post.x'],
  ])('a population hides a pair: %s', (rest, name) => {
    const errors = found(`${cell}  connect post.e -> post.soma ${rest}`)
    expect(errors.map(({ hint }) => hint)).toContain(
      `\`post\` is declared here, and comes before the \`${name}\` of a pair of units: give it another name`,
    )
  })
  it('units are recorded of the population', () => {
    const errors = found(`${cell}  experiment e { step 1 ms  duration 2 ms  record post.e[0..1] }`)
    expect(errors.map(({ hint }) => hint)).toEqual([
      'units are chosen behind the population: `record post[0..1].e`',
    ])
    const right = `${cell}  experiment e { step 1 ms  duration 2 ms  record post[0..1].e }`
    expect(found(right)).toEqual([])
  })
})
