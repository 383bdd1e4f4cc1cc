/** What a report of a sweep says, as data: what varies, each combination with its differences, the best. */
import { pointCommand } from '../repeat.ts'
import type { SweepFolder } from '../folder.ts'
import { summarise, type Estimate, type Group, type SweepSummary } from '../summary.ts'
import { differencesFrom, epochsOf } from './paired.ts'

/** One name that varies. */
export interface AxisFacts {
  readonly name: string
  /** As written, in the order of the sweep, each once. */
  readonly texts: readonly string[]
  /** By text, in `unit`, if all are numbers of one unit. */
  readonly numbers?: ReadonlyMap<string, number>
  readonly unit?: string
}

/** A combination of what varies. */
export interface RowFacts extends Group {
  /** From the first row, by the figure's label, in SI. */
  readonly differences: Readonly<Record<string, Estimate>>
  /** Of a round of a search. */
  readonly epochs?: string | undefined
}

/** Which row is best by a figure. */
export interface BestFacts {
  readonly label: string
  readonly direction: 'minimise' | 'maximise'
  readonly row: RowFacts
}

/** See the module's head. */
export interface SweepFacts {
  readonly folder: SweepFolder
  readonly summary: SweepSummary
  readonly axes: readonly AxisFacts[]
  readonly rows: readonly RowFacts[]
  readonly best: readonly BestFacts[]
  readonly failures: readonly {
    readonly point: Group['points'][number]
    readonly reason: string
    readonly command: string
  }[]
}

/** Sums a sweep up for a report. Throws IoError. */
export async function sweepFactsOf(folder: SweepFolder): Promise<SweepFacts> {
  const summary = await summarise(folder)
  const { groups, labels } = summary
  const [first] = groups
  const rounds = new Set(groups.map(epochsOf)).size > 1
  const rows = groups.map((group): RowFacts => ({
    ...group,
    differences: first && group !== first ? differencesFrom(first, group, labels) : {},
    ...(rounds && { epochs: epochsOf(group) }),
  }))
  return {
    folder,
    summary,
    axes: Object.keys(first?.values ?? {}).map((name) => axisOf(name, groups)),
    rows,
    best: bestOf(folder, labels, rows),
    failures: summary.failures.map(({ point, reason }) => ({
      point,
      reason,
      command: pointCommand(folder.sweep, point),
    })),
  }
}

function axisOf(name: string, groups: readonly Group[]): AxisFacts {
  const texts = [...new Set(groups.map(({ values }) => values[name] ?? ''))]
  const read = texts.map((text) => /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(\D*)$/i.exec(text))
  const units = new Set(read.map((found) => found?.[2]))
  const [unit] = units
  if (units.size !== 1 || unit === undefined) return { name, texts }
  const numbers = new Map(texts.map((text, i) => [text, Number(read[i]![1])]))
  return {
    name,
    texts: texts.toSorted((a, b) => numbers.get(a)! - numbers.get(b)!),
    numbers,
    ...(unit !== '' && { unit }),
  }
}

/** What is known to be better lower or higher: scores, and what a search is for. */
function bestOf(
  { sweep }: SweepFolder,
  labels: readonly string[],
  rows: readonly RowFacts[],
): readonly BestFacts[] {
  const goal = sweep.plan.draws?.goal
  const figures = new Map(sweep.plan.figures.map(({ label, figure }) => [label, figure]))
  // Points of earlier rounds were run for less long.
  const last = rows.filter(({ epochs }) => epochs === rows[0]?.epochs)
  return labels.flatMap((label) => {
    const figure = figures.get(label) ?? label
    const direction =
      goal?.figure.figure === figure
        ? goal.direction
        : /^(error|loss)\b/.test(figure)
          ? 'minimise'
          : /^accuracy\b/.test(figure)
            ? 'maximise'
            : undefined
    if (!direction) return []
    const sign = direction === 'minimise' ? 1 : -1
    const score = (row: RowFacts): number => sign * (row.figures[label]?.mean ?? Infinity * sign)
    const complete = last.filter(({ results }) => results.every((each) => each?.status === 'done'))
    const [row] = complete.toSorted((a, b) => score(a) - score(b))
    return row?.figures[label]?.mean === undefined ? [] : [{ label, direction, row }]
  })
}
