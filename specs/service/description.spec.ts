/** Descriptions of all examples: as they were looked at, in each format, with nothing of a file let loose. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { compile, type Compilation } from '../../compiler/compile.ts'
import { diskHost } from '../../project/disk-host.ts'
import { renderDescription, type DescriptionFormat } from '../../service/description/render.ts'
import { compileText } from '../helpers/compile-text.ts'
import { hostileTexts } from '../helpers/hostile-text.ts'
import { root } from '../helpers/repository.ts'
import { readXml } from '../helpers/xml.ts'
import { descriptionSchema } from './description-schema.ts'

const examples = readdirSync(join(root, 'examples'))
  .filter((name) => name.endsWith('.ccn'))
  .map((name) => name.slice(0, -'.ccn'.length))

const compilations = new Map<string, Compilation>()
const compiled = (name: string): Compilation => {
  const path = join(root, 'examples', `${name}.ccn`)
  const known = compilations.get(name) ?? compile(path, diskHost(path), { until: 'model' })
  compilations.set(name, known)
  return known
}
const rendered = (name: string, format: DescriptionFormat): string =>
  renderDescription(compiled(name), format) ?? ''

describe('an example', () => {
  it.each(examples)('%s as text', async (name) => {
    await expect(rendered(name, 'text')).toMatchFileSnapshot(`golden/descriptions/${name}.md`)
  })

  it.each(['burstccn', 'coba', 'spiking'])('%s as LaTeX', async (name) => {
    await expect(rendered(name, 'latex')).toMatchFileSnapshot(`golden/descriptions/${name}.tex`)
  })

  it.each(examples)('%s as JSON, by its schema', (name) => {
    const data: unknown = JSON.parse(rendered(name, 'json'))
    expect(v.safeParse(descriptionSchema, data).issues?.map(({ message }) => message)).toBe(
      undefined,
    )
  })

  it.each(examples)('%s as a page that is well-formed, and needs nothing else', (name) => {
    const page = rendered(name, 'html')
    const { elements } = readXml(xmlOf(page))
    expect(elements.filter((each) => /^(script|link|img|iframe)\b/.test(each))).toEqual([])
    expect(page).not.toMatch(/(src|href)="(?!#)/)
    // Every heading is one level below that before it at most.
    const levels = elements.flatMap((each) => (/^h\d/.test(each) ? [Number(each[1])] : []))
    expect(levels.every((level, i) => level <= (levels[i - 1] ?? 0) + 1)).toBe(true)
  })
})

/** What is written in HTML in short, as XML has it. */
const xmlOf = (page: string): string =>
  page
    .replace('<!doctype html>', '')
    .replaceAll(/<(meta|col)\b([^>]*)>/g, '<$1$2></$1>')
    .trim()

describe('a description', () => {
  const sourced = `/// A cell with sources.
model sourced
param tau_m = 20 ms in 0 ms < ..  /// membrane time constant [Payeur 2021, Table 1]
param strength = 0.23 / 1 nA      /// for each nanoampere
param p_0 = 1
param p0 = 2
cell C { compartment soma  state v = -70 mV : tau_m * dv/dt = -(v + 70 mV) + soma  spike s when v > -50 mV }
population c[10] : C
connect c.s -> c.soma as W { init 1 mV }
experiment e { step 1 ms  duration 1 s  set p0 = 3 }`
  let compilation: Compilation
  beforeAll(() => {
    compilation = compileText(sourced)
  })
  const lines = (format: DescriptionFormat): readonly string[] =>
    (renderDescription(compilation, format) ?? '').split('\n')

  it('has values in the unit as written, with meaning and source', () => {
    expect(lines('text')).toContain(
      '| `tau_m` | τₘ | 20 ms | τₘ > 0 ms | membrane time constant | Payeur 2021, Table 1 |',
    )
    const { params } = JSON.parse(renderDescription(compilation, 'json') ?? '') as {
      params: Record<string, unknown>[]
    }
    expect(params[0]).toEqual({
      name: 'tau_m',
      value: 20,
      unit: 'ms',
      from: 0,
      meaning: 'membrane time constant',
      source: 'Payeur 2021, Table 1',
      structural: false,
    })
  })
  it('calls no bias what is the number of a unit, or a value that the population gives it', () => {
    const text = renderDescription(
      compileText(`model m
cell C(tau = 10 ms) { compartment soma  bias b = 0  state v = 0.1 * index : tau * dv/dt = b - v + soma }
population c[3] : C(tau = each uniform(5 ms, 20 ms))
experiment e { step 1 ms  duration 10 ms }`),
      'text',
    )
    expect(text).toContain(
      'Has: compartment soma; bias of each unit b, at first `0`; number of each unit, from 0, index; value of each unit τ, `uniform(5 ms, 20 ms)`.',
    )
  })
  it('has a unit where no single one fits', () => {
    expect(lines('text').find((line) => line.includes('`strength`'))).toContain('2.3 × 10⁸ A⁻¹')
  })
  it('keeps names apart that would look alike', () => {
    expect(lines('text').find((line) => line.startsWith('| `p0`'))).toContain('| p0 | 3 |')
    expect(lines('text').find((line) => line.startsWith('| `p_0`'))).toContain('| p_0 | 1 |')
  })

  const formats: readonly DescriptionFormat[] = ['text', 'markdown', 'html', 'latex', 'json']
  const hostile = hostileTexts.map((each) => each.replaceAll(/[\n\r\u2028\u2029]/g, ' '))
  const file = `/// ${hostile.join(' ')}
model evil
${hostile.map((each, i) => `param p${i}x = ${i}  /// ${each} [${each}]`).join('\n')}
cell C { compartment soma  event e = soma  /// ${hostile.join(' ')}
}
population c[2] : C
connect c.e -> c.soma as W { init file("</script>$x$%.npy") delay 1 step }
dataset d { field f[2]  train npy(f = "\\\\input{x}<b>.npy") test npy(f = "x.npy") }
experiment e { data d  batch 1 }`
  it.each(formats)('lets nothing of a file loose in %s', (format) => {
    const page = renderDescription(compileText(file), format) ?? ''
    expect(page).not.toBe('')
    if (format === 'html') expect(() => readXml(xmlOf(page))).not.toThrow()
    if (format === 'json') expect(() => JSON.parse(page) as unknown).not.toThrow()
    if (format === 'text' || format === 'markdown') {
      // Outside of code no tag begins.
      const prose = page.replaceAll(/(`+)[^`][\s\S]*?\1/g, '')
      expect(prose).not.toMatch(/(?<!\\)<[a-z/!]/i)
    }
    if (format === 'latex') expect(page).not.toMatch(/\\input|[^\\]%(?!\s*$)/)
  })

  const pdflatex = spawnSync('pdflatex', ['--version']).status === 0
  it.runIf(pdflatex)('is a document that pdflatex compiles', { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'ccn-latex-'))
    const parts = [
      renderDescription(compileText(file), 'latex') ?? '',
      rendered('spiking', 'latex'),
    ]
    for (const content of parts) {
      writeFileSync(join(folder, 'it.tex'), content)
      const args = ['-interaction=nonstopmode', '-halt-on-error', '-no-shell-escape', 'it.tex']
      const { status, stdout } = spawnSync('pdflatex', args, { cwd: folder, encoding: 'utf8' })
      expect(status === 0 ? '' : stdout).toBe('')
    }
    rmSync(folder, { recursive: true })
  })
})
