/** Files are small: no more than 400 lines, but for tables. */
import { describe, expect, it } from 'vitest'
import { sourceTexts } from './sources.ts'

const most = 400

/** Files that are one table: types, codes, texts. */
const tables: ReadonlySet<string> = new Set([
  'grammar/ast.ts',
  'grammar/diagnostics/codes.ts',
  'compiler/emit/tfjs/support.generated.ts',
])

describe('files', () => {
  it.each(sourceTexts().filter(({ path }) => !tables.has(path)))('$path is small', (file) => {
    const lines = file.text.split('\n').length - 1
    expect(lines).toBeLessThanOrEqual(most)
  })
})
