/** Specimens of states that each example keeps for itself, and of what is not kept. */
import type { Specimen } from './specimen.ts'

/** Where they stand, and how they begin. */
export const ofExamples: readonly Specimen[] = [
  ...[
    ['CCN5186', 'u per example = ⟦uniform()⟧', 'data d  present c.x = v for 2 ms', 'x'],
    ['CCN6181', '⟦u⟧ per example = 0', '', 'x = 0'],
  ].map(([code = '', state = '', presented = '', input = '']) => ({
    code,
    source: `
cell C { input ${input}  state ${state} : 4 ms * du/dt = -u + x }
${presented === '' ? '' : 'dataset d { field v[2]  train npz("a.npz")  test npz("b.npz") }'}
population c[2] : C
experiment e { step 1 ms  duration 6 ms  ${presented}  measure mean(c.u) every 1 ms }`,
  })),
]

/** What they are made of. */
export const leftByExamples: readonly Specimen[] = [
  ...[
    ['CCN5187', 'state ⟦v⟧ = 0 : 4 ms * dv/dt = -v + x  from = v', ''],
    ['CCN5187', 'from = min(⟦since(x)⟧ / 1 ms, 1)', ''],
    ['CCN5187', 'from = ⟦count(x, 2 ms)⟧', ''],
    ['CCN5187', 'y = x  from = ⟦prev(y)⟧', ''],
    ['CCN5187', 'spike s when x > 0.5 ⟦refractory 2 ms⟧ {}  from = s', ''],
    ['CCN5187', 'input from  event e = x', '⟦delay 2 ms⟧'],
    ['CCN5187', 'input from  event e = x', 'stp ⟦D⟧'],
    ['CCN5188', 'input from  event e = x', '⟦delay 1 ms⟧'],
  ].map(([code = '', made = '', through = '']) => ({
    code,
    source: `${through.includes('stp') ? '\nstp D { state r = 1 : 4 ms * dr/dt = 1 - r  passes event as r }' : ''}
cell C { input x  ${made}  state u per example = 0 : 4 ms * du/dt = -u + from }
dataset d { field v[2]  train npz("a.npz")  test npz("b.npz") }
population c[2] : C
${through === '' ? '' : `connect c.e -> c.from { ${through} }`}
experiment e { step 1 ms  duration 6 ms  data d  present c.x = v for 2 ms  measure mean(c.u) every 1 ms }`,
  })),
]

/** A trace that no change is made of; a measure compared with a number without its unit. */
export const ofFigures: readonly Specimen[] = [
  {
    code: 'CCN6185',
    source: `
cell C { state v = 0 mV : 10 ms * dv/dt = 10 mV - v }
population c[2] : C
experiment e { step 1 ms  duration 60 ms  measure m = mean(c.v) every 1 ms  stop when m > ⟦5⟧ }`,
  },
  {
    code: 'CCN6184',
    source: `
cell C { compartment soma  state v = 0 : 4 ms * dv/dt = 1 + soma - v  event e = v }
plasticity P { state a = 0 : 4 ms * da/dt = post.e - a  state b = 0 : 4 ms * db/dt = post.e - b  dw = a * pre.e }
population c[2] : C
connect c.e -> c.soma as W { init 1  learn P  delay 1 step }
experiment e { step 1 ms  duration 6 ms  optimise W with sgd(0.1)  record W.a, ⟦W.b⟧ }`,
  },
]

/** A phase that needs itself. */
export const ofPhases: Specimen = {
  code: 'CCN5189',
  source: `
import { Input } from "std/cells"
param back = false
phase clean { back off  plasticity off }
phase again { back on }
cell H { compartment soma, apical  event e = soma + apical ^ 2 }
synapse Late { transmit clean.pre.e }
population x[1] : Input
⟦population h[1] : H⟧
population y[1] : H
connect x -> h.soma as W { init 2  fixed }
connect h.e -> y.soma as V { init 3  fixed }
connect y.e -> h.apical as B : Late { init 0.5  fixed }`,
}
