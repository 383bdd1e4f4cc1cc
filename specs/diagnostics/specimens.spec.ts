/**
 * Every diagnostic has a specimen, is in the language reference, points where it should, and reads
 * as `specimens.golden.txt` shows.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codes } from '../../grammar/diagnostics/codes.ts'
import type { Diagnostic } from '../../grammar/diagnostics/diagnostic.ts'
import { renderDiagnostic } from '../../grammar/diagnostics/render.ts'
import { multiplexing, usualTrains } from '../../service/multiplexing/index.ts'
import { compileText } from '../helpers/compile-text.ts'
import { expectSoundDiagnostics } from '../helpers/diagnostics.ts'
import { root } from '../helpers/repository.ts'
import { marked } from '../helpers/source.ts'
import { specimens, type Specimen } from './specimens/index.ts'

const short = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}...` : text)

function diagnose({ source, options, files, code, mixing }: Specimen) {
  const main = marked(source)
  const others = Object.entries(files ?? {}).map(([name, text]) => [name, marked(text)] as const)
  const texts = Object.fromEntries(others.map(([name, { text }]) => [name, text]))
  const compiled = compileText(main.text, { optimise: false, ...options }, texts)
  const explained =
    mixing === undefined
      ? []
      : multiplexing(compiled, { ...usualTrains, mostMixing: mixing }).diagnostics
  const compilation = { ...compiled, diagnostics: [...compiled.diagnostics, ...explained] }
  expectSoundDiagnostics(compilation)
  const places = [['main.ccn', main] as const, ...others].flatMap(([name, { spans }]) =>
    spans.map((span) => ({ file: `/project/${name}`, ...span })),
  )
  const ours = compilation.diagnostics.filter((each) => each.code === code)
  return { ...compilation, places, ours }
}

const severe = ({ severity }: Diagnostic) => severity === 'error'

describe('specimens', () => {
  it.each(specimens.map((each, i) => [each.code, i, short(each.source)] as const))(
    '%s, specimen %i: %s',
    (code, i) => {
      const specimen = specimens[i]
      if (!specimen) throw new Error(`no specimen ${i}`)
      const { diagnostics, places, ours } = diagnose(specimen)
      expect(ours.length, diagnostics.map((each) => each.message).join('\n')).toBe(1)
      if (places.length > 0) expect(ours.map((each) => each.span)).toEqual(places)
      // An error stands alone: one mistake is one diagnostic.
      const others = diagnostics.filter((each) => each.code !== code && severe(each))
      expect(others.map((each) => each.code)).toEqual(
        (specimen.beside ?? []).filter((each) =>
          Object.values(codes).some((kind) => kind.code === each && kind.severity === 'error'),
        ),
      )
    },
  )

  it('read well', async () => {
    const shown = specimens.map((specimen) => {
      const { sources, ours } = diagnose(specimen)
      const textOf = (file: string) => sources.get(file)
      return ours
        .map((each) => renderDiagnostic(each, textOf).replaceAll(`${root}/`, ''))
        .join('\n')
    })
    await expect(`${shown.join('\n\n')}\n`).toMatchFileSnapshot('specimens.golden.txt')
  })

  it('there is one for every code, and every code is in the reference', () => {
    const reference = readFileSync(`${root}/docs/language.md`, 'utf8')
    const known = new Set(specimens.map((each) => each.code))
    for (const { code } of Object.values(codes)) {
      if (code !== codes.unreadable.code) expect(known, code).toContain(code)
      expect(reference).toContain(`**${code}**`)
    }
  })
})
