/**
 * Patterns of synapses in a program's memory: their tables, the order of synapses by delay, and which row
 * of a ring is next. What a program was compiled for as "so many synapses of a pattern" is a number
 * here, once the patterns have been drawn.
 */
import type {
  ArtifactShape,
  PlacedPattern,
  ProgramInfo,
  WasmArtifact,
} from '../../../contract/artifact.ts'
import type { DrawnPattern } from '../../../contract/pattern.ts'
import { padded, rowUnit } from '../../../contract/rows.ts'
import { writeByPost } from '../../patterns/by-post.ts'
import { EngineError } from '../errors.ts'
import { shapeFor } from './tensors.ts'

/** Patterns by name. */
export type Drawn = Readonly<Record<string, DrawnPattern>>

function drawnOf(drawn: Drawn, { name, pre, capacity }: PlacedPattern): DrawnPattern {
  const found = Object.hasOwn(drawn, name) ? drawn[name] : undefined
  if (!found) {
    throw new EngineError(
      `The pattern ${name} is missing: draw it for the seed, and hand it over in \`patterns\`.`,
    )
  }
  const { count, starts, targets } = found
  if (starts.length !== pre + 1 || targets.length < count) {
    throw new RangeError(`The pattern ${name} has tables of another size than it needs.`)
  }
  if (count > capacity) {
    throw new EngineError(
      `The pattern ${name} has ${count} synapses, and there is room for ${capacity}; ` +
        'try another seed.',
    )
  }
  return found
}

/** The artifact for the patterns that were drawn: every size is a number, or the batch. */
export function withSynapses(artifact: WasmArtifact, drawn: Drawn): WasmArtifact {
  if (artifact.patterns.length === 0) return artifact
  const counts = new Map(
    artifact.patterns.map((each) => [each.name, drawnOf(drawn, each).count] as const),
  )
  const count = (pattern: string): number => counts.get(pattern) ?? 0
  const sized = <T extends { readonly shape: ArtifactShape }>(tensor: T): T => ({
    ...tensor,
    shape: tensor.shape.map((dim) => (dim === 'batch' ? dim : (shapeFor([dim], 1, count)[0] ?? 0))),
  })
  const sizedProgram = (program: ProgramInfo): ProgramInfo => ({
    ...program,
    outputs: program.outputs.map(sized),
    draws: program.draws.map(sized),
    scalars: program.scalars.map((step) =>
      step.kind === 'synapses' ? { kind: 'const', value: count(step.name) } : step,
    ),
  })
  return {
    ...artifact,
    storages: artifact.storages.map(sized),
    files: artifact.files.map(sized),
    programs: artifact.programs.map(sizedProgram),
  }
}

/** Fills the tables of all patterns. */
export function writePatterns({ patterns }: WasmArtifact, words: Int32Array, drawn: Drawn): void {
  for (const placed of patterns) {
    const { count, starts, targets } = drawnOf(drawn, placed)
    words[placed.count / 4] = count
    words.set(starts, placed.starts / 4)
    words.set(targets.subarray(0, count), placed.targets / 4)
    // Vectors reach behind the last synapse: there is a cell there, too.
    const rest = padded(placed.capacity) + rowUnit
    words.fill(0, placed.targets / 4 + count, placed.targets / 4 + rest)
    if (placed.sources !== undefined) {
      const sources = words.subarray(placed.sources / 4, placed.sources / 4 + count)
      for (let j = 0; j < placed.pre; j++) sources.fill(j, starts[j], starts[j + 1])
      words.fill(0, placed.sources / 4 + count, placed.sources / 4 + rest)
    }
    const { post, postStarts, postSynapses } = placed
    if (postStarts === undefined || postSynapses === undefined) continue
    const byPost = (address: number, length: number): Int32Array =>
      words.subarray(address / 4, address / 4 + length)
    const ofPost = [byPost(postStarts, post + 1), byPost(postSynapses, count)] as const
    writeByPost(targets.subarray(0, count), ...ofPost)
  }
}

/** Puts the synapses of each pre cell in the order of their delays. Throws RangeError for what is no delay. */
export function writeDelayOrders(
  { delays }: WasmArtifact,
  words: Int32Array,
  drawn: Drawn,
  valuesOf: (storage: string) => ArrayLike<number>,
): void {
  for (const { pattern, storage, ring, address } of delays) {
    const { starts, count } = drawn[pattern] ?? { starts: new Int32Array(1), count: 0 }
    const values = valuesOf(storage)
    const order = words.subarray(address / 4, address / 4 + count)
    // Of each pre cell they are counted by delay: what sorts by comparing takes ten times as long.
    const next = new Int32Array(ring + 2)
    let row = new Int32Array(256)
    for (let j = 0; j + 1 < starts.length; j++) {
      const from = starts[j]!
      const width = starts[j + 1]! - from
      if (row.length < width) row = new Int32Array(2 * width)
      next.fill(0)
      for (let k = 0; k < width; k++) {
        const value = values[from + k]!
        const delay = value | 0
        if (delay !== value || delay < 1 || delay > ring) {
          throw new RangeError(
            `The delay of synapse ${from + k} in ${storage} is ${value} steps; it must be a whole number from 1 to ${ring}.`,
          )
        }
        row[k] = delay
        next[delay + 1]!++
      }
      for (let delay = 1; delay <= ring; delay++) next[delay]! += next[delay - 1]!
      for (let k = 0; k < width; k++) order[from + next[row[k]!]!++] = from + k
    }
  }
}

/** Tells a job whose first step is that one to which rows of rings it pushes. */
export function writeRingRows({ rings }: WasmArtifact, words: Int32Array, firstStep: number): void {
  for (const { rows, address } of rings) words[address / 4] = firstStep % rows
}
