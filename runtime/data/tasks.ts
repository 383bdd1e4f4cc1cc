/**
 * Small generated tasks without files: exclusive or, a single example, and regression on the outputs of
 * a fixed random network. Each value depends only on the seed and the example's number.
 */

import { normalValues, streamKey } from '../support/random.ts'
import { numbersOf } from '../../contract/check-reader.ts'
import { partByName, partByRole, sizeOf } from './reader.ts'
import type { Reader } from './reader.ts'
import { columnOf } from './columns.ts'
import { makeValues, valuesOf } from './types.ts'

export const xor: Reader = {
  async read(_, context) {
    const source = 'xor()'
    const values = (numbers: readonly number[]) =>
      makeValues(numbers.length, context.precision).map((_value, i) => numbers[i] ?? 0)
    const results = [0, 1, 1, 0]
    return partByRole(
      [
        { shape: [2], data: values([0, 0, 0, 1, 1, 0, 1, 1]), source },
        { shape: [1], data: values(results), source },
      ],
      { shape: [], data: values(results), source },
      context,
    )
  },
}

export const constant: Reader = {
  async read(plan, context) {
    const columns = context.fields.map((field) => {
      const { name, time, shape: row } = field
      const shape = time ? [1, ...row] : row
      const data = new Float64Array(sizeOf(shape)).fill(Number(plan.named[name]))
      return [name, columnOf(field, { shape, data, source: 'constant(...)' }, context)] as const
    })
    return partByName(new Map(columns), context)
  },
}

export const teacherNetwork: Reader = {
  async read(plan, context) {
    const { count = 0, inputs = 0, hidden = 0, outputs = 0, seed = 1, skip = 0 } = numbersOf(plan)
    // Weights so large that the hidden units and the outputs use their non-linear range.
    const first = scaledWeights(seed, 'teacher hidden', hidden, inputs, 1.5)
    const second = scaledWeights(seed, 'teacher outputs', outputs, hidden, 3)
    const key = streamKey(seed, 'teacher inputs')
    const inputValues = new Float32Array(count * inputs)
    const targets = new Float32Array(count * outputs)
    const activity = new Float64Array(hidden)
    for (let example = 0; example < count; example++) {
      const x = inputValues.subarray(example * inputs, (example + 1) * inputs)
      normalValues(key, skip + example, inputs, x)
      for (let h = 0; h < hidden; h++) activity[h] = Math.tanh(dotRow(first, h, x))
      for (let k = 0; k < outputs; k++) {
        targets[example * outputs + k] = 1 / (1 + Math.exp(-dotRow(second, k, activity)))
      }
    }
    const source = 'teacher_network(...)'
    return partByRole(
      [
        { shape: [inputs], data: valuesOf(inputValues, context.precision), source },
        { shape: [outputs], data: valuesOf(targets, context.precision), source },
      ],
      undefined,
      context,
    )
  },
}

/** Weights [rows, cols] from N(0, gain^2 / cols). */
function scaledWeights(
  seed: number,
  stream: string,
  rows: number,
  cols: number,
  gain: number,
): Float32Array {
  const weights = normalValues(streamKey(seed, stream), 0, rows * cols)
  return weights.map((value) => (value * gain) / Math.sqrt(cols))
}

function dotRow(weights: Float32Array, row: number, x: Float32Array | Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += weights[row * x.length + i]! * x[i]!
  return sum
}
