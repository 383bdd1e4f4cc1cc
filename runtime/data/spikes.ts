/**
 * Lists of spikes as data: from a time and a cell for each, what every step presents, [steps, cells], how
 * many spikes each cell has in it. A spike belongs to the step that its time lies in: step n is from n to n + 1
 * steps, and a time within a millionth of a whole number of steps is that number.
 */
import { mostValues } from '../../contract/readers.ts'
import { sizeOf, type ReaderContext } from './reader.ts'
import { DataError, makeValues, type DataPart } from './types.ts'

/** Seconds of the units in which times may be written. */
export const timeUnits: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6 }

export interface SpikeList {
  /** In the unit that the reader was told. */
  readonly times: ArrayLike<number>
  readonly cells: ArrayLike<number>
}

/** The spikes of a list step by step. `at` says where spike k stands in the file. Throws DataError. */
export function spikesByStep(
  { times, cells }: SpikeList,
  { unit, step }: { readonly unit: number; readonly step: number },
  context: ReaderContext,
  at: (k: number) => string,
): DataPart {
  const [field] = context.fields
  if (!field) throw new DataError(`Data set ${context.dataset} has no fields.`)
  const units = sizeOf(field.shape)
  const steps = new Float64Array(times.length)
  let last = 0
  for (let k = 0; k < times.length; k++) {
    const [time, cell] = [times[k]!, cells[k]!]
    if (!(time >= 0 && time < Infinity))
      throw new DataError(`${at(k)}: a spike at the time ${time}; times are 0 or above.`)
    if (!(Number.isInteger(cell) && cell >= 0 && cell < units)) {
      throw new DataError(
        `${at(k)}: a spike of cell ${cell}; the field ${field.name} has the cells 0 to ${units - 1}.`,
      )
    }
    steps[k] = stepOf((time * unit) / step)
    last = Math.max(last, steps[k]!)
  }
  const count = last + 1
  if (!(count * units <= mostValues)) {
    throw new DataError(
      `Data set ${context.dataset}: ${count} steps of ${units} cells do not fit into memory; ` +
        `the last spike is at ${(last * step).toPrecision(6)} s. Are its times in the unit that is said?`,
    )
  }
  const values = makeValues(count * units, context.precision)
  for (let k = 0; k < times.length; k++) values[steps[k]! * units + cells[k]!]! += 1
  return { count, fields: { [field.name]: values } }
}

/** The step that a time in steps lies in. */
export function stepOf(steps: number): number {
  const whole = Math.round(steps)
  const near = Math.abs(steps - whole) <= Math.min(1e-6 * Math.max(1, steps), 0.01)
  return near ? whole : Math.floor(steps)
}
