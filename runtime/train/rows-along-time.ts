/**
 * Fields along time in a presentation: which row of an example is presented in which step, and what an
 * example presents where it has none.
 *
 * A field has a row for each step. `stretched`, its T rows are spread over the H steps: step k presents row
 * floor(k T / H). `padded`, nothing is presented behind the last row. Nothing is 0 everywhere; of a label
 * too, no class.
 */
import { DataError, type DataPart, type Values } from '../data/types.ts'
import { lengthsOf, rowsIn } from '../data/lengths.ts'
import type { DatasetPlan, FieldPlan } from '../../contract/dataset.ts'
import type { PresentPlan } from '../../contract/plan.ts'

/** The rows of one input's field in a part of the data. */
export class RowsAlongTime {
  readonly #part: DataPart
  readonly #item: PresentPlan
  readonly #rows: number
  readonly #hold: number
  readonly #lengths: Values | undefined

  /** For presentations of `hold` steps. Throws DataError if the rows do not fill them. */
  constructor(part: DataPart, item: PresentPlan, dataset: DatasetPlan, hold: number) {
    const field = fieldOf(dataset, item)
    this.#part = part
    this.#item = item
    this.#hold = hold
    // The rows of nothing count as those of others.
    this.#rows = rowsIn(part, field)
    this.#lengths = field.lasts === undefined ? undefined : lengthsOf(part, field.lasts)
    const { fit } = item
    if (fit === 'stretched' || this.#rows === hold || (fit === 'padded' && this.#rows < hold))
      return
    const shorter = this.#rows < hold ? ', `padded`' : ''
    throw new DataError(
      `Field ${field.name} of ${dataset.name} has ${this.#rows} rows along time, but is presented for ` +
        `${hold} steps: present it for ${this.#rows} steps, or \`stretched\`${shorter}.`,
    )
  }

  /** The row, counted through all examples, that an example presents in a step of its presentation; -1: none. */
  at(example: number, step: number): number {
    const { silence } = this.#part
    if (silence !== undefined && example >= silence) return -1
    const isStretched = this.#item.fit === 'stretched'
    const row = isStretched ? Math.floor((step * this.#rows) / this.#hold) : step
    const length = this.#lengths ? this.#lengths[example]! : this.#rows
    return row < length ? example * this.#rows + row : -1
  }
}

function fieldOf(dataset: DatasetPlan, item: PresentPlan): FieldPlan {
  const field = dataset.fields.find(({ name }) => name === item.field)
  if (!field) throw new DataError(`Data set ${dataset.name} has no field ${item.field}.`)
  return field
}
