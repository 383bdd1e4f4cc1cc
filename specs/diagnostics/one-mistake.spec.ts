/**
 * One mistake, one message: examples with one word or mark left out, or one name misspelt, get one message,
 * but for a few of which the number is held down here.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileText } from '../helpers/compile-text.ts'
import { root } from '../helpers/repository.ts'

const tokens =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"[^"\n]*"|[A-Za-z_]\w*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|[^\s\w]/g

/** The file with each token in turn left out, and each name misspelt. */
function* edits(text: string, every: number) {
  const found = [...text.matchAll(tokens)].filter(([token]) => !/^\/[/*]/.test(token))
  for (const [i, { index, 0: token }] of found.entries()) {
    if (i % every !== 0) continue
    const line = text.slice(0, index).split('\n').length
    const words = /^[A-Za-z_]/.test(token) ? ['', `${token}q`] : ['']
    for (const word of words) {
      const what = `${line}: ${token} -> ${word}`
      yield { what, edited: text.slice(0, index) + word + text.slice(index + token.length) }
    }
  }
}

describe('an example with one mistake', () => {
  it.each([
    ['xor', 2, 0],
    ['teacher_network', 5, 0],
    ['spiking', 8, 1],
    ['burstprop', 6, 0],
  ])(
    '%s, at every token of %i, has more than one message at most %i times',
    (name, every, most) => {
      const text = readFileSync(`${root}/examples/${name}.ccn`, 'utf8')
      const several: string[] = []
      for (const { what, edited } of edits(text, every)) {
        const { diagnostics } = compileText(edited)
        const errors = diagnostics.filter(({ severity }) => severity === 'error')
        if (errors.length === 0) continue
        const told = diagnostics.map(({ code, message }) => `${code} ${message}`)
        if (told.length > 1) several.push(`${what}\n  ${told.join('\n  ')}`)
      }
      expect(several.length, several.join('\n')).toBeLessThanOrEqual(most)
    },
    240_000,
  )
})

describe('a place with one mistake', () => {
  const cells = `cell A { event e = n * uniform() }
cell B(k = 1 ms) { compartment soma  state v = 0 : k * dv/dt = soma - v  event e = relu(softmax(v)) }
population a[2] : A
population b[2] : B
connect a.e -> b.soma as W { init 1  fixed }
experiment e {
  step 1 ms  duration 4 ms
  measure first = mean(a.e), second = mean(b.e)  every 2 ms
}`
  const head = 'import { relu, softmax } from "std/activations"\nconst n = 2\n'
  it.each([
    ['nothing', 'step', 'step', undefined],
    [
      'a constant that is missing',
      'const n = 2',
      '',
      'CCN2001 There is no variable or parameter named `n` here.',
    ],
    [
      'an import that is missing',
      head,
      'const n = 2\n',
      'CCN2001 There is no function named `relu` here.',
    ],
    [
      'a base that is not imported',
      'cell A {',
      'cell A extends Pyramidal {',
      'CCN2001 There is no cell type named `Pyramidal` here.',
    ],
    ['an argument too many', ': B', ': B(3, 2)', 'CCN2007 `B` takes 1 argument, but got 2.'],
    [
      'an option that there is not',
      ': B',
      ': B(kk = 1 s)',
      'CCN2005 `B` has no option named `kk`.',
    ],
    ['a wrong unit', 'k = 1 ms', 'k = 1 mV', 'CCN4001 The equation of `v`'],
    [
      'a line that is there twice',
      '  measure first = mean(a.e), second = mean(b.e)',
      '  measure first = mean(a.e), second = mean(b.e)\n  measure first = mean(a.e), second = mean(b.e)',
      'CCN6007 `first` is said twice in `e`.',
    ],
    ['a step without a unit', 'step 1 ms', 'step 1', 'CCN4003 `step` needs a time'],
    [
      'a step that is too long',
      'step 1 ms',
      'step 1 s',
      'CCN6008 `duration` must be at least one step of 1 s',
    ],
    [
      'a protocol that is not closed',
      'duration 4 ms',
      '\n  protocol {\n    phase p 4 ms',
      'CCN1002 Expected `}`, but found `measure`.',
    ],
    ['a signal that is missing', 'event e = n', 'f = n', 'CCN2004 `a` (cell A) has no'],
  ])('has one message: %s', (_, old, mistake, message) => {
    const { diagnostics } = compileText((head + cells).replace(old, mistake))
    const told = diagnostics.map(({ code, message: text }) => `${code} ${text}`)
    expect(told).toEqual(message === undefined ? [] : [expect.stringContaining(message)])
  })

  it('has one message: arrays of an archive without quotes are names that there are not', () => {
    const { diagnostics } = compileText(`
dataset d {
  field image[2]
  train npz("a.npz", image = images)
  test npz("b.npz", image = "images")
}`)
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'CCN2001 There is no value named `images` here.',
    ])
  })

  it('has one message: what a parameter out of its range would make is checked with its default', () => {
    const text = `
param hidden = 4 in 1..
cell A { compartment soma  event e = soma }
population x[hidden] : A`
    const { diagnostics } = compileText(text, { set: { hidden: '-5' } })
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'CCN4002 `hidden` is -5, but must be at least 1.',
    ])
    const { diagnostics: own } = compileText(text.replace('= 4', '= 0'))
    expect(own.map(({ code }) => code)).toEqual(['CCN4002'])
  })

  /** A circuit with a past that is tested, with places for mistakes. */
  const tested = ({ param = '4', cell = '', more = '' }) => `model m
param n = ${param} in 1..
cell In { input x  event e = x }
cell Out { compartment soma  state v = 0 : 10 ms * dv/dt = soma - v  input target  event e = v  loss l = (v - target) ^ 2 ${cell} }
dataset d { field a[2]  train constant(a = 1)  test constant(a = 1) }
population x[2] : In
population y[2] : Out
connect x.e -> y.soma as W { init 1 / n  fixed }
experiment t { step 1 ms  duration 8 ms  data d  present x = a, y.target = a for 2 ms  evaluate every 2 presentations { measure loss } }
${more}`

  it.each([
    ['whatever it is in a circuit that is tested', tested({ cell: 'q = : 3' }), 'CCN1002'],
    [
      'of a parameter that a sweep varies',
      tested({ param: '-1', more: 'sweep s {\n  experiment t\n  vary n in [2, 4]\n}' }),
      'CCN4002',
    ],
    [
      'of a parameter that a sweep varies',
      tested({ param: '4 mV', more: 'sweep s {\n  experiment t\n  vary n in [2, 4]\n}' }),
      'CCN4003',
    ],
    [
      'of roles',
      tested({
        cell: 'event f = 2 * v',
        more: 'cell Sink { input x }\npopulation z[2] : Sink\nconnect y.e -> z.x',
      }),
      'CCN2021',
    ],
  ])('%s: %#', (_, text, code) => {
    const errors = compileText(text).diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map((each) => each.code)).toEqual([code])
  })
})
