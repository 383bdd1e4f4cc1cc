/** The synapses of each post cell, in their order: by the program where there are many. */
import { drawGroups, drawRoom } from '../../contract/draw-program.ts'
import { DrawProgram } from './program.ts'

/** Synapses for which the program is worth its making. */
const MANY = 100_000
/** Synapses that are put in order together. */
const PART = 2 ** 17

/** `starts[i] .. starts[i + 1]` of `synapses` become those of post cell i, whose numbers are in `targets`. */
export function writeByPost(targets: Int32Array, starts: Int32Array, synapses: Int32Array): void {
  if (targets.length >= MANY && byProgram(targets, starts, synapses)) return
  const next = new Int32Array(starts.length)
  for (let s = 0; s < targets.length; s++) next[targets[s]! + 1]!++
  sumUp(next)
  starts.set(next)
  for (let s = 0; s < targets.length; s++) synapses[next[targets[s]!]!++] = s
}

/** Counts, each one place behind its own, become the places where each begins. */
function sumUp(counts: Int32Array): void {
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!
}

/** False where the program cannot be had. */
function byProgram(targets: Int32Array, starts: Int32Array, synapses: Int32Array): boolean {
  const { length } = targets
  const room = 4 * (starts.length + 3 * PART + length)
  const done = DrawProgram.with([0, 0], room, (program) => {
    const { buffer } = program
    const next = new Int32Array(buffer, drawRoom, starts.length).fill(0)
    const near = new Int32Array(buffer, next.byteOffset + next.byteLength, 2 * PART)
    const cells = new Int32Array(buffer, near.byteOffset + near.byteLength, PART)
    const into = new Int32Array(buffer, cells.byteOffset + cells.byteLength, length)
    const inParts = (call: (first: number, end: number, from: number) => void): void => {
      for (let from = 0; from < length; from += PART) {
        const part = targets.subarray(from, from + PART)
        cells.set(part)
        call(cells.byteOffset, cells.byteOffset + part.byteLength, from)
      }
    }
    inParts((first, end) => program.call('count', first, end, next.byteOffset + 4))
    sumUp(next)
    starts.set(next)
    const bits = Math.max(0, 32 - Math.clz32(starts.length - 1) - drawGroups.bits)
    const places = [next.byteOffset, into.byteOffset, near.byteOffset]
    inParts((first, end, from) => program.call('group', first, end, from, 1, 1, ...places, bits))
    synapses.set(into)
    return true
  })
  return done ?? false
}
