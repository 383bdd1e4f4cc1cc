/** What is left to be built, and what is worth a remark: blocks 7xxx and 8xxx. */
import { cell, connect, experiment, units } from './sources.ts'
import type { Specimen } from './specimen.ts'

export const ofRemarks: readonly Specimen[] = [
  { code: 'CCN7001', source: connect('init 1  delay ⟦2 ms⟧').replace('⟦2 ms⟧', '2 ms') },
  {
    code: 'CCN7002',
    source: `${experiment('')}\nnonlocal plasticity R { dw = ⟦mean(pre.e * post.e)⟧ }`.replace(
      '0.1  learn BurstDependent',
      '0.1  learn R',
    ),
  },
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
