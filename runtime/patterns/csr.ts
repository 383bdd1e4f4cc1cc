/** Lists of synapses brought into the order of patterns: by pre cell, then by post cell. */

/** Synapses by pre cell: those of j are `starts[j] .. starts[j + 1]`. */
export interface Csr {
  readonly starts: Int32Array<ArrayBuffer>
  readonly targets: Int32Array<ArrayBuffer>
}

/** The places where the synapses of each pre cell begin, and behind them the number of all. */
export function startsOf(sources: Int32Array, count: number, pre: number): Int32Array<ArrayBuffer> {
  const starts = new Int32Array(pre + 1)
  for (let s = 0; s < count; s++) starts[sources[s]! + 1]!++
  for (let j = 0; j < pre; j++) starts[j + 1]! += starts[j]!
  return starts
}

/**
 * The first `count` synapses (sources[s], targets[s]) by pre cell; of one pre cell they stay in their
 * order, so that targets that ascend go on to do so. `order`, if asked for, is where each was.
 */
export function byPre(
  sources: Int32Array,
  targets: Int32Array,
  count: number,
  pre: number,
): Csr & { readonly order: Int32Array<ArrayBuffer> } {
  const starts = startsOf(sources, count, pre)
  const next = starts.slice()
  const sorted = new Int32Array(count)
  const order = new Int32Array(count)
  for (let s = 0; s < count; s++) {
    const place = next[sources[s]!]!++
    sorted[place] = targets[s]!
    order[place] = s
  }
  return { starts, targets: sorted, order }
}

/** The same without where each was, which takes half of the memory. */
export function groupByPre(
  sources: Int32Array,
  targets: Int32Array,
  count: number,
  pre: number,
): Csr {
  const starts = startsOf(sources, count, pre)
  const next = starts.slice()
  const sorted = new Int32Array(count)
  for (let s = 0; s < count; s++) sorted[next[sources[s]!]!++] = targets[s]!
  return { starts, targets: sorted }
}

/**
 * The same of `each` pre cells for every post cell, one post cell after the other: which post cell a synapse is of
 * is in no list, which would be as large as the pattern.
 */
export function groupEqually(sources: Int32Array, each: number, pre: number): Csr {
  const starts = startsOf(sources, sources.length, pre)
  const next = starts.slice()
  const sorted = new Int32Array(sources.length)
  for (let s = 0, i = 0; s < sources.length; i++)
    for (const end = s + each; s < end; s++) sorted[next[sources[s]!]!++] = i
  return { starts, targets: sorted }
}

/** Sorts the targets of each pre cell, in place. */
export function sortRows({ starts, targets }: Csr): void {
  let most = 0
  for (let s = 0; s < targets.length; s++) if (targets[s]! > most) most = targets[s]!
  const marks: Marks = {
    cells: new Uint32Array((most >>> 5) + 1),
    words: new Uint32Array((most >>> 10) + 1),
  }
  for (let j = 0; j + 1 < starts.length; j++) {
    const [from, to] = [starts[j]!, starts[j + 1]!]
    if (to - from <= SHORT) sortRow(targets, from, to)
    else if (!sortByMarks(targets, from, to, marks)) targets.subarray(from, to).sort()
  }
}

const SHORT = 24

/** A bit for each cell, and one for each word of these that is not 0; all are 0 before and after. */
interface Marks {
  readonly cells: Uint32Array
  readonly words: Uint32Array
}

/** Sorts a row by marks; false, with the row as it was, where a cell comes twice. */
function sortByMarks(targets: Int32Array, from: number, to: number, marks: Marks): boolean {
  const { cells, words } = marks
  let differ = true
  for (let s = from; s < to; s++) {
    const [place, bit] = [targets[s]! >>> 5, 1 << (targets[s]! & 31)]
    if ((cells[place]! & bit) !== 0) differ = false
    cells[place]! |= bit
    words[place >>> 5]! |= 1 << (place & 31)
  }
  if (!differ) {
    for (let s = from; s < to; s++) cells[targets[s]! >>> 5] = words[targets[s]! >>> 10] = 0
    return false
  }
  for (let group = 0, s = from; s < to; group++) {
    let marked = words[group]!
    words[group] = 0
    while (marked !== 0) {
      const place = 32 * group + lowestOf(marked)
      let word = cells[place]!
      cells[place] = 0
      while (word !== 0) {
        targets[s++] = 32 * place + lowestOf(word)
        word &= word - 1
      }
      marked &= marked - 1
    }
  }
  return true
}

/** The number of the lowest bit that is set. */
const lowestOf = (word: number): number => 31 - Math.clz32(word & -word)

/** Sorts a part that is short, or of which most is in order: each number goes to its place among those before. */
export function sortRow(targets: Int32Array, from: number, to: number): void {
  for (let at = from + 1; at < to; at++) {
    const moved = targets[at]!
    let place = at
    while (place > from && targets[place - 1]! > moved) {
      targets[place] = targets[place - 1]!
      place--
    }
    targets[place] = moved
  }
}
