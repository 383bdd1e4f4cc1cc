/**
 * Lists of spikes as data: from a time and a cell for each, what every step presents to each example, how
 * many spikes each cell has in it. A spike belongs to the step that its time lies in: step n is from n to n + 1
 * steps, and a time within a millionth of a whole number of steps is that number.
 */
import { mostValues } from '../../contract/readers.ts'
import { sizeOf, type ReaderContext } from './reader.ts'
import { sparseRows } from './sparse-rows.ts'
import { DataError, type DataPart } from './types.ts'

/** Seconds of the units in which times may be written. */
export const timeUnits: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6 }

export interface SpikeList {
  /** In the unit that the reader was told. */
  readonly times: ArrayLike<number>
  readonly cells: ArrayLike<number>
  /** The example of each; without it every example has all spikes. */
  readonly examples?: ArrayLike<number> | undefined
}

/** How times are counted, and how many examples there are side by side. */
export interface SpikeCount {
  readonly unit: number
  readonly step: number
  readonly examples: number
}

/**
 * The spikes of a list step by step: the rows of a step are those of its examples. `at` says where spike k stands
 * in the file. Throws DataError.
 */
export function spikesByStep(
  { times, cells, examples: of }: SpikeList,
  { unit, step, examples }: SpikeCount,
  context: ReaderContext,
  at: (k: number) => string,
): DataPart {
  const [field] = context.fields
  if (!field) throw new DataError(`Data set ${context.dataset} has no fields.`)
  const units = sizeOf(field.shape)
  const copies = of ? 1 : examples
  const rows = new Float64Array(times.length * copies)
  const places = new Uint32Array(times.length * copies)
  let last = 0
  for (let k = 0; k < times.length; k++) {
    const [time, cell, example] = [times[k]!, cells[k]!, of?.[k] ?? 0]
    if (!(time >= 0 && time < Infinity))
      throw new DataError(`${at(k)}: a spike at the time ${time}; times are 0 or above.`)
    if (!(Number.isInteger(cell) && cell >= 0 && cell < units)) {
      throw new DataError(
        `${at(k)}: a spike of cell ${cell}; the field ${field.name} has the cells 0 to ${units - 1}.`,
      )
    }
    if (!(Number.isInteger(example) && example >= 0 && example < examples)) {
      const known = examples === 1 ? 'is one, number 0' : `are the examples 0 to ${examples - 1}`
      throw new DataError(`${at(k)}: a spike of example ${example}; there ${known}.`)
    }
    const number = stepOf((time * unit) / step)
    last = Math.max(last, number)
    for (let copy = 0; copy < copies; copy++) {
      rows[k * copies + copy] = number * examples + example + copy
      places[k * copies + copy] = cell
    }
  }
  const count = (last + 1) * examples
  if (!(count <= mostValues)) {
    throw new DataError(
      `Data set ${context.dataset}: ${last + 1} steps are more than can be played; ` +
        `the last spike is at ${(last * step).toPrecision(6)} s. Are its times in the unit that is said?`,
    )
  }
  const list = sparseRows(units, rows, places, context.precision)
  return { count, fields: {}, sparse: { [field.name]: list } }
}

/** The step that a time in steps lies in. */
export function stepOf(steps: number): number {
  const whole = Math.round(steps)
  const near = Math.abs(steps - whole) <= Math.min(1e-6 * Math.max(1, steps), 0.01)
  return near ? whole : Math.floor(steps)
}
