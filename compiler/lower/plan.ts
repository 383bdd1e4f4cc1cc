/** The plan that the experiment runner follows, of what was lowered. */
import {
  evaluatedFigures,
  type ClockPlan,
  type EvaluatedName,
  type ExperimentPlan,
  type ProtocolPart,
} from '../../contract/plan.ts'
import type { IrModule } from '../ir/ir.ts'
import { statesOfExamples } from '../model/example-states.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import { windowLength } from '../model/experiment/which-gradient.ts'
import type { Model } from '../model/model.ts'
import { holding } from '../model/watch.ts'
import type { LowerContext } from './context.ts'
import { planEvaluation } from './experiment/evaluation-plan.ts'
import { FigureUnits } from './experiment/figure-units.ts'
import { planRecord } from './experiment/records.ts'
import { planBest, planSchedule, planStop } from './experiment/stops.ts'
import type { Step } from './module.ts'
import { plasticitySwitch } from './plasticity/updates.ts'
import type { Window } from './through/index.ts'

export function buildPlan(
  context: LowerContext,
  resolved: ResolvedExperiment,
  ir: IrModule,
  {
    measures,
    evaluated,
    compared,
    ofWeights,
    window,
  }: Pick<Step, 'measures' | 'evaluated' | 'compared' | 'window'> & {
    readonly ofWeights: readonly EvaluatedName[]
  },
  { infinite, checks }: Required<Pick<ExperimentPlan, 'infinite' | 'checks'>>,
): ExperimentPlan | undefined {
  const { data, values, clock } = resolved
  const { item, scope } = resolved.experiment
  if (!data && !clock) return undefined
  const records = resolved.records.map((each) => planRecord(context, scope, each))
  const evaluation = planEvaluation(resolved, ir, {
    measures: evaluated,
    compared,
    ofWeights,
  })
  const inferred = ir.graphs.infer.outputs.filter((each) => each.figure).map((each) => each.name)
  const scores = [
    ...new Set([
      ...(clock ? [] : inferred),
      ...(evaluation ? evaluatedFigures(evaluation).map(({ output }) => output) : []),
    ]),
  ]
  const known = { measures, scores }
  const weightUnits = new FigureUnits(context).ofAllWeights(context.model)
  const stops = resolved.stops.flatMap((each) => planStop(context, each, known) ?? [])
  const best = resolved.best && planBest(context, resolved.best, known)
  const byInput = new Map(ir.inputs.map((each) => [each.name, each]))
  return {
    name: item.name.name,
    ...(data && { data }),
    present: resolved.present.map((each) => ({
      ...each,
      inference: byInput.get(each.input)?.inference ?? false,
    })),
    batch: values.batch,
    evaluationBatch: values.evaluate,
    ...(values.epochs !== undefined && { epochs: values.epochs }),
    ...(clock && {
      clock: { ...clockOf(clock, ir, data !== undefined, window), ...perExample(context.model) },
    }),
    seed: values.seed,
    ...(values.replicate > 1 && { replicate: values.replicate }),
    ...(values.varied && { varied: values.varied }),
    ...(resolved.isDouble && { precision: 'f64' }),
    optimisers: resolved.optimisers.map(({ name, kind, rate, schedule }) =>
      holding(
        {
          name,
          kind,
          rate: 0,
          schedule: planSchedule(context, schedule, known),
        },
        'rate',
        rate,
      ),
    ),
    measures,
    scores,
    records,
    ...(weightUnits.size > 0 && { weightUnits: Object.fromEntries(weightUnits) }),
    ...(evaluation && { evaluation }),
    ...(stops.length > 0 && { stops }),
    ...(best && { best }),
    ...(infinite.length > 0 && { infinite }),
    ...(Object.keys(checks).length > 0 && { checks }),
    phases: phasesFor(resolved.phases, new Set(ir.params.map((each) => each.name))),
  }
}

/** The clock of a run, with the length of a window where something learns through time, and only there. */
function clockOf(
  plan: ClockPlan,
  { graphs }: IrModule,
  isPresented: boolean,
  { segments }: Pick<Window, 'segments'> = {},
): ClockPlan {
  const { window: _, ...clock } = plan
  if (!graphs.adjoint) return clock
  return { ...clock, window: windowLength(plan, isPresented), ...(segments && { segments }) }
}

/** The storages that each example of the data set keeps for itself. */
function perExample(model: Model): Pick<ClockPlan, 'perExample'> {
  const names = statesOfExamples(model).map(({ storage }) => storage)
  return names.length > 0 ? { perExample: names } : {}
}

/**
 * Phases as they set what the compiled circuit reads: no other parameters, but the switch of its
 * reactions where plasticity is off.
 */
function phasesFor(
  parts: readonly ProtocolPart[],
  params: ReadonlySet<string>,
): readonly ProtocolPart[] {
  return parts.map((part): ProtocolPart => {
    if (part.kind === 'repeat') return { ...part, phases: phasesFor(part.phases, params) }
    const settings = Object.entries(part.settings).filter(([name]) => params.has(name))
    const reacts = params.has(plasticitySwitch) && !part.plasticity
    return {
      ...part,
      settings: { ...Object.fromEntries(settings), ...(reacts && { [plasticitySwitch]: 0 }) },
    }
  })
}
