/**
 * A source for every diagnostic, with the place it points at marked. The message, the hint and how
 * it looks are in `specimens.golden.txt`.
 */
import type { CompileOptions } from '../../compiler/compile.ts'
import { leftByExamples, ofExamples, ofFigures, ofPhases } from './specimens.examples.ts'

export interface Specimen {
  readonly code: string
  /** The main file; the mark is the diagnostic's span, if it lies there. */
  readonly source: string
  readonly options?: CompileOptions
  /** How much mixing of channels `ccn explain` is asked to warn of. */
  readonly mixing?: number
  /** Other files of the project. */
  readonly files?: Readonly<Record<string, string>>
  /** What stands beside it, because it says something else of the same source. */
  readonly beside?: readonly string[]
}

const head = `import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"

population x[2] : Input
population h[4] : Pyramidal(0.5)
population y[1] : Teacher(0.5)
`
const forward = `
connect x.event -> h.soma as V : Depressing { init 0.1  learn BurstDependent }
connect h.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }`
const feedback = `
connect y.burst -> h.apical as Y : Facilitating { init 1 }
connect y.gain -> h.above`
const circuit = head + forward + feedback
const experiment = (statements: string, sets = 'data xor  present x = input, y.target = target') =>
  `${circuit}\nexperiment e {\n  ${sets}\n  optimise V, W, k with sgd(rate = 1)\n  ${statements}\n}`

/** Statistics over the examples of a batch. */
function batches(): Specimen[] {
  const file = (cell: string, rest = '', batch = 2, of = '[2]') => `
cell In { input x  event e = x }
cell Out { compartment soma  input target  event e = soma  loss l = (e - target) ^ 2 }
cell C { input u  ${cell} }
nonlocal plasticity Exact { dw = backprop }
dataset d { field v[2]  field t[2]  train npz("a.npz")  test npz("b.npz") }
population a${of} : In
population c${of} : C
population y[2] : Out
connect a.e -> c.u
connect c.e -> y.soma as W { init normal(1)  learn Exact }
${rest}
experiment e { data d  present a.x = v, y.target = t  batch ${batch}  optimise W with sgd(0.1) }`
  return [
    {
      code: 'CCN3180',
      source: file('m = running(batch_mean(u, ⟦channel⟧), 0.1, 0)  event e = u - m'),
    },
    {
      code: 'CCN5180',
      source: file('event e = u').replace('sgd(0.1)', 'sgd(0.1)  measure mean(⟦batch_mean⟧(c.e))'),
    },
    { code: 'CCN5181', source: file('event e = u - ⟦running(batch_mean(u), 0.1, 0)⟧') },
    { code: 'CCN5182', source: file('m = running(⟦u⟧, 0.1, 0)  event e = u - m') },
    {
      code: 'CCN5183',
      source: file('event e = u - if evaluating then 0 else batch_mean(u)')
        .replace(
          'nonlocal plasticity Exact { dw = backprop }',
          'plasticity Hebb { dw = ⟦pre.e⟧ * post.e }',
        )
        .replace('Exact', 'Hebb'),
      beside: ['CCN5005'],
    },
    {
      code: 'CCN5185',
      source: 'plasticity R { state ⟦u⟧ per example = 0 : 1 ms * du/dt = -u  dw = u * pre.e }',
      beside: ['CCN8001'],
    },
    ...ofExamples,
    ...leftByExamples,
    ...ofFigures,
    ofPhases,
    {
      code: 'CCN5184',
      source: file('event e = u - ⟦batch_mean(u)⟧'),
      beside: ['CCN5005', 'CCN5012'],
    },
    {
      code: 'CCN6182',
      source: `
cell In { input x  event e = x }
cell Out { compartment soma  input target  state y = 0 : 4 ms * dy/dt = soma - y  loss l = sum((y - target) ^ 2) }
dataset d { field v[2]  field c class 2  train npz("a.npz")  test npz("b.npz") }
population a[2] : In
population y[2] : Out
connect a.e -> y.soma as W { init normal(1) fixed }
experiment e {
  step 1 ms  duration 8 ms  data d  present a.x = v, y.target = one_hot(c) for 4 ms
  measure ⟦error⟧
  evaluate { measure error }
}`,
    },
    {
      code: 'CCN6180',
      source: file('event e = u - if evaluating then 0 else ⟦batch_variance(u)⟧', '', 1),
      beside: ['CCN5005', 'CCN5012'],
    },
  ]
}

/** What is wrong with limits between circuits. */
function refinements(): Specimen[] {
  const file = (statement: string) =>
    `model m\nparam n = 1\nvariant v { set n = 2 }\n${statement}\n${units}connect x.e -> y.soma as W { init n }`
  const limit = (part: string, of = 'v refines m when settled') =>
    file(`${of} { over 1 s, 2 s, 4 s  y.e = y.e  ${part} }`)
  return [
    { code: 'CCN2001', source: file('v refines ⟦w⟧ when settled { over 1, 2, 3  y.e = y.e }') },
    { code: 'CCN2001', source: file('v refines m as ⟦cells⟧ grow { over 1, 2, 3  y.e = y.e }') },
    { code: 'CCN2001', source: limit('run ⟦fast⟧ against slow') },
    { code: 'CCN2041', source: limit('⟦over 1 s, 2 s, 3 s⟧') },
    { code: 'CCN6008', source: file('v refines m when settled { ⟦over 1 s, 2 s⟧  y.e = y.e }') },
    {
      code: 'CCN6008',
      source: file(
        'v refines m as n shrinks { over 1, 2, ⟦2⟧  y.e = y.e }'.replace('1, 2,', '3, 2,'),
      ),
    },
    { code: 'CCN6008', source: file('⟦v⟧ refines m when settled { over 1 s, 2 s, 3 s }') },
    {
      code: 'CCN6008',
      source: file('v refines ⟦v⟧ when settled { over 1 s, 2 s, 3 s  y.e = y.e }'),
    },
    { code: 'CCN6008', source: limit('⟦seeds 0⟧') },
  ]
}

/** Two hidden layers that both hear of the output alone. */
const direct = (measure: string) => `${head.replace('h[4]', 'h[2][4]')}
for (lower, upper) in [x, ...h, y] {
  connect lower.event -> upper.soma as W : Depressing { init 0.1  learn BurstDependent }
}
for each in h {
  connect y.burst -> each.apical as B : Facilitating { init 1 }
  connect y.gain -> each.above
}
experiment e {
  data xor  present x = input, y.target = target
  optimise W, k with sgd(rate = 1)
  measure ${measure}
}`

const cell = 'cell A { compartment soma  event e = soma }'
const units = `${cell}\npopulation x[2] : A\npopulation y[3] : A\n`
const connect = (properties: string) => `${units}connect x.e -> y.soma as W { ${properties} }\n`
const rule = (body: string) =>
  `${units}plasticity R { ${body} }\nconnect x.e -> y.soma as W { init 1  learn R }\nexperiment e { optimise W with sgd(rate = 1) }\n`

/** The same with a rule that follows the gradient, in cells with some member more. */
const exact = (change: string, member: string) =>
  rule(`dw = ${change}`)
    .replace('plasticity', 'nonlocal plasticity')
    .replace('compartment soma', `compartment soma  ${member}`)

/** Two populations, the second with positions. */
const placed = `cell C { compartment soma  event e = soma }
population a[6] : C
population b[10] : C at ring(spacing = 10 um)
`

export const specimens: readonly Specimen[] = [
  // 1xxx
  { code: 'CCN1001', source: 'const a = 3 ⟦×⟧ 4' },
  { code: 'CCN1001', source: 'const a = 3⟦;⟧' },
  { code: 'CCN1002', source: '⟦popluation⟧ x[3] : A' },
  { code: 'CCN1002', source: 'cell A {\n  x = 3 +\n  ⟦}⟧' },
  { code: 'CCN1002', source: 'let a = 1 < 2 ⟦<⟧ 3' },
  { code: 'CCN1003', source: 'import { Input } from ⟦"std/cells⟧\nconst a = 1' },
  { code: 'CCN1004', source: 'const a = 1 ⟦/*⟧ one' },
  { code: 'CCN1005', source: `const a = ${'('.repeat(257)}⟦1⟧${')'.repeat(257)}` },
  { code: 'CCN1006', source: `⟦/⟧/${' '.repeat(2_000_000)}` },
  { code: 'CCN1007', source: 'const a = ⟦1e999⟧' },
  { code: 'CCN1010', source: 'const a = 3 ⟦**⟧ 4' },
  { code: 'CCN1011', source: 'const a = ⟦.3⟧' },
  { code: 'CCN1012', source: 'const a = -70 ⟦mv⟧' },
  // 2xxx
  {
    code: 'CCN2001',
    source: 'param hidden = 3\npopulation x[⟦hiden⟧] : A\ncell A { }',
    beside: ['CCN8001'],
  },
  { code: 'CCN2001', source: 'cell A { compartment soma  event e = ⟦sma⟧ + 1 }' },
  { code: 'CCN2001', source: 'cell A { compartment soma  event e = ⟦sigmoyd⟧(soma) }' },
  { code: 'CCN2001', source: connect('init ⟦xavier_norml⟧(1)') },
  { code: 'CCN2001', source: experiment('measure ⟦eror⟧') },
  { code: 'CCN2001', source: `model ⟦m⟧\n${circuit}`, options: { variants: ['tied'] } },
  { code: 'CCN2002', source: 'cell A { }\ncell ⟦A⟧ { }' },
  { code: 'CCN2002', source: 'cell A { x = 1  ⟦x⟧ = 2 }' },
  { code: 'CCN2002', source: 'cell A(g = 1) { compartment soma, ⟦g⟧ }' },
  { code: 'CCN2002', source: `${units}let a = 1\nlet ⟦a⟧ = 2` },
  { code: 'CCN2002', source: 'experiment e { }\nexperiment ⟦e⟧ { }' },
  { code: 'CCN2003', source: 'stp A passes event\npopulation x[1] : ⟦A⟧' },
  {
    code: 'CCN2003',
    source: `${circuit}\nvariant v { W: ⟦cell Pyramidal(0.5)⟧ }`,
    options: { variants: ['v'] },
  },
  { code: 'CCN2004', source: `${units}connect x.⟦evnt⟧ -> y.soma as W { init 1 }` },
  { code: 'CCN2004', source: `${units}connect x.e -> y.⟦some⟧ as W { init 1 }` },
  { code: 'CCN2004', source: rule('dw = post.⟦som⟧ * pre.e') },
  { code: 'CCN2005', source: 'cell A(gain = 1) { x = gain }\npopulation x[1] : A(⟦gian⟧ = 2)' },
  {
    code: 'CCN2005',
    source: experiment('optimise Y with sgd(rate = 1, ⟦momntum = 0.9⟧)'),
    beside: ['CCN6003'],
  },
  { code: 'CCN2006', source: 'cell A(gain) { x = gain }\npopulation x[1] : ⟦A⟧' },
  { code: 'CCN2007', source: 'cell A(gain) { x = gain }\npopulation x[1] : A(1, ⟦2⟧)' },
  { code: 'CCN2007', source: 'cell A { compartment soma  event e = ⟦max(soma)⟧ }' },
  { code: 'CCN2008', source: 'import { A } from ⟦"./cells"⟧' },
  { code: 'CCN2008', source: 'import { Input } from ⟦"std/cels"⟧' },
  { code: 'CCN2009', source: 'import { a } from ⟦"../../secret"⟧' },
  { code: 'CCN2009', source: 'import { a } from ⟦"/etc/passwd"⟧' },
  {
    code: 'CCN2010',
    source: 'import { a } from "b"',
    files: { 'b.ccn': 'import { b } from ⟦"main"⟧\nconst a = 1' },
  },
  { code: 'CCN2011', source: 'import { ⟦Inptu⟧ } from "std/cells"' },
  {
    code: 'CCN2012',
    source: 'import { ⟦x⟧ } from "b"',
    files: { 'b.ccn': 'cell A { }\npopulation x[1] : A' },
  },
  { code: 'CCN2013', source: 'const ⟦a⟧ = b + 1\nconst b = a\ncell A { }\npopulation x[a] : A' },
  { code: 'CCN2013', source: 'cell A extends B { }\ncell B extends ⟦A⟧ { }\npopulation x[1] : A' },
  { code: 'CCN2013', source: 'function f(z) = ⟦g⟧(z)\nfunction g(z) = f(z)' },
  { code: 'CCN2013', source: 'motif M() { use ⟦M⟧ }\nuse M' },
  { code: 'CCN2013', source: 'experiment a extends b { }\nexperiment b extends ⟦a⟧ { }' },
  { code: 'CCN2015', source: 'function f(z) = ⟦normal()⟧ * z\ncell A { }\npopulation x[f(3)] : A' },
  { code: 'CCN2015', source: 'cell A { }\nfor i in ⟦range(3)⟧ { }' },
  {
    code: 'CCN2016',
    source: `${cell}\npopulation x[3][1] : A\nconnect x[0].e -> x[⟦3⟧].soma as W { init 1 }`,
  },
  { code: 'CCN2017', source: `${cell}\npopulation x[3][⟦[1, 2]⟧] : A` },
  { code: 'CCN2018', source: `${cell}\npopulation x[⟦-1⟧][4] : A` },
  { code: 'CCN2019', source: `${cell}\npopulation x[⟦2.5⟧] : A` },
  {
    code: 'CCN2019',
    source: `${cell}\npopulation x[2][3] : A\nconnect ⟦x⟧.e -> x[1].soma as W { init 1 }`,
  },
  { code: 'CCN2020', source: 'cell A { compartment soma { compartment ⟦spine⟧ } }' },
  { code: 'CCN2020', source: 'cell A { compartment soma { loss ⟦cost⟧ = input ^ 2 } }' },
  { code: 'CCN2021', source: 'cell A { compartment soma  event a = soma  event ⟦b⟧ = 2 * soma }' },
  { code: 'CCN2021', source: 'cell A { compartment soma  loss a = soma  loss ⟦b⟧ = 2 * soma }' },
  { code: 'CCN2041', source: connect('init 1  ⟦init 2⟧') },
  { code: 'CCN2041', source: 'property local\nproperty dale, ⟦local⟧' },
  { code: 'CCN2070', source: 'property local, ⟦singel_phase⟧' },
  {
    code: 'CCN2070',
    source: `${units}variant v { property ⟦fast⟧ }`,
    options: { variants: ['v'] },
  },
  { code: 'CCN6008', source: 'property local, ⟦none⟧' },
  ...refinements(),
  {
    code: 'CCN2040',
    source: experiment('measure ⟦std(h.apical) / 2⟧'),
  },
  { code: 'CCN2030', source: rule('dw = post.e * w  ⟦w⟧ = 0') },
  { code: 'CCN2030', source: rule('dw = post.e * pre.e').replace('R {', 'R(⟦sign⟧ = 1) {') },
  {
    code: 'CCN2030',
    source: `synapse S(⟦signal⟧ = 2) { transmit signal }\n${units}connect x.e -> y.soma as W : S { init 1 }`,
  },
  // 3xxx
  { code: 'CCN3001', source: `${units}⟦connect x.e -> y.soma as W { init 1  one_to_one }⟧` },
  {
    code: 'CCN3002',
    source: `${units}population z[5] : A
connect x.e -> y.soma as W { init 1 }
connect x.e -> z.soma as V { tied = ⟦W⟧ }`,
  },
  { code: 'CCN3003', source: `${cell}\n⟦population x[1e12] : A⟧` },
  { code: 'CCN3004', source: `${cell}\npopulation x[⟦-1⟧] : A` },
  { code: 'CCN3005', source: experiment('', 'data xor  present x = ⟦target⟧, y.target = target') },
  {
    code: 'CCN3006',
    source: `${head}${forward}\nconnect y.burst -> h.apical as Y : Facilitating { init 1 }\n⟦connect x.event -> h.above⟧`,
  },
  {
    code: 'CCN3007',
    source: `${head.replace('Pyramidal(0.5)', 'Pyramidal(0.5, 1, 3)')}${forward}\n⟦connect y.burst -> h.apical as Y : Facilitating { init 1  learn ApicalBalance }⟧\nconnect y.gain -> h.above\nimport { ApicalBalance } from "std/burstccn"\nexperiment e { data xor  present x = input, y.target = target  optimise V, W, Y, k with sgd(rate = 1) }`,
  },
  {
    code: 'CCN3008',
    source: `${cell}\npopulation x[1, 8, 8] : A\npopulation z[4, 8, 8] : A\nconnect x.e -> z.soma as W { init 1  ⟦conv 5x5 stride 2⟧ }`,
  },
  {
    code: 'CCN3050',
    source: `${placed}connect a[⟦2..9⟧].e -> b.soma as W { init 1 }`,
  },
  {
    code: 'CCN3051',
    source: `${placed}connect a.e -> b.soma as W { random in_degree ⟦7⟧  init 1 }`,
  },
  {
    code: 'CCN3051',
    source: `${placed}connect a.e -> a.soma as W { random synapses ⟦31⟧ no_self  init 1  delay 1 step }`,
  },
  { code: 'CCN3052', source: `${placed}pattern P = a -> b all_to_all ⟦no_self⟧` },
  {
    code: 'CCN3053',
    source: `${placed}pattern P = a -> b random in_degree 2
connect a[0..2].e -> b.soma as W { pattern ⟦P⟧  init 1 }`,
  },
  {
    code: 'CCN3054',
    source: `${placed}pattern P = a -> b random probability ⟦exp(-distance / 20 um)⟧`,
  },
  {
    code: 'CCN3055',
    source: `${placed}population c[20] : C at line(spacing = 10 um)
pattern P = c -> b all_to_all when ⟦distance < 50 um⟧`,
  },
  {
    code: 'CCN3056',
    source: `${placed}connect a.e -> b.soma as W { tied = exp(-⟦pre.index⟧) }`,
  },
  {
    code: 'CCN3090',
    source: `${placed}connect a.e -> b.soma as W { random probability ⟦exp(pre.index + 1)⟧  init 1 }`,
  },
  {
    code: 'CCN3057',
    source: `${placed}connect a.e -> b.soma as W { mask "m.npy"  init 1  delay ⟦uniform(1 ms, 2 ms)⟧ }`,
  },
  {
    code: 'CCN4070',
    source: `${placed}connect a.e -> b.soma as W { random in_degree 2  init 1  delay ⟦normal(2 ms, 1 ms)⟧ }`,
  },
  // 4xxx
  { code: 'CCN4001', source: 'const a = ⟦10 ms + 3⟧' },
  {
    code: 'CCN4001',
    source: 'cell A { compartment soma { state v = -70 mV : 10 ms * dv/dt = ⟦-v + 3⟧ } }',
  },
  { code: 'CCN4001', source: 'cell A { compartment soma { state v = -70 mV : ⟦dv/dt = -v⟧ } }' },
  { code: 'CCN4002', source: 'param p = ⟦2⟧ in 0..1' },
  { code: 'CCN4003', source: 'cell A { a = 3 mV  event e = exp(⟦a⟧) }' },
  { code: 'CCN4003', source: connect('init 1  delay ⟦3⟧') },
  {
    code: 'CCN4003',
    source: 'param tau = 10 ms\nexperiment e { set tau = ⟦5⟧ }'.replace('⟦5⟧', '5'),
  },
  {
    code: 'CCN4021',
    source:
      'cell A { compartment soma { state v : ⟦2 ms * dv/dt = -v + input⟧ }  event e = v }\npopulation x[1] : A\nexperiment e { step 3 ms  duration 300 ms }',
  },
  {
    code: 'CCN4082',
    source: `cell N { state v : 10 ms * dv/dt = -v + sqrt(1 ms) * xi }
population a[2] : N
experiment e { step 1 ms  solver ⟦rk4⟧  duration 1 s }`,
  },
  {
    code: 'CCN4083',
    source: `cell N { state v : 10 ms * dv/dt = -v + ⟦abs(sqrt(1 ms) * xi)⟧ }\npopulation a[2] : N`,
  },
  { code: 'CCN4080', source: `const s = 3\nconst a = 0.3 ⟦m/s⟧ * s` },
  {
    code: 'CCN6120',
    source: 'const variance = ⟦5 mV^2⟧\nconst g = 2 * variance',
  },
  { code: 'CCN4081', source: 'const a = ⟦20000 um ^ 2⟧' },
  // 5xxx
  { code: 'CCN5001', source: `${head}connect ⟦h.event⟧ -> y.soma as W : Facilitating { init 1 }` },
  {
    code: 'CCN5002',
    source: `${units}connect x.e -> y.soma as W { init 1 }\n⟦connect y.e -> x.soma as V { init 1 }⟧`,
  },
  {
    code: 'CCN5002',
    source: 'cell A { a = b + 1  ⟦b = a⟧ }\npopulation x[1] : A'.replace('⟦b = a⟧', 'b = a'),
  },
  { code: 'CCN5003', source: rule('dw = post.e * ⟦error⟧') },
  { code: 'CCN5003', source: `${head}plasticity R { dw = post.e * ⟦y.lift⟧ }` },
  {
    code: 'CCN5004',
    source: `${head}${forward}\n⟦connect y.burst -> h.apical as Y : Facilitating { tied = W }⟧\nconnect y.gain -> h.above`,
  },
  {
    code: 'CCN5070',
    source: `property local, ⟦no_weight_transport⟧\n${head}${forward}\nconnect y.burst -> h.apical as Y : Facilitating { tied = W }\nconnect y.gain -> h.above`,
  },
  {
    code: 'CCN5070',
    source: `property ⟦dale⟧\n${connect('init normal(1)')}`,
  },
  {
    code: 'CCN5070',
    source: `property dale, ⟦single_phase⟧\n${rule('dw = post.e * pre.e  bounds 0..').replace('sgd(rate = 1)', 'sgd(rate = 1)  protocol { repeat 3 { phase a { freeze W }  phase b } }')}`,
  },
  {
    code: 'CCN5070',
    source: `property ⟦local⟧\n${rule('dw = mean(post.e) * pre.e').replace('plasticity', 'nonlocal plasticity')}`,
  },
  {
    code: 'CCN5071',
    mixing: 0.3,
    options: { until: 'model' },
    source: `import { TsodyksMarkram } from "std/short_term"
cell A { compartment soma  spike s when bernoulli(0.1) > 0 }
synapse Mixed { stp TsodyksMarkram(U = 0.02) }
population a[2] : A
population b[2] : A
⟦connect a.spike -> b.soma as W : Mixed { init 1 }⟧`,
  },
  { code: 'CCN5005', source: `model ⟦m⟧\n${circuit}` },
  {
    code: 'CCN6190',
    source: `nonlocal plasticity Exact { dw = backprop }
cell In { input r = 1  event e = r }
cell Read { compartment s  state v = 0 : 10 ms * dv/dt = s - v  loss l = v ^ 2 }
⟦population x[2] : In⟧
population y[2] : Read
connect x.e -> y.s as W { init 1  learn Exact }
experiment e { step 1 ms  duration 1 s  unroll 900 steps  optimise W with sgd(rate = 0.1) }`,
    options: { tapeLimit: 1000 },
  },
  { code: 'CCN5031', source: direct('angle(W, ⟦B⟧)'), beside: ['CCN5032'] },
  { code: 'CCN5031', source: direct('angle(W, backprop(⟦W⟧ = B))') },
  { code: 'CCN5032', source: direct('angle(W, ⟦B⟧)'), beside: ['CCN5031'] },
  {
    code: 'CCN5030',
    source: `model ⟦m⟧
cell Leaky { compartment soma { state v : 10 ms * dv/dt = input - v }  event e = soma.v }
plasticity Hebb { dw = post.e * pre.e }
population x[2] : Leaky
population y[2] : Leaky
connect x.event -> y.soma as W { init 1  learn Hebb }
experiment e {
  step 1 ms
  optimise W with sgd(rate = 1)
  protocol { repeat 9 { phase predict 5 ms { plasticity off }  phase teach 1 ms } }
}`,
  },
  {
    code: 'CCN5006',
    source: `model ⟦m⟧\nparam on_off = on\nphase a { on_off off }\nphase b { on_off on }\ncell A { compartment soma  event e = soma + a.soma * on_off }\npopulation x[1] : A`,
  },
  {
    code: 'CCN5007',
    source: `synapse S { sign excitatory }\n${units}connect x.e -> y.soma as W : S { init ⟦normal(1)⟧ }`,
  },
  {
    code: 'CCN5007',
    source: `synapse S { sign inhibitory }\n${units}connect x.e -> y.soma as W : S { init ⟦-1⟧ }`,
  },
  {
    code: 'CCN5008',
    source: `synapse P { sign excitatory }\nsynapse N { sign inhibitory }\n${cell}\n⟦population x[2] : A⟧\npopulation y[3] : A\nconnect x.e -> y.soma as V : P { init 1 }\nconnect x.e -> y.soma as W : N { init 1 }`,
  },
  {
    code: 'CCN5009',
    source: `${circuit}\nconnect y.event -> h.apical as Q : Depressing { tied = -Y }\nexperiment e { data xor  present x = input, y.target = target  optimise ⟦Q⟧ with sgd(rate = 1)  optimise V, W, k with sgd(rate = 1) }`,
  },
  {
    code: 'CCN5082',
    source: `cell S { compartment soma  state v = 0 : 10 ms * dv/dt = soma - v  spike s when ⟦v > 1 and soma > 0⟧ pullback(g) = g * v }\npopulation x[2] : S\nconnect x.s -> x.soma as W { init 1 delay 1 step }\nexperiment e { step 1 ms  duration 1 s }`,
  },
  {
    code: 'CCN5080',
    source: exact('⟦post.e⟧ * backprop', 'loss l = e ^ 2'),
  },
  {
    code: 'CCN5081',
    source: exact('backprop', '')
      .replace(
        'connect x',
        'cell L { compartment soma  loss l = soma ^ 2 }\npopulation z[1] : L\n⟦connect x.e -> y.soma as W { init 1  learn R }⟧\nconnect x',
      )
      .replace('⟧\nconnect x.e -> y.soma as W { init 1  learn R }', '⟧'),
  },
  { code: 'CCN5011', source: exact('backprop', '').replace('plasticity R', 'plasticity ⟦R⟧') },
  { code: 'CCN5003', source: exact('⟦backprop⟧', 'loss l = e ^ 2').replace('nonlocal ', '') },
  { code: 'CCN5010', source: rule('a = 1').replace('plasticity R', 'plasticity ⟦R⟧') },
  {
    code: 'CCN5011',
    source: rule('dw = post.e * pre.e').replace(
      'rate = 1)',
      'rate = 1)  measure angle(W, ⟦backprop⟧)',
    ),
  },
  {
    code: 'CCN5012',
    source: `nonlocal plasticity R { dw = post.e * pre.e }\n${units}connect x.e -> y.soma as W { init 1  learn ⟦R⟧ }`,
  },
  {
    code: 'CCN5013',
    source: `phase a { plasticity off }\nphase b { plasticity on }\ncell A { compartment soma  event e = soma + ⟦b.soma⟧ }\npopulation x[1] : A`,
  },
  // 6xxx
  { code: 'CCN6001', source: experiment('', 'data xor  present x = ⟦inpt⟧, y.target = target') },
  { code: 'CCN6002', source: experiment('', 'data xor  present y.target = target') },
  { code: 'CCN6003', source: experiment('optimise ⟦Y⟧ with sgd(rate = 1)') },
  {
    code: 'CCN6004',
    source: `${circuit}\nexperiment ⟦e⟧ { data xor  present x = input, y.target = target  optimise V, k with sgd(rate = 1) }`,
  },
  { code: 'CCN6005', source: experiment('⟦optimise W with sgd(rate = 2)⟧') },
  {
    code: 'CCN6006',
    source: `${circuit}\nexperiment ⟦e⟧ { present x = input, y.target = target  optimise V, W, k with sgd(rate = 1) }`,
  },
  { code: 'CCN6007', source: experiment('batch 2  ⟦batch 3⟧') },
  { code: 'CCN6007', source: experiment('measure loss, ⟦loss⟧') },
  { code: 'CCN6008', source: experiment('batch ⟦0⟧') },
  { code: 'CCN6008', source: connect('init 1  bounds ⟦2..1⟧') },
  { code: 'CCN6010', source: experiment('', 'data xor  present x = input, ⟦y.targt⟧ = target') },
  { code: 'CCN6011', source: experiment('⟦step 1 ms⟧') },
  {
    code: 'CCN3060',
    source: `cell C { compartment soma  event e = soma }
population a[2] : C
population b[2] : C
connect a.e -> b.soma as W { random probability 0.5  init ⟦orthogonal()⟧ }`,
  },
  {
    code: 'CCN3061',
    source: `cell C { compartment soma  event e = soma }
population a[2] : C
population b[3] : C
connect a.e -> b.soma as W { init ⟦spectral(normal(), radius = 0.9)⟧ }`,
  },
  { code: 'CCN6031', source: experiment('stop when ⟦norm(W)⟧ < 1') },
  {
    code: 'CCN6170',
    source: `cell C { compartment soma  state v = 0 : 10 ms * dv/dt = soma - v  event e = v }
plasticity R { dw = post.e * pre.e }
population a[2] : C
connect a.e -> a.soma as W { init 0.1  learn R  delay 1 step }
experiment e {
  step 1 ms  duration 1 s
  optimise W with sgd(rate = 0.1, schedule = ⟦plateau(patience = 3)⟧)
  measure norm(W) every 1 s
}`,
  },
  {
    code: 'CCN6121',
    source: `param gain = 1
param twice = 2
cell Clock { signal e = t * gain * twice / 1 ms }
population c[1] : Clock
experiment e { step 1 ms  measure mean(c.e)  protocol { phase a 2 ms { set gain = 5  set twice = ⟦2 * gain⟧ } } }`,
  },
  {
    code: 'CCN6171',
    source: `${circuit}
experiment e {
  data xor  present x = input, y.target = target
  optimise V, W, k with sgd(rate = 1, schedule = plateau(of = ⟦norm(W)⟧, patience = 3))
}`,
  },
  {
    code: 'CCN6172',
    source: `${circuit}
experiment e {
  data xor  present x = input, y.target = target
  optimise V, W, k with sgd(rate = 1)  replicate 3 seeds
}
sweep s { ⟦seeds 1..3⟧ }`,
  },
  {
    code: 'CCN6030',
    source: `cell N { compartment soma { ⟦state v : 0 ms * dv/dt = -v + input⟧ } }
population a[2] : N
experiment e { step 1 ms  duration 1 s }`,
    beside: ['CCN8002'],
  },
  {
    code: 'CCN6160',
    source: `${circuit}
experiment e {
  data xor  present x = input, y.target = target
  optimise V, W, k with sgd(rate = 1)
  evaluate { measure ⟦cv(x.e)⟧ }
}`,
  },
  { code: 'CCN6183', source: experiment('best by ⟦accuracy⟧') },
  {
    code: 'CCN2180',
    source: 'cell C { signal s = clip(⟦high⟧ = 1, x = 2, low = 0) }',
    beside: ['CCN8001'],
  },
  {
    code: 'CCN2110',
    source: `${units}for i in [0, 1] { ⟦modulator m = sum(x.e) + i⟧ }`,
    beside: ['CCN8004'],
  },
  ...batches(),
  { code: 'CCN5090', source: `${units}modulator m = 2 * ⟦x.e⟧`, beside: ['CCN8001'] },
  // 7xxx
  { code: 'CCN7001', source: connect('init 1  delay ⟦2 ms⟧').replace('⟦2 ms⟧', '2 ms') },
  {
    code: 'CCN7002',
    source: `${experiment('')}\nnonlocal plasticity R { dw = ⟦mean(pre.e * post.e)⟧ }`.replace(
      '0.1  learn BurstDependent',
      '0.1  learn R',
    ),
  },
  // 8xxx
  { code: 'CCN8001', source: `param ⟦tau⟧ = 3\n${units}` },
  { code: 'CCN8002', source: `${cell}\n⟦population x[2] : A⟧` },
  {
    code: 'CCN8003',
    source: `import { Input, ⟦Linear⟧ } from "std/cells"\npopulation x[2] : Input`,
  },
  { code: 'CCN8004', source: `${units}⟦connect x.e -> y.soma as W⟧` },
  {
    code: 'CCN8110',
    source: `param tiny = ⟦1e-50⟧\ncell A { state v : 10 ms * dv/dt = tiny - v }\npopulation a[2] : A\nexperiment e { step 1 ms  duration 5 ms  measure mean(a.v) }`,
  },
  { code: 'CCN8110', source: `param a=1e-30\ncell A {input v ⟦event e=a*a*v⟧}\npopulation x[2]:A` },
]
