/** A run that is there, as arrays and records. */
import type { NamedArray } from '../runtime/engine/network.ts'
import { readJsonLines } from '../runtime/node/io/jsonl.ts'
import type { Manifest } from '../runtime/node/train/manifest.ts'
import { readRecorded, recordedNames } from '../runtime/node/train/recorded.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import { isEvents, type Events, type Series } from '../runtime/report/series.ts'
import type { MetricsRecord } from '../runtime/train/state.ts'
import { able, oneOf } from '../contract/calls/values.ts'
import { checkNames, checkValue } from './options/check.ts'
import { ProjectError } from './errors.ts'
import { copiesIn, findNamed } from './runs.ts'
import { pathIn, surroundings, type Surroundings } from './surroundings.ts'

/** Where runs are looked for. */
export interface OpenOptions extends Partial<Surroundings> {
  /** Folder of runs; default `runs`. */
  readonly out?: string | undefined
}

/** A run on the disk. Everything is read when it is asked for. */
export class Run {
  readonly #folder: RunFolder

  /** For `openRun` and `train`. */
  constructor(folder: RunFolder) {
    checkValue('new Run', able(['readCheckpoint', 'metricsFile'], 'what `openRun` opens'), folder)
    this.#folder = folder
  }

  get name(): string {
    return this.#folder.name
  }

  /** The folder. */
  get path(): string {
    return this.#folder.path
  }

  /** What the run is of: sources, parameters, plan, versions, and the result once there is one. */
  get manifest(): Manifest {
    return this.#folder.manifest
  }

  /** The copies of a run of several, each a run; none of one by itself. */
  async copies(): Promise<readonly Run[]> {
    const copies = await copiesIn(this.#folder)
    return copies.flatMap((each) => (each === this.#folder ? [] : [new Run(each)]))
  }

  /** Every measured step, epoch and phase, in order; `null` in them stands for what is no number. */
  async metrics(): Promise<readonly MetricsRecord[]> {
    const path = await this.#folder.metricsFile()
    if (path === undefined) return []
    const records: unknown[] = []
    await readJsonLines(path, (record) => records.push(record))
    return records as MetricsRecord[]
  }

  /** The names of all that is recorded and measured. */
  get recorded(): readonly string[] {
    return recordedNames(this.#folder)
  }

  /** What was recorded or measured under these names along time; default: everything but lists of events. */
  async records(names: readonly string[] = this.recorded): Promise<readonly Series[]> {
    checkNames('records', 'a list of names', names)
    const all = await readRecorded(this.#folder, names)
    return all.flatMap((each) => (isEvents(each) ? [] : [each]))
  }

  /** Events that were recorded as lists, by names such as `times(h.s)`; default: all of them. */
  async events(names: readonly string[] = this.recorded): Promise<readonly Events[]> {
    checkNames('events', 'a list of names', names)
    const all = await readRecorded(this.#folder, names)
    return all.filter(isEvents)
  }

  /** Weights, biases and states by name, of the latest or the best checkpoint. Throws if there is none. */
  async weights(
    checkpoint: 'latest' | 'best' = 'latest',
  ): Promise<Readonly<Record<string, NamedArray>>> {
    checkValue('weights', oneOf('latest', 'best'), checkpoint)
    if (!this.#folder.hasCheckpoint(checkpoint)) {
      throw new ProjectError(`Run ${this.name} has no ${checkpoint} checkpoint yet.`)
    }
    return (await this.#folder.readCheckpoint(checkpoint)).storages
  }
}

/** The run of that name, or in that folder. Throws ProjectError if there is none. */
export async function openRun(name: string, options: OpenOptions = {}): Promise<Run> {
  const where = surroundings(options)
  return new Run(await findNamed(where, name, pathIn(where, options.out ?? 'runs')))
}
