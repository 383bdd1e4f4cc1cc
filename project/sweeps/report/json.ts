/** The summary of a sweep as JSON, in the units that it names. */
import type { FigureUnit } from '../figures.ts'
import type { Estimate } from '../summary.ts'
import type { SweepFacts } from './facts.ts'
import { unitOfDifference } from './columns.ts'

/** See the module's head. */
export function summaryJson(facts: SweepFacts): string {
  const { folder, summary, axes, rows, best, failures } = facts
  const { sweep } = folder
  const all = (found: Readonly<Record<string, Estimate>>) =>
    Object.fromEntries(
      Object.entries(found).map(([label, each]) => [label, inUnit(each, summary.units[label])]),
    )
  const value = {
    format: 'sweep summary 1',
    name: sweep.name,
    model: sweep.model,
    file: sweep.file,
    ccn: sweep.version,
    ...(sweep.common.experiment !== undefined && { experiment: sweep.common.experiment }),
    progress: summary.progress,
    axes: axes.map(({ name, texts, numbers, unit }) => ({
      name,
      values: numbers ? texts.map((text) => numbers.get(text)) : texts,
      ...(unit !== undefined && { unit }),
    })),
    figures: summary.labels.map((label) => ({
      label,
      unit: summary.units[label]?.unit ?? null,
      unitOfDifference: unitOfDifference(summary.units[label]) ?? null,
    })),
    interval: '95 %, percentiles of the bootstrap of the mean',
    differences: 'from the first row, over the seeds that both have',
    rows: rows.map((row) => ({
      values: row.values,
      ...(row.epochs !== undefined && { epochs: Number(row.epochs) }),
      seeds: row.points.map(({ seed }) => seed ?? null),
      status: row.results.map((each) => each?.status ?? 'not run'),
      figures: all(row.figures),
      differences: all(row.differences),
    })),
    best: best.map(({ label, direction, row }) => ({ label, direction, values: row.values })),
    failures: failures.map(({ point, reason, command }) => ({
      values: point.values,
      seed: point.seed ?? null,
      reason,
      command,
    })),
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function inUnit({ count, mean, standardError, interval, values }: Estimate, told?: FigureUnit) {
  const scale = told?.scale ?? 1
  const of = (value: number | undefined): number | null =>
    value === undefined ? null : value / scale
  return {
    n: count,
    mean: of(mean),
    standardError: of(standardError),
    interval: interval ? interval.map((each) => each / scale) : null,
    values: values.map(of),
  }
}
