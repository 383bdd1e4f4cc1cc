/**
 * What an experiment says, resolved against the model once its names are bound: its data, what is
 * presented where, which weights each optimiser moves, what is measured and recorded, how it is run. The
 * one place that looks names of experiments up; checks and lowering read the result.
 */
import type { ClockPlan, PresentPlan, ProtocolPart } from '../../../contract/plan.ts'
import type { Experiment, Model } from '../model.ts'
import type { Bound } from '../bind/index.ts'
import { fixTimes, resolveClock, type Clock } from '../clock.ts'
import type { Context } from '../context.ts'
import { freedomOf, type Freedom } from '../freedom.ts'
import { isRunByClock } from '../past.ts'
import type { Resolving } from './context.ts'
import { resolveAugment, resolveData, type DataPlan } from './data.ts'
import { resolveMeasures, type BoundMeasure } from './measures.ts'
import { resolveOptimisers, type Optimiser } from './optimisers.ts'
import type { Spread } from './perturb.ts'
import { resolvePhases, type PhaseSettings } from './phases.ts'
import { resolvePresent, type Label } from './present.ts'
import { playedData } from './played.ts'
import { checkReadOnce } from './read-once.ts'
import { parametersSet, resolveProtocol } from './protocol.ts'
import { resolveRecords, type BoundRecord } from './records.ts'
import { resolveRun } from './run-clock.ts'
import { statementsOf } from './statements.ts'
import { resolveEvaluation, type BoundEvaluation } from './evaluation.ts'
import { resolveBest, resolveStops, type BoundBest, type BoundStop } from './stops.ts'
import { areTimes, resolveValues, type Values } from './values.ts'

/** How a model is run. */
export interface Setting {
  /** Which parameters stay free, after those that decide times and structure. */
  readonly freedom: Freedom
  /** Of a circuit with a past; undefined after a report, too. */
  readonly clock?: Clock
  /** Of the model. */
  readonly phases: readonly PhaseSettings[]
  readonly experiment?: ResolvedExperiment
}

export interface ResolvedExperiment {
  readonly experiment: Experiment
  readonly data?: DataPlan
  readonly present: readonly PresentPlan[]
  /** Whether all that is presented could be resolved. */
  readonly presentsAll: boolean
  /** What each input is filled with, for measures such as `error`. */
  readonly labels: readonly Label[]
  readonly optimisers: readonly Optimiser[]
  /** Weights and biases that some phase freezes. */
  readonly frozen: ReadonlySet<string>
  /** Noise that phases add to weights and biases. */
  readonly spreads: readonly Spread[]
  readonly measures: readonly BoundMeasure[]
  readonly records: readonly BoundRecord[]
  readonly stops: readonly BoundStop[]
  readonly best?: BoundBest
  readonly evaluation?: BoundEvaluation
  readonly values: Values
  /** Of a circuit with a past. */
  readonly clock?: ClockPlan
  readonly phases: readonly ProtocolPart[]
  /** `precision f64` */
  readonly isDouble: boolean
}

/** Resolves the chosen experiment of a model, and the model's phases; mistakes are reported. */
export function resolveSetting(
  diagnostics: Context,
  model: Model,
  bound: Bound,
  experiment: Experiment | undefined,
  sources: ReadonlyMap<string, string>,
): Setting {
  const timed = isRunByClock(model, experiment)
  // Whether anything goes on in time is not known of a circuit that is not whole.
  const clock =
    timed && !diagnostics.isPartial ? resolveClock(diagnostics, model, experiment) : undefined
  if (clock) fixTimes(diagnostics, model)
  const freedom = freedomOf(model.params, {
    fixed: diagnostics.structural,
    set: parametersSet(experiment),
  })
  const context: Resolving = {
    diagnostics,
    model,
    bound,
    freedom,
    sources,
    step: timed && !diagnostics.isPartial ? (clock?.step ?? 'unknown') : undefined,
  }
  const phases = resolvePhases(context)
  const resolved = experiment && resolveExperiment(context, experiment, clock)
  return {
    freedom,
    ...(clock ? { clock } : {}),
    phases,
    ...(resolved ? { experiment: resolved } : {}),
  }
}

function resolveExperiment(
  context: Resolving,
  experiment: Experiment,
  lasting: Clock | undefined,
): ResolvedExperiment {
  const { diagnostics, step } = context
  const { name, span } = experiment.item.name
  const { scope } = experiment
  /** The only statement of a kind. */
  const only = <T extends { readonly span: Experiment['item']['span'] }>(
    statement: string,
    [first, second]: readonly T[],
  ): T | undefined => {
    if (second)
      diagnostics.report('repeatedStatement', second.span, { statement, experiment: name })
    return first
  }
  const dataStatement = only('data', statementsOf(experiment, 'Data'))
  const presents = statementsOf(experiment, 'Present')
  if (presents.length > 0 && !dataStatement && !diagnostics.lost.has('data')) {
    diagnostics.report(
      'missingStatement',
      span,
      { experiment: name, statement: 'data' },
      { hint: 'say where the examples come from, as in `data digits`' },
    )
  }
  const data = dataStatement && resolveData(diagnostics, scope, dataStatement)
  const { present, labels, presentsAll } = resolvePresent(context, experiment, data)
  const augment = resolveAugment(
    diagnostics,
    scope,
    statementsOf(experiment, 'Augment'),
    data?.dataset,
    present.map(({ field }) => field),
  )
  const protocol = only('protocol', statementsOf(experiment, 'Protocol'))
  const { optimisers, phases, frozen, spreads } = resolveProtocol(
    context,
    scope,
    resolveOptimisers(context, experiment),
    protocol,
  )
  const isTimed = areTimes(diagnostics, experiment)
  const clock =
    typeof step === 'number' && isTimed
      ? resolveRun(diagnostics, experiment, step, phases, presents)
      : undefined
  checkReadOnce(context, experiment)
  const measures = resolveMeasures(context, experiment)
  const evaluation = resolveEvaluation(context, experiment, lasting, clock)
  const best = resolveBest(context, experiment)
  const playing = { presents, span, clock: lasting, run: clock }
  return {
    experiment,
    ...(data
      ? { data: playedData(diagnostics, { ...data, ...(augment ? { augment } : {}) }, playing) }
      : {}),
    present,
    presentsAll,
    labels,
    optimisers,
    frozen,
    spreads,
    measures,
    ...(evaluation && { evaluation }),
    records: resolveRecords(context, experiment, new Set(measures.map(({ label }) => label))),
    stops: resolveStops(context, experiment),
    ...(best && { best }),
    values: resolveValues(context, experiment, step !== undefined, phases.length > 0),
    ...(clock ? { clock } : {}),
    isDouble: statementsOf(experiment, 'Value').some(
      (each) =>
        each.name.name === 'precision' && each.value.kind === 'Name' && each.value.name === 'f64',
    ),
    phases,
  }
}
