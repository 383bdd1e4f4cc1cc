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
  const read = members.map(readMember)
  const result: Family[] = []
  let at = 0
  while (at < members.length) {
    let shifts: readonly Shift[] = read[at]!.found.map((value) => ({
      relative: value - read[at]!.own,
      fixed: value,
    }))
    let end = at + 1
    while (end < members.length) {
      const more = extended(read[at]!, end - at, read[end]!, shifts)
      if (!more) break
      shifts = more
      end++
    }
    const group = members.slice(at, end)
    result.push(
      group.length === 1
        ? { members: [at], formulas: group[0]!.formulas, words: group[0]!.words }
        : joined(group, at, shifts),
    )
    at = end
  }
  return result
}

/** What an index may be in all members so far: more than the member's own by a number, or the same in all. */
interface Shift {
  readonly relative?: number
  readonly fixed?: number
}

interface ReadMember {
  readonly own: number
  readonly found: readonly number[]
  readonly skeleton: string
}

const textOf = ({ formulas, words }: Member): string => JSON.stringify([formulas, words])

function readMember(member: Member): ReadMember {
  const text = textOf(member)
  return {
    own: member.index ?? Number.NaN,
    found: [...text.matchAll(indexPattern)].map(([, digits]) => Number(digits)),
    skeleton: text.replaceAll(indexPattern, '[]'),
  }
}

/** What is left of the shifts with the member that is so many after the first; undefined if it is of no family with it. */
function extended(
  first: ReadMember,
  after: number,
  member: ReadMember,
  shifts: readonly Shift[],
): readonly Shift[] | undefined {
  if (member.own !== first.own + after || member.skeleton !== first.skeleton) return undefined
  const left: Shift[] = []
  for (const [place, { relative, fixed }] of shifts.entries()) {
    const value = member.found[place]!
    const isRelative = relative !== undefined && value - member.own === relative
    const isFixed = fixed !== undefined && value === fixed
    if (!isRelative && !isFixed) return undefined
    left.push({ ...(isRelative && { relative }), ...(isFixed && { fixed }) })
  }
  return left
}

function joined(members: readonly Member[], start: number, shifts: readonly Shift[]): Family {
  let place = 0
  const text = textOf(members[0]!).replaceAll(indexPattern, (whole) => {
    const { relative: shift } = shifts[place++]!
    if (shift === undefined) return whole
    if (shift === 0) return '[l]'
    return shift > 0 ? `[l+${shift}]` : `[l−${-shift}]`
  })
  const [formulas, words] = JSON.parse(text) as [Mathematics[], string[]]
  const indices = members.map((each) => each.index!)
  const range =
    indices.length === 2 ? `l = ${indices.join(', ')}` : `l = ${indices[0]}, …, ${indices.at(-1)}`
  return { members: members.map((_, i) => start + i), range, formulas, words }
}
