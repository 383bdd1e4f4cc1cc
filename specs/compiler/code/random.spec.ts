/** Draws of the program against those of the runtime, bit for bit. */
import { wasmMachine } from '../../../compiler/emit/wasm/machine.ts'
import { describe, expect, it } from 'vitest'
import { call, get } from '../../../compiler/code/tree.ts'
import { FunctionBuilder } from '../../../compiler/code/function.ts'
import { ModuleBuilder } from '../../../compiler/code/module.ts'
import { Lanes } from '../../../compiler/code/lanes.ts'
import { fillFunction, fillRowsFunction } from '../../../compiler/code/random.ts'
import {
  normalValues,
  streamKey,
  uniformValues,
  type RandomKey,
} from '../../../runtime/support/random.ts'
import { instantiate } from './kernels/host.ts'

const precisions = ['f32', 'f64'] as const
const distributions = ['uniform', 'normal'] as const
const reference = { uniform: uniformValues, normal: normalValues }

const keys: readonly RandomKey[] = [
  [0, 0],
  [0xffffffff, 0xffffffff],
  [0x80000000, 1],
  ...Array.from({ length: 12 }, (_, seed) => streamKey(seed * 7919 - 3, `stream ${seed}`)),
]
const steps = [0, 1, 17, 0x7fffffff, 0xffffffff]

/** All four fills and their row forms, and the memory. */
function program() {
  const module = new ModuleBuilder()
  for (const precision of precisions) {
    for (const distribution of distributions) {
      for (const target of [
        fillFunction(module, new Lanes(wasmMachine, precision, true), distribution),
        fillRowsFunction(module, new Lanes(wasmMachine, precision, true), distribution),
      ]) {
        const parameters = target.parameters.map((type, i) => [`p${i}`, type] as const)
        const fn = new FunctionBuilder(`run.${target.name}`, parameters, 'void', { exported: true })
        fn.push(call(target, ...parameters.map((_, i) => get(fn.parameter(i)))))
        module.add(fn.build())
      }
    }
  }
  return instantiate(module, 4)
}

const { exports, buffer } = program()
const GUARD = 12345.5

function viewOf(precision: 'f32' | 'f64', length: number): Float32Array | Float64Array {
  const view =
    precision === 'f32'
      ? new Float32Array(buffer, 64, length)
      : new Float64Array(buffer, 64, length)
  return view.fill(GUARD)
}

/** The bits of f32, so that -0 is not 0. */
const bits = (values: ArrayLike<number>) => [...new Uint32Array(Float32Array.from(values).buffer)]

describe.each(precisions)('draws in %s', (precision) => {
  it.each(distributions)('%s values are those of the runtime', (distribution) => {
    const run = exports[`run.random.${distribution}.${precision}`]!
    for (const key of keys) {
      for (const step of steps) {
        const expected = reference[distribution](key, step, 300)
        for (const [first, count] of [
          [0, 300],
          [0, 1],
          [1, 1],
          [3, 2],
          [5, 0],
          [7, 8],
          [8, 8],
          [1, 299],
          [2, 13],
          [101, 150],
        ] as const) {
          const view = viewOf(precision, count + 16)
          run(64 + 4 * view.BYTES_PER_ELEMENT, ...key, step, first, count)
          expect(bits(view.subarray(4, 4 + count))).toEqual(
            bits(expected.subarray(first, first + count)),
          )
          expect([...view.subarray(0, 4), ...view.subarray(4 + count)]).toEqual(
            Array.from({ length: 16 }, () => GUARD),
          )
        }
      }
    }
  })

  it.each(distributions)('%s values land in padded rows, padding untouched', (distribution) => {
    const run = exports[`run.random.${distribution}Rows.${precision}`]!
    const key = streamKey(3, 'rows')
    for (const columns of [1, 2, 3, 4, 5, 7, 8, 13, 20]) {
      const [firstRow, rows] = [2, 5]
      const stride = Math.ceil(columns / 4) * 4
      const view = viewOf(precision, stride * 9)
      run(64, ...key, 9, firstRow, rows, columns)
      const drawn = reference[distribution](key, 9, columns * 9)
      const expected = Array.from({ length: stride * 9 }, (_, at) => {
        const [row, column] = [Math.floor(at / stride), at % stride]
        const inside = column < columns && row >= firstRow && row < firstRow + rows
        return inside ? drawn[row * columns + column]! : GUARD
      })
      expect(bits(view)).toEqual(bits(expected))
    }
  })
})

describe('normal values in f64', () => {
  it('are the values before rounding: many, of every magnitude', () => {
    const count = 20_000
    const [wide, narrow] = [viewOf('f64', count).slice(), new Float32Array(count)]
    const view = viewOf('f64', count)
    exports['run.random.normal.f64']!(64, 11, 12, 13, 0, count)
    wide.set(view)
    normalValues([11, 12], 13, count, narrow)
    expect(bits(wide)).toEqual([...new Uint32Array(narrow.buffer)])
    expect(wide.some((value, i) => value !== narrow[i])).toBe(true)
  })
})
