/** What an experiment presents, trains and measures: block 6xxx. */
import { circuit, connect, experiment } from './sources.ts'
import type { Specimen } from './specimen.ts'

export const ofExperiments: readonly Specimen[] = [
  {
    code: 'CCN6186',
    source: `cell N { compartment soma  input drive = 2 mV  state v = 0 mV : 20 ms * dv/dt = -v + soma + drive  spike s when v > 1 mV { v = 0 mV } }
cell M { compartment soma  state u = 0 nA : 20 ms * du/dt = -u + soma  signal q = u }
plasticity R { dw = w * post.s * pre.s }
plasticity S { dw = w * pre.s }
population n[4] : N
population m[3] : M
connect n.s -> n.soma as W { init 1 mV  learn R  delay 1 step }
connect n.s -> m.soma as V { init 1 nA  learn S }
experiment e { step 1 ms  duration 50 ms  optimise W, V with sgd(rate = 1, clip = ⟦1⟧)  record m.q }`,
  },
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
  { code: 'CCN6008', source: 'property local, ⟦none⟧' },
  { code: 'CCN6008', source: experiment('batch ⟦0⟧') },
  { code: 'CCN6008', source: connect('init 1  bounds ⟦2..1⟧') },
  { code: 'CCN6010', source: experiment('', 'data xor  present x = input, ⟦y.targt⟧ = target') },
  { code: 'CCN6011', source: experiment('⟦step 1 ms⟧') },
  {
    code: 'CCN6030',
    source: `cell N { compartment soma { ⟦state v : 0 ms * dv/dt = -v + input⟧ } }
population a[2] : N
experiment e { step 1 ms  duration 1 s }`,
    beside: ['CCN8002'],
  },
  { code: 'CCN6031', source: experiment('stop when ⟦norm(W)⟧ < 1') },
  {
    code: 'CCN6120',
    source: 'const variance = ⟦5 mV^2⟧\nconst g = 2 * variance',
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
    code: 'CCN6122',
    source: `cell Leak { input x  state s = 0 : 10 ms * ds/dt = x - s }
⟦population a[1] : Leak⟧
experiment e { step 1 ms  duration 5 ms  measure mean(a.s) }`,
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
    code: 'CCN6110',
    source: `${circuit}
experiment e {
  data xor  present x = input, y.target = target
  optimise V, W, k with sgd(rate = 1)
}
sweep s { vary epochs in [1, 2]  ⟦epochs 5⟧ }`,
  },
  {
    code: 'CCN6110',
    source: `${circuit}
experiment e {
  data xor  present x = input, y.target = target
  optimise V, W, k with sgd(rate = 1)
}
sweep s { ⟦seeds 1..3⟧  sample 2 { seed = choice(7, 8) } }`,
  },
  { code: 'CCN6183', source: experiment('best by ⟦accuracy⟧') },
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
]
