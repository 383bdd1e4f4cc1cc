/**
 * The fields of trials while they are written: stimulus [trials, rows, channels], target [trials, rows,
 * outputs], mask [trials, rows, 1], the rows of each trial, and the class that is right in every row.
 */
import { mostValues } from '../../../contract/readers.ts'
import type { ReaderPlan } from '../../../contract/dataset.ts'
import { normalValues, streamKey } from '../../support/random.ts'
import { argumentError, partByRole, type ReaderContext } from '../reader.ts'
import { makeValues, type DataPart } from '../types.ts'
import type { Epoch, Trials } from './epochs.ts'

/** What one trial is written through. */
export interface TrialWriter {
  /** Adds a value to a channel while an epoch lasts; with noise if `noisy`. */
  readonly input: (epoch: Epoch, channel: number, value: number, noisy?: boolean) => void
  /** What is right while an epoch lasts: the class, whose output is to be 1 and all others 0. */
  readonly answer: (epoch: Epoch, output: number) => void
  /** What an output is to be in a row. */
  readonly target: (row: number, output: number, value: number) => void
  /** Rows that count. */
  readonly counts: (epoch: Epoch) => void
}

export interface TrialSizes {
  readonly channels: number
  readonly outputs: number
}

/** Writes all trials. Throws DataError if they do not fit into memory. */
export function writtenTrials(
  plan: ReaderPlan,
  context: ReaderContext,
  trials: Trials<string>,
  { channels, outputs }: TrialSizes,
  noise: { readonly sigma: number; readonly seed: number; readonly skip: number },
  write: (trial: number, writer: TrialWriter) => void,
): DataPart {
  const { count, rows, step } = trials
  const all = count * rows
  if (all * (channels + outputs + 2) > mostValues)
    throw argumentError(plan, context, `makes ${count} trials of ${rows} steps: too many to keep`)
  const { precision } = context
  const stimulus = makeValues(all * channels, precision)
  const target = makeValues(all * outputs, precision)
  const mask = makeValues(all, precision)
  const label = makeValues(all, precision)
  const lasts = makeValues(count, precision)
  const key = streamKey(noise.seed, 'noise of trials')
  // White noise: what is added up over a time does not depend on the steps.
  const std = noise.sigma / Math.sqrt(step * 1000)
  const normal = new Float32Array(rows * channels)
  for (let trial = 0; trial < count; trial++) {
    if (std > 0) normalValues(key, noise.skip + trial, rows * channels, normal)
    const first = trial * rows
    lasts[trial] = trials.of(trial).rows
    const each = ({ begins, ends }: Epoch, set: (row: number) => void): void => {
      for (let row = begins; row < ends; row++) set(row)
    }
    write(trial, {
      input: (epoch, channel, value, noisy = false) =>
        each(epoch, (row) => {
          const at = row * channels + channel
          const added = noisy && std > 0 ? std * normal[at]! : 0
          stimulus[first * channels + at]! += value + added
        }),
      answer: (epoch, output) =>
        each(epoch, (row) => {
          target[(first + row) * outputs + output] = 1
          label[first + row] = output
        }),
      target: (row, output, value) => (target[(first + row) * outputs + output] = value),
      counts: (epoch) => each(epoch, (row) => (mask[first + row] = 1)),
    })
  }
  const source = `${plan.name}(...)`
  return partByRole(
    [
      { shape: [rows, channels], data: stimulus, source },
      { shape: [rows, outputs], data: target, source },
      { shape: [rows, 1], data: mask, source },
      { shape: [], data: lasts, source },
    ],
    { shape: [rows], data: label, source },
    context,
  )
}
