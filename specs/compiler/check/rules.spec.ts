/**
 * Each check by itself: sources of which it says its code, and sources close to them of which it
 * says nothing, and no other check says an error (except that something cannot be run yet).
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../../helpers/compile-text.ts'

const units = `cell A(g = 1) { compartment soma  event e = g * soma }
population x[2] : A
population y[3] : A
`
const circuit = (properties: string, more = '') =>
  `${more}\n${units}connect x.e -> y.soma as W { ${properties} }`
const wired = `import { Input } from "std/cells"\npopulation z[2] : Input\n${units}`
const cell = (members: string) => `cell A { compartment soma  event e = soma  ${members} }`
/** Functions in whose bodies the unit of what they are handed matters. */
const over = '\nfunction over(z) = clip(z, 0, 3 s)\nfunction twice(z) { y = 1 mA + z  return y }\n'
/** From h to y weights that learn, and from y back to h by way of r. */
const relayed = (first: string, second: string) => `
cell A { compartment soma, apical  event e = soma  u = apical }
plasticity Hebb { dw = post.e * pre.e }
population h[3] : A
population y[2] : A
population r[3] : A
connect h.e -> y.soma as V { init 1  learn Hebb }
let let_V = transpose(V)
connect ${first}
connect ${second}`
/** Cells with potentials in mV, onto which spikes arrive: `v` jumps by what does. */
const spiking = (properties: string, more = '') => `${more}
cell G { input drive = 0  spike s when since(s) >= 50 ms }
cell N {
  compartment soma
  input extra = 0 pA
  bias k
  state v = -70 mV : 20 ms * dv/dt = -(v + 70 mV) + k + extra * 1 Mohm
  spike p when v > -50 mV { v = -70 mV }
  on soma { v += soma }
}
population a[1] : G
population b[1] : N
connect a.s -> b.soma as W { ${properties} }`
/** The same, where a current arrives. */
const current = (properties: string, more = '') => `${more}
cell G { spike s when since(s) >= 50 ms }
cell N {
  compartment soma { state v = -70 mV : 200 pF * dv/dt = -10 nS * (v + 70 mV) + input }
  spike p when soma.v > -50 mV { v = -70 mV }
}
population a[1] : G
population b[1] : N
connect a.s -> b.soma as W { ${properties} }`
const rule = (members: string, kind = 'plasticity') =>
  circuit('init 1  learn R', `param scale = 2\n${kind} R { ${members} }`)
const bursts = `import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
population x[2] : Input
population h[4] : Pyramidal(0.5)
population y[1] : Teacher(0.5)
connect x.event -> h.soma as V : Depressing { init 0.1  learn BurstDependent }
connect h.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }
connect y.gain -> h.above
`
const feedback = 'connect y.burst -> h.apical as Y : Facilitating { init 0.1 }\n'
const run = (statements: string) => `${bursts}${feedback}experiment e { data xor  ${statements} }`
const presented = 'present x = input, y.target = target'

/** What is checked, the code, sources that have it, sources that do not. */
type Row = readonly [name: string, code: string, wrong: readonly string[], right: readonly string[]]

const rows: readonly Row[] = [
  [
    'sums and comparisons of one dimension',
    'CCN4001',
    [
      'const a = 10 ms + 2 mV',
      'const a = 10 ms < 2',
      cell('a = 10 mV  b = a + soma / 1 ms - 1'),
      cell('a = if soma > 0 then 1 mV else 2 mA'),
      cell('a = max(1 mV, 2 s)'),
      cell('a = clip(1 mV, 0, 2 s)'),
      cell('a = clip(0, 2 s, 1 mV)'),
      cell('state v = 0 V : 10 ms * dv/dt = -v  a = over(v)') + over,
      cell('state v = 0 V : 10 ms * dv/dt = -v  a = twice(v)') + over,
      `${units}connect x.e -> y.soma as W { init clip(normal(1), 0, 3 s) }`,
      `${units}connect x.e -> y.soma as W { init floor(1 mV) + 2 }`,
      `${units}connect x.e -> y.soma as W { init 1  delay clip(normal(5 ms), 0 s, 3 mV) }`,
      'const a = clip(1 mV, 0, 2 s)',
      cell('state v = 0 V : 10 ms * dv/dt = 1 mA - v'),
      cell('state v = 0 V : 10 ms * dv/dt = -v  on e { v += 3 s }'),
    ],
    [
      'const a = 10 ms + 2 s\nconst b = a > 0\nconst c = 3 mV / 2 mA < 4 kohm',
      'param a = 10 ms in 0 .. 1 s',
      cell('a = 10 mV  b = a + 2 V * soma  c = max(a, 0)'),
      cell('state v = 0 V : 10 ms * dv/dt = 1 mA * 3 kohm - v'),
      cell('a = sqrt(4 mV * 1 V) + 1 mV'),
      cell('a = clip(1 mV, 0, 2 V)  b = over(1 s) + 2 s') + over,
    ],
  ],
  [
    'plain numbers where there is no unit',
    'CCN4003',
    [
      cell('a = 2 ^ (1 mV)'),
      cell('a = 1 mV ^ (1 mV)'),
      cell('state v = 0 V : 10 ms * dv/dt = -v  a = running(v, 4 mV, 0)'),
      'const a = 2 ^ 5 mV',
      `${units}connect x.e -> y.soma as W { init 2 ^ (normal(1 mV)) }`,
      `${units}connect x.e -> y.soma as W { init exp(normal(1 mV)) }`,
    ],
    [cell('a = (1 mV) ^ 2 / 1 mV + 1 mV  b = exp(1 mV / 1 V)')],
  ],
  [
    'units of what arrives, and so of weights',
    'CCN4001',
    [
      spiking('init 5'),
      spiking('init 5 nS'),
      spiking('init 5 ms'),
      spiking('init normal(std = 2)'),
      spiking('init uniform(1 mV, 2)'),
      spiking('init uniform(1 mV)'),
      spiking('init xavier_normal(gain = 3)'),
      spiking('init 5 mV  bounds 0 .. 20'),
      spiking('init 5 mV  bounds 0 s .. 20 mV'),
      spiking('init 5 mV', 'connect a.s -> b.soma as V { tied = W * 1 ms }'),
      spiking('init 5 mV', 'connect a.s -> b.soma as V { init 2 pA }'),
      spiking('init 5 mV  learn R', 'plasticity R { on post.p { w += 1 } }'),
      spiking('init 5 mV  learn R', 'plasticity R { on post.p { w = w + 2 nS } }'),
      spiking('init 5 mV  learn R', 'plasticity R { m = w * w + 1 mV  dw = m }'),
      spiking('init 5 mV', 'init b.k = 3'),
      spiking('init 5 mV', 'connect a.s -> b.extra'),
      current('init 5 mV'),
      current('init 5'),
      current('init 5 nA  learn R', 'plasticity R { on post.p { w += 1 mV } }'),
      // Two weights that meet in a dendrite of no unit of its own.
      'cell A { compartment soma  event e = soma }\npopulation a[2] : A\npopulation b[2] : A\nconnect a.e -> b.soma as W { init 1 mV }\nconnect b.e -> a.soma as V { init 1 ms }\nconnect a.e -> b.soma as U { init 1 s }',
      `${units}connect x.e -> y.soma as W { init 1 }\nconnect x.e -> y.soma as V { init 1 mV }`,
    ],
    [
      spiking('init 5 mV  bounds 0 .. 20 mV'),
      spiking('init 0'),
      spiking('init uniform(0, 2 mV)'),
      spiking('init normal(mean = 5 mV, std = 1 mV)'),
      spiking('init xavier_normal(gain = 3 mV)'),
      spiking('init 5 mV', 'connect a.s -> b.soma as V { tied = -0.5 * W }'),
      spiking('init 5 mV  learn R', 'plasticity R { on post.p { w += 1 mV * pre.s } }'),
      spiking('init 5 mV', 'init b.k = 3 mV'),
      current('init 5 nA'),
      current('init 5 nS * 1 V'),
      `${units}connect x.e -> y.soma as W { init 1 }\nconnect x.e -> y.soma as V { init 0.5 }`,
    ],
  ],
  [
    'arguments without a unit',
    'CCN4003',
    [
      'param a = 10 ms in 0 .. 1 mV',
      cell('a = exp(1 mV)'),
      cell('a = sigmoid(2 ms)'),
      circuit('init 1  delay 3'),
      circuit('init 1  delay 3 mV'),
    ],
    [cell('a = exp(1 mV / 2 mV)'), circuit('init 1  delay 3 ms'), circuit('init 1  delay 1 step')],
  ],
  [
    'ranges',
    'CCN4002',
    [
      'param p = 2 in 0..1',
      'param p = 0 in 0 < .. < 1',
      'param p = 1 in 0 < .. < 1',
      'param p = 0.5 in 1..',
      'param p = 2 ms in 0 ms .. 1 ms',
      'param p = [0.5, 2] in 0..1\ncell A(p) { x = p }\npopulation x[2][1] : A(p)',
      'param p = 0.5 in 0..1\nexperiment e { set p = 2 }',
    ],
    [
      'param p = 1 in 0..1\nparam q = 0 in 0 .. < 1\nparam r = 5 in 1..\nparam s = -3 in .. 0',
      'param p = 500 us in 0 ms .. 1 ms',
      'param p = [0.5, 1] in 0..1\ncell A(p) { x = p }\npopulation x[2][1] : A(p)',
    ],
  ],
  [
    'signs of weights',
    'CCN5007',
    [
      circuit('init -1  sign excitatory'),
      circuit('init normal(1)  sign inhibitory'),
      circuit('init 1  sign excitatory  bounds -1..1'),
      circuit('init uniform(-1, 1)  sign excitatory'),
      circuit('init xavier_uniform()', 'synapse S { sign excitatory }').replace('W {', 'W : S {'),
    ],
    [
      circuit('init -1  sign unsigned'),
      circuit('init normal(1)'),
      circuit('init abs(normal(1))  sign inhibitory'),
      circuit('init max(normal(1), 0)  sign excitatory  bounds 0..1'),
      circuit('init uniform(0, 1)  sign excitatory'),
    ],
  ],
  [
    "Dale's law",
    'CCN5008',
    [
      `${circuit('init 1  sign excitatory')}\nconnect x.e -> y.soma as V { init 1  sign inhibitory }`,
    ],
    [
      `${circuit('init 1  sign excitatory')}\nconnect x.e -> y.soma as V { init 1  sign excitatory }`,
      `${circuit('init 1  sign excitatory')}\nconnect x.e -> y.soma as V { init 1 }`,
    ],
  ],
  [
    'cycles within one step',
    'CCN5002',
    [
      `${circuit('init 1')}\nconnect y.e -> x.soma as V { init 1 }`,
      `${units}connect x.e -> x.soma as W { init 1 }`,
      `${cell('a = b  b = c  c = a')}\npopulation x[1] : A`,
      `${circuit('tied = V')}\nconnect x.e -> y.soma as V { tied = W }`,
    ],
    [
      `${circuit('init 1')}\nconnect y.e -> x.soma as V { init 1  delay 1 step }`,
      `${units}connect x.e -> x.soma as W { init 1  delay 2 ms }`,
      `${cell('a = prev(b)  b = a')}\npopulation x[1] : A`,
      `${circuit('tied = V')}\nconnect x.e -> y.soma as V { init 1 }`,
    ],
  ],
  [
    'locality',
    'CCN5003',
    [rule('dw = pre.e * x.e'), rule('dw = W * pre.e'), rule('dw = pre.e * y.e')],
    [
      rule('dw = post.e * pre.e - w / inputs'),
      rule('f = post.soma  dw = sent * f * post.g / batch_size'),
      rule('dw = post.e * pre.e * scale').replace('R {', 'R(scale = 3) {'),
    ],
  ],
  [
    'nonlocal rules that say so',
    'CCN5012',
    [rule('dw = pre.e * post.e', 'nonlocal plasticity')],
    [rule('dw = pre.e * post.e')],
  ],
  [
    'weight transport',
    'CCN5004',
    [
      `${bursts}connect y.burst -> h.apical as Y : Facilitating { tied = W }`,
      `${bursts}connect y.burst -> h.apical as Y : Facilitating { tied = 2 * W }`,
    ],
    [
      bursts + feedback,
      `${bursts}connect y.burst -> h.apical as Y : Facilitating { init W }`,
      `${bursts}${feedback}connect y.event -> h.apical as Q : Depressing { tied = -0.5 * Y }`,
    ],
  ],
  [
    'weight transport through a relay',
    'CCN5004',
    [
      relayed(
        'y.e -> r.soma as C { tied = 2 * transpose(V) }',
        'r.e -> h.apical as D { init 1  one_to_one }',
      ),
      relayed(
        'r.e -> h.apical as C { tied = transpose(V) }',
        'y.e -> r.soma as D { init 1  one_to_one }',
      ).replace('population r[3]', 'population r[2]'),
      relayed('y.e -> r.soma as C { tied = let_V }', 'r.e -> h.apical as D { init 1  one_to_one }'),
    ],
    [
      relayed('y.e -> r.soma as C { init 1 }', 'r.e -> h.apical as D { init 1  one_to_one }'),
      relayed('y.e -> r.soma as C { tied = 2 * transpose(V) }', 'r.e -> h.apical as D { init 1 }'),
      relayed(
        'y.e -> r.soma as C { init transpose(V) }',
        'r.e -> h.apical as D { init 1  one_to_one }',
      ),
    ],
  ],
  [
    'statistics over a population in a rule',
    'CCN5003',
    [
      rule('dw = mean(post.e) * pre.e'),
      rule('dw = post.e * sum(pre.e)'),
      rule('m = std(post.e)  dw = m * pre.e'),
      rule('on max_of(post.e) > 1 { w += 1 }'),
      rule('state m : 1 s * dm/dt = min_of(post.e)  dw = m * pre.e'),
    ],
    [
      rule('dw = mean(post.e) * pre.e', 'nonlocal plasticity'),
      rule('dw = max(post.e, 0) * pre.e'),
      circuit(
        'init 1  learn R',
        'cell M extends A { m = mean(e) }\nplasticity R { dw = post.m * pre.e }',
      ).replace('population y[3] : A', 'population y[3] : M'),
    ],
  ],
  [
    'a single phase',
    'CCN5005',
    [bursts + feedback, rule('dw = post.e * pre.e')],
    [
      circuit('init 1'),
      // The weights are run again, in a copy of the circuit.
      `${rule('dw = post.e * pre.e')}\npopulation x2[2] : A\npopulation y2[3] : A\nconnect x2.e -> y2.soma as W2 { tied = W }`,
      `phase a { plasticity off }\nphase b { plasticity on }\n${cell('c = a.soma')}
population x[1] : A`,
    ],
  ],
  [
    'phases in which something learns',
    'CCN5006',
    [
      `${rule('dw = pre.e * post.e')}\nphase a { set scale = 3 }\nphase b { set scale = 4 }`.replace(
        'pre.e *',
        'scale * pre.e *',
      ),
    ],
    [
      // Neither is read, and one of them learns.
      `${rule('dw = scale * pre.e * post.e')}\nphase a { plasticity off }\nphase b { set scale = 3 }`,
      // Both compute the same.
      `${rule('dw = scale * pre.e * a.post.e')}\nphase a { plasticity off }\nphase b { set scale = 2 }`,
      // What is read is in a definition that nothing uses.
      `${rule('dw = scale * pre.e')}\nphase a { plasticity off }\nphase b { set scale = 3 }
cell B { compartment soma  event e = soma - a.soma }`,
    ],
  ],
  [
    'phases without use',
    'CCN8001',
    [
      `${rule('dw = scale * pre.e')}\nphase a { set scale = 3 }\nphase b { set scale = 4  plasticity off }`,
    ],
    [
      `${rule('dw = scale * pre.e')}\nphase a { set scale = 3  plasticity off }\nphase b { set scale = 4 }`,
    ],
  ],
  [
    'the order of phases',
    'CCN5013',
    [
      `param s = on\nphase a { s on }\nphase b { s off }\n${cell('c = if s then b.soma else 0')}\npopulation x[1] : A`,
    ],
    [
      // The phase in which it could not be known does not compute it.
      `param s = on\nphase a { s on }\nphase b { s off }\n${cell('c = if not s then b.soma else 0')}\npopulation x[1] : A`,
    ],
  ],
  [
    'what phases set',
    'CCN4002',
    [`param q = 1 in 0 .. 2\nphase a { set q = 3 }\n${cell('c = q')}\npopulation x[1] : A`],
    [`param q = 1 in 0 .. 2\nphase a { set q = 2 }\n${cell('c = q')}\npopulation x[1] : A`],
  ],
  [
    'kinds of what phases set',
    'CCN2003',
    [
      `param q = 1\nphase a { set q = on }\n${cell('c = q')}\npopulation x[1] : A`,
      `param q = 1\nphase a { set q = [1, 2] }\n${cell('c = q')}\npopulation x[1] : A`,
    ],
    [
      `param q = [1, 2]\nphase a { set q = 1 }\ncell A(q = 1) { compartment soma  event e = q }\npopulation x[2][1] : A(q)`,
    ],
  ],
  [
    'lengths of what phases set',
    'CCN2017',
    [
      `param q = [1, 2]\nphase a { set q = [1] }\ncell A(q = 1) { compartment soma  event e = q }\npopulation x[2][1] : A(q)`,
    ],
    [
      `param q = [1, 2]\nphase a { set q = [2, 1] }\ncell A(q = 1) { compartment soma  event e = q }\npopulation x[2][1] : A(q)`,
    ],
  ],
  [
    'units of what phases set',
    'CCN4003',
    [`param q = 1 ms\nphase a { set q = 3 mV }\n${cell('c = q')}\npopulation x[1] : A`],
    [`param q = 1 ms\nphase a { set q = 3 s }\n${cell('c = q')}\npopulation x[1] : A`],
  ],
  [
    'phases that set the structure',
    'CCN6008',
    [`param q = 1\nphase a { set q = 3 }\n${cell('')}\npopulation x[q] : A`],
    [`param q = 1\nphase a { set q = 3 }\n${cell('c = q')}\npopulation x[1] : A`],
  ],
  [
    'protocols that set what phases set',
    'CCN6011',
    [
      `param teacher = on\nphase a { teacher off }\n${run(`${presented}  protocol { phase p { teacher off } }`)}`,
    ],
    [
      `param teacher = on\nphase a { teacher off }\nphase b { }\n${run(`${presented}  protocol { phase p { teacher off } }`)}`,
    ],
  ],
  [
    'several phases',
    'CCN5006',
    [
      `param s = 1\nphase a { set s = 2 }\nphase b { }\n${cell('c = s * a.soma')}\npopulation x[1] : A`,
    ],
    [
      bursts + feedback,
      `phase a { plasticity off }\nphase b { plasticity on }\n${cell('c = a.soma')}\npopulation x[1] : A`,
    ],
  ],
  [
    'shapes',
    'CCN3002',
    [
      `population z[5] : A\n${circuit('init 1')}\nconnect x.e -> z.soma as V { tied = W }`,
      circuit('tied = W_').replace('W_', 'M') + '\nmatrix M[x, x] = 1',
    ],
    [
      `population z[3] : A\n${circuit('init 1')}\nconnect x.e -> z.soma as V { tied = W }`,
      `${circuit('tied = M')}\nmatrix M[y, x] = 1`,
      `${circuit('init 1')}\nconnect y.e -> x.soma as V { tied = W  delay 1 step }`,
    ],
  ],
  [
    'sizes one to one',
    'CCN3001',
    [circuit('init 1  one_to_one'), `${wired}connect z -> y.soma`],
    [
      `${wired}connect z -> x.soma`,
      circuit('init 1  one_to_one').replace('y[3]', 'y[2]'),
      circuit('init 1  all_to_all'),
    ],
  ],
  [
    'learning that does not happen',
    'CCN6004',
    [run(`${presented}  optimise V, k with sgd(rate = 1)`), run(presented)],
    [run(`${presented}  optimise V, W, k with sgd(rate = 1)`)],
  ],
  [
    'optimising what has no rule',
    'CCN6003',
    [run(`${presented}  optimise V, W, Y, k with sgd(rate = 1)`)],
    [run(`${presented}  optimise V, W, k with sgd(rate = 1)`)],
  ],
  [
    'tied weights that learn',
    'CCN5009',
    [
      run(`${presented}  optimise V, W, Y, k with sgd(rate = 1)`).replace(
        '{ init 0.1 }',
        '{ tied = W }',
      ),
    ],
    [
      run(`${presented}  optimise V, W, k with sgd(rate = 1)`).replace(
        '{ init 0.1 }',
        '{ tied = W }',
      ),
    ],
  ],
  [
    'rules without a change',
    'CCN5010',
    [rule('a = post.e'), rule('')],
    [rule('dw = post.e'), rule('on post.e { w += 1 }')],
  ],
  [
    'inputs that nothing fills',
    'CCN6002',
    [run('present x = input'), run('present y.target = target')],
    [run(`${presented}  optimise V, W, k with sgd(rate = 1)`)],
  ],
  [
    'compartments that nothing reaches',
    'CCN8002',
    [bursts, circuit('init 1')],
    [bursts + feedback, 'import { Input } from "std/cells"\npopulation x[2] : Input'],
  ],
  [
    'weights that nothing sets',
    'CCN8004',
    [circuit('')],
    [
      circuit('init 0'),
      circuit('tied = V') + '\nmatrix V[y, x] = 1',
      `${units}connect x.e -> x.soma`.replace('x.soma', 'y.soma').replace('y[3]', 'y[2]'),
    ],
  ],
  [
    'unused declarations',
    'CCN8001',
    [
      `param a = 1\n${units}`,
      `const a = 1\n${units}`,
      `function f(z) = z\n${units}`,
      `cell B { }\n${units}`,
      `plasticity R { dw = 1 }\n${units}`,
      // Inside of a cell its own parameter hides the file's.
      `param g = 1\n${units}`,
    ],
    [
      'param a = 1\nconst b = 2\nfunction f(z) = z\ncell B { }',
      `param a = 1\n${units}variant v { x: cell A(a) }`,
      `param a = 2\n${units}experiment e { measure mean(x.e * a) }`,
      `const a = 1\nfunction f(z) = a * z\ncell B { event e = f(a) }\npopulation b[1] : B`,
    ],
  ],
  [
    'unused imports',
    'CCN8003',
    [`import { Input } from "std/cells"\n${units}`],
    [
      'import { Input } from "std/cells"\npopulation x[1] : Input',
      'import { Input } from "std/cells"',
    ],
  ],
]

const notYet = 'CCN7001'

describe.each(rows)('%s (%s)', (_, code, wrong, right) => {
  it.each(wrong)('is found in %s', (source) => {
    const { diagnostics } = compileText(source, { optimise: false })
    expect(diagnostics.map((each) => each.code)).toContain(code)
  })

  it.each(right)('is not found in %s', (source) => {
    const { diagnostics } = compileText(source, { optimise: false })
    const found = diagnostics.filter(
      (each) => each.code === code || (each.severity === 'error' && each.code !== notYet),
    )
    expect(found.map((each) => `${each.code} ${each.message}`)).toEqual([])
  })
})
