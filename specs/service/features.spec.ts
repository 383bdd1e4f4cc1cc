/** Every feature of the language is told by descriptions, differences, diagrams and explanations, as docs/describe.md says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { renderDescription } from '../../service/description/render.ts'
import { differences } from '../../service/difference/index.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { root } from '../helpers/repository.ts'
import { describe as describeModel } from '../../service/describe.ts'
import { explain } from '../../service/explain/explain.ts'
import { explanationText } from '../../service/explain/text.ts'
import { foldCircuit } from '../../service/graph/fold.ts'
import { learner, type Learner } from './features.learner.ts'
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

const circuitOf = (text: string): string =>
  JSON.stringify(foldCircuit(describeModel(compiled(text))!, {}))

it.each(features)('$name, in a diagram', ({ text, change: [from, to], drawn }) => {
  const circuit = circuitOf(text)
  if (drawn === undefined) expect(circuitOf(text.replace(from, to))).toBe(circuit)
  else expect(circuit).toContain(drawn)
})

const explanationOf = (of: Learner): string => {
  const compilation = compileText(learner(of), { optimise: false })
  expect(errorsOf(compilation)).toEqual([])
  const found = explain(compilation)!
  expect(found.holds).toBe(true)
  return explanationText(found)
}

let plain: string | undefined

it.each(features.filter(({ explained }) => explained))(
  '$name, in an explanation',
  ({ explained }) => {
    const [of, says] = explained!
    const text = explanationOf(of)
    plain ??= explanationOf({})
    if (says === undefined) expect(text).toBe(plain)
    else expect([text.includes(says), plain.includes(says)]).toEqual([true, false])
  },
)

it('the table of features in the documentation has these', () => {
  const lines = readFileSync(join(root, 'docs/describe.md'), 'utf8').split('\n')
  const from = lines.findIndex((line) => line.startsWith('| feature'))
  const rows = lines.slice(from + 2, lines.indexOf('', from)).map((line) =>
    line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim()),
  )
  const [names, inDiagrams, inExplanations] = [0, 3, 4].map((i) => rows.map((row) => row[i]))
  expect(names).toEqual(features.map(({ name }) => name))
  const isLeftOut = (told: string | undefined): boolean => told?.startsWith('left out') ?? true
  expect(inDiagrams!.map(isLeftOut)).toEqual(features.map(({ drawn }) => drawn === undefined))
  features.forEach(({ name, explained }, i) => {
    if (!explained) return
    const [, says] = explained
    expect([name, isLeftOut(inExplanations![i])]).toEqual([name, says === undefined])
  })
})
