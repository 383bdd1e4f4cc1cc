/**
 * What is presented where some fields are along time: other values in every step of a presentation, of
 * fields without time the same in all.
 */
import type { ExampleTable } from '../engine/network.ts'
import type { DataPart, Values } from '../data/types.ts'
import type { DatasetPlan } from '../../contract/dataset.ts'
import type { PresentPlan } from '../../contract/plan.ts'
import { encode, requireLabels, roomLike } from './encode.ts'
import type { Selection } from './present.ts'
import { RowsAlongTime } from './rows-along-time.ts'

/** Most entries of a table of all steps of all examples. */
const MOST = 2 ** 22

/** What a presentation of examples with fields along time presents, all its inputs together. */
export class AlongTime {
  /** Numbers of all inputs in a step. */
  readonly width: number
  readonly #present: readonly PresentPlan[]
  readonly #dataset: DatasetPlan
  readonly #smoothing: number
  readonly #hold: number
  readonly #rows = new WeakMap<DataPart, Map<string, RowsAlongTime>>()
  readonly #buffers = new Map<string, Values>()

  constructor(
    present: readonly PresentPlan[],
    dataset: DatasetPlan,
    smoothing: number,
    hold: number,
  ) {
    this.#present = present
    this.#dataset = dataset
    this.#smoothing = smoothing
    this.#hold = hold
    this.width = present.reduce((sum, { size }) => sum + size, 0)
  }

  /** The inputs that change with the steps. */
  present(
    part: DataPart,
    { order, start, step = 0 }: Selection,
    count: number,
    training: boolean,
  ): Record<string, Values> {
    const inputs: Record<string, Values> = {}
    for (const item of this.#present) {
      if (!item.time) continue
      const length = count * item.size
      const known = this.#buffers.get(item.input)
      const buffer = known && known.length >= length ? known : roomLike(fieldIn(part, item), length)
      this.#buffers.set(item.input, buffer)
      const target = buffer.subarray(0, length)
      const fill = this.#filler(part, item, training)
      for (let i = 0; i < count; i++) fill(order ? order[start + i]! : start + i, step, target, i)
      inputs[item.input] = target
    }
    return inputs
  }

  /** Of all examples; undefined if that is more than a table should have. */
  table(part: DataPart): ExampleTable | undefined {
    const entries = part.count * this.#hold
    for (const item of this.#present) if (item.time) this.#rowsOf(part, item)
    if (entries * this.#present.length > MOST) return undefined
    const all = Uint32Array.from({ length: entries }, (_, at) => at)
    const inputs = this.#present.map((item) => {
      const values = fieldIn(part, item)
      // A row of each class, or of what is there, and one of nothing.
      const classes = item.encoding === 'one_hot' ? item.size : 1
      if (item.encoding === 'value') {
        const rows = roomLike(values, values.length + item.size)
        rows.set(values)
        return [item.input, { rows, rowOf: all.map(this.#finder(part, item, 0)) }] as const
      }
      const rows = roomLike(values, (classes + 1) * item.size)
      if (item.encoding === 'during') rows.fill(1, 0, item.size)
      else {
        const labels = Float32Array.from({ length: classes }, (_, i) => i)
        encode(labels, item, this.#smoothing, rows.subarray(0, classes * item.size))
        requireLabels(values, item)
      }
      return [item.input, { rows, rowOf: all.map(this.#finder(part, item, classes)) }] as const
    })
    return { inputs: Object.fromEntries(inputs) }
  }

  /** Of some steps of some examples, numbered as in a table of all. */
  tableOf(part: DataPart, order: Uint32Array): ExampleTable {
    const inputs = this.#present.map((item) => {
      const rows = roomLike(fieldIn(part, item), order.length * item.size)
      const fill = this.#filler(part, item, true)
      for (const [i, at] of order.entries())
        fill(Math.floor(at / this.#hold), at % this.#hold, rows, i)
      return [item.input, { rows }] as const
    })
    return { inputs: Object.fromEntries(inputs) }
  }

  /** The row of a table of a step of an example. */
  #finder(part: DataPart, item: PresentPlan, classes: number): (at: number) => number {
    const values = fieldIn(part, item)
    const find = this.#rowFinder(part, item)
    const nothing = item.encoding === 'value' ? values.length / item.size : classes
    return (at) => {
      const row = find(Math.floor(at / this.#hold), at % this.#hold)
      if (row < 0) return nothing
      return item.encoding === 'value' ? row : item.encoding === 'during' ? 0 : values[row]!
    }
  }

  /** Writes what an example presents in a step to row i of a target. */
  #filler(part: DataPart, item: PresentPlan, training: boolean) {
    const { size, encoding } = item
    const values = fieldIn(part, item)
    const find = this.#rowFinder(part, item)
    const smoothing = training ? this.#smoothing : 0
    return (example: number, step: number, target: Values, i: number): void => {
      const row = find(example, step)
      const own = target.subarray(i * size, (i + 1) * size)
      if (row < 0) own.fill(0)
      else if (encoding === 'during') own.fill(1)
      else if (encoding === 'value') own.set(values.subarray(row * size, (row + 1) * size))
      else encode(values.subarray(row, row + 1), item, smoothing, own)
    }
  }

  #rowFinder(part: DataPart, item: PresentPlan): (example: number, step: number) => number {
    if (!item.time) return (example) => example
    const rows = this.#rowsOf(part, item)
    return (example, step) => rows.at(example, step)
  }

  #rowsOf(part: DataPart, item: PresentPlan): RowsAlongTime {
    const known = this.#rows.get(part) ?? new Map<string, RowsAlongTime>()
    this.#rows.set(part, known)
    const found = known.get(item.input) ?? new RowsAlongTime(part, item, this.#dataset, this.#hold)
    known.set(item.input, found)
    return found
  }
}

function fieldIn(part: DataPart, { field }: PresentPlan): Values {
  const values = part.fields[field]
  if (!values) throw new RangeError(`The data have no field ${field}.`)
  return values
}
