/**
 * Fills a network's inputs from the fields of examples. Labels become one-hot rows here; label
 * smoothing a (on-value 1 - a, off-value a / (K - 1)) is for training alone, evaluation is hard.
 *
 * Buffers are reused, and evaluation shows the data's own arrays: what `present` returns is valid
 * until the next call, and must not be written to.
 */
import type { ExampleTable, Presented } from '../engine/network.ts'
import type { Augmenter } from '../data/augment.ts'
import { gatherBatch, type BatchBuffers } from '../data/batches.ts'
import { AlongTime } from './along-time.ts'
import { encode, requireLabels, roomLike } from './encode.ts'
import type { DatasetPlan } from '../../contract/dataset.ts'
import { DataError, type DataPart, type Values } from '../data/types.ts'
import type { PresentPlan } from '../../contract/plan.ts'

/** Values of a table that is made anew for every block of steps. */
const TABLE = 2 ** 18

/** Some examples, ready for a network. */
export interface Batch {
  readonly count: number
  readonly inputs: Presented
}

/** Which examples to present: `order[start]` ... `order[end - 1]`, or without `order` the numbers. */
export interface Selection {
  readonly order?: Uint32Array | undefined
  readonly start: number
  readonly end: number
  /** Of training: what random changes of images depend on. */
  readonly epoch?: number
  /** The step of the presentation, which decides what fields along time present; default 0. */
  readonly step?: number
}

/** Turns examples of a data set into network inputs, as the plan says. */
export class Presenter {
  readonly #present: readonly PresentPlan[]
  readonly #fields: readonly string[]
  readonly #smoothing: number
  readonly #augmenter: Augmenter | undefined
  readonly #along: AlongTime | undefined
  readonly #gathered: BatchBuffers = new Map()
  readonly #encoded: BatchBuffers = new Map()

  /** Throws DataError for an input whose field is missing or of another size. */
  constructor(
    present: readonly PresentPlan[],
    dataset: DatasetPlan,
    smoothing: number,
    augmenter?: Augmenter,
    /** Steps of a presentation. */
    hold = 1,
  ) {
    for (const item of present) checkField(item, dataset)
    this.#present = present.filter(({ time }) => !time)
    this.#fields = [...new Set(this.#present.map(({ field }) => field))]
    if (this.#present.length < present.length)
      this.#along = new AlongTime(present, dataset, smoothing, hold)
    this.#smoothing = smoothing
    this.#augmenter = augmenter
  }

  /**
   * The inputs for the selected examples; `training` smooths one-hot targets and, where an order
   * selects the examples, changes images.
   */
  present(part: DataPart, selection: Selection, training: boolean): Batch {
    const { count, fields } = this.#select(part, selection)
    const { order, start, epoch = 0 } = selection
    if (training && order && this.#augmenter) {
      const examples = order.subarray(start, start + count)
      for (const name of this.#fields) {
        this.#augmenter.apply(name, fields[name]!, examples, epoch)
      }
    }
    const inputs: Record<string, Values> = {}
    for (const item of this.#present) {
      const values = fields[item.field]!
      if (item.encoding === 'value') {
        inputs[item.input] = values
        continue
      }
      const rows = this.#buffer(item, count, values)
      encode(values, item, training ? this.#smoothing : 0, rows)
      inputs[item.input] = rows
    }
    return {
      count,
      inputs: { ...inputs, ...this.#along?.present(part, selection, count, training) },
    }
  }

  /** Whether what is presented differs from step to step of a presentation. */
  get isTimed(): boolean {
    return this.#along !== undefined
  }

  /**
   * What all examples of a part present in training, as tables: fields as they are, and of class
   * labels the row of each class. None where images are changed at random. Where something is along time,
   * step k of example e stands for e times the steps of a presentation plus k.
   */
  table(part: DataPart): ExampleTable | undefined {
    if (this.#augmenter || this.#fields.some((name) => part.sparse?.[name])) return undefined
    if (this.#along) return this.#along.table(part)
    const entries = this.#present.map((item) => {
      const values = part.fields[item.field]!
      if (item.encoding === 'value') return [item.input, { rows: values }] as const
      const classes = Float32Array.from({ length: item.size }, (_, i) => i)
      const rows = roomLike(values, item.size * item.size)
      encode(classes, item, this.#smoothing, rows)
      requireLabels(values, item)
      return [item.input, { rows, rowOf: Uint32Array.from(values) }] as const
    })
    return { inputs: Object.fromEntries(entries) }
  }

  /**
   * What some examples of a part present in training, one after the other, as a table of these alone: for parts with
   * lists, of which no table of all is made. None where images are changed at random.
   */
  tableOf(part: DataPart, order: Uint32Array): ExampleTable | undefined {
    if (this.#augmenter) return undefined
    if (this.#along) return this.#along.tableOf(part, order)
    return this.table(gatherBatch(part, order, 0, order.length, this.#fields))
  }

  /** How many examples a table of some of a part has at most, that it may be made anew for every block. */
  mostOf(part: DataPart): number {
    if (this.#along) return Math.max(1, Math.floor(TABLE / this.#along.width))
    const widths = this.#fields.map(
      (name) =>
        part.sparse?.[name]?.width ?? (part.fields[name]?.length ?? 0) / Math.max(1, part.count),
    )
    return Math.max(1, Math.floor(TABLE / widths.reduce((sum, width) => sum + width, 1)))
  }

  #select(part: DataPart, { order, start, end }: Selection): DataPart {
    if (order) return gatherBatch(part, order, start, end - start, this.#fields, this.#gathered)
    if (this.#fields.some((name) => part.sparse?.[name])) {
      const examples = Uint32Array.from({ length: end - start }, (_, at) => start + at)
      return gatherBatch(part, examples, 0, end - start, this.#fields, this.#gathered)
    }
    const fields: Record<string, Values> = {}
    for (const name of this.#fields) {
      const values = part.fields[name]!
      const width = values.length / part.count
      fields[name] = values.subarray(start * width, end * width)
    }
    return { count: end - start, fields }
  }

  #buffer(item: PresentPlan, count: number, like: Values): Values {
    const length = count * item.size
    let buffer = this.#encoded.get(item.input)
    if (!buffer || buffer.length < length) {
      buffer = roomLike(like, length)
      this.#encoded.set(item.input, buffer)
    }
    return buffer.subarray(0, length)
  }
}

function checkField(item: PresentPlan, dataset: DatasetPlan): void {
  const field = dataset.fields.find(({ name }) => name === item.field)
  if (!field) throw new DataError(`Data set ${dataset.name} has no field ${item.field}.`)
  const size =
    item.encoding === 'one_hot'
      ? field.classes
      : item.encoding === 'during'
        ? item.size
        : field.shape.reduce((product, length) => product * length, 1)
  if (size === undefined) {
    throw new DataError(`Field ${item.field} of ${dataset.name} is no class label.`)
  }
  if (size !== item.size) {
    throw new DataError(
      `Input ${item.input} takes ${item.size} numbers, but ${item.field} of ${dataset.name} has ${size}.`,
    )
  }
}
