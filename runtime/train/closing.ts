/** What the last step of a run leaves behind: for a longer run to go on from, and for the round that it is in. */
import type { ExperimentPlan } from '../../contract/plan.ts'
import { timeAt, type Timeline } from '../../contract/timeline.ts'
import type { Scores } from './evaluate.ts'
import { RunError } from './errors.ts'
import { RunningMeans } from './means.ts'
import type { OpenEnd, Round, RunState, StepRecord } from './state.ts'

/** What a longer run would have of the last step. */
export type Closing = Pick<
  OpenEnd,
  'metricsLines' | 'scoreMeans' | 'measureMeans' | 'line' | 'rounds'
>

type Figures = Readonly<Record<string, number>>

/** The figures of the measures of those numbers, each of which there is. */
export function allOf(
  { measures }: Pick<ExperimentPlan, 'measures'>,
  numbers: readonly number[],
  figures: Figures,
): Record<string, number> {
  const names = new Set(numbers.flatMap((i) => measures[i]!.outputs))
  const valueOf = (name: string): number => {
    const value = figures[name]
    if (value === undefined) throw new RunError(`The compiled circuit has no measure ${name}.`)
    return value
  }
  return Object.fromEntries([...names].map((name) => [name, valueOf(name)]))
}

/** The figures of the measures of those numbers. */
export function figuresOf(
  { measures }: Pick<ExperimentPlan, 'measures'>,
  numbers: readonly number[],
  figures: Figures,
): Figures {
  const kept = new Set(numbers.flatMap((i) => measures[i]!.outputs))
  return Object.fromEntries(Object.entries(figures).filter(([name]) => kept.has(name)))
}

/** The line that tells of a step. */
export function stepRecord(
  { plan, timeline }: { readonly plan: ExperimentPlan; readonly timeline: Timeline },
  { epoch, step }: Pick<RunState, 'epoch' | 'step'>,
  scores: Scores,
  measures: Figures,
): StepRecord {
  if (!plan.clock) return { kind: 'step', epoch, step, train: scores, measures }
  const { phase } = timeline.at(step)
  const t = timeAt(plan.clock, step)
  return { kind: 'step', step, t, ...(phase && { phase: phase.name }), measures }
}

/** What a run that goes on would know after this step: `measures` of intervals alone, if any were due. */
export function closingOf(
  { plan, timeline }: { readonly plan: ExperimentPlan; readonly timeline: Timeline },
  state: RunState,
  given: {
    readonly scores: Scores
    readonly measures: Figures | undefined
    readonly scoreMeans: RunningMeans
    readonly measureMeans: RunningMeans
  },
): Closing {
  const { metricsLines } = state
  const { scores, measures } = given
  const scoreMeans = new RunningMeans(given.scoreMeans.state())
  const measureMeans = new RunningMeans(given.measureMeans.state())
  const known = { metricsLines, scoreMeans: scoreMeans.state(), measureMeans: measureMeans.state() }
  if (measures === undefined) return known
  scoreMeans.add(scores)
  measureMeans.add(measures)
  return {
    metricsLines,
    scoreMeans: scoreMeans.state(),
    measureMeans: measureMeans.state(),
    line: stepRecord({ plan, timeline }, state, scores, measures),
  }
}

/**
 * Rounds with figures of a phase added to the means of the one that a step is in, and with `alone` in the place of
 * means.
 */
export function roundsWith(
  { timeline }: { readonly timeline: Timeline },
  { rounds, step }: Pick<RunState, 'rounds' | 'step'>,
  figures: Figures,
  alone: Figures = {},
): NonNullable<RunState['rounds']> {
  const { begins, ends } = timeline.round(step)
  const phase = timeline.at(step).phase?.name ?? ''
  const isNew = rounds?.current.begins !== begins
  const phases = isNew ? {} : rounds.current.phases
  const means = new RunningMeans(phases[phase])
  means.add(figures)
  means.replace(alone)
  const current: Round = {
    begins,
    ends: Number.isFinite(ends) ? ends : null,
    phases: { ...phases, [phase]: means.state() },
  }
  const last = isNew ? rounds?.current : rounds.last
  return { current, ...(last && { last }) }
}
