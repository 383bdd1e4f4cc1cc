/** The documentation says what is: its models compile, its list of diagnostics is the compiler's. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { referencePath, withDiagnostics } from '../../docs/generate.ts'
import { libraryPage, libraryPath } from '../../docs/library.ts'
import { parse } from '../../grammar/index.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { root } from '../helpers/repository.ts'

const pages = ['README.md', 'docs/language.md', 'docs/describe.md']

describe('the documentation', () => {
  it('lists every diagnostic (npm run docs)', () => {
    const text = readFileSync(referencePath, 'utf8')
    expect(withDiagnostics(text)).toBe(text)
  })
  it('lists what the standard library declares (npm run docs)', () => {
    expect(readFileSync(libraryPath, 'utf8')).toBe(libraryPage())
  })
  for (const page of pages) {
    const blocks = [
      ...readFileSync(`${root}/${page}`, 'utf8').matchAll(/```ccn( fragment)?\n([\s\S]*?)```/g),
    ]
    it(`${page} has models`, () => expect(blocks.length).toBeGreaterThan(0))
    for (const [i, [, fragment, text = '']] of blocks.entries()) {
      it(`${page}, block ${i + 1}`, () => {
        if (fragment) expect(parse(text, 'fragment.ccn').diagnostics).toEqual([])
        else expect(errorsOf(compileText(text))).toEqual([])
      })
    }
  }
})
