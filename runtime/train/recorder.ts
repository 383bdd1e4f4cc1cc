/**
 * Recorded variables, weights and biases, collected along a leading axis of time and written in parts:
 * `.npz` archives of a bounded size. Of every NAME a part has
 *
 *     NAME         [times, ...], as it was before each step
 *     step(NAME)   the steps' numbers, counted from 0; integers, from 2^31 on doubles
 *     t(NAME)      the same in seconds; of a circuit that runs by a clock
 *     pre(NAME), post(NAME)   [synapses], of a weight by synapse: the units that each joins
 *
 * Lists of events are kept beside them (`event-columns.ts`). The part that is being filled is written anew at every checkpoint, which notes how many rows of it
 * count. A batch that is smaller than the others fills its missing examples with NaN.
 */
import type { ListedEvents, NamedArray } from '../engine/network.ts'
import type { StoredTensor } from '../io/tensor.ts'
import { timeAt } from '../../contract/timeline.ts'
import { RunError } from './errors.ts'
import type { SynapsePairs } from './synapse-pairs.ts'
import { EventColumns, numbersOf } from './event-columns.ts'

/** Bytes of values after which a part is full. */
const FULL = 64 * 2 ** 20

/** Where recorded values go; parts count from 1. */
export interface RecordStore {
  /** Writes a part, or replaces it. */
  saveRecords(part: number, arrays: ReadonlyMap<string, StoredTensor>): Promise<void>
  /** The arrays of a part; undefined if there is none. */
  readRecords(part: number): Promise<ReadonlyMap<string, StoredTensor> | undefined>
  /** Removes all parts after this one. */
  dropRecords(after: number): Promise<void>
}

/** How far the records of a checkpoint go. */
export interface RecordsState {
  readonly part: number
  /** Rows of each name in that part. */
  readonly rows: Readonly<Record<string, number>>
}

type Values = Float32Array | Float64Array

interface Column {
  /** Of a row. */
  readonly shape: readonly number[]
  values: Values
  /** Doubles, which hold every number of a step. */
  steps: Float64Array
  rows: number
}

/** Rounds up, so that arrays grow seldom. */
const roomFor = (rows: number): number => Math.max(64, 2 ** Math.ceil(Math.log2(rows)))

/** How parts are filled. */
export interface RecorderOptions {
  /** Bytes of values after which a part is full. */
  readonly full?: number
  /** What the synapses of weights join, by their names. */
  readonly pairs?: ReadonlyMap<string, SynapsePairs>
}

export class Recorder {
  readonly #store: RecordStore
  readonly #seconds: number | undefined
  readonly #full: number
  readonly #pairs: ReadonlyMap<string, SynapsePairs>
  #columns = new Map<string, Column>()
  readonly #events = new EventColumns()
  #part = 1
  #bytes = 0
  #dirty = false

  /** `seconds` is how long a step is, where a clock runs. */
  constructor(
    store: RecordStore,
    seconds: number | undefined,
    { full = FULL, pairs = new Map() }: RecorderOptions = {},
  ) {
    this.#store = store
    this.#seconds = seconds
    this.#full = full
    this.#pairs = pairs
  }

  /** Goes on from a checkpoint, or starts without any. */
  async begin(state: RecordsState | undefined): Promise<void> {
    const { part, rows } = state ?? { part: 0, rows: {} }
    await this.#store.dropRecords(part)
    if (!state) return
    this.#part = part
    const arrays = await this.#store.readRecords(part)
    for (const [name, count] of Object.entries(rows)) {
      if (isListed(name)) {
        if (this.#events.restore(name, arrays, count)) continue
        throw lacks(this.#part, name)
      }
      if (count === 0) continue
      const array = arrays?.get(name)
      const steps = arrays?.get(`step(${name})`)?.data
      const shape = array?.shape.slice(1) ?? []
      const rowsThere = Math.min(steps?.length ?? 0, (array?.data.length ?? 0) / sizeOf(shape))
      if (!array || !steps || array.data instanceof Int32Array || !(rowsThere >= count)) {
        throw lacks(part, name)
      }
      const values = array.data.slice(0, count * sizeOf(shape))
      const column = { shape, values, steps: Float64Array.from(steps.slice(0, count)), rows: count }
      this.#columns.set(name, column)
      this.#bytes += values.byteLength
    }
  }

  /** Adds a row of each. `batch` is how many examples a whole batch has, `count` how many this one. */
  add(
    step: number,
    arrays: Readonly<Record<string, NamedArray>>,
    examples: { readonly count: number; readonly batch: number },
  ): void {
    for (const [name, { shape, data }] of Object.entries(arrays)) {
      const column = this.#column(name, rowShape(shape, examples), data)
      const size = sizeOf(column.shape)
      const start = column.rows * size
      column.values.set(data.length > size ? data.subarray(0, size) : data, start)
      if (data.length < size) column.values.fill(Number.NaN, start + data.length, start + size)
      column.steps[column.rows] = step
      column.rows++
      this.#bytes += size * data.BYTES_PER_ELEMENT
      this.#dirty = true
    }
  }

  /** Adds the events of a step, of signals by name. */
  addEvents(step: number, signals: Readonly<Record<string, NamedArray>>): void {
    for (const [name, array] of Object.entries(signals)) this.#events.add(listed(name), step, array)
    this.#dirty = true
  }

  /** The same of so many steps from `first` on, as they were listed. */
  addLists(first: number, count: number, signals: Readonly<Record<string, ListedEvents>>): void {
    for (const [name, list] of Object.entries(signals))
      this.#events.addList(listed(name), [first, first + count - 1], list)
    this.#dirty = true
  }

  /** Writes a part that is full, and begins the next one. */
  async writeIfFull(): Promise<void> {
    if (this.#bytes + this.#events.bytes < this.#full) return
    await this.write()
    this.#part++
    this.#bytes = 0
    this.#events.clear()
    for (const column of this.#columns.values()) column.rows = 0
  }

  /** Writes the part that is being filled, if anything is new. */
  async write(): Promise<void> {
    if (!this.#dirty) return
    this.#dirty = false
    const arrays = new Map<string, StoredTensor>()
    const seconds = this.#seconds
    const columns = [...this.#columns].filter(([, { rows }]) => rows > 0)
    // In an order that does not depend on which came first in this part.
    columns.sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [name, { shape, values, steps, rows }] of columns) {
      const data = values.subarray(0, rows * sizeOf(shape))
      const numbers = steps.subarray(0, rows)
      arrays.set(name, { shape: [rows, ...shape], data })
      arrays.set(`step(${name})`, { shape: [rows], data: numbersOf(numbers) })
      const { pre, post } = this.#pairs.get(name) ?? {}
      if (pre) arrays.set(`pre(${name})`, { shape: [pre.length], data: pre })
      if (post) arrays.set(`post(${name})`, { shape: [post.length], data: post })
      if (seconds === undefined) continue
      const t = Float64Array.from(numbers, (step) => timeAt({ step: seconds }, step))
      arrays.set(`t(${name})`, { shape: [rows], data: t })
    }
    for (const [name, array] of this.#events.arrays(seconds)) arrays.set(name, array)
    await this.#store.saveRecords(this.#part, arrays)
  }

  /** Forgets, of the part that is being filled, what is of steps after this one. */
  cut(step: number): void {
    for (const column of this.#columns.values()) {
      while (column.rows > 0 && column.steps[column.rows - 1]! > step) column.rows--
    }
    this.#events.cut(step)
    this.#dirty = true
  }

  state(): RecordsState {
    const rows = [...this.#columns].map(([name, column]) => [name, column.rows] as const)
    return { part: this.#part, rows: Object.fromEntries([...rows, ...this.#events.rows()]) }
  }

  /** The column of a name, with room for another row. */
  #column(name: string, shape: readonly number[], like: Values): Column {
    let column = this.#columns.get(name)
    if (!column) {
      const values = like instanceof Float64Array ? new Float64Array(0) : new Float32Array(0)
      column = { shape, values, steps: new Float64Array(0), rows: 0 }
      this.#columns.set(name, column)
    }
    if (column.rows < column.steps.length) return column
    const room = roomFor(column.rows + 1)
    const size = sizeOf(column.shape)
    const values =
      column.values instanceof Float64Array
        ? new Float64Array(room * size)
        : new Float32Array(room * size)
    values.set(column.values)
    const steps = new Float64Array(room)
    steps.set(column.steps)
    column.values = values
    column.steps = steps
    return column
  }
}

/** What the list of a signal's events is called. */
export const listed = (signal: string): string => `times(${signal})`

const isListed = (name: string): boolean => name.startsWith('times(')

const lacks = (part: number, name: string): RunError =>
  new RunError(
    `Part ${part} of the records lacks rows of ${name}: the run cannot go on from there.`,
  )

/** With a whole batch where there was a smaller one. */
function rowShape(
  shape: readonly number[],
  { count, batch }: { readonly count: number; readonly batch: number },
): readonly number[] {
  return count < batch && shape[0] === count ? [batch, ...shape.slice(1)] : shape
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}
