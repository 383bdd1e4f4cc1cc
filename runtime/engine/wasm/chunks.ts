/** Examples that are presented a part at a time: cut into pieces, and what comes of them put together. */
import type { NamedArray, Presented } from '../network.ts'
import type { PlacedTensor, ProgramInfo, WasmArtifact } from '../../../contract/artifact.ts'
import { checkedInput } from './checks.ts'
import { chunkOf } from './memory.ts'
import { countOf, shapeFor } from './tensors.ts'

/** Whether a tensor has the examples as its first axis. */
const hasExamples = ({ shape }: PlacedTensor): boolean => shape[0] === 'batch'

/** What a program gives of the examples, presented as many at a time as there is room for. Throws for inputs that are wrong. */
export function inChunks<T>(
  artifact: WasmArtifact,
  { name, draws, outputs, inputs: needed }: ProgramInfo,
  { count, inputs }: { readonly count: number; readonly inputs: Presented },
  answer: (size: number, part: Presented) => T,
): T[] {
  for (const input of artifact.inputs) {
    if (needed.includes(input.name)) checkedInput(input, count, inputs)
  }
  // Draws are numbered from the first example on, and what has no examples cannot be joined.
  const isWhole = draws.length > 0 || (name === 'infer' && !outputs.every(hasExamples))
  const most = isWhole ? Math.max(1, count) : chunkOf(artifact)
  const results: T[] = []
  for (let start = 0; start < count || start === 0; start += most) {
    const size = Math.min(most, count - start)
    results.push(answer(size, size === count ? inputs : sliced(inputs, count, start, size)))
  }
  return results
}

/** The examples from `start` on of every input. */
function sliced(inputs: Presented, count: number, start: number, size: number): Presented {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, values]) => {
      const each = values.length / count
      return [name, values.subarray(start * each, (start + size) * each)]
    }),
  )
}

/** The outputs of all examples. */
export function joined(
  outputs: readonly PlacedTensor[],
  chunks: readonly Record<string, NamedArray>[],
  count: number,
): Record<string, NamedArray> {
  const [only, ...more] = chunks
  if (only && more.length === 0) return only
  return Object.fromEntries(
    outputs.map(({ name, shape }) => [name, whole(chunks, name, shapeFor(shape, count))]),
  )
}

/** The sums of numbers. */
export function summed(
  outputs: readonly PlacedTensor[],
  chunks: readonly Readonly<Record<string, number>>[],
): Record<string, number> {
  const total = (name: string): number =>
    chunks.reduce((sum, scores) => sum + (scores[name] ?? Number.NaN), 0)
  return Object.fromEntries(outputs.map(({ name }) => [name, total(name)]))
}

/** One array of the pieces of that name. */
function whole(
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
