/** Shapes, values and units: blocks 3xxx and 4xxx. */
import { cell, connect, experiment, forward, head, placed, units } from './sources.ts'
import type { Specimen } from './specimen.ts'

export const ofValues: readonly Specimen[] = [
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
    code: 'CCN3057',
    source: `${placed}connect a.e -> b.soma as W { mask "m.npy"  init 1  delay ⟦uniform(1 ms, 2 ms)⟧ }`,
  },
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
  {
    code: 'CCN3090',
    source: `${placed}connect a.e -> b.soma as W { random probability ⟦exp(pre.index + 1)⟧  init 1 }`,
  },
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
    code: 'CCN4070',
    source: `${placed}connect a.e -> b.soma as W { random in_degree 2  init 1  delay ⟦normal(2 ms, 1 ms)⟧ }`,
  },
  { code: 'CCN4080', source: `const s = 3\nconst a = 0.3 ⟦m/s⟧ * s` },
  { code: 'CCN4081', source: 'const a = ⟦20000 um ^ 2⟧' },
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
]
