/**
 * Large files: reading and formatting take time in proportion to their length (these would time out
 * otherwise), and no list is too long for a call.
 */
import { describe, expect, it } from 'vitest'
import { parse } from '../../grammar/index.ts'
import { format } from '../../grammar/print.ts'

const lines = (count: number, line: (i: number) => string): string =>
  `${Array.from({ length: count }, (_, i) => line(i)).join('\n')}\n`

describe('large files are formatted', () => {
  it.each([
    ['comments and nothing else', lines(200_000, () => '// a line')],
    ['documentation and nothing else', lines(130_000, () => '/// a line')],
    ['comments in a list', `const a = [\n${lines(20_000, () => '  // one')}  1,\n]\n`],
    ['comments in a cell', `cell A {\n${lines(20_000, () => '  // one')}  event e = 1\n}\n`],
    ['comments behind constants', lines(10_000, (i) => `const a${i} = ${i}  // one`)],
    ['populations', lines(10_000, (i) => `population a${i}[1] : A`)],
    ['equations of one cell', `cell A {\n${lines(5_000, (i) => `  x${i} = ${i}`)}}\n`],
  ])('%s', (_, text) => {
    const { text: once, diagnostics } = format(text, 'x.ccn')
    if (!text.includes('const a = [')) {
      expect(diagnostics).toEqual([])
      expect(once.split('\n').length).toBe(text.split('\n').length)
    }
  })

  it('a long list', () => {
    const list = `const a = [${'1, '.repeat(20_000)}1]\n`
    const { text, diagnostics } = format(list, 'x.ccn')
    expect(diagnostics).toEqual([])
    expect(text.replace(/\s+/g, '')).toBe(list.replace(/\s+/g, ''))
  })
})

describe('large files without sense end with few messages', () => {
  it.each([
    ['semicolons', ';\n'.repeat(50_000)],
    ['parentheses', '('.repeat(50_000)],
    ['closing brackets', '])'.repeat(50_000)],
    ['blocks that never end', 'cell A {\n'.repeat(20_000)],
    ['words', 'foo bar\n'.repeat(20_000)],
    ['odd words', 'ä '.repeat(20_000)],
    ['quotes', "'".repeat(20_000)],
    ['digits', '1_'.repeat(20_000)],
    ['beginnings of comments', '/*'.repeat(20_000)],
  ])('%s', (_, text) => {
    expect(parse(text, 'x.ccn').diagnostics.length).toBeGreaterThan(0)
    expect(parse(text, 'x.ccn').diagnostics.length).toBeLessThanOrEqual(100)
  })
})
