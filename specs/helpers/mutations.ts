/**
 * Broken and odd sources for property tests: valid files with tokens and lines deleted, doubled,
 * swapped, exchanged for others or blown up, and files spliced together.
 */
import fc from 'fast-check'
import { endOf, lex } from '../../grammar/lex.ts'

/** A source cut into tokens, each with the blank space and comments before it. */
function pieces(text: string): string[] {
  const { tokens } = lex(text, 'pieces.ccn')
  let from = 0
  const cut = tokens.map((token) => {
    const piece = text.slice(from, endOf(token))
    from = endOf(token)
    return piece
  })
  return [...cut, text.slice(from)]
}

/** What a number can become: none, negative, broken, absurd. */
const numbers = ['0', '-1', '1', '0.5', '3', '1e-300', '1e12', '1e308', '1e999', '9007199254740993']

const others = [
  ...'{ } ( ) [ ] , : . .. ... = + - * / ^ @ < > == -> "x" "" 10 ms if then else not and or'.split(
    ' ',
  ),
  ...'on off event burst loss init learn tied fixed prev normal() sum pre post w dw backprop'.split(
    ' ',
  ),
  ...'for population connect let use as in experiment variant set drop phase \n // c\n /* c */'.split(
    ' ',
  ),
  // Names that objects of JavaScript have, units that there are not, and marks of other languages.
  ...'__proto__ constructor toString mv µs Ω msec ** && := .5 1_000 % ; ! é − [0..1] [-1] 1e308'.split(
    ' ',
  ),
]

/** Where and how to change a text; the numbers are taken modulo what is there. */
export interface Edit {
  readonly way: number
  readonly at: number
  readonly length: number
  readonly other: number
}

const ways: readonly ((parts: string[], edit: Required<Edit>, rest: string) => string[])[] = [
  // Delete some.
  (parts, { at, length }) => parts.toSpliced(at % parts.length, 1 + (length % 4)),
  // Double some.
  (parts, { at, length }) => {
    const start = at % parts.length
    return parts.toSpliced(start, 0, ...parts.slice(start, start + 1 + (length % 12)))
  },
  // Swap two.
  (parts, { at, other }) => {
    const [i, j] = [at % parts.length, other % parts.length]
    return parts.with(i, parts[j] ?? '').with(j, parts[i] ?? '')
  },
  // Exchange a name for another one of the file: what parses, and means something else.
  (parts, { at, other }) => {
    const names = parts.flatMap((part, i) => (/[A-Za-z_]\w*$/.test(part) ? [i] : []))
    if (names.length === 0) return parts
    const i = names[at % names.length] ?? 0
    const name = /\w+$/.exec(parts[names[other % names.length] ?? 0] ?? '')?.[0] ?? 'x'
    return parts.with(i, (parts[i] ?? '').replace(/\w+$/, name))
  },
  // Blow up a number.
  (parts, { at, other }) => {
    const found = parts.flatMap((part, i) => (/[\d.]+$/.test(part) ? [i] : []))
    if (found.length === 0) return parts
    const i = found[at % found.length] ?? 0
    const number = numbers[other % numbers.length] ?? '0'
    return parts.with(i, (parts[i] ?? '').replace(/[\d.e+-]+$/, number))
  },
  // Put something else in.
  (parts, { at, other, length }) =>
    parts.toSpliced(at % parts.length, length % 2, ` ${others[other % others.length]} `),
  // Delete, double or swap lines.
  (parts, { at, length, other }) => {
    const lines = parts.join('').split(/(?<=\n)/)
    const start = at % lines.length
    const some = lines.slice(start, start + 1 + (length % 5))
    if (other % 3 === 0) return lines.toSpliced(start, some.length)
    if (other % 3 === 1) return lines.toSpliced(start, 0, ...some)
    return lines.toSpliced(start, some.length).toSpliced(other % lines.length, 0, ...some)
  },
  // The beginning of one file and the end of another.
  (parts, { at, other }, rest) => {
    const tail = pieces(rest)
    return [...parts.slice(0, at % parts.length), ...tail.slice(other % tail.length)]
  },
]

/** One of `texts` with one to four edits. */
export function mutations(texts: readonly string[], most = 4): fc.Arbitrary<string> {
  const edit = fc.record({
    way: fc.nat(ways.length - 1),
    at: fc.nat(),
    length: fc.nat(20),
    other: fc.nat(),
  })
  const edits = fc.array(edit, { minLength: 1, maxLength: most })
  return fc
    .tuple(fc.constantFrom(...texts), fc.constantFrom(...texts), edits)
    .map(([text, rest, list]) =>
      list.reduce((changed, each) => {
        const parts = pieces(changed)
        return (ways[each.way]?.(parts, each, rest) ?? parts).join('')
      }, text),
    )
}

/** Texts of arbitrary characters, as a file of random bytes is read. */
export const randomBytes: fc.Arbitrary<string> = fc
  .uint8Array({ maxLength: 400 })
  .map((bytes) => Buffer.from(bytes).toString('utf8'))
