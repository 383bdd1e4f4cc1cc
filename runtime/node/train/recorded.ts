/** Reads what a run recorded: the parts that `recorder.ts` writes, and the measures of `metrics.jsonl`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readBytes } from '../io/source.ts'
import { readJsonLines, type JsonRecord } from '../io/jsonl.ts'
import { decodeNpz } from '../io/npz.ts'
import type { Series } from '../../report/series.ts'
import type { RunFolder } from './run-folder.ts'
import { timeAt } from '../../../contract/timeline.ts'

/** The names of all that a run records and measures, in the order of the experiment. */
export function recordedNames({ manifest: { plan } }: RunFolder): readonly string[] {
  const records = plan.records.flatMap(({ variables, weights }) => [...variables, ...weights])
  const measures = plan.measures.flatMap(({ outputs }) => outputs)
  return [...new Set([...records, ...measures])]
}

/** What was recorded under these names, or measured; without what is not there. Throws IoError. */
export async function readRecorded(
  run: RunFolder,
  names: readonly string[],
): Promise<readonly Series[]> {
  const pieces = new Map<string, { times: number[]; units: number; values: Float64Array[] }>()
  for (const { path } of await run.recordParts()) {
    const arrays = decodeNpz(await readBytes(path), path)
    for (const name of names) {
      const array = arrays.get(name)
      const times = arrays.get(`t(${name})`) ?? arrays.get(`step(${name})`)
      if (!array || !times) continue
      const units = array.shape.slice(1).reduce((product, length) => product * length, 1)
      const piece = pieces.get(name) ?? { times: [], units, values: [] }
      for (const time of times.data) piece.times.push(time)
      piece.values.push(Float64Array.from(array.data))
      pieces.set(name, piece)
    }
  }
  const metrics = names.every((name) => pieces.has(name)) ? [] : await stepsOf(run)
  return names.flatMap((name): Series[] => {
    const piece = pieces.get(name)
    if (!piece) return measured(run, metrics, name)
    const { units, times } = piece
    return [{ name, times: Float64Array.from(times), units, values: joined(piece.values) }]
  })
}

async function stepsOf(run: RunFolder): Promise<readonly JsonRecord[]> {
  const path = join(run.path, 'metrics.jsonl')
  if (!existsSync(path)) return []
  return (await readJsonLines(path)).filter(({ kind }) => kind === 'step')
}

function measured(run: RunFolder, lines: readonly JsonRecord[], name: string): Series[] {
  const { clock } = run.manifest.plan
  const points = lines.flatMap(({ step, measures }) => {
    const all = (measures ?? {}) as Readonly<Record<string, number | null>>
    if (!Object.hasOwn(all, name)) return []
    const at = Number(step)
    return [[clock ? timeAt(clock, at) : at, all[name] ?? Number.NaN] as const]
  })
  if (points.length === 0) return []
  const times = Float64Array.from(points, ([time]) => time)
  return [{ name, times, units: 1, values: Float64Array.from(points, ([, value]) => value) }]
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
