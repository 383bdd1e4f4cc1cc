/**
 * Tensors in a program's memory: rows padded to multiples of four elements (the compiler's layout),
 * read and written as plain row-major arrays.
 */
import type { ArtifactShape } from '../../../contract/artifact.ts'
import { isSynapseDim, patternOf } from '../../../contract/pattern.ts'
import { padded } from '../../../contract/rows.ts'

export type Elements = Float32Array | Float64Array

/** How many synapses the pattern of a name has. */
export type Synapses = (pattern: string) => number

/** A shape with the batch and the numbers of synapses filled in. */
export function shapeFor(shape: ArtifactShape, batch: number, synapses: Synapses = none): number[] {
  return shape.map((dim) => {
    if (dim === 'batch') return batch
    return isSynapseDim(dim) ? synapses(patternOf(dim)) : dim
  })
}

const none: Synapses = (pattern) => {
  throw new Error(`No pattern ${pattern} is there`)
}

export const countOf = (shape: readonly number[]): number =>
  shape.reduce((product, dim) => product * dim, 1)

/** The elements at `start` (an index into `memory`), without padding. */
export function readTensor(
  memory: Elements,
  start: number,
  shape: readonly number[],
): Float32Array | Float64Array {
  const [rows, columns] = matrixOf(shape)
  const result =
    memory instanceof Float32Array
      ? new Float32Array(rows * columns)
      : new Float64Array(rows * columns)
  const stride = padded(columns)
  for (let row = 0; row < rows; row++) {
    const from = start + row * stride
    result.set(memory.subarray(from, from + columns), row * columns)
  }
  return result
}

/** Writes a row-major array to where a tensor lies. */
export function writeTensor(
  memory: Elements,
  start: number,
  shape: readonly number[],
  values: ArrayLike<number>,
): void {
  const [rows, columns] = matrixOf(shape)
  const stride = padded(columns)
  if (stride === columns) {
    memory.set(values, start)
    return
  }
  for (let row = 0, at = 0; row < rows; row++) {
    const to = start + row * stride
    for (let column = 0; column < columns; column++) memory[to + column] = values[at++] ?? 0
  }
}

function matrixOf(shape: readonly number[]): readonly [rows: number, columns: number] {
  const [first = 1, ...rest] = shape
  return shape.length < 2 ? [1, first] : [first, countOf(rest)]
}
