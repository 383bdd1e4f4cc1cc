/** The page of a sweep: what varies, tables, pictures, what failed, and what it was made from. */
import { formatCount, formatDuration } from '../../../runtime/report/figures.ts'
import { plotter } from '../../plots/plotter.ts'
import { documentOf, type Section } from '../../report/document.ts'
import { html, type Html } from '../../report/html.ts'
import { table } from '../../report/tables.ts'
import { unitOfDifference } from './columns.ts'
import type { SweepFacts } from './facts.ts'
import { estimateText } from './numbers.ts'
import { coursePart, effectsPart } from './pictures.ts'
import { sweepText } from './source.ts'
import { bestTable, differencesTable, failuresPart, resultsTable } from './tables.ts'

/** The whole page as one file. */
export async function sweepPage(facts: SweepFacts): Promise<string> {
  const { sweep } = facts.folder
  const { experiment } = sweep.common
  const tool = await plotter()
  const section = (id: string, title: string, body: Html | undefined): Section[] =>
    body ? [{ id, title, body }] : []
  return documentOf({
    title: `Sweep ${sweep.name}`,
    lead: html`${sweep.model}${experiment !== undefined && `, experiment ${experiment}`}${variesText(facts)}`,
    summary: summaryOf(facts),
    sections: [
      ...section('results', 'Results', resultsTable(facts)),
      ...section('effects', 'By what varies', effectsPart(tool, facts)),
      ...section('course', 'Course', await coursePart(tool, facts)),
      ...section('differences', 'Differences of paired seeds', differencesTable(facts)),
      ...section('best', 'Best', bestTable(facts)),
      ...section('failed', 'What did not end', failuresPart(facts)),
      ...section('sweep', 'The sweep', sweepPart(facts)),
    ],
    foot: html`Made by ccn ${sweep.version} from ${sweep.file}.`,
  })
}

function variesText({ axes }: SweepFacts): string {
  const names = axes.filter(({ texts }) => texts.length > 1).map(({ name }) => name)
  return names.length === 0 ? ': seeds alone vary' : ` over ${names.join(', ')}`
}

function summaryOf({ folder, summary, rows, best }: SweepFacts): Html {
  const { points, done, givenUp, failed } = summary.progress
  const left = points - done - givenUp - failed
  const seconds = rows
    .flatMap(({ results }) => results)
    .reduce((sum, each) => sum + (each?.seconds ?? 0), 0)
  const outcome = failed > 0 ? 'bad' : left > 0 ? '' : 'good'
  const said = [
    `${formatCount(done)} of ${formatCount(points)} points done`,
    ...(givenUp > 0 ? [`${givenUp} given up`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} not run yet`] : []),
  ].join(', ')
  const { doc } = folder.sweep.plan
  return html`<p><span class="outcome ${outcome}">${said}</span></p>
    ${doc !== undefined && html`<p>${doc}</p>`}
    <dl class="figures">
      ${best.map(({ label, direction, row }) => {
        const unit = summary.units[label]
        const text = estimateText(row.figures[label], unit)
        return html`<div>
          <dt>${direction === 'minimise' ? 'lowest' : 'highest'} ${label}</dt>
          <dd>
            ${text?.mean}${text?.error !== undefined && ` ± ${text.error}`}${unit && ` ${unit.unit}`}
            <small>${rows.length > 1 && valuesText(row.values)}</small>
          </dd>
        </div> `
      })}
      <div>
        <dt>computed</dt>
        <dd>${formatDuration(seconds)} <small>of all points together</small></dd>
      </div>
    </dl>`
}

function valuesText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, text]) => `${name}=${text}`)
    .join(' ')
}

function sweepPart({ folder, axes, rows, summary }: SweepFacts): Html {
  const { sweep } = folder
  const [main, ...imported] = sweep.sources
  const text = main && sweepText(main.text, sweep.name)
  const seeds = [...new Set(rows.flatMap(({ points }) => points.map(({ seed }) => seed)))].filter(
    (each) => each !== undefined,
  )
  const stops = sweep.plan.stops.map(({ text: said }) => said)
  const units = summary.labels.map((label) => {
    const told = summary.units[label]
    return told ? `${label} in ${told.unit} (differences in ${unitOfDifference(told)})` : label
  })
  const settings: readonly (readonly [string, string])[] = [
    ...axes.map(({ name, texts }) => [name, textsShown(texts)] as const),
    ['seeds', seeds.length > 0 ? textsShown(seeds.map(String)) : 'that of the experiment'],
    ['reports', units.join('; ')],
    ...(stops.length > 0 ? [['gives up', stops.join('; ')] as const] : []),
    ...Object.entries(sweep.plan.settings).map(([name, value]) => [name, value] as const),
    ['experiment', sweep.common.experiment ?? 'the first of the file'],
    ['engine', sweep.common.engine],
    ...(sweep.common.precision ? [['precision', sweep.common.precision] as const] : []),
    ['ccn', sweep.version],
    ['file', sweep.file],
    ['SHA-256 of its text', main?.sha256 ?? ''],
  ]
  return html`${
      text !== undefined
        ? html`<pre>${text}</pre>`
        : html`<p>It was said on the command line, and stands in no file.</p>`
    }
    ${table('What was swept', ['what', 'is'], settings)}
    <p>
      Means are over seeds; a standard error is that of the mean. Intervals are the percentiles 2.5
      and 97.5 of the means of 2,000 samples drawn from the seeds with replacement: with few seeds
      they are too narrow. Differences are over the seeds that both combinations have.
    </p>
    <details>
      <summary>${sweep.file}</summary>
      <pre>${shownText(main?.text ?? '')}</pre>
    </details>
    ${
      imported.length > 0 && html`<p>It imports ${imported.map(({ path }) => path).join(', ')}.</p>`
    }`
}

function textsShown(texts: readonly string[]): string {
  const most = 40
  return `${texts.slice(0, most).join(', ')}${texts.length > most ? `, and ${texts.length - most} more` : ''}`
}

/** A file may be of any length, a page may not. */
function shownText(text: string): string {
  const most = 200_000
  return text.length <= most
    ? text
    : `${text.slice(0, most)}\n(and ${text.length - most} characters more)`
}
