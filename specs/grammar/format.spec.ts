/**
 * The formatter: formatting twice changes nothing, no comment is lost wherever it stands, and the
 * tree stays the same; on examples, library files, and mutations of them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from '../../grammar/index.ts'
import { endOf, lex } from '../../grammar/lex.ts'
import { format } from '../../grammar/print.ts'
import { mutations } from '../helpers/mutations.ts'
import { root } from '../helpers/repository.ts'
import { withoutSpans } from './sketch.ts'

const texts = ['examples', 'library/std'].flatMap((folder) =>
  readdirSync(`${root}/${folder}`)
    .filter((name) => name.endsWith('.ccn'))
    .map((name) => readFileSync(`${root}/${folder}/${name}`, 'utf8')),
)

const commentsOf = (text: string): readonly string[] =>
  lex(text, 'x.ccn').comments.map((each) => each.text.replace(/[ \t]*\r?\n[ \t]*/g, '\n').trim())

/** Formats a text that parses; one that does not stays as it is. */
function expectSound(text: string): void {
  const before = parse(text, 'x.ccn')
  const once = format(text, 'x.ccn')
  if (before.diagnostics.length > 0) {
    expect(once.text).toBe(text)
    return
  }
  expect(once.diagnostics).toEqual([])
  const after = parse(once.text, 'x.ccn')
  expect(after.diagnostics).toEqual([])
  expect(format(once.text, 'x.ccn').text).toBe(once.text)
  expect(commentsOf(once.text)).toEqual(commentsOf(text))
  const bare = ({ file }: typeof before) => withoutSpans({ ...file, comments: [] })
  expect(bare(after)).toEqual(bare(before))
}

describe('formatting', () => {
  it.each([
    'const a = 20000 um^2 / 1 uF/cm^2 * /* rate */ 1 s^-1 + (2 um) ^ 2 + 1 mV / ms',
    'cell A { spike s when v > 15 mV refractory tau /* long */ holding v, u { v = 0 } }',
    'const a = 1 /* one */ + /* two */ 2 // three',
    'cell A {\n  x = 1\n  // before the end\n}\n// at the end',
    'cell A { // behind the brace\n}',
    'cell A { /* empty */ }',
    'const a = f(1, // one\n 2 /* two */)',
    'const a = [\n  // inside of a list\n]',
    'population x[ /* size */ 3] : /* type */ A(1 /* argument */)',
    'connect a.e -> b.soma as W : S { // first\n init 1 // second\n // third\n learn R }',
    'import { A, // one\n B } from "std/cells" /* two */',
    'if on { // yes\n } else { // no\n }',
    '/* only a comment */',
    'experiment e { measure(s/* behind */\n.r) }',
    '// only a comment',
    'cell L(/**/\ng) {}',
    'cell L(a, /* b\n */ /* c */\n g) {}',
    'import { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, /* here */\ne } from "a"',
    'cell L() { x = 1 + /* one */\n 2 }',
    'cell L() { x = f(1 /* one */\n, 2 /* two */\n) }',
    'const a = 1\r\n// a line that ends otherwise\r\nconst b = 2',
    'const a = - /* sign */ 1\nconst b = not /* truth */ on',
    'function f(z) { a = 1 // one\n return a // two\n pullback(g) = g // three\n }',
  ])('keeps comments: %s', (text) => expectSound(text))

  it('of examples and the library', () => {
    for (const text of texts) expectSound(text)
  })

  it('of mutations', () => {
    fc.assert(
      fc.property(mutations(texts, 2), (text) => expectSound(text)),
      { numRuns: 60, seed: 20222 },
    )
  })

  it('of comments between any two tokens', () => {
    const property = fc.property(
      fc.constantFrom(...texts),
      fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(
        ' /* here */ ',
        ' /* here */\n',
        ' // here\n',
        '\n// here\n',
        '\n/* here\n   too */\n',
      ),
      (text, places, comment) => {
        const { tokens } = lex(text, 'x.ccn')
        const ends = new Set(
          places.map((at) => tokens[at % tokens.length]).map((each) => (each ? endOf(each) : 0)),
        )
        let changed = text
        for (const at of [...ends].toSorted((a, b) => b - a)) {
          changed = changed.slice(0, at) + comment + changed.slice(at)
        }
        expectSound(changed)
      },
    )
    fc.assert(property, { numRuns: 60, seed: 20223 })
  })
})
