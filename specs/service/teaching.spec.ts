/** Where teaching enters a circuit and which connections carry it, for circuits of several kinds. */
import { expect, it } from 'vitest'
import { describe as describeModel } from '../../service/describe.ts'
import { compileText } from '../helpers/compile-text.ts'

interface Case {
  readonly what: string
  readonly text: string
  readonly taught: readonly string[]
  readonly carriers: readonly string[]
}

const layers = `import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
population x[2]    : Input
population h[2][3] : Pyramidal
population y[2]    : Teacher
for (lower, upper) in [x, ...h, y] {
  connect lower.event -> upper.soma as W : Depressing { init xavier_normal()  learn BurstDependent }
}
`
const feedback = `for (lower, upper) in [...h, y] {
  connect upper.burst -> lower.apical as Y : Facilitating { init xavier_normal()  fixed }
  connect upper.event -> lower.apical as Q : Depressing { tied = -0.5 * Y }
  connect upper.gain -> lower.above
}
`

const cases: readonly Case[] = [
  {
    what: 'bursts carry it, events and gains do not',
    text: `model m\n${layers}${feedback}`,
    taught: ['y.target'],
    carriers: ['Y[0]', 'Y[1]'],
  },
  {
    what: 'nothing carries it where nothing leads back',
    text: `model m\n${layers}`,
    taught: ['y.target'],
    carriers: [],
  },
  {
    what: 'a relay of other cells passes it on, and a copy of an activity does not',
    text: `model m
cell Relay { compartment soma  event e = soma }
cell In { input value  event e = value }
cell Out { compartment soma  input target  event e = soma  signal d = target - e
  loss l = sum(d ^ 2) }
population x[2] : In
population y[2] : Out
population r[2] : Relay
population s[2] : Relay
connect x.e -> y.soma as W { init 1  fixed }
connect y.d -> r.soma as A { init 1  fixed }
connect r.e -> s.soma as B { init 1  fixed }
connect y.e -> s.soma as C { init 1  fixed }
`,
    taught: ['y.target'],
    carriers: ['A', 'B'],
  },
  {
    what: 'without a loss, what a protocol switches in a circuit that learns',
    text: `model m
param teacher = off
param goal = 2
plasticity Grow { dw = post.u }
cell In { signal e = 1 }
cell Out(on_goal = 1, teaching = on) { compartment soma  state v = 0 : 10 ms * dv/dt = soma - v
  signal e = v  signal u = if teaching then on_goal - v else 0 }
cell Back { compartment soma  signal e = soma }
population x[2] : In
population y[2] : Out(2 * goal, teacher)
population b[2] : Back
connect x.e -> y.soma as W { init 1  learn Grow }
connect y.u -> b.soma as A { init 1  fixed }
connect y.e -> b.soma as B { init 1  fixed }
experiment e {
  step 1 ms  batch 1
  protocol { repeat 2 { phase a 1 s { teacher off }  phase b 1 s { teacher on  set goal = 3 } } }
}
`,
    taught: ['y: teacher, goal'],
    carriers: ['A'],
  },
  {
    what: 'a stimulus that a protocol switches teaches nothing where nothing learns',
    text: `model m
param shown = off
cell In(shown) { signal e = if shown then 1 else 0 }
cell Out { compartment soma  state v = 0 : 10 ms * dv/dt = soma - v }
population x[2] : In(shown)
population y[2] : Out
connect x.e -> y.soma as W { init 1  fixed }
experiment e { step 1 ms  batch 1  protocol { phase a 1 s { shown on } } }
`,
    taught: ['x: shown'],
    carriers: [],
  },
]

it.each(cases)('$what', ({ text, taught, carriers }) => {
  const compilation = compileText(text, { until: 'model' })
  expect(compilation.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  const { populations, connections } = describeModel(compilation)!
  expect(
    populations.flatMap(({ name, taught: inputs, switched }) => [
      ...inputs.map((each) => `${name}.${each}`),
      ...(switched.length > 0 ? [`${name}: ${switched.join(', ')}`] : []),
    ]),
  ).toEqual(taught)
  expect(connections.filter(({ teaches }) => teaches).map(({ name }) => name)).toEqual(carriers)
})

it('tells parts of populations and patterns in numbers', () => {
  const compilation = compileText(`model m
cell Cell { compartment a  signal s = a }
population c[10] : Cell
connect c[2..5].s -> c.a as A { random probability 0.25  init 1  fixed }
connect c.s -> c[8..].a as B { random in_degree 3  init 1  fixed }
`)
  const { connections } = describeModel(compilation)!
  expect(connections.map(({ from, to }) => [from.part, to.part])).toEqual([
    [{ of: 'c', first: 2, size: 4 }, undefined],
    [undefined, { of: 'c', first: 8, size: 2 }],
  ])
  expect(connections.map(({ pattern }) => pattern)).toMatchObject([
    { name: 'A', rule: 'probability', p: 0.25, expected: 10 },
    { name: 'B', rule: 'in_degree', count: 3, expected: 6 },
  ])
})
