/** Statistics over the examples of a batch, and which examples they are of. */
import type { Specimen } from './specimen.ts'

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

export const ofBatches: readonly Specimen[] = [
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
