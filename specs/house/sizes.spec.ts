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
const mostOfLarge = 620
const large: ReadonlySet<string> = new Set([
  'compiler/emit/wasm/emit/program.ts',
  'compiler/lower/circuit/circuit.ts',
  'compiler/lower/circuit/expressions.ts',
  'compiler/lower/circuit/weights.ts',
  'compiler/lower/experiment/experiment.ts',
  'compiler/lower/experiment/measures.ts',
  'compiler/model/bind/binder.ts',
  'compiler/model/cells.ts',
  'compiler/model/circuit.ts',
  'compiler/model/connections.ts',
  'compiler/model/evaluate.ts',
  'compiler/plan/schedule.ts',
  'grammar/parser/base.ts',
  'grammar/parser/cells.ts',
  'grammar/parser/circuit.ts',
  'grammar/parser/experiments.ts',
  'grammar/parser/expressions.ts',
  'runtime/engine/wasm/network.ts',
  'runtime/train/stepper.ts',
])

describe('files', () => {
  it.each(sourceTexts().filter(({ path }) => !tables.has(path)))('$path is small', (file) => {
    const lines = file.text.split('\n').length - 1
    expect(lines).toBeLessThanOrEqual(large.has(file.path) ? mostOfLarge : most)
  })
})
