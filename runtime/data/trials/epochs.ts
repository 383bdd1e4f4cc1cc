/**
 * Trials in epochs (fixation, stimulus, delay, ...): how many steps each lasts in every trial. An epoch may
 * last differently from trial to trial: uniformly from its least to its longest time, in whole steps.
 */
import type { ReaderPlan } from '../../../contract/dataset.ts'
import { streamKey, uniformValues } from '../../support/random.ts'
import { argumentError, type ReaderContext } from '../reader.ts'

/** An epoch of one trial: its first row, and the row behind its last one. */
export interface Epoch {
  readonly begins: number
  readonly ends: number
}

/** The epochs of a trial, and its rows. */
export interface OneTrial<Name extends string> {
  readonly epochs: Readonly<Record<Name, Epoch>>
  readonly rows: number
}

/** The epochs of all trials by name, the longest trial's rows, and the seconds of a row. */
export interface Trials<Name extends string> {
  readonly count: number
  readonly rows: number
  readonly step: number
  readonly of: (trial: number) => OneTrial<Name>
}

/** Throws DataError for a time that is no whole number of steps, or without a step. */
export function trialsOf<Name extends string>(
  plan: ReaderPlan,
  context: ReaderContext,
  numbers: Readonly<Record<string, number>>,
  names: readonly Name[],
): Trials<Name> {
  const { step } = plan
  if (step === undefined)
    throw argumentError(plan, context, 'makes trials for a circuit that goes on in time')
  const { count = 0, seed = 1, skip = 0 } = numbers
  const stepsOf = (name: string): number => {
    const steps = (numbers[name] ?? 0) / step
    const whole = Math.round(steps)
    if (Math.abs(steps - whole) <= 1e-6 * Math.max(1, whole)) return whole
    const found = `${(numbers[name] ?? 0) * 1000} ms, which is ${Number(steps.toPrecision(12))} steps of ${step * 1000} ms`
    throw argumentError(plan, context, `needs whole steps for ${name}, not ${found}`)
  }
  const spans = names.map((name) => {
    const least = stepsOf(name)
    const longest = `${name}_max` in numbers ? Math.max(least, stepsOf(`${name}_max`)) : least
    return { name, least, choices: longest - least + 1 }
  })
  const rows = spans.reduce((sum, { least, choices }) => sum + least + choices - 1, 0)
  if (rows < 1) throw argumentError(plan, context, 'makes trials that last no step')
  const key = streamKey(seed, 'epochs of trials')
  const draws = new Float32Array(spans.length)
  return {
    count,
    rows,
    step,
    of: (trial) => {
      uniformValues(key, skip + trial, spans.length, draws)
      let at = 0
      const epochs = spans.map(({ name, least, choices }, i) => {
        const begins = at
        at += least + Math.floor(draws[i]! * choices)
        return [name, { begins, ends: at }] as const
      })
      return { epochs: Object.fromEntries(epochs) as Record<Name, Epoch>, rows: at }
    },
  }
}
