/**
 * One mistake is said in one place: what the checks say, lowering does not say too; and what a weight or a
 * statement names is looked up where names are bound, nowhere else.
 */
import { describe, expect, it } from 'vitest'
import { sourceTexts, type SourceText } from './sources.ts'

const filesOf = (room: string): readonly SourceText[] =>
  sourceTexts().filter(({ path }) => path.startsWith(`compiler/${room}/`))

/** The names of the diagnostics that the files of a room report. */
function reportedIn(room: string): ReadonlySet<string> {
  const calls = /\b(?:report|reportOnce|filled)\(\s*(?:[\w.]+,\s*)?'(\w+)'/g
  return new Set(
    filesOf(room).flatMap(({ text }) => [...text.matchAll(calls)].map((match) => match[1] ?? '')),
  )
}

describe('messages', () => {
  it('are of the checks or of lowering, not of both', () => {
    const [checks, lowering] = [reportedIn('check'), reportedIn('lower')]
    expect(checks.size).toBeGreaterThan(10)
    expect([...lowering].filter((name) => checks.has(name))).toEqual([])
  })

  it.each(filesOf('lower'))('$path looks no name up', ({ text }) => {
    expect(text).not.toMatch(/\bfind(Elements|Family|Learnables)\(|\bparseName\(|\.lookUp\(/)
    expect(text).not.toMatch(/report\(\s*'unknown(Name|Member|Field)'/)
  })

  it.each(filesOf('check'))('$path finds no weight by name', ({ text }) => {
    expect(text).not.toMatch(/\bfind(Elements|Family)\(|\belementsOf\(/)
  })
})
