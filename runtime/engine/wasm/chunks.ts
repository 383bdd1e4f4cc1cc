/** Examples that are presented a part at a time: cut into pieces, and what comes of them put together. */
import type { NamedArray, Presented } from '../network.ts'
import type { PlacedTensor } from '../../../contract/artifact.ts'
import { countOf } from './tensors.ts'

/** Whether a tensor has the examples as its first axis. */
export const hasExamples = ({ shape }: PlacedTensor): boolean => shape[0] === 'batch'

/** The examples from `start` on of every input. */
export function sliced(inputs: Presented, count: number, start: number, size: number): Presented {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, values]) => {
      const each = values.length / count
      return [name, values.subarray(start * each, (start + size) * each)]
    }),
  )
}

/** One array of the pieces of that name. */
export function joined(
  chunks: readonly Readonly<Record<string, NamedArray>>[],
  name: string,
  shape: number[],
): NamedArray {
  const parts = chunks.flatMap((chunk) => (chunk[name] ? [chunk[name].data] : []))
  const data =
    parts[0] instanceof Float64Array
      ? new Float64Array(countOf(shape))
      : new Float32Array(countOf(shape))
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  return { shape, data }
}
