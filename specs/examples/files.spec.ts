/**
 * Every .ccn file of the repository is laid out as `ccn fmt` lays it out. Every example opens with a
 * paragraph that says what to expect and passes the checker without a warning; what cannot be run yet
 * is refused by `ccn train`, one sentence for each construct.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { parse } from '../../grammar/index.ts'
import { format } from '../../grammar/print.ts'
import { Workplace } from '../cli/run-cli.ts'
import { host, root } from '../helpers/repository.ts'

const filesIn = (folder: string): readonly string[] =>
  readdirSync(`${root}/${folder}`)
    .filter((name) => name.endsWith('.ccn'))
    .map((name) => `${folder}/${name}`)
const examples = filesIn('examples')
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8')

/** What of an example's constructs has no lowering yet. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'burstprop.ccn': ['A model of several phases'],
  'node_perturbation.ccn': ['A model of several phases'],
}

describe('the layout', () => {
  it.each([...examples, ...filesIn('library/std')])('%s', (file) => {
    const text = read(file)
    const { text: formatted, diagnostics } = format(text, file)
    expect(diagnostics).toEqual([])
    expect(formatted).toBe(text)
  })
})

describe('examples', () => {
  it.each(examples)('%s says what to expect', (file) => {
    const { doc = '' } = parse(read(file), file).file
    expect(doc.length).toBeGreaterThan(200)
  })
  it.each(examples)('%s passes the checker without warnings', (file) => {
    const { diagnostics } = compile(`${root}/${file}`, host, { until: 'model' })
    expect(diagnostics.filter(({ severity }) => severity !== 'remark')).toEqual([])
  })
})

describe('what cannot be run yet', () => {
  const place = new Workplace()
  afterAll(() => place.remove())
  it.each(Object.entries(refused))('%s is refused by ccn train', async (name, constructs) => {
    const { code, out, err } = await place.run(`train ${root}/examples/${name}`)
    expect(code).toBe(1)
    const found = [...`${out}${err}`.matchAll(/^error\[(\w+)\]: (.*)$/gm)]
    expect(found.map(([, diagnostic]) => diagnostic)).toEqual(found.map(() => 'CCN7001'))
    const sentences = found.map(([, , sentence = '']) => sentence)
    expect([...new Set(sentences)].toSorted()).toEqual(
      constructs.map((each) => `${each} cannot be run yet.`).toSorted(),
    )
  })
})
