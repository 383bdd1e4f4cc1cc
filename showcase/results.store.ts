/**
 * What the sweeps of docs/results.md came to, kept in docs/results.json: by the sweep's name each combination with
 * its figures over the seeds. The points themselves lie in the folder of sweeps, where they were run.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefinedPoint, Estimate, Group, Sweep } from '../project/index.ts'
import { root } from './run.ts'
import { sweepsOf, type ResultTable } from './results.table.ts'

/** A figure over the seeds, as far as they have it. */
export interface KeptFigure {
  readonly count: number
  readonly mean: number
  /** Absent below two values. */
  readonly standardError?: number
}

/** One combination of what varies. */
export interface KeptGroup {
  readonly values: Readonly<Record<string, string>>
  /** Of its points; none where the experiment's own seed is taken. */
  readonly seeds: readonly number[]
  /** By label, behind a measure at the end of a phase ` in PHASE`. */
  readonly figures: Readonly<Record<string, KeptFigure>>
}

export interface KeptSweep {
  readonly file: string
  /** Of ccn. */
  readonly version: string
  readonly groups: readonly KeptGroup[]
}

export type Results = Readonly<Record<string, KeptSweep>>

const path = join(root, 'docs', 'results.json')

/** All that is kept. */
export function readResults(): Results {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : {}
}

/** Keeps what tables ask for, in their order. */
export function writeResults(results: Results, tables: readonly ResultTable[]): void {
  const names = new Set(tables.flatMap(sweepsOf).map(({ sweep }) => sweep))
  const kept = [...names].flatMap((name) => {
    const result = results[name]
    return result ? [[name, result] as const] : []
  })
  writeFileSync(`${path}.part`, `${JSON.stringify(Object.fromEntries(kept), undefined, 1)}\n`)
  renameSync(`${path}.part`, path)
}

/** Name of a measure at the end of a phase, among figures. */
export const inPhase = (figure: string, phase: string): string => `${figure} in ${phase}`

const rounded = (value: number): number => Number(value.toPrecision(6))

function keptFigure({ count, mean, standardError }: Estimate): KeptFigure | undefined {
  if (mean === undefined) return undefined
  return {
    count,
    mean: rounded(mean),
    ...(standardError !== undefined && { standardError: rounded(standardError) }),
  }
}

/** What is kept of a sweep, in six digits: also of one that has not come to its end. Throws IoError. */
export async function resultOf(file: string, version: string, sweep: Sweep): Promise<KeptSweep> {
  const { groups } = await sweep.summary()
  const kept: KeptGroup[] = []
  for (const group of groups) {
    const figures = { ...group.figures, ...(await phaseFigures(sweep, group)) }
    const entries = Object.entries(figures).flatMap(([label, estimate]) => {
      const figure = keptFigure(estimate)
      return figure ? [[label, figure] as const] : []
    })
    kept.push({
      values: group.values,
      seeds: group.points.flatMap(({ seed }) => seed ?? []),
      figures: Object.fromEntries(entries),
    })
  }
  return { file, version, groups: kept }
}

/** Each measure at the last measured step of each phase of a protocol, over the seeds. */
async function phaseFigures(
  sweep: Sweep,
  { points }: Group,
): Promise<Readonly<Record<string, Estimate>>> {
  const values = new Map<string, number[]>()
  for (const point of points) {
    for (const [label, value] of await endsOfPhases(sweep, point)) {
      values.set(label, [...(values.get(label) ?? []), value])
    }
  }
  return Object.fromEntries([...values].map(([label, all]) => [label, estimate(all)]))
}

async function endsOfPhases(
  sweep: Sweep,
  point: DefinedPoint,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (const record of (await sweep.metrics(point)) ?? []) {
    if (record.kind !== 'step' || record.phase === undefined) continue
    for (const [name, value] of Object.entries(record.measures)) {
      if (Number.isFinite(value)) found.set(inPhase(name, record.phase), value)
    }
  }
  return found
}

function estimate(values: readonly number[]): Estimate {
  const count = values.length
  const mean = values.reduce((sum, each) => sum + each, 0) / count
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return {
    count,
    mean,
    values,
    ...(count > 1 && { standardError: Math.sqrt(squares / (count - 1) / count) }),
  }
}
