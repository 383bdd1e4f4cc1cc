/** What is said twice is an error where once is all that counts, and never a failure of the compiler. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const cell = 'cell A { compartment s  bias k  input x  event e = s + k + x }'
const two = `${cell}\npopulation a[1] : A\npopulation b[1] : A`
const wired = (properties: string, more = '') =>
  `${more}\n${two}\nconnect a.e -> b.s as W { ${properties} }`
const run = (statements: string, more = '') =>
  `${more}\n${two}\ndataset d { field v[1]  train constant(v = 1)  test constant(v = 1) }
experiment r { data d  present a = v, b = v  ${statements} }`

type Row = [source: string, ...messages: string[]]

describe('said twice', () => {
  it.each<Row>([
    [wired('init 1  init 2'), 'CCN2041 `init` is said twice.'],
    [wired('init 1  fixed  delay 1 step  delay 2 step'), 'CCN2041 `delay` is said twice.'],
    [wired('init 1  bounds 0..  bounds 1..'), 'CCN2041 `bounds` is said twice.'],
    [wired('init 1  all_to_all  one_to_one'), 'CCN2041 The connectivity is said twice.'],
    [
      wired('init 1', 'synapse S { sign excitatory  sign inhibitory }'),
      'CCN2041 `sign` is said twice.',
    ],
    [wired('init 1', 'plasticity R { dw = 1  dw = 2 }'), 'CCN2041 `dw` is said twice.'],
    [`${two}\ninit a.k = 1\ninit a.k = 2`, 'CCN2041 `init a.k` is said twice.'],
    [`${two}\ntie a.k = 1\ntie a.k = 2`, 'CCN2041 `tie a.k` is said twice.'],
    [run('set p = 1  set p = 2', 'param p = 1'), 'CCN2041 `p` is said twice.'],
    [run('present a = v'), 'CCN2041 `a` is said twice.'],
    [run('epochs 1  epochs 2'), 'CCN6007 `epochs` is said twice in `r`.'],
    [
      `${two}\ncell B(p) { event e = p }\npopulation c[1] : B(p = 1, p = 2)`,
      'CCN2041 `p` is said twice.',
    ],
    [`${two}\ncell B(p, p) { event e = p }`, 'CCN2002 `p` is declared twice.'],
    [`${two}\nfunction f(z) { y = z  y = 2  return y }`, 'CCN2002 `y` is declared twice.'],
    [`${two}\nmotif M(p, p) { }`, 'CCN2002 `p` is declared twice.'],
    [`${two}\nfor p, p in [a] { }`, 'CCN2002 `p` is declared twice.'],
    [`${two}\nphase u { }\nphase u { }\nphase w { }`, 'CCN2002 `u` is declared twice.'],
    [
      `${two}\ndataset d { field v  field v  train constant(v = 1)  train constant(v = 1)  test constant(v = 1) }`,
      'CCN2002 `v` is declared twice.',
      'CCN2041 `train` is said twice.',
    ],
  ])('%s', (source, ...messages) => {
    expect(errorsOf(compileText(source, { optimise: false }))).toEqual(messages)
  })

  it.each([
    `${two}\nfunction f(z) { y = z  return y }`,
    `${two}\ninit a.k = 1\ninit b.k = 2\ntie a.k = 1`,
    wired('init 1  fixed', 'synapse S { fixed  delay 1 step }'),
  ])('once is enough: %s', (source) => {
    expect(errorsOf(compileText(source, { optimise: false }))).toEqual([])
  })
})

describe('ranks and counts that cannot be', () => {
  const dense = `${cell}\npopulation a[5] : A\npopulation b[5] : A\nconnect a.e -> b.s as W { init 1 }`
  it.each<Row>([
    [
      `${dense}\nlet L = left_factor(W, 99)`,
      'CCN6008 The rank must be a whole number from 1 to 5, but is 99.',
    ],
    [
      `${dense}\nlet L = left_factor(W, 1.5)`,
      'CCN6008 The rank must be a whole number from 1 to 5, but is 1.5.',
    ],
    [run('batch 1e308'), 'CCN6008 `batch` must be at most 16,777,216, but is 1e+308.'],
    [run('epochs 1e308'), 'CCN6008 `epochs` must be at most 9,007,199,254,740,991, but is 1e+308.'],
    [run('seed -1'), 'CCN6008 `seed` must be at least 0, but is -1.'],
    [
      run('protocol { repeat 1e308 { phase p 1 epoch } }'),
      'CCN6008 The number of repetitions must be at most 9,007,199,254,740,991, but is 1e+308.',
    ],
    [
      'cell B { compartment s[1e308]  event e = s }\npopulation b[1] : B',
      'CCN6008 The number of branches must be at most 10000, but is 1e+308.',
    ],
    [
      `cell I { input x  event e = x  compartment back }
cell C { compartment soma  event e = soma  loss l = sum(e) }
population x[1, 3, 3] : I
population c[2, 3, 3] : C
connect x.e -> c.soma as W { conv 3x3 padding 1  init 0.1  fixed }
connect c.e -> x.back as B { tied = W when on }`,
      'CCN3002 What is needed here is [9, 18], but this is [2, 1, 3, 3].',
    ],
  ])('%s', (source, message) => {
    expect(errorsOf(compileText(source, { optimise: false }))).toContain(message)
  })

  it('the pullback of a function at a number', () => {
    const source = `cell I { input x  event e = x }
function relu(z) = max(z, 0)  pullback(q) = q
cell H { compartment soma  event e = pullback(relu, 0, soma)  f = pullback(relu, soma, 1) }
population x[2] : I
population c[2] : H
connect x.e -> c.soma as W { init 0.1  fixed }`
    expect(errorsOf(compileText(source))).toEqual([])
  })
})
