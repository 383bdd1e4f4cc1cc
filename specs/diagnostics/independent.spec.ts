/**
 * One mistake is one diagnostic, and one run tells all of them: files with several independent
 * mistakes, each marked, give exactly their codes at exactly their places.
 */
import { describe, expect, it } from 'vitest'
import { compileText } from '../helpers/compile-text.ts'
import { marked } from '../helpers/source.ts'

const head = `import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
`

const files: [name: string, source: string, codes: string[]][] = [
  [
    'a name in a shape, a signal, a rule, an optimiser, a measure',
    `${head}
param hidden = 8
population x[2] : Input
population h[⟦hiden⟧] : Pyramidal(0.5)
population y[1] : Teacher(0.5)
connect x.⟦evnt⟧ -> h.soma as V : Depressing { init 0.1  learn BurstDependent }
connect h.event -> y.soma as W : Depressing { init 0.1  learn ⟦BurstDependant⟧ }
connect y.burst -> h.apical as Y : Facilitating { init xavier_normal() }
experiment e {
  data xor
  present x = input, y.target = target
  optimise V, W with ⟦sdg⟧(rate = 1)
  optimise k with sgd(rate = 1, ⟦momntum = 2⟧)
  measure loss, angle(W, ⟦Z⟧)
}`,
    ['CCN2001', 'CCN2004', 'CCN2001', 'CCN2001', 'CCN2005', 'CCN2001'],
  ],
  [
    'what a name in a shape takes with it is not missed',
    `${head}
population x[2] : Input
population h[⟦layers⟧][8] : Pyramidal(0.5)
population y[1] : Teacher(0.5)
for (lower, upper) in [x, ...h, y] {
  connect lower.event -> upper.soma as W : Depressing { init 0.1  learn BurstDependent }
}
connect y.burst -> h[3].apical as Y : Facilitating { tied = W }
experiment e {
  data xor
  present x = input, y.target = target
  optimise W, k with sgd(rate = 1)
  measure loss, angle(W, Y), std(h.apical)
}`,
    ['CCN2001'],
  ],
  [
    'an unknown cell type, a loop over nothing, an unknown motif',
    `${head}
population x[2] : Input
population h[8] : ⟦Piramidal⟧(0.5)
population y[1] : Teacher(0.5)
for p in ⟦layers⟧ { connect p.event -> y.soma as U : Depressing { init 1 } }
connect x.event -> h.soma as V : Depressing { init 0.1  learn BurstDependent }
connect h.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }
use ⟦Loop⟧(x, y) as l
let both = U + l.Q
experiment e {
  data xor
  present x = input, y.target = ⟦targt⟧
  optimise V, W, U, l.Q, k with sgd(⟦⟧)
  measure norm(both), norm(U)
}`.replace('sgd(⟦⟧)', '⟦sgd()⟧'),
    ['CCN2001', 'CCN2001', 'CCN2001', 'CCN6001', 'CCN2006'],
  ],
  [
    'names in the initial value and the tie of a connection whose ends are not known',
    `${head}
population x[2] : Input
population y[1] : Teacher(0.5)
connect x.⟦evnt⟧ -> y.soma as V : Depressing { init ⟦xavier_norml⟧() }
connect x.event -> ⟦z⟧.soma as W : Depressing { tied = V + ⟦Vv⟧ }`,
    ['CCN2004', 'CCN2001', 'CCN2001', 'CCN2001'],
  ],
  [
    'units, a tie, a bound, a size, a setting',
    `${head}
const tau = ⟦10 ms + 2 mV⟧
cell A { compartment soma  ⟦e⟧ = soma }
population x[2] : Input
population h[8] : Pyramidal(⟦tua⟧)
population y[1] : Teacher(0.5)
connect x.event -> h.soma as V : Depressing { init 0.1  bounds ⟦2..1⟧ }
connect h.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }
connect y.burst -> h.apical as Y : Facilitating { tied = V @ ⟦Z⟧ }
experiment e {
  data xor { ⟦smothing⟧ 0.1 }
  present x = input, y.target = target
  batch ⟦0⟧
  optimise W, k with sgd(rate = 1)
}`.replace('⟦e⟧', 'event e'),
    ['CCN4001', 'CCN2001', 'CCN6008', 'CCN2001', 'CCN2005', 'CCN6008'],
  ],
  [
    'what is written so elsewhere, one after the other',
    `model b
cell C { state v = ⟦.3⟧ : 10 ms * dv/dt = -v ⟦**⟧ 2 }
population a[2] : C
experiment e {
  step 1 ms  duration 10 ms
  measure mean(a.v)
  batch⟦:⟧ 32
}`,
    ['CCN1011', 'CCN1010', 'CCN1002'],
  ],
  [
    'syntax errors, and others beside them',
    `${head}
cell A {
  ⟦compartmnt⟧ soma
  event e = soma
}
population x[2] ⟦Input⟧
population z[2] : A
population y[1] : ⟦Techer⟧(0.5)
connect x.event -> z.soma as V : Depressing { init 0.1  learn BurstDependent }
connect z.event -> y.soma as W : Depressing { init 0.1 ⟦lern⟧ BurstDependent }
variant v { ⟦Wx⟧: fixed }
experiment e {
  data xor
  present x = input, y.target = target
  optimise V, W with sgd(rate = 1)
  measure loss, ⟦eror⟧
}`.replace('⟦Wx⟧', 'Wx'),
    ['CCN1002', 'CCN1002', 'CCN2001', 'CCN1002', 'CCN2001'],
  ],
  [
    'an import that fails takes nothing with it',
    `import { Input, ⟦Inpt⟧ } from "std/cells"
import { Pyramidal, Depressing } from ⟦"std/burstcn"⟧
import { xor } from ⟦"../../data"⟧
population x[2] : Input
population h[2] : Pyramidal(0.5)
population z[2] : Inpt
connect x.event -> h.soma as W : Depressing { learn ⟦Hebb⟧ }
connect x.event -> z.value
experiment e {
  data xor
  present x = input
  ⟦batch 2⟧
  optimise W with sgd(rate = 1)
}`.replace('⟦batch 2⟧', 'batch 2'),
    ['CCN2011', 'CCN2008', 'CCN2009', 'CCN2001'],
  ],
  [
    'what is left out without its name takes what it would have been with it',
    `${head}
population x[2] : Input
population ⟦[⟧8] : Pyramidal(0.5)
population y[1] : Teacher(0.5)
connect x.event -> h.soma as V : Depressing { init 0.1  learn BurstDependent }
connect h.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }
experiment e {
  data xor
  present x = input, y.target = target
  optimise V, W, k with sgd(rate = 1)
  measure loss, angle(V, backprop)
}`,
    ['CCN1002'],
  ],
  [
    'a loss that was left out is not missed',
    `${head}
population x[2] : Input
population y[1] ⟦Teacher⟧(0.5)
connect x.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }
experiment e {
  data xor
  present x = input, y.target = target
  optimise W with sgd(rate = 1)
  measure loss, angle(W, backprop)
}`,
    ['CCN1002'],
  ],
  [
    'a block without its opening brace',
    `${head}
population x[2] : Input
experiment e
  ⟦data⟧ xor
  present x = input
  batch 2
  measure mean(x.event)
}
population y[2] : ⟦Inpt⟧`,
    ['CCN1002', 'CCN2001'],
  ],
  [
    'a phase without its closing brace, by a clock',
    `cell N { compartment soma { state v : 10 ms * dv/dt = -v + input }  event e = soma.v }
param gain = 1
population a[1] : N
experiment e {
  step 1 ms
  protocol {
    phase one 2 ms { set gain = 2
    ⟦phase⟧ two 2 ms { set gain = 3 }
    phase three 2 ms { set gain = 4 }
  }
  measure mean(a.e)
}`,
    ['CCN1002'],
  ],
  [
    'times in a protocol of a circuit of which a part is missing',
    `cell N { compartment soma { state v : 10 ms * dv/dt = -v + input }  event e = soma.v }
population a[1] : ⟦M⟧
experiment e {
  step 1 ms
  protocol { phase one 2 ms { } }
  measure mean(a.e)  every 2 ms
}`,
    ['CCN2001'],
  ],
]

describe('several mistakes', () => {
  it.each(files)('%s', (_, source, codes) => {
    const { text, spans } = marked(source)
    const { diagnostics } = compileText(text, { optimise: false })
    const found = diagnostics.map(({ code, message, span }) => ({
      code,
      at: text.slice(span.start, span.end),
      message,
    }))
    const expected = codes.map((code, i) => ({
      code,
      at: text.slice(spans[i]?.start, spans[i]?.end),
      message: expect.any(String),
    }))
    expect(found).toEqual(expected)
  })
})
