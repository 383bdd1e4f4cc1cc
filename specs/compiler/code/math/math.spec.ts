/** The element-wise functions of the program: special values, and errors in units in the last place. */
import { wasmMachine } from '../../../../compiler/emit/wasm/machine.ts'
import { describe, expect, it } from 'vitest'
import { get } from '../../../../compiler/code/tree.ts'
import { FunctionBuilder } from '../../../../compiler/code/function.ts'
import { ModuleBuilder } from '../../../../compiler/code/module.ts'
import { Lanes } from '../../../../compiler/code/lanes.ts'
import { emitMap, mapFunction } from '../../../../compiler/code/math/index.ts'
import { binaryFunctions, unaryFunctions } from '../../../../compiler/ir/ir.ts'
import { evaluateElementary } from '../../../../contract/elementary.ts'
import { exactMap, ulpError } from './exact.ts'
import { approximated, measureMap, type Approximated } from './measure.ts'
import { makeMapRunner } from './run-map.ts'

/** What `compiler/emit/wasm/math/index.ts` states, for f32 and f64. */
const bounds: Readonly<Record<Approximated, readonly [number, number]>> = {
  exp: [1.05, 1],
  exprel: [1.7, 1.7],
  log: [0.85, 0.9],
  sigmoid: [2, 2],
  tanh: [1.5, 1.6],
  softplus: [1.75, 2],
  sin: [1.35, 2],
  cos: [1.35, 2],
  atan: [1.9, 1.85],
  pow: [0.51, 1.4],
}

const settings = (['f32', 'f64'] as const).flatMap((precision) =>
  [false, true].map((fused) => ({
    precision,
    fused,
    lanes: new Lanes(wasmMachine, precision, fused),
  })),
)

const special = [
  0,
  1,
  0.5,
  2,
  3,
  1.5,
  Infinity,
  Number.NaN,
  1e-310,
  5e-324,
  1e-40,
  2 ** -149,
  2 ** -126,
  1e30,
  1e300,
  16777217,
  2 ** 53,
].flatMap((value) => [value, -value])

/** Where exp and its kin leave the range, on both sides. */
const edges = [
  87, 87.4, 88, 88.5, 88.8, 89.5, 103, 103.9, 104.5, 708, 709.5, 710, 745, 745.2, 746,
].flatMap((value) => [value, -value])

/** Both kinds of rounding, and both signs of 0, told apart. */
const same = (a: number, b: number) => Object.is(a, b)

describe.each(settings)('functions in $precision, fused: $fused', ({ precision, lanes }) => {
  const round = (value: number) => (precision === 'f32' ? Math.fround(value) : value)
  const inexact = new Set<string>(approximated)

  it.each([...unaryFunctions, ...binaryFunctions, 'select' as const])(
    '%s of special values is that of the reference',
    (name) => {
      const operands =
        name === 'select' ? 3 : (binaryFunctions as readonly string[]).includes(name) ? 2 : 1
      const firsts = [...special, ...edges]
      const rows =
        operands === 1
          ? firsts.map((a) => [a])
          : special.flatMap((a) => special.map((b) => [a, b, 7].slice(0, operands)))
      const columns = rows[0]!.map((_, i) => rows.map((row) => round(row[i]!)))
      const results = makeMapRunner(lanes, name, operands)(...columns)
      const smallest = precision === 'f32' ? 2 ** -126 : 2 ** -1022
      const wrong = [...results].flatMap((result, i) => {
        const args = columns.map((column) => column[i]!)
        const expected = evaluateElementary(name, args)
        const rounded = round(expected)
        if (same(result, rounded)) return []
        // Subnormal results of a sigmoid may be 0.
        const size = Math.abs(expected)
        if (name === 'sigmoid' && size < smallest && result >= 0 && result < smallest) return []
        const near = Math.abs(result - rounded) <= Math.max(size, smallest) * unit(precision)
        if (inexact.has(name) && Number.isFinite(rounded) && rounded !== 0 && near) return []
        return [`${name}(${args.join(', ')}) = ${result}, not ${rounded}`]
      })
      expect(wrong).toEqual([])
    },
  )

  it.each(approximated)('%s is as exact as stated', (name) => {
    const { worst, at } = measureMap(lanes, name, precision === 'f32' ? 40_000 : 1500)
    const bound = bounds[name][precision === 'f32' ? 0 : 1]
    expect(worst, `at ${at.join(', ')}`).toBeLessThan(bound)
    // A run that measured nothing would pass.
    expect(worst).toBeGreaterThan(0.3)
  })

  it('exp underflows gradually', () => {
    const x = precision === 'f32' ? [-88, -95, -100, -103] : [-709, -720, -740, -744.5]
    const results = makeMapRunner(lanes, 'exp', 1)(x)
    for (const [i, result] of results.entries()) {
      expect(ulpError(result, exactMap('exp', x[i]!), precision)).toBeLessThan(1)
      expect(result).toBeGreaterThan(0)
    }
  })

  it('sigmoid and tanh saturate exactly, tanh is odd', () => {
    const x = [20, 40, 100, 1000, 1e30]
    const values = (name: 'sigmoid' | 'tanh', by: number) => [
      ...makeMapRunner(lanes, name, 1)(x.map((each) => by * each)),
    ]
    expect(values('sigmoid', 2)).toEqual(x.map(() => 1))
    expect(values('tanh', 1)).toEqual(x.map(() => 1))
    expect(values('tanh', -1)).toEqual(x.map(() => -1))
    expect(values('sigmoid', -1000)).toEqual(x.map(() => 0))
    const small = Array.from({ length: 400 }, (_, i) => (i / 40) ** 3)
    const tanh = makeMapRunner(lanes, 'tanh', 1)
    expect([...tanh(small.map((each) => -each))]).toEqual([...tanh(small)].map((each) => -each))
  })

  it.each(['sin', 'cos'] as const)('%s of angles next to multiples of pi / 2', (name) => {
    const quarters = [1, 2, 3, 5, 100, 8191, 8193, 1e5, 1048575, 1048577, 1e9, 2 ** 40, 2 ** 90]
    const x = quarters.flatMap((n) => [n, -n].map((each) => round((each * Math.PI) / 2)))
    // The worst arguments of f64 and of f32.
    x.push(6381956970095103 * 2 ** 797, round(16367173 * 2 ** 72))
    const results = makeMapRunner(lanes, name, 1)(x.map(round))
    for (const [i, result] of results.entries()) {
      const argument = round(x[i]!)
      if (!Number.isFinite(argument)) continue
      const error = ulpError(result, exactMap(name, argument), precision)
      expect(error, `${name} ${argument}`).toBeLessThan(2)
    }
  })
})

/** Three units in the last place, relative. */
const unit = (precision: 'f32' | 'f64') => 3 * 2 ** (precision === 'f32' ? -23 : -52)

describe('emitMap', () => {
  it('computes an operand once, and one function serves many calls', () => {
    const module = new ModuleBuilder()
    const lanes = new Lanes(wasmMachine, 'f32', true)
    expect(mapFunction(module, lanes, 'exp')).toBe(mapFunction(module, lanes, 'exp'))
    const fn = new FunctionBuilder('square', [['x', 'lanes']], 'lanes')
    const operand = lanes.unary('neg', get(fn.parameter(0)))
    fn.push(emitMap(module, fn, lanes, 'square', [operand]))
    expect(JSON.stringify(fn.build().body).split('f32s.neg').length - 1).toBe(1)
  })

  it('names what is missing', () => {
    const module = new ModuleBuilder()
    const fn = new FunctionBuilder('lacking', [['x', 'lanes']], 'lanes')
    const lanes = new Lanes(wasmMachine, 'f32', false)
    expect(() => emitMap(module, fn, lanes, 'add', [get(fn.parameter(0))])).toThrow(
      'add lacks operand 1',
    )
  })
})
