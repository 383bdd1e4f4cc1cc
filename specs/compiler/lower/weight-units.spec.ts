/** What weights are told in: the unit that follows for them from both of their ends, as the file writes it. */
import { expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const text = `
cell C {
  bias drive = 2 pA
  state v = -70 mV : 100 pF * dv/dt = 10 nS * (-70 mV - v) + soma + drive
  compartment soma
  state g = 0 nS : 5 ms * dg/dt = input - g
  compartment input
  event u = v
  spike s when v > -50 mV { v = -70 mV }
}
cell G {
  state g = 1 nS : 5 ms * dg/dt = -g
  event c = g
}
synapse S {}
param gain = 3
param strong = 4 nA
population a[2] : C
population c[2] : G
population b[2] : C
connect a.s -> b.soma as written : S { init normal(0 pA, 1 pA) fixed }
connect a.s -> b.soma as product : S { init gain * normal(std = strong) fixed }
connect a.u -> b.soma as leak : S { init 1 nS fixed  delay 1 ms }
connect a.u -> b.input as slope : S { init 0 fixed  delay 1 ms }
connect a.s -> b.soma as tied : S { tied = 2 * written }
connect c.c -> b.input as plain : S { init 0.5 fixed  delay 1 ms }
matrix M[a, b] = normal(1 pA, 2 pA)
experiment e { step 0.1 ms  duration 1 ms  record product, b.drive every 1 ms  measure mean(product) }
`

it('weights, biases, matrices and what is tied have the unit that their ends give them', () => {
  const compilation = compileText(text)
  expect(errorsOf(compilation)).toEqual([])
  const { weightUnits, records, measures } = compilation.plan!
  const pA = { unit: 'pA', scale: 1e-12 }
  expect(weightUnits).toEqual({
    written: pA,
    product: pA,
    leak: { unit: 'nS', scale: 1e-9 },
    slope: { unit: 'S/V', scale: 1 },
    tied: pA,
    M: pA,
    'a.drive': pA,
    'b.drive': pA,
  })
  expect(records[0]?.units).toEqual({ product: pA, 'b.drive': pA })
  expect(measures[0]).toMatchObject(pA)
})
