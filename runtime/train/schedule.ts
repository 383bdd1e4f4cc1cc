/**
 * Learning rates over a run. A schedule is a factor on the rate, as a function of the steps k = 0, 1,
 * ... in which the optimiser moves its weights: steps in which the protocol holds them still do not
 * count. It follows from the number of the step and the protocol, so that a resumed run needs to know
 * nothing but its step.
 *
 *     cosine   (k + 1) / w, at most 1                   for k < w, the warm-up
 *              (1 + cos(pi (k - w) / (T - w))) / 2      afterwards
 *     linear   the same warm-up, then 1 + (to - 1) (k - w) / (T - w)
 *     warmup   the same, then 1
 *     step     factor ^ floor(k / (every * batches))
 *
 * with w = warmup * batches per epoch and T the steps of the whole run in which it moves them. What follows the
 * figures of the run, `plateau`, stands in `plateau.ts`; its rates are part of the run's state.
 */
import type { Rates } from '../engine/network.ts'
import type { ExperimentPlan, PlateauSchedule, Schedule } from '../../contract/plan.ts'
import { standsStill, type Timeline } from '../../contract/timeline.ts'
import { plateauRate, type PlateauStates } from './plateau.ts'

/** How long a run is. */
export interface RunLength {
  /** Steps of the whole run. */
  readonly steps: number
  /** Training steps in an epoch; in a run without epochs, as many as in the whole run. */
  readonly batches: number
}

/** What the rate is multiplied with at training step `step`, counted from 0. */
export function scheduleFactor(
  schedule: Exclude<Schedule, PlateauSchedule>,
  step: number,
  length: RunLength,
): number {
  switch (schedule.kind) {
    case 'constant':
      return 1
    case 'step': {
      const epoch = Math.floor(step / length.batches)
      return schedule.factor ** Math.floor(epoch / schedule.every)
    }
    case 'warmup':
    case 'linear':
    case 'cosine': {
      const warmup = schedule.warmup * length.batches
      const total = length.steps
      if (step < warmup) return Math.min(1, (step + 1) / warmup)
      if (schedule.kind === 'warmup') return 1
      const isLinear = schedule.kind === 'linear'
      if (step >= total) return isLinear ? schedule.to : 0
      const done = (step - warmup) / (total - warmup)
      if (isLinear) return 1 + (schedule.to - 1) * done
      return 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / (total - warmup)))
    }
  }
}

/** The rates of all optimisers at training step `step`, counted from 0. */
export function ratesAt(
  { optimisers }: Pick<ExperimentPlan, 'optimisers'>,
  step: number,
  length: RunLength,
  timeline: Timeline,
  plateaus: PlateauStates = {},
): Rates {
  const { phase } = timeline.at(step)
  const rates: Record<string, number> = {}
  for (const { name, rate, schedule } of optimisers) {
    if (phase && standsStill(phase, name)) rates[name] = 0
    else if (schedule.kind === 'constant') rates[name] = rate
    else if (schedule.kind === 'plateau') rates[name] = plateauRate(plateaus[name], rate, step)
    else {
      const moved = step - timeline.stillBefore(name, step)
      const all = length.steps - timeline.stillBefore(name, length.steps)
      rates[name] = rate * scheduleFactor(schedule, moved, { ...length, steps: all })
    }
  }
  return rates
}

/** Those of so many steps in a row, of one phase; one for all if they are the same. */
export function ratesOfSteps(
  plan: Pick<ExperimentPlan, 'optimisers'>,
  [first, count]: readonly [number, number],
  length: RunLength,
  timeline: Timeline,
  plateaus: PlateauStates = {},
): Rates[] {
  // A plateau is looked at between epochs, where no block of steps goes on.
  const varies = plan.optimisers.some(
    ({ schedule }) => schedule.kind !== 'constant' && schedule.kind !== 'plateau',
  )
  return Array.from({ length: varies ? count : 1 }, (_, i) =>
    ratesAt(plan, first + i, length, timeline, plateaus),
  )
}
