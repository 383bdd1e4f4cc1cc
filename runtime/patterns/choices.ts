/** Patterns with a number that is given: of synapses in all, into each post cell, out of each pre cell. */
import { capacityOf, type PatternPlan } from '../../contract/pattern.ts'
import { groupByPre, groupEqually, sortRow, sortRows, type Csr } from './csr.ts'
import { PatternError } from './errors.ts'
import { chosenByProgram, sentByProgram } from './degrees.ts'
import type { Words } from './words.ts'

export interface Choice {
  readonly count: number
  readonly repeats: boolean
  readonly self: boolean
}

/** For each post cell, `count` pre cells. */
export function drawInDegree(plan: PatternPlan, choice: Choice, words: Words): Csr {
  const found = chosenByProgram(plan, choice, words)
  if (found) return found
  const { name, pre, post, shift = 0 } = plan
  const { count } = choice
  const chooser = new Chooser(pre, choice, words, name)
  const sources = new Int32Array(post * count)
  for (let i = 0; i < post; i++) chooser.choose(i, i - shift, sources, i * count)
  return groupEqually(sources, count, pre)
}

/** For each pre cell, `count` post cells. */
export function drawOutDegree(plan: PatternPlan, choice: Choice, words: Words): Csr {
  const found = sentByProgram(plan, choice, words)
  if (found) return found
  const { name, pre, post, shift = 0 } = plan
  const chooser = new Chooser(post, choice, words, name)
  const starts = new Int32Array(pre + 1)
  const targets = new Int32Array(pre * choice.count)
  for (let j = 0; j < pre; j++) {
    chooser.choose(j, j + shift, targets, j * choice.count)
    starts[j + 1] = (j + 1) * choice.count
  }
  const csr = { starts, targets }
  sortRows(csr)
  return csr
}

/** Chooses among cells for one cell after another. */
class Chooser {
  readonly #cells: number
  readonly #choice: Choice
  readonly #words: Words
  readonly #name: string
  /** For which cell each was chosen, or left out, last. */
  readonly #chosenFor: Int32Array
  /** Room for what is drawn at once. */
  #room = new Int32Array(0)

  constructor(cells: number, choice: Choice, words: Words, name: string) {
    this.#cells = cells
    this.#choice = choice
    this.#words = words
    this.#name = name
    this.#chosenFor = new Int32Array(cells).fill(-1)
  }

  #roomFor(count: number): Int32Array {
    if (this.#room.length < count) this.#room = new Int32Array(count)
    return this.#room
  }

  /** Writes the choice for the cell `of`, which among those to choose from is `own`, from `at` on. */
  choose(of: number, own: number, into: Int32Array, at: number): void {
    const { count, repeats, self } = this.#choice
    const without = !self && own >= 0 && own < this.#cells
    const choices = this.#cells - (without ? 1 : 0)
    const shift = without ? own : this.#cells
    const real = (cell: number): number => (cell < shift ? cell : cell + 1)
    if (count > 0 && (choices === 0 || (!repeats && count > choices))) {
      throw new PatternError(
        `The pattern ${this.#name} needs ${count} different cells for each, but there are ${choices} to choose from.`,
      )
    }
    if (repeats) {
      this.#words.allBelow(choices, into, at, at + count)
      if (without) for (let k = at; k < at + count; k++) into[k] = real(into[k]!)
      return
    }
    // More than half: those that are left out are chosen instead.
    const inverse = count > choices / 2
    const wanted = inverse ? choices - count : count
    const candidates = this.#roomFor(wanted)
    // As many as are wanted still are drawn at once: none is drawn that would not have been one by one.
    for (let k = 0; k < wanted;) {
      const missing = wanted - k
      this.#words.allBelow(choices, candidates, 0, missing)
      for (let m = 0; m < missing; m++) {
        const cell = candidates[m]!
        if (this.#chosenFor[cell] === of) continue
        this.#chosenFor[cell] = of
        if (!inverse) into[at + k] = real(cell)
        k++
      }
    }
    if (!inverse) return
    for (let cell = 0, k = 0; cell < choices; cell++) {
      if (this.#chosenFor[cell] !== of) into[at + k++] = real(cell)
    }
  }
}

/** So many synapses in all, each pair equally likely. */
export function drawNumber(plan: PatternPlan, choice: Choice, words: Words): Csr {
  const { name, pre, post, shift = 0 } = plan
  const { count, repeats, self } = choice
  const pairs = capacityOf({ kind: 'all', self }, pre, post, { shift })
  if (count > 0 && (pairs === 0 || (!repeats && count > pairs))) {
    throw new PatternError(
      `The pattern ${name} needs ${count} different pairs, but there are ${pairs}.`,
    )
  }
  const draw = (): readonly [number, number] => {
    for (;;) {
      const j = words.below(pre)
      const i = words.below(post)
      if (self || i !== j + shift) return [j, i]
    }
  }
  if (repeats) return drawn(count, pre, draw)
  // More than half: those that are left out are drawn instead.
  if (count <= pairs / 2) return distinct(count, pre, draw)
  return complement(distinct(pairs - count, pre, draw), plan, self)
}

function drawn(count: number, pre: number, draw: () => readonly [number, number]): Csr {
  const sources = new Int32Array(count)
  const targets = new Int32Array(count)
  for (let s = 0; s < count; s++) {
    const [j, i] = draw()
    sources[s] = j
    targets[s] = i
  }
  const csr = groupByPre(sources, targets, count, pre)
  sortRows(csr)
  return csr
}

/** Draws again what was there already, until all differ: every set of pairs is equally likely. */
function distinct(count: number, pre: number, draw: () => readonly [number, number]): Csr {
  const first = withoutRepeats(drawn(count, pre, draw))
  const missing = count - first.targets.length
  if (missing === 0) return first
  const more = new Map<number, Set<number>>()
  const sources = new Int32Array(missing)
  const targets = new Int32Array(missing)
  for (let s = 0; s < missing;) {
    const [j, i] = draw()
    const others = more.get(j) ?? new Set()
    if (others.has(i) || contains(first, j, i)) continue
    more.set(j, others.add(i))
    sources[s] = j
    targets[s] = i
    s++
  }
  return joined(first, groupByPre(sources, targets, missing, pre))
}

function withoutRepeats({ starts, targets }: Csr): Csr {
  const kept = new Int32Array(starts.length)
  let count = 0
  for (let j = 0; j + 1 < starts.length; j++) {
    for (let s = starts[j]!; s < starts[j + 1]!; s++) {
      if (s > starts[j]! && targets[s] === targets[s - 1]) continue
      // Never further than where it is read.
      targets[count++] = targets[s]!
    }
    kept[j + 1] = count
  }
  return { starts: kept, targets: targets.slice(0, count) }
}

function contains({ starts, targets }: Csr, j: number, i: number): boolean {
  let [from, to] = [starts[j]!, starts[j + 1]!]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (targets[middle]! < i) from = middle + 1
    else to = middle
  }
  return from < starts[j + 1]! && targets[from] === i
}

function joined(a: Csr, b: Csr): Csr {
  const rows = a.starts.length - 1
  const starts = a.starts.map((start, j) => start + b.starts[j]!)
  const targets = new Int32Array(a.targets.length + b.targets.length)
  let areMany = false
  for (let j = 0; j < rows; j++) {
    const mine = a.targets.subarray(a.starts[j], a.starts[j + 1])
    targets.set(mine, starts[j])
    const more = b.targets.subarray(b.starts[j], b.starts[j + 1])
    targets.set(more, starts[j]! + mine.length)
    if (more.length > FEW) areMany = true
    else if (more.length > 0) sortRow(targets, starts[j]!, starts[j + 1]!)
  }
  const csr = { starts, targets }
  if (areMany) sortRows(csr)
  return csr
}

/** So many synapses are put into a row that is in order one by one. */
const FEW = 16

/** Every pair that is not in the list. */
function complement(list: Csr, { pre, post, shift = 0 }: PatternPlan, self: boolean): Csr {
  const pairs = capacityOf({ kind: 'all', self }, pre, post, { shift })
  const targets = new Int32Array(pairs - list.targets.length)
  const starts = new Int32Array(pre + 1)
  let count = 0
  for (let j = 0; j < pre; j++) {
    let next = list.starts[j]!
    for (let i = 0; i < post; i++) {
      if (next < list.starts[j + 1]! && list.targets[next] === i) next++
      else if (self || i !== j + shift) targets[count++] = i
    }
    starts[j + 1] = count
  }
  return { starts, targets }
}
