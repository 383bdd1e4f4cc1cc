/**
 * Finds the name that a misspelt one was meant to be, for the hint "did you mean `apical`?".
 *
 * Distance is Damerau-Levenshtein (restricted: a swapped pair is not edited again). A candidate
 * counts if it is at most `max(1, floor(length / 3))` edits away; names of one letter never match
 * another letter. Of several at the same distance none is better, so nothing is suggested.
 */

/** Longest name that is compared; nobody misspells longer ones by an edit or two. */
const longest = 64

/** Most candidates that are looked through; a model with more names is not written by hand. */
const mostCandidates = 2000

/** The number of insertions, deletions, replacements and swaps that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}

/** The candidate that `name` most likely stands for, if there is exactly one. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longest) return undefined
  const limit = Math.max(1, Math.floor(name.length / 3))
  let best: string | undefined
  let bestDistance = Infinity
  let tied = false
  let count = 0
  for (const candidate of new Set(candidates)) {
    if (count++ >= mostCandidates) return undefined
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue
    const distance = distanceIgnoringCase(name, candidate)
    if (distance > limit || distance >= Math.max(name.length, candidate.length)) continue
    if (distance === bestDistance) tied = true
    if (distance >= bestDistance) continue
    best = candidate
    bestDistance = distance
    tied = false
  }
  return tied ? undefined : best
}

/** A name that differs in case only is half an edit away: nearer than any other. */
function distanceIgnoringCase(a: string, b: string): number {
  if (a.toLowerCase() === b.toLowerCase()) return 0.5
  return editDistance(a, b)
}
