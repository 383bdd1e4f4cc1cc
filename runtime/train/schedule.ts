/**
 * Learning rates over a run. A schedule is a factor on the rate, as a function of the training
 * step k = 0, 1, ... alone, so that a resumed run needs to know nothing but its step.
 *
 *     cosine   (k + 1) / w, at most 1                   for k < w, the warm-up
 *              (1 + cos(pi (k - w) / (T - w))) / 2      afterwards
 *     step     factor ^ floor(k / (every * batches))
 *
 * with w = warmup * batches per epoch and T = epochs * batches per epoch.
 */
import type { Rates } from '../engine/network.ts'
import type { ExperimentPlan, PhasePlan, Schedule } from './plan.ts'

/** How long a run is. */
export interface RunLength {
  readonly epochs: number
  /** Training steps in an epoch. */
  readonly batches: number
}

/** What the rate is multiplied with at training step `step`, counted from 0. */
export function scheduleFactor(schedule: Schedule, step: number, length: RunLength): number {
  switch (schedule.kind) {
    case 'constant':
      return 1
    case 'step': {
      const epoch = Math.floor(step / length.batches)
      return schedule.factor ** Math.floor(epoch / schedule.every)
    }
    case 'cosine': {
      const warmup = schedule.warmup * length.batches
      const total = length.epochs * length.batches
      if (step < warmup) return Math.min(1, (step + 1) / warmup)
      if (step >= total) return 0
      return 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / (total - warmup)))
    }
  }
}

/** The rates of all optimisers at training step `step`, counted from 0, in the given phase. */
export function ratesAt(
  plan: ExperimentPlan,
  step: number,
  length: RunLength,
  phase: PhasePlan | undefined,
): Rates {
  const rates: Record<string, number> = {}
  for (const { name, rate, schedule } of plan.optimisers) {
    const still = phase !== undefined && (!phase.plasticity || phase.frozen.includes(name))
    rates[name] = still ? 0 : rate * scheduleFactor(schedule, step, length)
  }
  return rates
}
