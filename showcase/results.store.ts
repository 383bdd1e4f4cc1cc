/**
 * Finished runs, kept in docs/results.json: by the arguments of `ccn train` and the seed. A run whose
 * arguments change is another run; what no table asks for any more is dropped.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Figures, RunFigures } from './run.ts'
import { root } from './run.ts'
import type { ResultTable } from './results.table.ts'

/** What is kept of a run. */
export interface Result {
  readonly last: Figures
  /** Test error in % after each epoch, from the one before the first; empty without. */
  readonly errors: readonly number[]
  /** Of a run with a protocol: the measures at the last measured step of each phase. */
  readonly phases?: Readonly<Record<string, Figures>>
  readonly seconds: number
  /** The processor, for the time. */
  readonly machine: string
}

export type Results = Readonly<Record<string, Result>>

const path = join(root, 'docs', 'results.json')

export const keyOf = (args: string, seed: number): string => `${args} --seed ${seed}`

/** All runs that are kept. */
export function readResults(): Results {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : {}
}

/** Keeps the runs that tables ask for, in their order. */
export function writeResults(results: Results, tables: readonly ResultTable[]): void {
  const keys = tables.flatMap(({ rows, seeds }) =>
    rows.flatMap(({ args }) => seeds.map((seed) => keyOf(args, seed))),
  )
  const kept = [...new Set(keys)].flatMap((key) => {
    const result = results[key]
    return result ? [[key, result] as const] : []
  })
  const text = `${JSON.stringify(Object.fromEntries(kept), undefined, 1)}\n`
  writeFileSync(`${path}.part`, text)
  renameSync(`${path}.part`, path)
}

const rounded = (value: number): number => Number(value.toPrecision(6))

const roundedAll = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)]))

/** What is kept of a run, in six digits. */
export function resultOf({ last, ends, steps, seconds }: RunFigures): Result {
  const errors = ends.flatMap((each) => each['test error'] ?? [])
  const phases = steps.flatMap(({ phase, figures }) =>
    phase === undefined ? [] : [[phase, roundedAll(figures)] as const],
  )
  return {
    last: roundedAll(last),
    errors: errors.map(rounded),
    ...(phases.length > 0 ? { phases: Object.fromEntries(phases) } : {}),
    seconds: Number(seconds.toFixed(1)),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  }
}
