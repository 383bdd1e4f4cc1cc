/** An explanation as text, for a terminal. */
import { mathText } from '../typeset/text.ts'
import type { Check, Explanation, Formulation } from './explanation.ts'

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
    section('The changes without a teacher', explanation.resting),
    section('and the changes', explanation.updates),
    section('The gradient', explanation.gradients),
    listSection('What makes them differ', explanation.differences),
    checkSection(explanation),
    listSection('Notes', explanation.notDone),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function section(title: string, formulas: readonly Formulation[]): readonly string[] {
  if (formulas.length === 0) return []
  const rows = formulas.map(({ formula, where = '', note = '' }) => ({
    text: shortened(mathText(formula)),
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

/** A formula longer than this is of no use in a terminal; `--json` and `--latex` have it whole. */
const longest = 300

const shortened = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest)} …`

const listSection = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]

/** A row for each weight: what its checks measured, and what was derived. */
function checkSection({ weights, checks }: Explanation): readonly string[] {
  const rows = weights.flatMap(({ name, checks: own }) =>
    own.length === 0 ? [] : [[name, ...own.map(checkText)]],
  )
  if (rows.length === 0 && checks.length === 0) return []
  const columns = Math.max(...rows.map((row) => row.length), 1)
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => row[i]?.length ?? 0)),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('   ')
      .trimEnd(),
  )
  return [
    'Checked on numbers, d scaled from 1 to 1/10000 (power measured, and derived)',
    ...[...lines, ...checks.map(checkText)].map((line) => `  ${line}`),
  ]
}

function checkText({ claim, derived, measured, holds }: Check): string {
  const mark = holds ? '✓' : '✗ FAILS:'
  if (derived === undefined) return `${mark} ${claim}`
  const small = derived === 'drawn' ? 'noise' : 'd'
  const found = measured === undefined ? 'rounding alone' : `${small}^${measured.toFixed(2)}`
  const wanted = wantedText(derived)
  return `${mark} ${claim}: ${found}${wanted}`
}

function wantedText(derived: NonNullable<Check['derived']>): string {
  if (derived === 'exact') return ''
  if (derived === 'higher') return ' (4 or more)'
  return derived === 'drawn' ? ' (2)' : ` (${derived})`
}
