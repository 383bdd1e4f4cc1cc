/** The synapses of each post cell, in their order: by the program where there are many. */
import { drawGroups, drawRoom } from '../../contract/draw-program.ts'
import { DrawProgram } from './program.ts'

/** Synapses for which the program is worth its making. */
const MANY = 100_000
/** Synapses that are put in order together. */
const PART = 2 ** 17

/** `starts[i] .. starts[i + 1]` of `synapses` become those of post cell i, whose numbers are in `targets`. */
export function writeByPost(targets: Int32Array, starts: Int32Array, synapses: Int32Array): void {
  const post = starts.length - 1
  const next = new Int32Array(post + 1)
  // By index: going over the elements as such takes three times as long.
  for (let s = 0; s < targets.length; s++) next[targets[s]! + 1]!++
  for (let i = 0; i < post; i++) next[i + 1]! += next[i]!
  starts.set(next)
  if (targets.length < MANY || !byProgram(targets, next, synapses)) {
    for (let s = 0; s < targets.length; s++) synapses[next[targets[s]!]!++] = s
  }
}

/** False where the program cannot be had. */
function byProgram(targets: Int32Array, starts: Int32Array, synapses: Int32Array): boolean {
  const { length } = targets
  const program = DrawProgram.of([0, 0], 4 * (starts.length + 3 * PART + length))
  if (!program) return false
  const { buffer } = program
  const next = new Int32Array(buffer, drawRoom, starts.length)
  const near = new Int32Array(buffer, next.byteOffset + next.byteLength, 2 * PART)
  const cells = new Int32Array(buffer, near.byteOffset + near.byteLength, PART)
  const into = new Int32Array(buffer, cells.byteOffset + cells.byteLength, length)
  next.set(starts)
  const bits = Math.max(0, 32 - Math.clz32(starts.length - 1) - drawGroups.bits)
  const places = [next.byteOffset, into.byteOffset, near.byteOffset]
  for (let from = 0; from < length; from += PART) {
    const part = targets.subarray(from, from + PART)
    cells.set(part)
    const [first, end] = [cells.byteOffset, cells.byteOffset + part.byteLength]
    program.call('group', first, end, from, 1, 1, ...places, bits)
  }
  synapses.set(into)
  return true
}
