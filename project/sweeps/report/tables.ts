/** The tables of a sweep's page: results, differences of paired seeds, the best points, what failed. */
import { formatDuration } from '../../../runtime/report/figures.ts'
import { html, type Html, type Part } from '../../report/html.ts'
import { table, type Head } from '../../report/tables.ts'
import { pointText } from '../define.ts'
import type { FigureUnit } from '../figures.ts'
import type { Estimate } from '../summary.ts'
import { headOf, unitOfDifference } from './columns.ts'
import type { RowFacts, SweepFacts } from './facts.ts'
import { estimateText } from './numbers.ts'

/** More rows make no page: the files beside it have all. */
const MOST_CELLS = 4000
const MOST_FAILURES = 50

/** Mean, standard error, interval and number of seeds of every figure. */
export function resultsTable(facts: SweepFacts): Html {
  const { rows, summary } = facts
  const most = mostRows(facts)
  const heads = summary.labels.flatMap((label): Head[] => [
    { name: headOf(label, summary.units[label]?.unit), number: true },
    { name: '95 % interval', number: true },
    { name: 'n', number: true },
  ])
  const lost = rows.some(({ results }) => results.some((each) => each?.status !== 'done'))
  return html`${table(
    'Mean ± standard error over seeds, the interval of the mean by bootstrap, and how many seeds have the figure',
    [...axisHeads(facts), ...heads, ...(lost ? ['besides'] : [])],
    rows
      .slice(0, most)
      .map((row) => [
        ...axisCells(facts, row),
        ...summary.labels.flatMap((label) => cells(row.figures[label], summary.units[label])),
        ...(lost ? [lostOf(row)] : []),
      ]),
  )}${more(rows.length, most, 'rows; summary.csv has all')}`
}

/** Differences from the first row over common seeds; undefined where there are none. */
export function differencesTable(facts: SweepFacts): Html | undefined {
  const { rows, summary } = facts
  const [first, ...others] = rows
  const most = mostRows(facts)
  const labels = summary.labels.filter((label) =>
    others.some(({ differences }) => (differences[label]?.count ?? 0) > 0),
  )
  if (!first || labels.length === 0) return undefined
  const told = (label: string): FigureUnit | undefined => {
    const { [label]: found } = summary.units
    return found && { ...found, unit: unitOfDifference(found)! }
  }
  const heads = labels.flatMap((label): Head[] => [
    { name: headOf(label, told(label)?.unit), number: true },
    { name: '95 % interval', number: true },
    { name: 'n', number: true },
  ])
  return html`${table(
    html`Each less ${pointText(first)}, by pairs of the same seed: mean ± standard error, interval,
    pairs. An interval without 0 is bold.`,
    [...axisHeads(facts), ...heads],
    others
      .slice(0, most)
      .map((row) => [
        ...axisCells(facts, row),
        ...labels.flatMap((label) => cells(row.differences[label], told(label), true)),
      ]),
  )}${more(others.length, most, 'rows; summary.csv has all')}`
}

/** The best row of each figure of which it is known what is better. */
export function bestTable(facts: SweepFacts): Html | undefined {
  const { best, summary } = facts
  if (best.length === 0 || facts.rows.length < 2) return undefined
  return table(
    'The lowest or highest mean among combinations of which all points are done',
    [
      'figure',
      ...axisHeads(facts),
      { name: 'mean', number: true },
      { name: '95 % interval', number: true },
      { name: 'n', number: true },
    ],
    best.map(({ label, direction, row }) => [
      `${direction === 'minimise' ? 'lowest' : 'highest'} ${headOf(label, summary.units[label]?.unit)}`,
      ...axisCells(facts, row),
      ...cells(row.figures[label], summary.units[label]),
    ]),
  )
}

/** What failed and what was given up; undefined if nothing. */
export function failuresPart({ failures, rows }: SweepFacts): Html | undefined {
  const givenUp = rows.flatMap(({ points, results }) =>
    results.flatMap((result, i) =>
      result?.status === 'given up' ? [{ point: points[i]!, result }] : [],
    ),
  )
  if (failures.length === 0 && givenUp.length === 0) return undefined
  const seedOf = ({ seed }: { readonly seed?: number | undefined }): Part => seed ?? ''
  return html`${
    failures.length > 0 &&
    html`<p>A point that failed is no part of any mean. Each is repeated alone by its command.</p>
      ${table(
        'Points that failed',
        ['point', { name: 'seed', number: true }, 'why', 'command'],
        failures
          .slice(0, MOST_FAILURES)
          .map(({ point, reason, command }) => [
            pointText(point),
            seedOf(point),
            reason,
            html`<code>${command}</code>`,
          ]),
      )}${more(failures.length, MOST_FAILURES, 'that failed; points.csv has all')}`
  }${
    givenUp.length > 0 &&
    html`<p>A point that was given up is in no mean but of an epoch that it came to.</p>
      ${table(
        'Points that were given up',
        ['point', { name: 'seed', number: true }, 'why', { name: 'after', number: true }],
        givenUp
          .slice(0, MOST_FAILURES)
          .map(({ point, result }) => [
            pointText(point),
            seedOf(point),
            result.reason,
            formatDuration(result.seconds),
          ]),
      )}${more(givenUp.length, MOST_FAILURES, 'that were given up; points.csv has all')}`
  }`
}

function mostRows({ axes, summary }: SweepFacts): number {
  const columns = axes.length + 3 * summary.labels.length
  return Math.max(20, Math.min(300, Math.floor(MOST_CELLS / columns)))
}

function axisHeads({ axes, rows }: SweepFacts): Head[] {
  if (axes.length === 0) return [{ name: 'point' }]
  return [
    ...axes.map(({ name, unit, numbers }, i) => ({
      name: headOf(name, unit),
      number: numbers !== undefined && i > 0,
    })),
    ...(rows.some(({ epochs }) => epochs !== undefined) ? [{ name: 'epochs', number: true }] : []),
  ]
}

function axisCells({ axes, rows }: SweepFacts, row: RowFacts): Part[] {
  if (axes.length === 0) return ['as it stands']
  return [
    ...axes.map(({ name, numbers }) => {
      const text = row.values[name] ?? ''
      return numbers ? String(numbers.get(text)) : text
    }),
    ...(rows.some(({ epochs }) => epochs !== undefined) ? [row.epochs ?? ''] : []),
  ]
}

function cells(
  found: Estimate | undefined,
  told: FigureUnit | undefined,
  bold = false,
): readonly Part[] {
  const text = estimateText(found, told)
  if (!text) return ['–', '', found?.count ?? 0]
  const { mean, error, interval } = text
  const sure = bold && found?.interval && (found.interval[0] > 0 || found.interval[1] < 0) === true
  const range = interval && `${signed(interval[0])} to ${signed(interval[1])}`
  return [
    `${signed(mean)}${error === undefined ? '' : ` ± ${error}`}`,
    sure ? html`<strong>${range}</strong>` : range,
    found!.count,
  ]
}

/** With a minus sign as long as a plus. */
const signed = (text: string): string => text.replaceAll('-', '−')

function lostOf({ results }: RowFacts): string {
  const count = (status: string | undefined): number =>
    results.filter((each) => each?.status === status).length
  return [
    [count('failed'), 'failed'] as const,
    [count('given up'), 'given up'] as const,
    [count(undefined), 'not run'] as const,
  ]
    .flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : []))
    .join(', ')
}

function more(count: number, most: number, what: string): Part {
  return count > most && html`<p class="note">and ${count - most} more ${what}</p>`
}
