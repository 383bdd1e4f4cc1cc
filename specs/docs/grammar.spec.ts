/**
 * The grammar in docs/language.md is the parser's: its words are the tokens, every production is used
 * and defined, and texts that show each production parse. The reference names every function, unit,
 * initialiser, measure, reader and pattern that the compiler knows.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from '../../grammar/index.ts'
import { contextual, keywords, wordOf } from '../../grammar/tokens.ts'
import { units } from '../../grammar/units.ts'
import {
  compileTimeFunctions,
  draws,
  elementwise,
  initialisers,
  measureFunctions,
  reductions,
  temporal,
  weightFunctions,
} from '../../compiler/model/builtins.ts'
import { READERS } from '../../runtime/node/data/readers.ts'
import { root } from '../helpers/repository.ts'

const text = readFileSync(`${root}/docs/language.md`, 'utf8')
const ebnf = /```ebnf\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
const productions = new Map(
  [...ebnf.matchAll(/^(\w+) +=([\s\S]*?) ;$/gm)].map(([, name = '', body = '']) => [name, body]),
)

/** Productions that are one token, explained below the grammar. */
const terminals = ['name', 'word', 'string', 'number', 'unit', 'kernel', 'derivative']

/** A file for each production that shows it. */
const shown: Readonly<Record<string, string>> = {
  file: 'model m',
  item: 'const a = 1',
  import: 'import { A, B as C } from "std/cells"',
  import_name: 'import { A as B } from "std/cells"',
  param: 'param p = 1 in 0..1',
  const: 'const a = 2 * 3',
  function: 'function f(x) = x ^ 2  pullback(g) = 2 * g',
  pullback: 'function f(x) { y = x  return y  pullback(g) { z = g  return z } }',
  body: 'function f(x) { return x }',
  parameters: 'cell C() {}',
  parameter: 'cell C(a, b = 1) {}',
  cell: 'cell C(a = 1) extends B(a) {}',
  member: 'cell C { compartment s  input i  bias b  x = s }',
  compartment: 'cell C { compartment a, b  compartment d[3]  compartment e { x = input } }',
  input: 'cell C { input a : scalar = 1 }',
  bias: 'cell C { bias k per channel = 0 learn R }',
  state: 'cell C { state v = 0 mV : 2 * tau * dv/dt = -v  state w : dw/dt = 0 }',
  signal: 'cell C { event e = x  spike s when v > 1 { v = 0  w += 1  u -= 2 } }',
  refractory: 'cell C { spike s when v > 1 refractory 2 ms holding v, w { v = 0 } }',
  cell_reference: 'population a[2] : C  population b[2] : C(1, each 2)',
  cell_argument: 'population a[2] : C(1, x = 2, each normal(1, 2), y = each 3)',
  role: 'cell C { event a = 1  burst b = 1  spike s = 1  signal c = 1  loss l = 1 }',
  equation: 'cell C { x = 1 }',
  reaction: 'cell C { on e and not b { v += 1 } }',
  changes: 'cell C { on e { v = 1  w -= 1 } }',
  stp: 'stp S(U = 1) { state x = 1 : dx/dt = 1 - x  a = x  on spike { x -= U }  passes spike as a }',
  passes: 'stp S passes event',
  synapse: 'synapse S(a = 1) { stp T(a)  sign unsigned  fixed }',
  synapse_member: 'synapse S { transmit 2 * signal  delay 1 step  bounds 0..1  learn R }',
  sign: 'synapse S { sign inhibitory }',
  delay: 'synapse S { delay 2 ms }',
  bounds: 'synapse S { bounds 0 < .. }',
  learn: 'synapse S { learn R(a = 1) }',
  rule: 'nonlocal plasticity R(a = 1) { dw = a  bounds 0..1  on post.burst { w += 1 } }',
  dataset: 'dataset d { field x[2]  train npz("a")  test npz("b") }',
  field: 'dataset d { field x[3, 4] mean [1, 2, 3] std 2  field l class 10 }',
  shape: 'population a[3, 4, 5] : C',
  circuit_item: 'let a = W',
  modulator: 'modulator dopamine = mean(a.r) - 0.5',
  pattern: 'pattern P = a -> b random in_degree 3 no_self',
  circuit_block: 'for a in h { connect a.e -> b }',
  population: 'population h[3][4, 5, 6] : C(1) at line(spacing = 1 mm)',
  connect: 'connect a.e -> b.s as W : S(1) { init 1  fixed }',
  property: 'connect a -> b as W : S { tied = V  stp T  sign unsigned }',
  connectivity:
    'connect a -> b as W : S { conv 5x5 stride 2  mask "m.npy"  pairs "p.npz"  pattern P }',
  pattern_option:
    'connect a -> b as W : S { conv_transpose 3 stride 1 padding 1 dilation 1 groups 1 }',
  pattern_flag: 'connect a -> b as W : S { random synapses 9 repeats no_self }',
  matrix: 'matrix M[a, b] = normal(1)',
  init: 'init h.k = 1  tie h.k = row_sum(W)',
  let: 'let W = A - B @ C',
  for: 'for (a, b), i in [x, ...h, y] {}',
  if: 'if a {} else if b {} else {}',
  use: 'use M(a, b) as m',
  motif: 'motif M(a, b = 1) { population p[b] : C }',
  variant: 'variant v extends w {}',
  change: 'variant v { set a = 1  drop W  population p[1] : C }',
  patch: 'variant v { W: learn R  delay 1 step }',
  patch_property: 'variant v { W: synapse S(1)  y: cell C(1) }',
  phase: 'phase p { teacher off }',
  claim: 'property local, dale  variant v { property none }',
  refinement: 'b refines a when settled { h.e = h.e }',
  limit: 'b refines a as n grows { h.e = h.e }  b refines a as n shrink { h.e = h.e }',
  refinement_part:
    'b refines a as dt shrinks { over 1, 2, 3  run x against y  seeds 2  a.e = mean(a.e) }',
  setting: 'phase p { set a = 1  plasticity on }',
  experiment: 'experiment e extends f {}',
  statement: 'experiment e { data d  batch 1 }',
  data: 'experiment e { data d { standardise  limit 10 } }',
  present: 'experiment e { present x = a, y.t = one_hot(b) }',
  augment: 'experiment e { augment crop(padding = 4), flip }',
  value:
    'experiment e { batch 1  epochs 2  evaluate 3  seed 4  step 1 ms  solver rk4  duration 1 s  precision f64 }',
  optimise: 'experiment e { optimise W, h.k with sgd(rate = 1) }',
  measure: 'experiment e { measure error, a = mean(h.p)  every 2 steps }',
  replicate: 'experiment e { replicate 2 * n seeds }',
  record: 'experiment e { record h.e, W  every 2 steps }',
  stop: 'experiment e { stop when loss < 1  stop when error stalls for 5 epochs }',
  every: 'experiment e { measure loss every n }',
  protocol: 'experiment e { protocol { phase a } }',
  protocol_block: 'experiment e { protocol { phase a  repeat 2 { phase b } } }',
  repeat: 'experiment e { protocol { repeat n + 1 { phase b 2 epochs } } }',
  protocol_phase: 'experiment e { protocol { phase a 1 s { set b = 1 } } }',
  evaluation:
    'experiment e { evaluate every 500 presentations { phase a 2 steps { nudged off }  keep h.v } }',
  with: 'experiment e { replicate with a = [1, 2] }',
  best: 'experiment e { best by highest loss }',
  evaluated: 'experiment e { evaluate { measure error, a = mean(h.p) over last 5 steps } }',
  counted: 'experiment e { evaluate { measure r = mean(h.p) where y.mask } }',
  keep: 'experiment e { evaluate { keep h.v, y.theta } }',
  freeze: 'experiment e { protocol { phase a { freeze W, h.k } } }',
  perturb: 'experiment e { protocol { phase a { perturb W by flip(0.1) } } }',
  sweep: 'sweep s { seeds 1..3 }',
  sweep_statement: 'sweep s { experiment e  epochs 3  vary a in [1]  report error }',
  sweep_setting: 'sweep s { seeds 1..3  steps n  limit 1000 }',
  vary: 'sweep s { vary (a, variant) in [(1, none), (2, v)]  vary b in log(1, 2, 3) }',
  varied: 'sweep s { vary variant in [none] }',
  tuple: 'sweep s { vary (a, b) in [(1, [2, 3])] }',
  draw: 'sweep s { sample 3 { a = uniform(0, 1) } }',
  goal: 'sweep s { search 9 { a = uniform(0, 1) } maximise rate best halving 3 }',
  seeds: 'sweep s { seeds [1, 3] }',
  report: 'sweep s { report error, loss best }',
  figure: 'sweep s { report error at epoch 3, loss mean over last 5 epochs }',
  sweep_stop: 'sweep s { stop when error > 80 % at epoch 3 }',
  expression: 'const a = if b then c else d',
  disjunction: 'const a = b or c or d',
  conjunction: 'const a = b and c',
  negation: 'const a = not not b',
  comparison: 'const a = b == 1  const c = b != 1  const d = b <= 1  const e = b > 2',
  sum: 'const a = 1 + 2 - 3',
  product: 'const a = 1 * 2 / 3 @ 4',
  power: 'const a = -b ^ -2 ^ c',
  postfix: 'const a = b.c[0].d(1)[1..2]',
  atom: 'const a = [true, false, on, off, "text", 10 mV, (b)]',
  element: 'const a = [...b, c]',
  arguments: 'const a = f(1, b = 2)',
  argument: 'const a = f(learn = 2)',
  reference: 'population a[1] : C(1, b = 2)',
  path: 'init h[0].k = 1',
  range: 'param a = 1 in ..  param b = 1 in 0 < .. < 1',
}

describe('the grammar of the reference', () => {
  it('has the words of the language, and no others', () => {
    const words = [...ebnf.matchAll(/"([a-z_]+)"/g)].map(([, word]) => word)
    const known = Object.values({ ...keywords, ...contextual }).map(wordOf)
    expect([...new Set(words)].toSorted()).toEqual([...new Set(known)].toSorted())
  })
  it('defines what it uses, and uses what it defines', () => {
    const used = [...productions.values()].flatMap((body) =>
      [...body.replace(/"[^"]*"/g, '').matchAll(/\w+/g)].map(([name]) => name),
    )
    const known = [...productions.keys(), ...terminals]
    expect([...new Set([...used, 'file'])].toSorted()).toEqual(known.toSorted())
  })
  it('is shown, each production by a text', () => {
    expect(Object.keys(shown).toSorted()).toEqual([...productions.keys()].toSorted())
  })
  it.each(Object.entries(shown))('%s', (_, source) => {
    expect(parse(source, 'shown.ccn').diagnostics).toEqual([])
  })
})

describe('the reference names every', () => {
  const prose = text.replace(/```[\s\S]*?```/g, '')
  const spans = [...prose.matchAll(/`([^`]+)`/g)].flatMap(([, span = '']) => span.split(/\W+/))
  const named = new Set(spans)
  const tables: Readonly<Record<string, Iterable<string>>> = {
    'reserved word': Object.values(keywords).map((type) => wordOf(type) ?? ''),
    // `%` is no word.
    unit: [...units.keys()].filter((name) => /\w/.test(name)),
    'element-wise function': elementwise.keys(),
    reduction: reductions,
    draw: draws,
    'function of time': temporal,
    'compile-time function': compileTimeFunctions.keys(),
    'function of weights': weightFunctions,
    initialiser: initialisers.keys(),
    measure: measureFunctions,
    reader: Object.keys(READERS),
  }
  it.each(Object.entries(tables))('%s', (_, names) => {
    expect([...names].filter((name) => !named.has(name))).toEqual([])
  })
})
