/** Connections, rules and phases: block 5xxx. */
import { cell, circuit, connect, direct, exact, forward, head, rule, units } from './sources.ts'
import type { Specimen } from './specimen.ts'

export const ofCircuits: readonly Specimen[] = [
  { code: 'CCN5001', source: `${head}connect ⟦h.event⟧ -> y.soma as W : Facilitating { init 1 }` },
  {
    code: 'CCN5002',
    source: `${units}connect x.e -> y.soma as W { init 1 }\n⟦connect y.e -> x.soma as V { init 1 }⟧`,
  },
  {
    code: 'CCN5002',
    source: 'cell A { a = b + 1  ⟦b = a⟧ }\npopulation x[1] : A'.replace('⟦b = a⟧', 'b = a'),
  },
  {
    code: 'CCN5170',
    source: `cell A {\n  state v = 0 : 10 ms * dv/dt = 2 - v\n  state a = 0 : 1 s * da/dt = -a\n  jump = v / 2\n  spike s when v > 1 { v = 0  a += ⟦jump⟧ }\n}\npopulation x[1] : A\nexperiment e { step 1 ms  duration 1 s  record x.s }`,
  },
  { code: 'CCN5003', source: rule('dw = post.e * ⟦error⟧') },
  { code: 'CCN5003', source: `${head}plasticity R { dw = post.e * ⟦y.lift⟧ }` },
  { code: 'CCN5003', source: exact('⟦backprop⟧', 'loss l = e ^ 2').replace('nonlocal ', '') },
  {
    code: 'CCN5004',
    source: `${head}${forward}\n⟦connect y.burst -> h.apical as Y : Facilitating { tied = W }⟧\nconnect y.gain -> h.above`,
  },
  { code: 'CCN5005', source: `model ⟦m⟧\n${circuit}` },
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
  { code: 'CCN5010', source: rule('a = 1').replace('plasticity R', 'plasticity ⟦R⟧') },
  { code: 'CCN5011', source: exact('backprop', '').replace('plasticity R', 'plasticity ⟦R⟧') },
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
  { code: 'CCN5031', source: direct('angle(W, ⟦B⟧)'), beside: ['CCN5032'] },
  { code: 'CCN5031', source: direct('angle(W, backprop(⟦W⟧ = B))') },
  { code: 'CCN5032', source: direct('angle(W, ⟦B⟧)'), beside: ['CCN5031'] },
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
  {
    code: 'CCN5082',
    source: `cell S { compartment soma  state v = 0 : 10 ms * dv/dt = soma - v  spike s when ⟦v > 1 and soma > 0⟧ pullback(g) = g * v }\npopulation x[2] : S\nconnect x.s -> x.soma as W { init 1 delay 1 step }\nexperiment e { step 1 ms  duration 1 s }`,
  },
  { code: 'CCN5090', source: `${units}modulator m = 2 * ⟦x.e⟧`, beside: ['CCN8001'] },
]
