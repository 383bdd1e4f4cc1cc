/** Patterns of synapses: what each connectivity says of which pairs, and what cannot be so. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../../helpers/compile-text.ts'

const head = `
cell C { compartment soma, out  event e = soma }
population a[6] : C
population b[10] : C at ring(spacing = 10 um)
population g[4, 5] : C at grid(spacing = 1 mm)
population h[20] : C at grid(1 mm, rows = 4, periodic = true)
function near(a, b, within = 2) {
  d = abs(a - b)
  return d < within
}
function falling(d, width) = max(1 - d / (2 * width), 0)
`
const connected = (between: string, connectivity: string): string => {
  const [from, to] = between.split(' ')
  return `${head}connect ${from}.e -> ${to}.out as W { ${connectivity}  init 1 }`
}
const planOf = (text: string) => compileText(text, checkOnly).model?.connections[0]?.pattern

const checkOnly = { until: 'model' } as const

type Row = [between: string, connectivity: string, rule: object, capacity: number]

describe('the rule and the room of', () => {
  it.each<Row>([
    ['a b', 'random probability 0.5', { kind: 'probability', p: 0.5, self: true }, 60],
    ['a b', 'random probability 0', { kind: 'probability', p: 0, self: true }, 16],
    ['a b', 'random probability 1', { kind: 'probability', p: 1, self: true }, 60],
    ['a a', 'random probability 1 no_self', { kind: 'probability', p: 1, self: false }, 30],
    ['a b', 'random in_degree 3', { kind: 'in_degree', count: 3, repeats: false, self: true }, 30],
    [
      'a b',
      'random in_degree 9 repeats',
      { kind: 'in_degree', count: 9, repeats: true, self: true },
      90,
    ],
    [
      'a a',
      'random out_degree 5 no_self',
      { kind: 'out_degree', count: 5, repeats: false, self: false },
      30,
    ],
    ['a b', 'random synapses 60', { kind: 'number', count: 60, repeats: false, self: true }, 60],
    ['a a', 'all_to_all no_self', { kind: 'all', self: false }, 30],
    ['a[0..3] a', 'all_to_all no_self', { kind: 'all', self: false }, 20],
    ['a[2..] a[..3]', 'all_to_all no_self', { kind: 'all', self: false }, 14],
    ['a[0..2] a[3..5]', 'random in_degree 3 no_self', { kind: 'in_degree' }, 9],
    ['b b', 'all_to_all when distance < 15 um', { kind: 'pairs', self: true }, 30],
    ['b b', 'random probability exp(-distance / 20 um) no_self', { kind: 'pairs' }, 76],
    ['g g', 'all_to_all when abs(dx) < 1.5 mm and dy == 0 no_self', { kind: 'pairs' }, 32],
    ['a b', 'all_to_all when pre.index == post.index', { kind: 'pairs' }, 6],
    [
      'a b',
      'pairs "p.csv"',
      { kind: 'file', file: { path: 'p.csv', from: '/project/main.ccn' } },
      60,
    ],
  ])('%s: %s', (between, connectivity, rule, capacity) => {
    const text = connected(between, connectivity)
    const pattern = planOf(text)
    expect(errorsOf(compileText(text, checkOnly))).toEqual([])
    expect(pattern?.plan.rule).toMatchObject(rule)
    expect(pattern?.plan.capacity).toBe(capacity)
    expect(pattern?.name).toBe('W')
  })
})

describe('the mean number of synapses', () => {
  it.each([
    ['b b', 'all_to_all when distance < 15 um', 30],
    ['b b', 'all_to_all when distance < 15 um no_self', 20],
    ['g g', 'all_to_all when distance < 1.1 mm', 20 + 2 * (4 * 4 + 3 * 5)],
    ['h h', 'all_to_all when distance < 1.1 mm', 100],
    ['b[2..4] b', 'all_to_all when pre.index == post.index', 3],
    ['b[2..4] b[3..5]', 'all_to_all when dx == 0', 2],
    ['a b', 'random probability (pre.index + 1) / 6', 35],
    ['a b', 'random probability 2 - pre.index', 20],
    ['a a', 'all_to_all when near(pre.index, post.index)', 16],
    [
      'a a',
      'all_to_all when near(post.index, pre.index, within = 3) and pre.index != post.index',
      18,
    ],
    ['b b', 'all_to_all when near(pre.x, post.x, 15 um)', 28],
    ['b b', 'random probability falling(distance, 10 um)', 20],
    ['a a', 'all_to_all when mod(pre.index - post.index, 3) == 0', 12],
  ])('%s: %s', (between, connectivity, expected) => {
    expect(planOf(connected(between, connectivity))?.expected).toBeCloseTo(expected, 9)
  })
})

describe('what is wrong with', () => {
  it.each([
    ['a b', 'random', 'CCN2006 `random` needs a value for `probability`.'],
    ['a b', 'random probability 1.5', 'CCN6008 `probability` must be from 0 to 1, but is 1.5.'],
    [
      'a b',
      'random probability 5 mV',
      'CCN4003 `probability` needs a plain number, but this has the dimension',
    ],
    ['b b', 'all_to_all when near(pre.x, 2)', 'CCN4001'],
    ['a a', 'all_to_all when near(pre.index)', 'CCN2007 `near` takes 2 to 3 arguments, but got 1.'],
    ['a a', 'all_to_all when near(1, 2, 3, 4)', 'CCN2007 `near` takes 3 arguments, but got 4.'],
    ['a b', 'random probability distance', 'CCN3054 The units of `a` have no positions.'],
    [
      'b b',
      'random probability distance',
      'CCN4003 A probability or condition needs a plain number, but this has the dimension length.',
    ],
    [
      'b b',
      'random probability exp(distance)',
      'CCN4003 `exp` needs a number without a unit, but this has the dimension length.',
    ],
    ['b b', 'all_to_all when distance < 20', 'CCN4001 `<` needs the same unit on both sides'],
    [
      'b b',
      'all_to_all when nearly(distance)',
      'CCN2001 There is no function of pairs named `nearly` here.',
    ],
    ['b h', 'all_to_all when distance < 1 mm', 'CCN3055 There is no distance between `b` and `h`'],
    [
      'a b',
      'random in_degree 7',
      'CCN3051 There cannot be 7 synapses for each unit of `b`: there are only 6 units.',
    ],
    [
      'a a',
      'random in_degree 6 no_self',
      'CCN3051 There cannot be 6 synapses for each unit of `a`: there are only 5 units.',
    ],
    [
      'a b',
      'random out_degree 11',
      'CCN3051 There cannot be 11 synapses for each unit of `a`: there are only 10 units.',
    ],
    [
      'a b',
      'random synapses 61',
      'CCN3051 There cannot be 61 synapses between `a` and `b`: there are only 60 pairs.',
    ],
    [
      'a[0] a[0]',
      'random in_degree 1 repeats no_self',
      'CCN3051 There cannot be 1 synapse for each unit of `a[0..0]`: there are only 0 units.',
    ],
    ['a b', 'random in_degree -1', 'CCN6008 `in_degree` must be a whole number from 0, but is -1.'],
    ['a b', 'random in_degree 1.5', 'CCN2019 A whole number is needed here, but this is 1.5.'],
    [
      'a b',
      'random in_degree 1 out_degree 1',
      'CCN2041 How many pairs are joined at random is said twice.',
    ],
    ['a b', 'random in_degree 1 repeats repeats', 'CCN2041 `repeats` is said twice.'],
    [
      'a b',
      'random probability 0.1 repeats',
      'CCN2005 `random probability` has no option named `repeats`.',
    ],
    [
      'a b',
      'all_to_all no_self',
      'CCN3052 `no_self` is of units of one population, but `a` and `b` are parts of two.',
    ],
    ['a a', 'one_to_one no_self', 'CCN2005 `one_to_one` has no option named `no_self`.'],
    ['a a', 'one_to_one when 1', 'CCN2005 `one_to_one` has no option named `when`.'],
    ['a b', 'pattern W', 'CCN2003 `W` is a weight, but a pattern of synapses is needed here.'],
    ['a b', 'pattern Q', 'CCN2001 There is no pattern named `Q` here.'],
    ['a[6] b', 'random in_degree 1', 'CCN3050 `a` has 6 units, so there is none numbered 6.'],
    [
      'a[3..1] b',
      'random in_degree 1',
      'CCN6008 The last unit of a slice must be at least 3, the first one, but is 1.',
    ],
  ])('%s: %s', (between, connectivity, message) => {
    const errors = errorsOf(compileText(connected(between, connectivity), checkOnly))
    expect(errors.filter((each) => !each.startsWith(message))).toEqual([])
    expect(errors.length).toBeGreaterThan(0)
  })
})

describe('positions', () => {
  it.each([
    ['line(spacing = 2 mm)', []],
    ['line(2 mm, periodic = true)', []],
    ['line(2)', []],
    ['ring(2 um)', []],
    ['grid(2 um, columns = 3)', []],
    ['file("p.npy", unit = 1 um)', []],
    ['line()', ['CCN2006 `line` needs a value for `spacing`.']],
    ['line(0 um)', ['CCN6008 `spacing` must be above 0, but is 0 um.']],
    ['line(2 ms)', ['CCN4003 `spacing` needs a length, but this has the dimension time.']],
    ['line(2 mm, rows = 1)', ['CCN2005 `line` has no option named `rows`.']],
    ['disc(2 mm)', ['CCN2001 There is no layout named `disc` here.']],
    ['grid(2 mm)', ['CCN2006 `grid` needs a value for `rows`.']],
    [
      'grid(2 mm, rows = 4)',
      [
        'CCN6008 The number of places of the grid must be 6, one for each unit, but is 4 x columns.',
      ],
    ],
    ['file()', ['CCN2006 `file` needs a value for `path`.']],
  ])('%s', (positions, errors) => {
    const text = `${head.replace('population a[6] : C', `population a[6] : C at ${positions}`)}`
    expect(errorsOf(compileText(text, checkOnly))).toEqual(errors)
  })
})

describe('a declared pattern', () => {
  const two = `${head}pattern P = b -> g random in_degree 3
connect b.e -> g.out as W { pattern P  init 1 }
connect g.e -> b.soma as V { pattern P  init 1  delay 1 step }`
  it('is one for all that name it, in either direction', () => {
    const { model, diagnostics } = compileText(two, checkOnly)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    const [w, v] = model?.connections ?? []
    expect(w?.pattern).toBe(v?.pattern)
    expect([w?.transposed, v?.transposed]).toEqual([undefined, true])
    expect(model?.patterns.map(({ name }) => name)).toEqual(['P'])
  })
  it('may stand behind what names it, in a loop and in a motif', () => {
    const text = `${head}motif M(x, y) { connect x.e -> y.out as W { pattern P  init 1 }  pattern P = x -> y random in_degree 1 }
use M(a, b) as m
connect a.e -> b.out as V { pattern m.P  init 1 }
for (x, y) in [a, b, g] { pattern Q = x -> y all_to_all  connect x.e -> y.soma as U { pattern Q  init 1 } }`
    const { model, diagnostics } = compileText(text, checkOnly)
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(model?.connections.map(({ name, pattern }) => [name, pattern?.name])).toEqual([
      ['m.W', 'm.P'],
      ['U[0]', 'Q[0]'],
      ['U[1]', 'Q[1]'],
      ['V', 'm.P'],
    ])
  })
  it('gets other pairs from a variant', () => {
    const text = `${two}\nvariant dense { P: random in_degree 8  pattern R = a -> b all_to_all }`
    const { model } = compileText(text, { ...checkOnly, variants: ['dense'] })
    expect(model?.connections[0]?.pattern?.plan.capacity).toBe(160)
    expect(model?.patterns.map(({ name }) => name)).toEqual(['P', 'R'])
  })
})
