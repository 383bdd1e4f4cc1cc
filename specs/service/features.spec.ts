/** Every feature of the language is told by descriptions and by differences, as docs/describe.md says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { renderDescription } from '../../service/description/render.ts'
import { differences } from '../../service/difference/index.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { root } from '../helpers/repository.ts'
import { features } from './features.table.ts'

const compiled = (text: string) => {
  const compilation = compileText(text, { until: 'model' })
  expect(errorsOf(compilation)).toEqual([])
  return compilation
}

it.each(features)('$name', ({ text, described, change: [from, to], differs }) => {
  expect(text.split(from)).toHaveLength(2)
  const [before, after] = [compiled(text), compiled(text.replace(from, to))]
  expect(renderDescription(before, 'text')).toContain(described)
  const told = differences(before, after).flatMap(({ kind, facts }) =>
    facts.length === 0 ? [kind] : facts.map(({ name }) => `${kind} ${name}`),
  )
  expect(new Set(told)).toEqual(new Set([differs]))
})

it('the table of features in the documentation has these', () => {
  const lines = readFileSync(join(root, 'docs/describe.md'), 'utf8').split('\n')
  const from = lines.findIndex((line) => line.startsWith('| feature'))
  const rows = lines
    .slice(from + 2, lines.indexOf('', from))
    .map((line) => line.split('|')[1]?.trim())
  expect(rows).toEqual(features.map(({ name }) => name))
})
