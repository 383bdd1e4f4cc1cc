/**
 * Every .ccn file of the repository is laid out as `ccn fmt` lays it out. Every example opens with a
 * paragraph that says what to expect, passes the checker without a warning, and can be run.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { parse } from '../../grammar/index.ts'
import { format } from '../../grammar/print.ts'
import { host, root } from '../helpers/repository.ts'

const filesIn = (folder: string): readonly string[] =>
  readdirSync(`${root}/${folder}`)
    .filter((name) => name.endsWith('.ccn'))
    .map((name) => `${folder}/${name}`)
const zoo = readdirSync(`${root}/examples/zoo`).flatMap((topic) => filesIn(`examples/zoo/${topic}`))
const examples = [...filesIn('examples'), ...zoo]
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8')

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
  it.each(examples)('%s can be run', (file) => {
    const { diagnostics, plan } = compile(`${root}/${file}`, host, { optimise: false })
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(plan).toBeDefined()
  })
})
