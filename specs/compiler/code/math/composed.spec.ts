/**
 * Functions that are made of others beside their values to 40 digits (`composed.py`, by mpmath): the reference, and
 * their lanes in both precisions, within what `contract/composed.ts` states.
 */
import { describe, expect, it } from 'vitest'
import { wasmMachine } from '../../../../compiler/emit/wasm/machine.ts'
import { Lanes } from '../../../../compiler/code/lanes.ts'
import {
  composedBinaryFunctions,
  composedUnaryFunctions,
  evaluateElementary,
  type ComposedFunction,
} from '../../../../contract/elementary.ts'
import values from './composed.json' with { type: 'json' }
import { makeMapRunner } from './run-map.ts'

/** Units in the last place of a number, or for erf of 1 and for mod of the first operand. */
const bounds: Partial<Record<ComposedFunction, number>> = {
  tan: 3.5,
  asin: 4.5,
  acos: 4.5,
  sinh: 4,
  cosh: 4,
  log1p: 3,
  expm1: 2.5,
  log10: 2.5,
  log2: 2.5,
  erf: 1.5,
  atan2: 3,
  mod: 1,
}
const known: Readonly<Record<string, readonly (readonly number[])[]>> = values

const digits = { f32: 2 ** -23, f64: 2 ** -52 }
function ulp(value: number, precision: 'f32' | 'f64'): number {
  const least = precision === 'f32' ? 2 ** -126 : 2 ** -1022
  return 2 ** Math.floor(Math.log2(Math.max(Math.abs(value), least))) * digits[precision]
}

describe.each(['f32', 'f64'] as const)('in %s', (precision) => {
  it.each(Object.entries(bounds))('%s is as exact as stated', (name, bound) => {
    const fn = name as ComposedFunction
    const rows = known[name]!
    const columns = rows[0]!.slice(0, -1).map((_, i) => rows.map((row) => row[i]!))
    const lanes = [
      ...makeMapRunner(new Lanes(wasmMachine, precision, false), fn, columns.length)(...columns),
    ]
    let worst = 0
    for (const [i, row] of rows.entries()) {
      const exact = row.at(-1)!
      const size = fn === 'erf' ? 1 : fn === 'mod' ? row[0]! : exact
      const reference = evaluateElementary(fn, row)
      expect(Math.abs(reference - exact)).toBeLessThanOrEqual(bound * ulp(size, 'f64'))
      // Beyond the range of the precision it is infinite.
      if (precision === 'f32' && Math.abs(exact) > 3.4e38) continue
      const error = Math.abs(lanes[i]! - exact) / ulp(size, precision)
      worst = Math.max(worst, Number.isNaN(error) ? Infinity : error)
    }
    expect(worst).toBeLessThan(bound)
    expect(worst).toBeGreaterThan(fn === 'mod' ? -1 : 0.2)
  })

  it.each(['ceil', 'round', 'trunc'] as const)('%s is exact', (fn) => {
    const xs = [
      -2.5, -1.5, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1.5, 2.5, 4194303.5, 8388609,
    ]
    const found = makeMapRunner(new Lanes(wasmMachine, precision, false), fn, 1)(xs)
    expect([...found].map((x) => x + 0)).toEqual(xs.map((x) => Math[fn](x) + 0))
  })

  it.each(composedUnaryFunctions)('%s of special values is that of the reference', (fn) => {
    const xs = [0, 1, -1, 2, -2, Infinity, -Infinity, Number.NaN]
    const found = makeMapRunner(new Lanes(wasmMachine, precision, false), fn, 1)(xs)
    for (const [i, x] of xs.entries()) {
      const wanted = evaluateElementary(fn, [x])
      if (Number.isFinite(wanted)) expect(found[i], `${fn}(${x})`).toBeCloseTo(wanted, 5)
      else expect(found[i], `${fn}(${x})`).toBe(wanted)
    }
  })
})

it('there are values of every function that rounds', () => {
  const exact: ReadonlySet<string> = new Set(['ceil', 'round', 'trunc'])
  const all = [...composedUnaryFunctions, ...composedBinaryFunctions]
  expect(Object.keys(bounds).toSorted()).toEqual(all.filter((fn) => !exact.has(fn)).toSorted())
})
