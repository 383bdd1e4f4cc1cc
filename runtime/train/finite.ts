/**
 * Tells whether numbers are finite, and says it where they are not. Nothing in a run may be NaN or
 * infinite but what the language defines so: the time since an event that never was is infinite
 * (`plan.infinite` lists what may be, for that reason), and some measures have no value, which is NaN
 * (`partial` measures: the angle to a zero vector).
 */
import { timeAt } from '../../contract/timeline.ts'
import type { ExperimentPlan, MeasurePlan } from '../../contract/plan.ts'
import type { ListedEvents, NamedArray } from '../engine/network.ts'
import { RunError, type RunPlace } from './errors.ts'

/** A name and the value under it that is NaN or infinite. */
export interface NonFinite {
  readonly name: string
  readonly value: number
  readonly kind: 'weight' | 'variable' | 'score' | 'measure' | 'input'
}

/** What may be infinite, by name. */
export type MayBeInfinite = ReadonlySet<string>

/** The first value that may not be, NaN or an infinity; undefined if there is none. */
function badValue(data: NamedArray['data'], mayBeInfinite: boolean): number | undefined {
  const { length } = data
  for (let i = 0; i < length; i++) {
    const value = data[i]!
    // A difference with itself is NaN for NaN and both infinities, and 0 for all else.
    if (value - value !== 0 && !(mayBeInfinite && !Number.isNaN(value))) return value
  }
  return undefined
}

/** The first of `arrays` that holds what it may not; `states` are told as variables. */
export function findInArrays(
  arrays: Readonly<Record<string, NamedArray>>,
  kind: NonFinite['kind'],
  mayBeInfinite: MayBeInfinite,
  states: readonly string[] = [],
): NonFinite | undefined {
  for (const [name, { data }] of Object.entries(arrays)) {
    const value = badValue(data, mayBeInfinite.has(name))
    if (value === undefined) continue
    return { name, value, kind: states.includes(name) ? 'variable' : kind }
  }
  return undefined
}

/** The first of listed values that is what it may not be. */
export function findInLists(
  lists: Readonly<Record<string, ListedEvents>>,
  mayBeInfinite: MayBeInfinite,
): NonFinite | undefined {
  const arrays = Object.entries(lists).map(([name, { values }]) => {
    const data = Float64Array.from(values)
    return [name, { shape: [data.length], data }] as const
  })
  return findInArrays(Object.fromEntries(arrays), 'variable', mayBeInfinite)
}

/** The first of what is presented that is NaN or infinite. */
export function findInInputs(
  inputs: Readonly<Record<string, NamedArray['data']>>,
): NonFinite | undefined {
  for (const [name, data] of Object.entries(inputs)) {
    const value = badValue(data, false)
    if (value !== undefined) return { name, value, kind: 'input' }
  }
  return undefined
}

/** The first score that is NaN or infinite. */
export function findInScores(scores: Readonly<Record<string, number>>): NonFinite | undefined {
  for (const [name, value] of Object.entries(scores)) {
    if (!Number.isFinite(value)) return { name, value, kind: 'score' }
  }
  return undefined
}

/** The first measure that is infinite and may not be, or NaN where it always has a value. */
export function findInMeasures(
  values: Readonly<Record<string, number>>,
  measures: readonly MeasurePlan[],
  mayBeInfinite: MayBeInfinite,
): NonFinite | undefined {
  for (const { outputs, partial } of measures) {
    for (const name of outputs) {
      const value = values[name]
      if (value === undefined || Number.isFinite(value)) continue
      const isDefined = Number.isNaN(value) ? partial === true : mayBeInfinite.has(name)
      if (!isDefined) return { name, value, kind: 'measure' }
    }
  }
  return undefined
}

/** Where a step is. */
export function placeOf(
  { clock }: Pick<ExperimentPlan, 'clock'>,
  step: number,
  batches: number,
): Omit<RunPlace, 'variable'> {
  if (clock) return { step, time: timeAt(clock, step) }
  return { step, epoch: 1 + Math.floor(step / batches) }
}

/** What to tell about it; `place` is the first step that has it. */
export function nonFiniteError(
  culprit: NonFinite,
  place: Omit<RunPlace, 'variable'>,
  rates: Readonly<Record<string, number>>,
  checks: Readonly<Record<string, string>> = {},
): RunError {
  const { epoch, step, time } = place
  const at =
    epoch === undefined ? `in step ${step} (${time ?? 0} s)` : `in step ${step}, of epoch ${epoch}`
  if (culprit.kind === 'input') {
    return new RunError(
      `What is presented to ${culprit.name} ${at} is ${valueText(culprit)}. Look for it in the data.`,
      { variable: culprit.name, ...place },
    )
  }
  const check = checks[culprit.name]
  if (check !== undefined) {
    return new RunError(
      `A probability was not from 0 to 1 ${at}: that of \`bernoulli\` in \`${check}\`.`,
      { variable: check, ...place },
    )
  }
  const advice = adviceFor(epoch === undefined, rates)
  return new RunError(
    `The ${culprit.kind} ${culprit.name} became ${valueText(culprit)} ${at}. ${advice}`,
    {
      variable: culprit.name,
      ...place,
    },
  )
}

/** What to tell of a circuit that begins with it. */
export function nonFiniteStart(culprit: NonFinite, place: Omit<RunPlace, 'variable'>): RunError {
  return new RunError(
    `The ${culprit.kind} ${culprit.name} is ${valueText(culprit)} before the first step. ` +
      'Give it another value at the start.',
    { variable: culprit.name, ...place },
  )
}

/** What to tell of a score that an evaluation came to; `culprit` is where it comes from. */
export function nonFiniteScore(
  score: NonFinite,
  culprit: NonFinite,
  part: string,
  place: Omit<RunPlace, 'variable'>,
  rates: Readonly<Record<string, number>>,
  checks: Readonly<Record<string, string>> = {},
): RunError {
  const draw = culprit === score ? probabilityBehind(score, checks) : undefined
  if (draw !== undefined) {
    return new RunError(
      `A probability was not from 0 to 1 in the evaluation of the ${part} examples in epoch ` +
        `${place.epoch ?? 0}, after ${place.step} steps: that of \`bernoulli\` in ${draw}.`,
      { variable: draw, ...place },
    )
  }
  const from =
    culprit === score
      ? ''
      : culprit.kind === 'input'
        ? `, as what is presented to ${culprit.name} is ${valueText(culprit)}`
        : `, as the ${culprit.kind} ${culprit.name} is ${valueText(culprit)}`
  const { step, epoch = 0 } = place
  const advice = culprit.kind === 'input' ? 'Look for it in the data.' : adviceFor(false, rates)
  return new RunError(
    `The ${score.name} of the ${part} examples is ${valueText(score)} in the evaluation of epoch ` +
      `${epoch}, after ${step} steps${from}. ${advice}`,
    { variable: culprit.name, ...place },
  )
}

/**
 * The draws of which one makes a score infinite though all variables are finite: in evaluation a probability that is
 * none does nothing else.
 */
export function probabilityBehind(
  { value }: Pick<NonFinite, 'value'>,
  checks: Readonly<Record<string, string>> = {},
): string | undefined {
  const draws = [...new Set(Object.values(checks))].map((text) => `\`${text}\``)
  return value === Infinity && draws.length > 0 ? draws.join(' or ') : undefined
}

export function valueText({ value }: Pick<NonFinite, 'value'>): string {
  return Number.isNaN(value) ? 'NaN' : 'infinite'
}

function adviceFor(isClocked: boolean, rates: Readonly<Record<string, number>>): string {
  const used = Object.entries(rates)
    .filter(([, rate]) => rate !== 0)
    .map(([name, rate]) => `${name} ${Number(rate.toPrecision(3))}`)
  const shorter = isClocked ? 'a shorter step, ' : ''
  return used.length > 0
    ? `Try ${shorter}lower learning rates (now ${used.join(', ')}) or smaller initial weights.`
    : `Try ${shorter && 'a shorter step or '}smaller initial weights.`
}
