/** What connections do to their targets that declare no sign, as far as it can be known. */
import { expect, it } from 'vitest'
import { describe as describeModel } from '../../service/describe.ts'
import { compileText } from '../helpers/compile-text.ts'

/** Cells by how they take in what `arrived`. */
const cells: Readonly<Record<string, string>> = {
  added: 'state v = 0 : 1 ms * dv/dt = arrived - v',
  subtracted: 'state v = 0 : 1 ms * dv/dt = 2 - 3 * arrived - v',
  'by a reaction': 'state v = 0 : 1 ms * dv/dt = -v  on true { v += arrived }',
  'taken away by a reaction': 'state v = 0 : 1 ms * dv/dt = -v  on true { v -= arrived }',
  'through a variable': 'u = -arrived / 4  state v = 0 : 1 ms * dv/dt = u - v',
  'through a state': 'state g = 0 : 2 ms * dg/dt = arrived - g  state v = 0 : 1 ms * dv/dt = g - v',
  'to a reversal above':
    'state g = 0 : 2 ms * dg/dt = arrived - g  state v = 0 : 1 ms * dv/dt = g * (9 - v) - v',
  'to a reversal below':
    'state g = 0 : 2 ms * dg/dt = arrived - g  state v = 0 : 1 ms * dv/dt = -g * (v + 9) - v',
  // At the threshold itself it does nothing.
  'to a reversal at it':
    'state g = 0 : 2 ms * dg/dt = arrived - g  state v = 0 : 1 ms * dv/dt = g * (5 - v) - v',
  'as a square': 'state v = 0 : 1 ms * dv/dt = arrived * arrived - v',
  'here and there':
    'state g = 0 : 2 ms * dg/dt = arrived - g  state v = 0 : 1 ms * dv/dt = arrived - g - v',
  'not at all': 'state w = 0 : 1 ms * dw/dt = arrived - w  state v = 0 : 1 ms * dv/dt = -v',
}

it.each([
  ['added', 'init 2  fixed', 'excitatory'],
  ['added', 'init -2  fixed', 'inhibitory'],
  ['subtracted', 'init 2  fixed', 'inhibitory'],
  ['subtracted', 'init -strength  fixed', 'excitatory'],
  ['by a reaction', 'init 2  fixed', 'excitatory'],
  ['taken away by a reaction', 'init 2  fixed', 'inhibitory'],
  ['through a variable', 'init 2  fixed', 'inhibitory'],
  ['through a state', 'init 2  fixed', 'excitatory'],
  ['to a reversal above', 'init 2  fixed', 'excitatory'],
  ['to a reversal below', 'init 2  fixed', 'inhibitory'],
  ['to a reversal at it', 'init 2  fixed', undefined],
  ['as a square', 'init 2  fixed', undefined],
  ['here and there', 'init 2  fixed', undefined],
  ['not at all', 'init 2  fixed', undefined],
  // Of weights that may have, or take, either sign.
  ['added', 'init normal()  fixed', undefined],
  ['added', 'init 0  fixed', undefined],
  ['added', 'init 2  learn Free', undefined],
  ['added', 'init 2  learn Kept', 'excitatory'],
])('what arrives %s, %s: %s', (cell, weight, effect) => {
  const compilation = compileText(
    `model m
param strength = 2
plasticity Free { dw = post.v }
plasticity Kept { dw = post.v  bounds 0.. }
cell Source { state v = 0 : 1 ms * dv/dt = -v  spike s when v > 5 { v = 0 } }
cell Target { compartment arrived  ${cells[cell]}  spike s when v > 5 { v = 0 } }
population a[2] : Source
population b[2] : Target
connect a.s -> b.arrived as W { ${weight} }
`,
    { until: 'model' },
  )
  expect(compilation.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(describeModel(compilation)!.connections[0]!.effect).toBe(effect)
})
