/**
 * Every example through the certifier: verdicts are those of the golden file, each fact is of a line that there is,
 * and what an example states holds in every form.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '../../compiler/compile.ts'
import { certifyForms } from '../../service/certificates/forms.ts'
import { certify, type CertifiedFact } from '../../service/certificates/index.ts'
import { ParsedFiles } from '../../service/parsed-files.ts'
import { host, root } from '../helpers/repository.ts'

const names = readdirSync(`${root}/examples`).filter((name) => name.endsWith('.ccn'))

const places = (facts: readonly CertifiedFact[] = []): CertifiedFact[] =>
  facts.flatMap((each) => [each, ...places(each.facts)])

describe('certificates of examples', () => {
  const parsed = new ParsedFiles()
  const verdicts: string[] = []

  it.each(names)('%s', (name) => {
    const main = `${root}/examples/${name}`
    const compilation = compile(main, host, { until: 'model', parse: parsed.parse })
    const certificates = certify(compilation)
    expect(certificates.map(({ property }) => property)).toEqual([
      'local',
      'single_phase',
      'no_weight_transport',
      'dale',
    ])
    for (const { holds, facts, stated } of certificates) {
      const all = places(facts)
      expect(all.some(({ breaks }) => breaks)).toBe(!holds)
      if (stated) expect(holds).toBe(true)
      for (const { place } of all) {
        if (!place) continue
        const lines = compilation.sources.get(place.file)?.split('\n') ?? []
        expect(lines[place.line - 1]?.trim()).toBeTruthy()
      }
    }
    verdicts.push(
      `${name}\n${certificates
        .map(
          ({ property, holds, summary }) =>
            `  ${property} ${holds ? 'holds' : 'fails'}: ${summary}`,
        )
        .join('\n')}`,
    )
  })

  it('are as they were', async () => {
    await expect(`${verdicts.join('\n\n')}\n`).toMatchFileSnapshot('certificates.golden.txt')
  })

  it('hold where they are stated, in every form', () => {
    const { forms } = certifyForms(`${root}/examples/burstccn.ccn`, host, parsed)
    expect(forms.map(({ variant, experiment }) => variant ?? experiment ?? '')).toEqual([
      '',
      'symmetric',
      'kolen_pollack',
      'no_event_feedback',
      'digits_kolen_pollack',
      'mnist',
    ])
    expect(forms.flatMap(({ unmet }) => unmet)).toEqual([])
    const symmetric = forms[1]!.certificates.find((each) => each.property === 'no_weight_transport')
    expect(symmetric).toMatchObject({ holds: false })
    expect(symmetric!.stated).toBeUndefined()
  })
})
