/** A point of a sweep as it lies in the store: what it measured and recorded, and its weights. */
import { existsSync } from 'node:fs'
import * as v from 'valibot'
import { having } from '../../contract/calls/values.ts'
import type { NamedArray } from '../../runtime/engine/network.ts'
import { decodeSafetensors } from '../../runtime/node/io/safetensors.ts'
import { withFile } from '../../runtime/node/io/source.ts'
import { namesIn, readRecordedIn, type RecordedIn } from '../../runtime/node/train/recorded.ts'
import { recordPartsIn } from '../../runtime/node/train/record-parts.ts'
import { isEvents, type Events, type Series } from '../../runtime/report/series.ts'
import type { MetricsRecord } from '../../runtime/train/state.ts'
import { ProjectError } from '../errors.ts'
import { checkNames, checkValue } from '../options/check.ts'
import type { SweepFolder } from './folder.ts'
import type { PointResult } from './store.ts'
import type { DefinedPoint } from './sweep-file.ts'

/** What tells a point. */
export const pointValue = v.looseObject(
  { key: v.string('a point of the sweep') },
  'a point of the sweep',
)

/** See the module's head. Everything is read when it is asked for. */
export class SweepPoint {
  readonly #folder: SweepFolder
  readonly #point: DefinedPoint

  /** For `Sweep.point`. */
  constructor(folder: SweepFolder, point: DefinedPoint) {
    checkValue('new SweepPoint', having(['store', 'sweep'], 'what `openSweep` opens'), folder)
    checkValue('new SweepPoint', pointValue, point)
    this.#folder = folder
    this.#point = point
  }

  /** What identifies it. */
  get key(): string {
    return this.#point.key
  }

  /** What varies, by name; the seed apart. */
  get values(): Readonly<Record<string, string>> {
    return this.#point.values
  }

  /** Undefined where it is the experiment's own. */
  get seed(): number | undefined {
    return this.#point.seed
  }

  /** What it came to; undefined while it is not done. Throws IoError. */
  async result(): Promise<PointResult | undefined> {
    return (await this.#folder.store.results()).get(this.key)
  }

  /** Every measured step, epoch and phase, in order. Throws ProjectError if it is not done, or damaged. */
  async metrics(): Promise<readonly MetricsRecord[]> {
    const found = await this.#folder.store.curves(await this.#done())
    if (found) return found
    throw new ProjectError(`The curves of ${this.#title} are missing or damaged.`, {
      hint: '`ccn sweep` makes them again.',
    })
  }

  /** The names of all that is recorded and measured. Throws IoError or ProjectError. */
  async recorded(): Promise<readonly string[]> {
    const { parts } = await this.#source()
    const measured = (await this.metrics()).flatMap((record) =>
      record.kind === 'step' ? Object.keys(record.measures) : [],
    )
    return [...new Set([...(await namesIn(parts)), ...measured])]
  }

  /** What was recorded or measured under these names along time; default: everything but lists of events. */
  async records(names?: readonly string[]): Promise<readonly Series[]> {
    if (names !== undefined) checkNames('records', 'a list of names', names)
    const all = await readRecordedIn(await this.#source(), names ?? (await this.recorded()))
    return all.flatMap((each) => (isEvents(each) ? [] : [each]))
  }

  /** Events that were recorded as lists, by names such as `times(h.s)`; default: all of them. */
  async events(names?: readonly string[]): Promise<readonly Events[]> {
    if (names !== undefined) checkNames('events', 'a list of names', names)
    const all = await readRecordedIn(await this.#source(), names ?? (await this.recorded()))
    return all.filter(isEvents)
  }

  /** Weights, biases and states at its end, by name. Throws ProjectError if the sweep keeps none. */
  async weights(): Promise<Readonly<Record<string, NamedArray>>> {
    await this.#done()
    const path = this.#folder.store.in('weights', `${this.key}.safetensors`)
    if (!existsSync(path)) {
      throw new ProjectError(`Sweep ${this.#folder.name} keeps no weights of ${this.#title}.`, {
        hint: 'Run it with `--weights`, or `weights: true`.',
      })
    }
    const { tensors } = await withFile(path, (file) => decodeSafetensors(file, path))
    return Object.fromEntries(
      [...tensors].flatMap(([name, { shape, data }]) =>
        data instanceof Float32Array || data instanceof Float64Array
          ? [[name, { shape, data }]]
          : [],
      ),
    )
  }

  get #title(): string {
    return `the point ${this.key.slice(0, 8)}`
  }

  async #done(): Promise<PointResult> {
    const result = await this.result()
    if (result && result.status !== 'failed') return result
    throw new ProjectError(
      result
        ? `The point ${this.key.slice(0, 8)} of sweep ${this.#folder.name} failed: ${result.reason ?? ''}`
        : `The point ${this.key.slice(0, 8)} of sweep ${this.#folder.name} has not been run yet.`,
    )
  }

  async #source(): Promise<RecordedIn> {
    const { step } = await this.#done()
    const parts = await recordPartsIn(this.#folder.store.in('records', this.key))
    return {
      parts: parts.map(({ path }) => path),
      ...(step !== undefined && { clock: { step } }),
      eachMeasured: async (take) => {
        for (const record of await this.metrics()) take({ ...record })
      },
    }
  }
}
