/**
 * Finds the first step in which something is not finite, by going through the steps again one by one
 * from a snapshot in which all was, and where it comes from: of what became so in that step, the first in
 * the order of computation.
 */
import type { Network } from '../engine/network.ts'
import { batchScores } from './evaluate.ts'
import {
  findInArrays,
  findInInputs,
  findInMeasures,
  findInScores,
  type MayBeInfinite,
  type NonFinite,
} from './finite.ts'
import type { Batch } from './present.ts'
import type { ExperimentPlan, MeasurePlan } from '../../contract/plan.ts'
import type { Rates } from '../engine/network.ts'
import type { Snapshot } from './snapshots.ts'
import { endWindow, measuredStep, type Again } from './windows.ts'
import { weightsOf } from './weights-of.ts'

/** What to look at in every step, besides all that is stored. */
export interface Watched {
  readonly variables: readonly string[]
  /** Stored ones or tied ones. */
  readonly weights: readonly string[]
  readonly measures: readonly MeasurePlan[]
  readonly scores: boolean
}

export const nothingElse: Watched = { variables: [], weights: [], measures: [], scores: false }

/** A run, as far as its steps are gone through again. */
export interface Replayed {
  readonly network: Network
  /** Readies the network for a step; what it presents, and its rates. */
  readonly prepare: (step: number) => { readonly batch: Batch; readonly rates: Rates }
  readonly plan: ExperimentPlan
  readonly again: Again
  /** Every variable, in the order of computation. */
  readonly variables: readonly string[]
  readonly states: readonly string[]
  readonly mayBeInfinite: MayBeInfinite
  /** Gives other work a turn; true to give up. */
  readonly pause: () => Promise<boolean>
}

/** Where it was found. */
export interface Found {
  readonly culprit: NonFinite
  readonly step: number
}

/** The first step from `from` to `last` that has something bad; undefined if none has. */
export async function trace(
  run: Replayed,
  watched: Watched,
  from: Snapshot,
  last: number,
): Promise<Found | undefined> {
  const { network, plan, mayBeInfinite, states } = run
  network.load(from.storages)
  network.stepCount = from.step
  let before: ReadonlySet<string> = new Set()
  for (let step = from.step; step <= last; step++) {
    if (await run.pause()) return undefined
    const { batch, rates } = run.prepare(step)
    const { count, inputs } = batch
    const names = [...new Set([...run.variables, ...watched.variables])]
    const values = names.length > 0 ? network.observe(count, inputs, names) : {}
    const ofVariables = watched.variables.flatMap((name) =>
      values[name] ? [[name, values[name]] as const] : [],
    )
    const measured = (): NonFinite | undefined => {
      if (watched.measures.length === 0) return undefined
      const kept = network.save()
      const measures = measuredStep(plan, network, [step, rates], batch, run.again)
      network.load(kept)
      network.stepCount = step
      return findInMeasures(measures, watched.measures, mayBeInfinite)
    }
    let bad =
      (watched.scores ? findInScores(batchScores(network, count, inputs)) : undefined) ??
      findInArrays(Object.fromEntries(ofVariables), 'variable', mayBeInfinite) ??
      measured()
    if (!bad) {
      network.step(count, inputs, rates)
      endWindow(plan, network, [step, rates], run.again)
      bad =
        findInArrays(network.save(), 'weight', mayBeInfinite, states) ??
        findInArrays(weightsOf(network, watched.weights), 'weight', mayBeInfinite)
    }
    const nonFinite = run.variables.filter((name) => {
      const value = values[name]
      return value && findInArrays({ [name]: value }, 'variable', mayBeInfinite)
    })
    if (bad) {
      const input = findInInputs(inputs)
      const first = nonFinite.find((name) => !before.has(name))
      const root = first === undefined ? undefined : { [first]: values[first]! }
      const culprit = input ?? (root && findInArrays(root, 'variable', mayBeInfinite)) ?? bad
      return { culprit, step }
    }
    before = new Set(nonFinite)
  }
  return undefined
}
