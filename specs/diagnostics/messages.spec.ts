/** One mistake is one message, and it says what to write. */
import { describe, expect, it } from 'vitest'
import { renderDiagnostic } from '../../grammar/diagnostics/render.ts'
import { compileText } from '../helpers/compile-text.ts'
import { expectSoundDiagnostics } from '../helpers/diagnostics.ts'
import { root } from '../helpers/repository.ts'
import { mistakes, sound } from './messages.table.ts'

describe('messages', () => {
  it.each(sound)('none, of %s', (source) => {
    const { diagnostics } = compileText(source)
    expect(diagnostics.filter((each) => each.severity === 'error')).toEqual([])
  })

  it('of one mistake each', async () => {
    const shown = mistakes.map((source) => {
      const compilation = compileText(source, { optimise: false })
      expectSoundDiagnostics(compilation)
      const { diagnostics, sources } = compilation
      expect(diagnostics.map((each) => each.message)).toHaveLength(1)
      return diagnostics
        .map((each) => renderDiagnostic(each, (file) => sources.get(file)))
        .join('\n')
        .replaceAll(`${root}/`, '')
    })
    await expect(`${shown.join('\n\n')}\n`).toMatchFileSnapshot('messages.golden.txt')
  })

  it('`--set` with a misspelt name points at the name, and takes one value', () => {
    const said = (set: Record<string, string>) =>
      compileText(
        'param hidden = 3\nparam z = 1\ncell A { signal e = z }\npopulation h[hidden] : A',
        {
          set,
        },
      ).diagnostics.map(({ code, message, span, hint }) => [
        code,
        message,
        span.start,
        span.end,
        hint,
      ])
    expect(said({ hiden: '3' })).toEqual([
      ['CCN2001', 'There is no parameter named `hiden` here.', 6, 11, 'did you mean `hidden`?'],
    ])
    expect(said({ hidden: '4 param z = 3' })).toEqual([
      ['CCN1002', 'Expected one value, but found `param z = 3`.', 17, 28, undefined],
    ])
  })
})
