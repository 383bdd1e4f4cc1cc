/**
 * Patterns of as many synapses on each post cell, or from each pre cell, by the program: the same as `choices.ts` draws,
 * for large ones.
 */
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
/** Bits that are looked at together, and words of them for each synapse that is put in order, at most. */
const WORD = 64
const SPARSE = 32

/** On each post cell. Undefined where the program cannot be had, and for choices with repeats, of more than half of the cells, and few. */
export function chosenByProgram(
  { pre, post, shift = 0 }: PatternPlan,
  choice: Choice,
  { key }: Words,
): Csr | undefined {
  const { count } = choice
  const all = post * count
  if (!isFor(choice, pre, all)) return undefined
  const part = Math.min(PART, all)
  return DrawProgram.with(key, 4 * (3 * pre + 2 * part + 2 * all), (program) => {
    const list = listsOf(program)
    const [chosen, next] = [list(2 * pre), list(pre)]
    const [near, sources, targets] = [list(2 * part), list(all), list(all)]
    chooseAll(program, { cells: pre, of: post, shift: -shift, choice, chosen, into: sources })
    const first = sources.byteOffset
    const starts = new Int32Array(pre + 1)
    for (let j = 0; j < pre; j++) starts[j + 1] = starts[j]! + chosen[2 * j + 1]!
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
  })
}

/** From each pre cell. The same, and undefined where so few cells are chosen that others put them in order sooner. */
export function sentByProgram(
  { pre, post, shift = 0 }: PatternPlan,
  choice: Choice,
  { key }: Words,
): Csr | undefined {
  const { count } = choice
  const all = pre * count
  const words = Math.ceil(post / WORD)
  if (!isFor(choice, post, all) || words > SPARSE * count) return undefined
  return DrawProgram.with(key, 4 * (2 * post + 2 * words + all), (program) => {
    const list = listsOf(program)
    const [chosen, marks, targets] = [list(2 * post), list(2 * words).fill(0), list(all)]
    chooseAll(program, { cells: post, of: pre, shift, choice, chosen, into: targets, marks })
    const starts = Int32Array.from({ length: pre + 1 }, (_, j) => j * count)
    return { starts, targets: targets.slice() }
  })
}

const isFor = ({ count, repeats }: Choice, cells: number, all: number): boolean =>
  !repeats && all >= MANY && 2 * count <= cells - 1

/** Gives lists of words in the memory of a program, one behind the other. */
function listsOf({ buffer }: DrawProgram): (length: number) => Int32Array {
  let free: number = drawRoom
  return (length) => {
    const found = new Int32Array(buffer, free, length)
    free += found.byteLength
    return found
  }
}

/** Chooses among so many `cells` for each one `of` the others, and puts them in order where `marks` are given. */
function chooseAll(
  program: DrawProgram,
  given: {
    readonly cells: number
    readonly of: number
    /** What is added to the number of a cell to get itself among those to choose from. */
    readonly shift: number
    readonly choice: Choice
    readonly chosen: Int32Array
    readonly into: Int32Array
    readonly marks?: Int32Array
  },
): void {
  const { cells, of, shift, chosen, into, marks } = given
  const { count, self } = given.choice
  for (let at = 0; at < chosen.length; at += 2) {
    chosen[at] = -1
    chosen[at + 1] = 0
  }
  for (let i = 0; i < of; i++) {
    const own = i + shift
    const without = !self && own >= 0 && own < cells
    const choices = cells - (without ? 1 : 0)
    const most = Math.floor(2 ** 32 / choices) * choices - 1
    const [from, to] = [into.byteOffset + 4 * count * i, into.byteOffset + 4 * count * (i + 1)]
    program.call('choose', i, choices, most, without ? own : cells, chosen.byteOffset, from, to)
    if (marks) program.call('sort', from, to, marks.byteOffset)
  }
}
