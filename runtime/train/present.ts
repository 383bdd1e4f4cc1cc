/**
 * Fills a network's inputs from the fields of examples. Labels become one-hot rows here; label
 * smoothing a (on-value 1 - a, off-value a / (K - 1)) is for training alone, evaluation is hard.
 *
 * Buffers are reused: what `present` returns is valid until the next call.
 */
import type { Presented } from '../engine/network.ts'
import { DataError, type DataPart, type DatasetPlan } from '../data/types.ts'
import type { PresentPlan } from './plan.ts'

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
}

/** Turns examples of a data set into network inputs, as the plan says. */
export class Presenter {
  readonly #present: readonly PresentPlan[]
  readonly #smoothing: number
  readonly #buffers = new Map<string, Float32Array>()

  /** Throws DataError for an input whose field is missing or of another size. */
  constructor(present: readonly PresentPlan[], dataset: DatasetPlan, smoothing: number) {
    for (const item of present) checkField(item, dataset)
    this.#present = present
    this.#smoothing = smoothing
  }

  /** The inputs for the selected examples; `training` smooths one-hot targets. */
  present(part: DataPart, selection: Selection, training: boolean): Batch {
    const count = selection.end - selection.start
    const inputs: Record<string, Float32Array> = {}
    for (const item of this.#present) {
      const field = part.fields[item.field]
      if (!field) throw new DataError(`The data have no field ${item.field} for ${item.input}.`)
      const out = this.#buffer(item, count)
      if (item.encoding === 'value') gather(field, selection, item.size, out)
      else encode(field, selection, item, training ? this.#smoothing : 0, out)
      inputs[item.input] = out
    }
    return { count, inputs }
  }

  #buffer(item: PresentPlan, count: number): Float32Array {
    const length = count * item.size
    let buffer = this.#buffers.get(item.input)
    if (!buffer || buffer.length < length) {
      buffer = new Float32Array(length)
      this.#buffers.set(item.input, buffer)
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

function gather(
  field: Float32Array,
  { order, start, end }: Selection,
  size: number,
  out: Float32Array,
): void {
  if (!order) {
    out.set(field.subarray(start * size, end * size))
    return
  }
  for (let row = start; row < end; row++) {
    const from = order[row]! * size
    out.set(field.subarray(from, from + size), (row - start) * size)
  }
}

function encode(
  field: Float32Array,
  { order, start, end }: Selection,
  item: PresentPlan,
  smoothing: number,
  out: Float32Array,
): void {
  const { size } = item
  out.fill(size > 1 ? smoothing / (size - 1) : 0)
  for (let row = start; row < end; row++) {
    const example = order ? order[row]! : row
    const label = field[example]!
    if (!(Number.isInteger(label) && label >= 0 && label < size)) {
      throw new DataError(
        `Example ${example} has the label ${label}; ${item.field} has the classes 0 to ${size - 1}.`,
      )
    }
    out[(row - start) * size + label] = 1 - smoothing
  }
}
