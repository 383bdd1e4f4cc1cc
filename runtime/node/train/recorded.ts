/** Reads what a run recorded: the parts that `recorder.ts` writes, and the measures of `metrics.jsonl`. */
import { readBytes } from '../io/source.ts'
import { readJsonLines, type JsonRecord } from '../io/jsonl.ts'
import { decodeNpz } from '../io/npz.ts'
import type { StoredTensor } from '../../io/tensor.ts'
import type { Events, Series } from '../../report/series.ts'
import { listed } from '../../train/recorder.ts'
import type { RunFolder } from './run-folder.ts'
import type { ClockPlan } from '../../../contract/plan.ts'
import { timeAt } from '../../../contract/timeline.ts'

/** The names of all that a run records and measures, in the order of the experiment. */
export function recordedNames({ manifest: { plan } }: RunFolder): readonly string[] {
  const records = plan.records.flatMap(({ variables, weights, times = [] }) => [
    ...variables,
    ...weights,
    ...times.map(listed),
  ])
  const measures = plan.measures.flatMap(({ outputs }) => outputs)
  return [...new Set([...records, ...measures])]
}

/** Where what was recorded and measured lies: a run, or a point of a sweep. */
export interface RecordedIn {
  /** Paths of the parts, in order. */
  readonly parts: readonly string[]
  /** Absent without a clock. */
  readonly clock?: Pick<ClockPlan, 'step'>
  /** Goes through what was measured, as `metrics.jsonl` has it. */
  readonly eachMeasured: (take: (record: JsonRecord) => void) => Promise<void>
}

/** What was recorded under these names, or measured; without what is not there. Throws IoError. */
export async function readRecorded(
  run: RunFolder,
  names: readonly string[],
): Promise<readonly (Series | Events)[]> {
  const { clock } = run.manifest.plan
  const source: RecordedIn = {
    parts: (await run.wholeRecordParts()).map((part) => part.path),
    ...(clock && { clock }),
    eachMeasured: async (take) => {
      const path = await run.metricsFile()
      if (path !== undefined) await readJsonLines(path, take)
    },
  }
  return readRecordedIn(source, names)
}

/** The names of all that parts hold, in their order. Throws IoError. */
export async function namesIn(parts: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const path of parts) {
    const arrays = decodeNpz(await readBytes(path), path)
    for (const name of arrays.keys()) {
      if (['t', 'step', 'cell'].some((form) => arrays.has(`${form}(${name})`))) found.add(name)
    }
  }
  return [...found]
}

/** As `readRecorded`, of anything that has parts. Throws IoError. */
export async function readRecordedIn(
  source: RecordedIn,
  names: readonly string[],
): Promise<readonly (Series | Events)[]> {
  const { clock, parts } = source
  const lists = new Map<string, EventPieces>()
  const pieces = new Map<string, { times: number[]; units: number; values: Float64Array[] }>()
  for (const path of parts) {
    const arrays = decodeNpz(await readBytes(path), path)
    for (const name of names) {
      const events = eventsIn(arrays, name)
      if (events) {
        lists.set(name, [...(lists.get(name) ?? []), events])
        continue
      }
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
  const missing = names.filter((name) => !pieces.has(name) && !lists.has(name))
  const measured =
    missing.length === 0 ? new Map<string, Points>() : await measuredIn(source, missing)
  return names.flatMap((name): (Series | Events)[] => {
    const events = lists.get(name)
    if (events) return [joinedEvents(name, events, (step) => (clock ? timeAt(clock, step) : step))]
    const piece = pieces.get(name)
    if (!piece) return measured.get(name)?.series(name) ?? []
    const { units, times } = piece
    return [{ name, times: Float64Array.from(times), units, values: joined(piece.values) }]
  })
}

type EventPieces = readonly Omit<Events, 'name'>[]

/** A list of events in a part of the records, which `event-columns.ts` wrote; from and to are steps. */
function eventsIn(
  arrays: ReadonlyMap<string, StoredTensor>,
  name: string,
): Omit<Events, 'name'> | undefined {
  const times = arrays.get(name)?.data
  const cells = arrays.get(`cell(${name})`)?.data
  const [units = 1] = arrays.get(`size(${name})`)?.data ?? []
  if (!times || !cells) return undefined
  const [from = 0, to = from] = arrays.get(`seen(${name})`)?.data ?? []
  // Examples that run side by side have rows of their own.
  const examples = arrays.get(`example(${name})`)?.data
  const most = examples ? Float64Array.from(examples).reduce((a, b) => Math.max(a, b), 0) + 1 : 1
  return {
    times: Float64Array.from(times),
    cells: Int32Array.from(cells, (cell, i) => cell + Number(examples?.[i] ?? 0) * units),
    units: units * most,
    from,
    to,
  }
}

function joinedEvents(name: string, parts: EventPieces, timeOf: (step: number) => number): Events {
  const times = joined(parts.map((each) => each.times))
  const cells = Int32Array.from(joined(parts.map((each) => Float64Array.from(each.cells))))
  const units = Math.max(...parts.map((each) => each.units))
  const [from, to] = [parts[0]?.from ?? 0, parts.at(-1)?.to ?? 0]
  return { name, times, cells, units, from: timeOf(from), to: timeOf(to) }
}

/** What the measured steps say of some measures. */
async function measuredIn(
  { clock, eachMeasured }: RecordedIn,
  names: readonly string[],
): Promise<ReadonlyMap<string, Points>> {
  const found = new Map(names.map((name) => [name, new Points()]))
  await eachMeasured(({ kind, step, measures }) => {
    if (kind !== 'step') return
    const all = (measures ?? {}) as Readonly<Record<string, number | string | null>>
    const at = Number(step)
    for (const [name, points] of found) {
      if (!Object.hasOwn(all, name)) continue
      points.add(clock ? timeAt(clock, at) : at, Number(all[name] ?? Number.NaN))
    }
  })
  return found
}

/** Points along time, as many as come. */
class Points {
  #times = new Float64Array(64)
  #values = new Float64Array(64)
  #count = 0

  add(time: number, value: number): void {
    if (this.#count === this.#times.length) {
      this.#times = grown(this.#times)
      this.#values = grown(this.#values)
    }
    this.#times[this.#count] = time
    this.#values[this.#count++] = value
  }

  /** None if there are no points. */
  series(name: string): Series[] {
    if (this.#count === 0) return []
    const times = this.#times.slice(0, this.#count)
    return [{ name, times, units: 1, values: this.#values.slice(0, this.#count) }]
  }
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * values.length)
  more.set(values)
  return more
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
