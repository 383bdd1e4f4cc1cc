/** Patterns of as many synapses on each post cell, by the program: the same as `choices.ts` draws, for large ones. */
import { drawGroups, drawRoom } from '../../contract/draw-program.ts'
import type { PatternPlan } from '../../contract/pattern.ts'
import type { Choice } from './choices.ts'
import type { Csr } from './csr.ts'
import { DrawProgram } from './program.ts'
import type { Words } from './words.ts'

/** Synapses for which the program is worth its making. */
const MANY = 100_000
/** Synapses that are put in order together. */
const PART = 2 ** 17

/** Undefined where the program cannot be had, and for choices with repeats, of more than half of the cells, and few. */
export function chosenByProgram(
  { pre, post, shift = 0 }: PatternPlan,
  { count, repeats, self }: Choice,
  { key }: Words,
): Csr | undefined {
  const all = post * count
  if (repeats || all < MANY || 2 * count > pre - 1) return undefined
  const part = Math.min(PART, all)
  const program = DrawProgram.of(key, 4 * (3 * pre + 2 * part + 2 * all))
  if (!program) return undefined
  const { buffer } = program
  let free: number = drawRoom
  const list = (length: number): Int32Array => {
    const found = new Int32Array(buffer, free, length)
    free += found.byteLength
    return found
  }
  const [last, counts, next] = [list(pre).fill(-1), list(pre), list(pre)]
  const [near, sources, targets] = [list(2 * part), list(all), list(all)]
  const first = sources.byteOffset
  for (let i = 0; i < post; i++) {
    const own = i - shift
    const without = !self && own >= 0 && own < pre
    const choices = pre - (without ? 1 : 0)
    const most = Math.floor(2 ** 32 / choices) * choices - 1
    const [from, to] = [first + 4 * count * i, first + 4 * count * (i + 1)]
    const skip = without ? own : pre
    program.call('choose', i, choices, most, skip, last.byteOffset, counts.byteOffset, from, to)
  }
  const starts = new Int32Array(pre + 1)
  for (let j = 0; j < pre; j++) starts[j + 1] = starts[j]! + counts[j]!
  next.set(starts.subarray(0, pre))
  const bits = Math.max(0, 32 - Math.clz32(pre - 1) - drawGroups.bits)
  for (let from = 0; from < all; from += part) {
    const value = Math.floor(from / count)
    const left = count - (from % count)
    const end = first + 4 * Math.min(from + part, all)
    const places = [next.byteOffset, targets.byteOffset, near.byteOffset]
    program.call('group', first + 4 * from, end, value, left, count, ...places, bits)
  }
  return { starts, targets: targets.slice() }
}
