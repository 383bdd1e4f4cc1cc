/**
 * Small generated tasks without files: exclusive or, a single example, and regression on the outputs of
 * a fixed random network. Each value depends only on the seed and the example's number.
 */

import { normalValues, streamKey } from '../support/random.ts'
import {
  argumentError,
  checkNames,
  fileArguments,
  numberArguments,
  partByName,
  partByRole,
  sizeOf,
} from './reader.ts'
import type { Reader, ReaderParameter } from './reader.ts'

export const xor: Reader = {
  summary: 'the four examples of exclusive or: input [2], target [1], label',
  parameters: [],
  needsFiles: false,
  async read(plan, context) {
    checkNames(plan, [], context)
    fileArguments(plan, context, 0)
    const source = 'xor()'
    const inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1)
    const results = [0, 1, 1, 0]
    return partByRole(
      [
        { shape: [2], data: inputs, source },
        { shape: [1], data: Float32Array.from(results), source },
      ],
      { shape: [], data: Float32Array.from(results), source },
      context,
    )
  },
}

export const constant: Reader = {
  summary: 'one example, in which all values of a field are the number given for it',
  parameters: [{ name: 'FIELD', doc: 'a number for each field of the data set' }],
  needsFiles: false,
  async read(plan, context) {
    const names = context.fields.map(({ name }) => name)
    checkNames(plan, names, context)
    fileArguments(plan, context, 0)
    const columns = context.fields.map(({ name, shape }) => {
      const value = plan.named[name]
      if (typeof value !== 'number') {
        throw argumentError(plan, context, `needs ${name} = NUMBER`)
      }
      const data = new Float32Array(sizeOf(shape)).fill(value)
      return [name, { shape, data, source: 'constant(...)' }] as const
    })
    return partByName(new Map(columns), context)
  },
}

const TEACHER = [
  { name: 'count', doc: 'number of examples', least: 1 },
  { name: 'inputs', doc: 'size of an input, drawn from N(0, 1)', least: 1 },
  { name: 'hidden', doc: 'number of hidden tanh units of the network', least: 1 },
  { name: 'outputs', doc: 'size of a target: its sigmoid outputs', least: 1 },
  { name: 'seed', doc: 'gives the network and the inputs', default: 1 },
  { name: 'skip', doc: 'examples to leave out at the start: the same network, others', default: 0 },
] as const satisfies readonly ReaderParameter[]

export const teacherNetwork: Reader = {
  summary: 'inputs from N(0, 1), and the outputs of a fixed random network as targets',
  parameters: TEACHER,
  needsFiles: false,
  async read(plan, context) {
    const { count, inputs, hidden, outputs, seed, skip } = numberArguments(plan, TEACHER, context)
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
        { shape: [inputs], data: inputValues, source },
        { shape: [outputs], data: targets, source },
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
