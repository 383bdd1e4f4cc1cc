/** An explanation as text, for a terminal. */
import { mathText } from '../typeset/text.ts'
import type { Check, Explanation, Formulation, WeightStatement } from './explanation.ts'

/** The lines of an explanation. */
export function explanationText(explanation: Explanation): string {
  const { model, experiment, variants, teachers, facts, names, signals } = explanation
  const of = [
    ...(variants.length > 0 ? [`variant ${variants.join(', ')}`] : []),
    ...(experiment === undefined ? [] : [`experiment ${experiment}`]),
  ]
  const sections = [
    [`${model}${of.length > 0 ? ` (${of.join('; ')})` : ''}: the update beside the gradient`],
    section('What changes, as the file says it', explanation.changes),
    section(
      'Small is what the teacher departs by from the answer',
      teachers.map((each) => each.deviation),
    ),
    section('At rest', facts),
    section('Names', names),
    section('To first order, the signals that weights learn by', signals),
    section('and the changes', explanation.updates),
    section('The gradient', explanation.gradients),
    listSection('What makes them differ', explanation.differences),
    checkSection(explanation),
    listSection('Not done', explanation.notDone),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function section(title: string, formulas: readonly Formulation[]): readonly string[] {
  if (formulas.length === 0) return []
  const rows = formulas.map(({ formula, where = '', note = '' }) => ({
    text: mathText(formula),
    where,
    note,
  }))
  const width = Math.min(72, Math.max(...rows.map(({ text }) => text.length)))
  return [
    title,
    ...rows.map(({ text, where, note }) =>
      `  ${text.padEnd(width)}  ${[where, note].filter((each) => each !== '').join('; ')}`.trimEnd(),
    ),
  ]
}

const listSection = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]

function checkSection({ weights }: Explanation): readonly string[] {
  const rows = weights.flatMap((each) => each.checks.map((check) => checkLine(each, check)))
  return rows.length === 0
    ? []
    : ['Checked on numbers (d from 10⁻¹ down to 10⁻⁵)', ...rows.map((row) => `  ${row}`)]
}

function checkLine({ name }: WeightStatement, { claim, derived, measured, holds }: Check): string {
  const found = measured === undefined ? 'nothing but rounding' : `d^${measured.toFixed(2)}`
  const wanted =
    derived === 'exact' ? 'nothing' : derived === 'higher' ? 'd^4 or more' : `d^${derived}`
  return `${holds ? '✓' : '✗'} ${name}: ${claim}: ${found} (derived: ${wanted})`
}
