/** What holds for every diagnostic, whatever the source. */
import { expect } from 'vitest'
import type { Compilation } from '../../compiler/compile.ts'
import { codes } from '../../grammar/diagnostics/codes.ts'
import { renderDiagnostic, toJson } from '../../grammar/diagnostics/render.ts'

const known = new Set<string>(Object.values(codes).map((each) => each.code))

/** No run gives more diagnostics than this; nobody reads so many. */
const most = 500

/** Expects that every place is inside its file and that all of it can be shown. */
export function expectSoundDiagnostics({ diagnostics, sources }: Compilation): void {
  expect(diagnostics.length).toBeLessThanOrEqual(most)
  for (const each of diagnostics) {
    expect(known).toContain(each.code)
    for (const { span } of [each, ...(each.related ?? [])]) {
      const length = sources.get(span.file)?.length
      expect(length, `${each.code} is in ${span.file}, which was not read`).toBeDefined()
      expect(span.start).toBeGreaterThanOrEqual(0)
      expect(span.end).toBeGreaterThanOrEqual(span.start)
      expect(span.end).toBeLessThanOrEqual(length ?? 0)
    }
    expect(each.message).not.toMatch(/undefined|NaN|\[object|\{\w+\}/)
    const shown = renderDiagnostic(each, (file) => sources.get(file))
    // oxlint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(shown.length).toBeLessThan(5000)
    toJson(each, (file) => sources.get(file))
  }
}
