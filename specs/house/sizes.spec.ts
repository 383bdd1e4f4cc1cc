/** Files are small: no more than 400 lines, but for tables and those that are still to be divided. */
import { describe, expect, it } from 'vitest'
import { sourceTexts } from './sources.ts'

const most = 400

/** Files that are one table: types, codes, texts. */
const tables: ReadonlySet<string> = new Set([
  'grammar/ast.ts',
  'grammar/diagnostics/codes.ts',
  'compiler/emit/tfjs/support.generated.ts',
])

/** Files that are still to be divided; none of them grows beyond this, and none is added. */
const mostOfLarge = 440
const large: ReadonlySet<string> = new Set([
  'compiler/model/weights/typing.ts',
  'compiler/lower/circuit/weights.ts',
])

describe('files', () => {
  it.each(sourceTexts().filter(({ path }) => !tables.has(path)))('$path is small', (file) => {
    const lines = file.text.split('\n').length - 1
    expect(lines).toBeLessThanOrEqual(large.has(file.path) ? mostOfLarge : most)
  })
})
