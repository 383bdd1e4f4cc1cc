/** The page of a comparison. */
import { version } from '../../compiler/version.ts'
import { plotter } from '../plots/plotter.ts'
import { documentOf } from '../report/document.ts'
import { html } from '../report/html.ts'
import { curvesFigure } from '../report/pictures.ts'
import { table } from '../report/tables.ts'
import { formatMeasure } from '../../runtime/report/figures.ts'
import type { Comparison } from './index.ts'
import { groupRows, turned } from './tables.ts'

const MOST_COLUMNS = 5

/** The whole page as one file. */
export async function comparisonPage(comparison: Comparison): Promise<string> {
  const { runs, groups, differing, charts } = comparison
  const tool = await plotter()
  // Few groups are columns, as they are looked at side by side.
  const few = groups.length <= MOST_COLUMNS
  const [head = [], ...rows] = few ? turned(groupRows(comparison)) : groupRows(comparison)
  const several = groups.some((each) => each.runs.length > 1)
  const figures = (name: string): boolean => !differing.includes(name) && name !== ''
  const results = [...new Set(runs.flatMap((run) => run.results.map(({ name }) => name)))]
  return documentOf({
    title: `${runs.length} runs compared`,
    lead:
      differing.length > 0
        ? html`They differ in ${differing.join(', ')}.`
        : 'They differ in the seed alone.',
    sections: [
      {
        id: 'results',
        title: 'Results',
        body: table(
          several ? 'Means over seeds ± the standard error' : 'What the runs came to',
          few
            ? head.map((name, i) => ({ name: i === 0 ? 'runs' : name, number: i > 0 }))
            : head.map((name) => ({ name: name === '' ? 'runs' : name, number: figures(name) })),
          rows,
        ),
      },
      {
        id: 'course',
        title: 'Course',
        body: html`${several && html`<p>Curves are means over seeds, bands one standard error.</p>`}
          <div class="two">${charts.map((chart) => curvesFigure(tool, chart.name, chart))}</div>`,
      },
      {
        id: 'runs',
        title: 'Runs',
        body: table(
          'Each run by itself',
          [
            'run',
            { name: 'seed', number: true },
            ...differing,
            ...results.map((name) => ({ name, number: true })),
          ],
          runs.map((run) => [
            run.finished ? run.name : `${run.name} (not finished)`,
            run.seed,
            ...differing.map((name) => run.settings[name] ?? ''),
            ...results.map((name) => {
              const found = run.results.find((each) => each.name === name)
              return found ? formatMeasure(found.value, found.unit) : ''
            }),
          ]),
        ),
      },
    ],
    foot: html`Made by ccn ${version}.`,
  })
}
