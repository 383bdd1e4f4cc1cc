/**
 * Statements that are the same for every layer, made one: `W[1]` and `W[2]` become `W[l]`, where every index in
 * them is the layer's own number plus a constant, or the same in all.
 */
import type { Mathematics } from '../typeset/mathematics.ts'

/** Formulas of one layer. */
export interface Member {
  /** The index of what they are about; undefined for what is in no array. */
  readonly index?: number
  readonly formulas: readonly Mathematics[]
  /** Whatever else has to be the same, in words. */
  readonly words: readonly string[]
}

export interface Family {
  /** Places in the list that was given. */
  readonly members: readonly number[]
  /** `l = 0, 1`; undefined for one alone. */
  readonly range?: string
  readonly formulas: readonly Mathematics[]
  readonly words: readonly string[]
}

const indexPattern = /\[(\d+)\]/g

/** Groups what comes in order. */
export function families(members: readonly Member[]): readonly Family[] {
  const result: Family[] = []
  let at = 0
  while (at < members.length) {
    let end = at + 1
    while (end < members.length && isNext(members.slice(at, end + 1))) end++
    const group = members.slice(at, end)
    result.push(
      group.length === 1
        ? { members: [at], formulas: group[0]!.formulas, words: group[0]!.words }
        : joined(group, at),
    )
    at = end
  }
  return result
}

const textOf = ({ formulas, words }: Member): string => JSON.stringify([formulas, words])
const indicesOf = (text: string): readonly number[] =>
  [...text.matchAll(indexPattern)].map(([, digits]) => Number(digits))
const skeleton = (text: string): string => text.replaceAll(indexPattern, '[]')

function isNext(members: readonly Member[]): boolean {
  const [first, ...others] = members
  const last = others.at(-1)!
  if (first!.index === undefined || last.index === undefined) return false
  if (last.index !== first!.index + others.length) return false
  if (skeleton(textOf(first!)) !== skeleton(textOf(last))) return false
  return shiftsOf(members) !== undefined
}

/** Of each index, what it is more than the member's own; `fixed` if it is the same in all. */
function shiftsOf(members: readonly Member[]): readonly (number | 'fixed')[] | undefined {
  const all = members.map((each) => ({ own: each.index!, found: indicesOf(textOf(each)) }))
  const shifts = all[0]!.found.map((value, place): number | 'fixed' | undefined => {
    const shift = value - all[0]!.own
    if (all.every(({ own, found }) => found[place]! - own === shift)) return shift
    return all.every(({ found }) => found[place] === value) ? 'fixed' : undefined
  })
  return shifts.every((each) => each !== undefined) ? shifts : undefined
}

function joined(members: readonly Member[], start: number): Family {
  const shifts = shiftsOf(members)!
  let place = 0
  const text = textOf(members[0]!).replaceAll(indexPattern, (whole) => {
    const shift = shifts[place++]!
    if (shift === 'fixed') return whole
    if (shift === 0) return '[l]'
    return shift > 0 ? `[l+${shift}]` : `[l−${-shift}]`
  })
  const [formulas, words] = JSON.parse(text) as [Mathematics[], string[]]
  const indices = members.map((each) => each.index!)
  const range =
    indices.length === 2 ? `l = ${indices.join(', ')}` : `l = ${indices[0]}, …, ${indices.at(-1)}`
  return { members: members.map((_, i) => start + i), range, formulas, words }
}
