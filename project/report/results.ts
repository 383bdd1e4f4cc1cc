/** Sections of a page: what came of the run, how it was going, and what it answers. */
import {
  formatMeasure,
  formatNumber,
  formatScore,
  formatTime,
  measureFigures,
} from '../../runtime/report/figures.ts'
import { isEvents } from '../../runtime/report/series.ts'
import { inItsUnit, phasesOf } from '../plot.ts'
import type { Plotter } from '../plots/plotter.ts'
import { page as theme } from '../plots/theme.ts'
import { drawTimeline } from '../plots/timeline.ts'
import type { Answer, Answers } from './answers.ts'
import { chartsOf, headlineFirst } from './curves.ts'
import type { Facts } from './facts.ts'
import { html, type Html, type Part } from './html.ts'
import { imageUrl } from './image.ts'
import { curvesFigure, figure } from './pictures.ts'
import { table } from './tables.ts'
import type { Section } from './document.ts'

/** Rows of tables of epochs and phases; of more, some evenly spaced. */
const MOST_ROWS = 24
/** Pictures of records together, in characters: a page is to stay small. */
const MOST_PICTURES = 1_000_000
/** Classes that a table of answers may have. */
const MOST_CLASSES = 20

/** The figures that people look at first: the last scores, and where they were best. */
export function headFigures({
  manifest,
  metrics,
  state,
}: Facts): readonly { readonly name: string; readonly value: string; readonly note?: string }[] {
  const { clock } = manifest.plan
  const last = metrics.epochs.at(-1)
  const best = state?.best
  const scores = (['test', 'validation', 'train'] as const).flatMap((part) =>
    headlineFirst(Object.keys(last?.[part] ?? {}))
      .slice(0, part === 'train' ? 1 : 2)
      .map((score) => {
        const isBest = best?.part === part && best.score === score
        return {
          name: `${part === 'train' ? 'training' : part} ${score}`,
          value: formatScore(score, last![part][score]!, manifest.plan),
          ...(isBest && {
            note: `best ${formatScore(score, best.value, manifest.plan)}, ${clock ? 'evaluation' : 'epoch'} ${best.epoch}`,
          }),
        }
      }),
  )
  const values = (clock ? undefined : last?.measures) ?? metrics.phases.at(-1)?.measures ?? {}
  const shown = new Set(clock ? [] : manifest.plan.scores)
  const measures = manifest.plan.measures.flatMap(({ label, outputs, unit, scale, gradient }) => {
    const name = outputs.includes(label) ? label : (outputs.at(-1) ?? label)
    const value = values[name]
    if (value === undefined || shown.has(name)) return []
    const phase = metrics.phases.at(-1)?.phase
    return [
      {
        name: label,
        value: formatMeasure(value, unit, scale),
        ...noteOf(
          phase !== undefined && phase !== '' && `mean of the last phase, ${phase}`,
          gradient !== undefined && `gradient ${gradient}`,
        ),
      },
    ]
  })
  return [...scores, ...measures].slice(0, 6)
}

const noteOf = (...parts: readonly (string | false)[]): { readonly note?: string } => {
  const said = parts.filter((part) => part !== false)
  return said.length > 0 ? { note: said.join('; ') } : {}
}

/** Curves of scores and measures, and their figures as tables. */
export function courseSection(plotter: Plotter, facts: Facts): Section | undefined {
  const { plan } = facts.manifest
  const charts = chartsOf(plan, facts.metrics)
  const rows = tableOf(facts)
  if (charts.length === 0 && rows === undefined) return undefined
  return {
    id: 'course',
    title: 'Course',
    body: html`<div class="two">
        ${charts.map((chart) => curvesFigure(plotter, chart.name, chart, chart.caption))}
      </div>
      ${charts.some(({ curves }) => curves.some(({ dashed }) => dashed === true)) && html`<p class="note">Training (dashed) is the mean over the examples of each step before it learned from them, test is after the epoch.</p>`}
      ${
        rows &&
        html`<details>
          <summary>The figures as a table</summary>
          ${rows}
        </details>`
      }`,
  }
}

function tableOf({ manifest, metrics }: Facts): Html | undefined {
  const { plan } = manifest
  const { epochs, phases } = metrics
  if (epochs.length > 0) {
    const rows = some(epochs)
    const parts = (['train', 'validation', 'test'] as const).flatMap((part) =>
      headlineFirst([...new Set(rows.flatMap((row) => Object.keys(row[part])))]).map((score) => ({
        part,
        score,
      })),
    )
    const measured = measureFigures(
      plan,
      Object.assign({}, ...rows.map(({ measures }) => measures)) as Record<string, number>,
    )
      .filter(({ name }) => !plan.scores.includes(name))
      .slice(0, 8)
    const byName = (row: (typeof rows)[number]): ReadonlyMap<string, number> =>
      new Map(measureFigures(plan, row.measures).map(({ name, value }) => [name, value]))
    return table(
      rows.length < epochs.length ? `${rows.length} of ${epochs.length} epochs` : 'Epochs',
      [
        { name: 'epoch', number: true },
        ...parts.map(({ part, score }) => ({
          name: `${part === 'train' ? 'training' : part} ${score}`,
          number: true,
        })),
        ...measured.map(({ name, unit }) => ({
          name: unit === undefined ? name : `${name} (${unit})`,
          number: true,
        })),
      ],
      rows.map((row) => [
        row.epoch,
        ...parts.map(({ part, score }) =>
          cell(row[part][score], (value) => formatScore(score, value, plan)),
        ),
        ...measured.map(({ name }) => cell(byName(row).get(name), formatNumber)),
      ]),
    )
  }
  if (phases.length === 0) return undefined
  const rows = some(phases)
  const measured = measureFigures(
    plan,
    Object.assign({}, ...rows.map(({ measures }) => measures)) as Record<string, number>,
  ).slice(0, 8)
  return table(
    rows.length < phases.length
      ? `${rows.length} of ${phases.length} phases: means over each`
      : 'Phases: means over each',
    [
      'phase',
      { name: 'until', number: true },
      ...measured.map(({ name, unit }) => ({
        name: unit === undefined ? name : `${name} (${unit})`,
        number: true,
      })),
    ],
    rows.map((row) => [
      row.phase === '' ? 'the run' : row.phase,
      formatTime(row.t),
      ...measured.map(({ name }) =>
        cell(
          measureFigures(plan, row.measures).find((each) => each.name === name)?.value,
          formatNumber,
        ),
      ),
    ]),
  )
}

const cell = (value: number | undefined, show: (value: number) => string): string =>
  value === undefined ? '' : show(value)

/** At most so many, the first and the last among them. */
function some<T>(rows: readonly T[]): readonly T[] {
  if (rows.length <= MOST_ROWS) return rows
  const places = Array.from({ length: MOST_ROWS }, (_, i) =>
    Math.round((i * (rows.length - 1)) / (MOST_ROWS - 1)),
  )
  return places.map((at) => rows[at]!)
}

/** Rasters, rates and traces of what was recorded; as many as fit into a page. */
export function recordsSection(plotter: Plotter, facts: Facts): Section | undefined {
  const { recorded, manifest, name } = facts
  if (recorded.length === 0) return undefined
  const unit = manifest.plan.clock ? 's' : 'steps'
  const phases = phasesOf(manifest.plan)
  const left: string[] = []
  let size = 0
  const pictures = recorded.flatMap((each) => {
    if ((isEvents(each) ? each.units : each.values.length) === 0) return []
    const picture = drawTimeline(plotter, {
      series: [inItsUnit(manifest.plan, each)],
      unit,
      phases,
      theme,
      width: 900,
      rasterHeight: 220,
    })
    if (size + picture.body.length > MOST_PICTURES) {
      left.push(each.name)
      return []
    }
    size += picture.body.length
    const what = isEvents(each)
      ? `${each.times.length} events of ${each.units} units`
      : `${each.units === 1 ? 'one value' : `${each.units} values`} at ${each.times.length} times`
    return [figure(picture, `${each.name} along time: ${what}`)]
  })
  return {
    id: 'records',
    title: 'Along time',
    body: html`${pictures}${left.length > 0 && html`<p class="note">Left out, as the page would be too large: ${left.join(', ')}. <code>ccn plot ${name} ${left[0]}</code> draws it.</p>`}`,
  }
}

/** Right and wrong answers. */
export function answersSection({ answers }: Facts): Section | undefined {
  if (!answers || answers.asked === 0) return undefined
  const { right, wrong, asked, all, classes, images } = answers
  const of = asked < all ? `the first ${asked} of ${all} test examples` : `all ${all} test examples`
  const missed = asked - answers.counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)
  return {
    id: 'answers',
    title: 'Answers',
    body: html`<p>
        Of ${of},
        ${missed === 0 ? 'none is answered wrongly' : `${missed} ${missed === 1 ? 'is' : 'are'} answered wrongly (${formatScore('error', (100 * missed) / asked)})`}.
      </p>
      ${
        wrong.length > 0 &&
        html`<h3>Wrong</h3>
          ${examples(wrong, images)}`
      }
      ${
        right.length > 0 &&
        html`<h3>Right</h3>
          ${examples(right, images)}`
      }
      ${
        classes <= MOST_CLASSES &&
        html`<h3>Which class is taken for which</h3>
          ${confusion(answers)}`
      }`,
  }
}

function examples(all: readonly Answer[], images: boolean): Html {
  if (images) {
    return html`<ul class="grid">
      ${all.map(
        ({ number, label, answer, shown }) =>
          html`<li>
            <img
              src="${imageUrl(shown)}"
              alt="Test example ${number}, of class ${label}"
              width="88"
              height="88"
            />${label === answer ? `${label}` : html`<b>${answer}</b>, not ${label}`}
          </li> `,
      )}
    </ul>`
  }
  return table(
    'Values of examples, their class, and the class that the network answers',
    [
      { name: 'example', number: true },
      'values',
      { name: 'class', number: true },
      { name: 'answer', number: true },
    ],
    all.map(({ number, label, answer, shown }): readonly Part[] => [
      number,
      Array.from(shown.values, (value) => formatNumber(value)).join('  '),
      label,
      answer,
    ]),
  )
}

function confusion({ counts }: Answers): Html {
  const classes = [...counts.keys()]
  return html`<div
    class="scroll"
    tabindex="0"
    role="group"
    aria-label="Which class is taken for which"
  >
    <table class="confusion">
      <caption>
        Examples by their class (rows) and by the answer (columns)
      </caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          ${classes.map((each) => html`<th scope="col">${each}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${counts.map(
          (row, label) =>
            html`<tr>
              <th scope="row">${label}</th>
              ${row.map((count, answer) =>
                label === answer
                  ? html`<td class="right">${count}</td>`
                  : html`<td>${count === 0 ? '' : count}</td>`,
              )}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}
