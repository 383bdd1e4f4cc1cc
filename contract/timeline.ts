/**
 * The protocol over the steps of a run: which phase a step belongs to, and how many steps an optimiser
 * has moved by then. Phases follow one another; the last one lasts to the end of the run, however long
 * that is. Repetitions are not written out: looking a step up costs as much as the protocol's text is
 * long, whether it says `repeat 2` or `repeat 1000000`.
 */
import type { ClockPlan, Duration, PhasePlan, ProtocolPart } from './plan.ts'

/** What durations are told by. */
export interface Pace {
  /** Steps in an epoch; 0 in a run without epochs. */
  readonly batches: number
  /** Examples in a step. */
  readonly batch: number
}

/** A phase where it stands in the run. */
export interface Place {
  /** Undefined without a protocol. */
  readonly phase: PhasePlan | undefined
  /** Phases before it. */
  readonly number: number
  /** Its first step, and the one after its last; infinite for the last phase. */
  readonly begins: number
  readonly ends: number
}

/** A phase or a repetition, measured. */
interface Segment {
  /** Steps and phases of one time through. */
  readonly steps: number
  readonly phases: number
  readonly times: number
  readonly phase?: PhasePlan
  readonly inner: readonly Segment[]
}

export class Timeline {
  /** Steps of all phases. */
  readonly steps: number
  readonly #segments: readonly Segment[]
  readonly #phases: number
  readonly #stills = new Map<string, ReadonlyMap<Segment, number>>()
  /** The place that was last looked up. */
  #last: Place | undefined

  constructor(parts: readonly ProtocolPart[], pace: Pace) {
    this.#segments = parts.map((part) => measured(part, pace))
    this.steps = stepsOf(this.#segments)
    this.#phases = phasesOf(this.#segments)
  }

  /** The phase of a step, counted from 0. */
  at(step: number): Place {
    const last = this.#last
    if (last && step >= last.begins && step < last.ends) return last
    const place = this.#find(step)
    this.#last = place
    return place
  }

  /** How many of the first `step` steps an optimiser stood still in: without plasticity, or frozen. */
  stillBefore(optimiser: string, step: number): number {
    const known = this.#stills.get(optimiser) ?? stillsOf(this.#segments, optimiser)
    this.#stills.set(optimiser, known)
    const within = stillIn(this.#segments, Math.min(step, this.steps), optimiser, known)
    const last = lastPhase(this.#segments)
    const beyond = Math.max(0, step - this.steps)
    return within + (last && standsStill(last, optimiser) ? beyond : 0)
  }

  /**
   * The turn of the outermost repetition that a step is in, or the phase that stands by itself; the last
   * one goes on to the end of the run.
   */
  round(step: number): { readonly begins: number; readonly ends: number } {
    let from = 0
    for (const [i, { steps, times }] of this.#segments.entries()) {
      const isLast = i === this.#segments.length - 1
      if (step < from + steps * times || isLast) {
        const turn = steps > 0 ? Math.min(times - 1, Math.floor((step - from) / steps)) : 0
        const begins = from + turn * steps
        const goesOn = isLast && step >= from + steps * times
        return { begins, ends: goesOn ? Number.POSITIVE_INFINITY : begins + steps }
      }
      from += steps * times
    }
    return { begins: 0, ends: Number.POSITIVE_INFINITY }
  }

  #find(step: number): Place {
    const last = lastPhase(this.#segments)
    if (!last) return { phase: undefined, number: 0, begins: 0, ends: Number.POSITIVE_INFINITY }
    let from = 0
    let number = 0
    let segments = this.#segments
    for (;;) {
      const next = segments.find((segment) => {
        if (step < from + segment.steps * segment.times) return true
        from += segment.steps * segment.times
        number += segment.phases * segment.times
        return false
      })
      if (!next) break
      const turn = Math.floor((step - from) / next.steps)
      from += turn * next.steps
      number += turn * next.phases
      if (next.phase) {
        const isLast = number === this.#phases - 1
        const ends = isLast ? Number.POSITIVE_INFINITY : from + next.steps
        return { phase: next.phase, number, begins: from, ends }
      }
      segments = next.inner
    }
    // Past the end: the last phase goes on. Of no step at all, it is all that there is.
    if (step > this.steps - 1 && this.steps > 0) return this.#find(this.steps - 1)
    return { phase: last, number: 0, begins: 0, ends: Number.POSITIVE_INFINITY }
  }
}

/** Seconds before a step, without the last bits that a product leaves: 0.009, not 0.009000000000000001. */
export function timeAt({ step: seconds }: Pick<ClockPlan, 'step'>, step: number): number {
  return Number((step * seconds).toPrecision(12))
}

/** Whether an optimiser moves nothing in a phase. */
export function standsStill({ plasticity, frozen }: PhasePlan, optimiser: string): boolean {
  return !plasticity || frozen.includes(optimiser)
}

/** Steps that a phase lasts. */
export function stepsIn({ unit, count }: Duration, { batches, batch }: Pace): number {
  switch (unit) {
    case 'steps':
      return count
    case 'epochs':
      return count * batches
    case 'examples':
      return Math.ceil(count / batch)
  }
}

/** All phases of a protocol as they are written. */
export function writtenPhases(parts: readonly ProtocolPart[]): readonly PhasePlan[] {
  return parts.flatMap((part) => (part.kind === 'phase' ? [part] : writtenPhases(part.phases)))
}

/** The names of all parameters that some phase sets, with the first phase that does. */
export function parametersSet(parts: readonly ProtocolPart[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { name, settings } of writtenPhases(parts)) {
    for (const parameter of Object.keys(settings)) {
      if (!names.has(parameter)) names.set(parameter, name)
    }
  }
  return names
}

/**
 * The values in force during `phase` of every parameter that some phase of the protocol sets: the
 * phase's own, otherwise the one in `parameters`. Throws RangeError if there is neither.
 */
export function settingsIn(
  phase: PhasePlan | undefined,
  parts: readonly ProtocolPart[],
  parameters: Readonly<Record<string, number | boolean>>,
): Record<string, number | boolean> {
  const settings: [name: string, value: number | boolean][] = []
  // A parameter may be called `valueOf`, which every object has.
  const own = <T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
    values && Object.hasOwn(values, name) ? values[name] : undefined
  for (const [name, setter] of parametersSet(parts)) {
    const value = own(phase?.settings, name) ?? own(parameters, name)
    if (value === undefined) {
      throw new RangeError(`Phase ${setter} sets ${name}, which is no parameter.`)
    }
    settings.push([name, value])
  }
  return Object.fromEntries(settings)
}

function measured(part: ProtocolPart, pace: Pace): Segment {
  if (part.kind === 'phase') {
    return { steps: stepsIn(part.lasts, pace), phases: 1, times: 1, phase: part, inner: [] }
  }
  const inner = part.phases.map((each) => measured(each, pace))
  return { steps: stepsOf(inner), phases: phasesOf(inner), times: part.times, inner }
}

function stepsOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { steps, times }) => sum + steps * times, 0)
}

function phasesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { phases, times }) => sum + phases * times, 0)
}

function lastPhase(segments: readonly Segment[]): PhasePlan | undefined {
  const last = segments.at(-1)
  return last && (last.phase ?? lastPhase(last.inner))
}

/** Steps that an optimiser stands still in one time through each segment. */
function stillsOf(
  segments: readonly Segment[],
  optimiser: string,
  stills = new Map<Segment, number>(),
): Map<Segment, number> {
  for (const segment of segments) {
    stillsOf(segment.inner, optimiser, stills)
    const own = segment.phase && standsStill(segment.phase, optimiser) ? segment.steps : 0
    const inner = segment.inner.reduce((sum, each) => sum + (stills.get(each) ?? 0) * each.times, 0)
    stills.set(segment, own + inner)
  }
  return stills
}

/** Of the first `step` steps of `segments`. */
function stillIn(
  segments: readonly Segment[],
  step: number,
  optimiser: string,
  stills: ReadonlyMap<Segment, number>,
): number {
  let left = step
  let still = 0
  for (const segment of segments) {
    const { steps, times, phase, inner } = segment
    const turns = steps > 0 ? Math.min(times, Math.floor(left / steps)) : times
    still += turns * (stills.get(segment) ?? 0)
    left -= turns * steps
    if (turns === times) continue
    if (phase) return still + (standsStill(phase, optimiser) ? left : 0)
    return still + stillIn(inner, left, optimiser, stills)
  }
  return still
}
