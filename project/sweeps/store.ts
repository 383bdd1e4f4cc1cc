/**
 * What points came to, `sweeps/.store/`, shared by all sweeps of a folder and by any number of writers, on a
 * network file system too:
 *
 *     results/WRITER.jsonl   a line for each point that a process has done, with a checksum of its own
 *     curves/KEY.jsonl.gz    every measured step, epoch and phase of a point
 *     records/KEY/           what it recorded, as in a run's folder
 *     weights/KEY.safetensors   its weights at the end, where they are kept
 *     work/KEY.safetensors   where a point stands that is being run, or was cut off
 *     leases/KEY             who runs it (see `leases.ts`)
 *
 * Nobody writes into a file of another writer, and a file is whole or not there. A line that is torn or
 * damaged is passed over, and its point is done again. The same point gives the same bits whoever runs it, so
 * that two who run it at once do no harm.
 */
import { appendFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import * as v from 'valibot'
import { openOwn, readOwn } from '../../runtime/node/io/source.ts'
import { errorCode, toIoError } from '../../runtime/io/errors.ts'
import { makeFolders } from '../../runtime/node/io/folders.ts'
import { figure, sha256 as hash, word } from '../../runtime/node/io/schema.ts'
import { sha256 } from '../../runtime/node/train/source-record.ts'
import { finiteAgain, infinite } from '../../runtime/report/json-lines.ts'
import type { MetricsRecord } from '../../runtime/train/state.ts'

const zip = promisify(gzip)
const unzip = promisify(gunzip)
/** The most bytes of a point's curves, unpacked. */
const MOST_CURVE = 2 ** 28

/** What a point came to. */
export interface PointResult {
  readonly key: string
  /** `given up`: a `stop when` of the sweep was met. */
  readonly status: 'done' | 'given up' | 'failed'
  /** Why it failed, in a sentence, or was given up. */
  readonly reason?: string | undefined
  /** ISO 8601. */
  readonly at: string
  readonly seconds: number
  readonly host: string
  /** Of all weights and states at the end: equal if and only if their bits are. */
  readonly weights?: string | undefined
  /** Of the text of the curves. */
  readonly curves?: string | undefined
  /** Every score and measure as it was last, by name; null is no finite number. */
  readonly last?: Readonly<Record<string, number | null>> | undefined
  /** Seconds of a step, of a run by a clock. */
  readonly step?: number | undefined
}

const schema = v.object({
  key: hash,
  status: v.picklist(['done', 'given up', 'failed']),
  reason: v.optional(word),
  at: word,
  seconds: v.number(),
  host: word,
  weights: v.optional(hash),
  curves: v.optional(hash),
  last: v.optional(v.record(v.string(), figure)),
  step: v.optional(v.number()),
})

const FOLDERS = ['results', 'curves', 'records', 'weights', 'work', 'leases'] as const

/** See the module's head. */
export class SweepStore {
  readonly path: string
  /** No two processes have the same. */
  readonly writer: string
  /** How far each file of results has been read, and what came of it. */
  readonly #read = new Map<string, number>()
  readonly #results = new Map<string, PointResult>()
  #made = false

  constructor(path: string) {
    this.path = path
    const host = hostname()
      .replace(/[^\w.-]/g, '_')
      .slice(0, 64)
    this.writer = `${host}-${process.pid}-${randomBytes(4).toString('hex')}`
  }

  in(folder: (typeof FOLDERS)[number], name: string): string {
    return join(this.path, folder, name)
  }

  /** Makes the folders. Throws IoError. */
  async make(): Promise<void> {
    if (this.#made) return
    try {
      for (const folder of FOLDERS) await makeFolders(join(this.path, folder))
    } catch (error) {
      throw toIoError('write', this.path, error)
    }
    this.#made = true
  }

  /** What is known of points by key, with what has come since it was last asked. Throws IoError. */
  async results(): Promise<ReadonlyMap<string, PointResult>> {
    const folder = join(this.path, 'results')
    const names = await readdir(folder).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return []
      throw toIoError('read', folder, error)
    })
    for (const name of names.toSorted()) {
      if (name.endsWith('.jsonl')) await this.#readMore(join(folder, name))
    }
    return this.#results
  }

  async #readMore(path: string): Promise<void> {
    const from = this.#read.get(path) ?? 0
    try {
      const { size } = await stat(path)
      if (size <= from) return
      const file = await openOwn(path, 'r')
      try {
        const bytes = Buffer.alloc(size - from)
        const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
        const end = bytes.subarray(0, bytesRead).lastIndexOf(10) + 1
        this.#read.set(path, from + end)
        for (const line of bytes.toString('utf8', 0, end).split('\n')) this.#take(line)
      } finally {
        await file.close()
      }
    } catch (error) {
      throw toIoError('read', path, error)
    }
  }

  /** A success is never replaced by a failure. */
  #take(line: string): void {
    const found = parseLine(line)
    if (!found) return
    const before = this.#results.get(found.key)
    if (!before || before.status === 'failed') this.#results.set(found.key, found)
  }

  /** Adds what a point came to. Throws IoError. */
  async add(result: PointResult): Promise<void> {
    await this.make()
    const path = this.in('results', `${this.writer}.jsonl`)
    const text = JSON.stringify(result)
    try {
      await appendFile(path, `${sha256(text).slice(0, 16)} ${text}\n`)
    } catch (error) {
      throw toIoError('write', path, error)
    }
  }

  /** Keeps a point's curves; gives the hash of their text, which no version of zlib changes. Throws IoError. */
  async saveCurves(key: string, records: readonly MetricsRecord[]): Promise<string> {
    const lines = records.map((record) => `${JSON.stringify(record, infinite)}\n`).join('')
    const bytes = await zip(lines, { level: 6 })
    await this.#place(this.in('curves', `${key}.jsonl.gz`), bytes)
    return sha256(lines)
  }

  /** A point's curves; undefined if they are missing or damaged. */
  async curves(result: PointResult): Promise<readonly MetricsRecord[] | undefined> {
    const text = await this.#curvesText(result)
    return text
      ?.split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line, finiteAgain) as MetricsRecord)
  }

  /** Whether all that a result speaks of is there and undamaged. */
  async isWhole(result: PointResult): Promise<boolean> {
    return result.curves === undefined || (await this.#curvesText(result)) !== undefined
  }

  async #curvesText({ key, curves }: PointResult): Promise<string | undefined> {
    if (curves === undefined) return undefined
    try {
      const bytes = await readOwn(this.in('curves', `${key}.jsonl.gz`))
      const text = (await unzip(bytes, { maxOutputLength: MOST_CURVE })).toString('utf8')
      return sha256(text) === curves ? text : undefined
    } catch {
      return undefined
    }
  }

  /** Keys of points that have a lease, expired or not; looks at names only. */
  async leased(): Promise<ReadonlySet<string>> {
    return new Set(await readdir(join(this.path, 'leases')).catch((): string[] => []))
  }

  /** Keeps a file, whole, under a name of this store. Throws IoError. */
  async save(folder: 'weights' | 'work', name: string, bytes: Uint8Array): Promise<void> {
    await this.#place(this.in(folder, name), bytes)
  }

  async #place(path: string, bytes: Uint8Array): Promise<void> {
    await this.make()
    const aside = `${path}.${this.writer}`
    try {
      await writeFile(aside, bytes)
      await rename(aside, path)
    } catch (error) {
      await rm(aside, { force: true }).catch(() => undefined)
      throw toIoError('write', path, error)
    }
  }

  /** Forgets where a point stood. */
  async dropWork(key: string): Promise<void> {
    await rm(this.in('work', `${key}.safetensors`), { force: true }).catch(() => undefined)
  }

  /** The folder for what a point records. */
  async recordsOf(key: string): Promise<string> {
    const folder = this.in('records', key)
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw toIoError('write', folder, error)
    })
    return folder
  }
}

function parseLine(line: string): PointResult | undefined {
  const text = line.slice(17)
  if (line[16] !== ' ' || sha256(text).slice(0, 16) !== line.slice(0, 16)) return undefined
  try {
    const result = v.safeParse(schema, JSON.parse(text))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
