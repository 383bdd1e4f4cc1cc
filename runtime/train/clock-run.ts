/**
 * A run by a clock, of a circuit with a past: one step after the other to the end of the protocol. In
 * place of epochs it is told by phases, as far as something was measured in them.
 */
import type { LoadedDataset } from '../data/types.ts'
import { ClockEvaluation } from './clock-evaluation.ts'
import type { Scores } from './evaluate.ts'
import { findInScores, nonFiniteScore } from './finite.ts'
import { RunningMeans } from './means.ts'
import { pick } from './pick.ts'
import type { ClockPlan, StopPlan } from '../../contract/plan.ts'
import { afterEpoch } from './plateau.ts'
import { ratesAt } from './schedule.ts'
import type { RunResult } from './reporter.ts'
import { betterOf, type EpochRecord, type PhaseRecord } from './state.ts'
import type { Run } from './parts.ts'
import { Stepper } from './stepper.ts'
import { timeAt, type Place } from '../../contract/timeline.ts'
import { monotonic } from '../support/monotonic.ts'

/** Evaluations that come sooner than this after a checkpoint, in milliseconds, share the next one. */
const SHORT = 1000

export class ClockRun {
  readonly #run: Run
  readonly #plan: ClockPlan
  readonly #stepper: Stepper
  readonly #clock: () => number
  /** When the phases began that the next record is about, and their first step. */
  #began: { time: number; step: number }
  readonly #data: LoadedDataset | undefined
  readonly #evaluation: ClockEvaluation | undefined

  constructor(run: Run, plan: ClockPlan, data?: LoadedDataset) {
    this.#run = run
    this.#plan = plan
    this.#stepper = new Stepper(run)
    this.#clock = run.options.clock ?? monotonic
    this.#began = { time: this.#clock(), step: this.#stepper.state.step }
    this.#data = data
    const { evaluation } = run.plan
    if (!evaluation || !data) return
    const { network, options } = run
    const initial = pick(options.initial ?? network.save(), evaluation.states)
    const pause = () => this.#stepper.pause()
    const parameters = options.parameters ?? {}
    this.#evaluation = new ClockEvaluation(run.plan, evaluation, network, data, {
      parameters,
      initial,
      pause,
    })
  }

  async run(): Promise<RunResult> {
    const { plan, reporter, options, length } = this.#run
    const stepper = this.#stepper
    reporter.started({
      plan,
      length,
      epochs: this.#evaluations,
      state: stepper.state,
      resumed: options.state !== undefined,
    })
    const ended = stepper.state.step >= this.#plan.steps
    try {
      await stepper.begin()
      // A run that was longer from the start would have told of the phase that ends here.
      const { step } = stepper.state
      const before = step > 0 ? this.#run.timeline.at(step - 1) : undefined
      if (before?.ends === step && !ended) {
        const { timeline } = this.#run
        stepper.rates = ratesAt(plan, step - 1, length, timeline, stepper.state.plateaus)
        await this.#finishPhase(before)
      }
      const finished = await this.#advance()
      if (!ended) await stepper.save()
      const status = finished ? 'finished' : 'interrupted'
      const result: RunResult = { status, state: stepper.state }
      reporter.ended(result)
      return result
    } finally {
      await stepper.flush()
    }
  }

  /** The number of the last evaluation, in a run to its end. */
  get #evaluations(): number {
    const every = this.#run.plan.evaluation?.every ?? this.#plan.steps
    return this.#evaluation ? Math.ceil(this.#plan.steps / every) : 0
  }

  /** Steps to the end, evaluated where that is due; false if interrupted. */
  async #advance(): Promise<boolean> {
    const stepper = this.#stepper
    const { steps } = this.#plan
    const every = this.#run.plan.evaluation?.every ?? steps
    for (;;) {
      const { step, stopped, evaluation } = stepper.state
      if (stopped !== undefined) return true
      const isDue = step % every === 0 || step === steps
      if (this.#evaluation && isDue && evaluation?.step !== step) {
        if (!(await this.#evaluate(this.#evaluation))) return false
        continue
      }
      if (step >= steps) return true
      const end = this.#evaluation ? Math.min(steps, (Math.floor(step / every) + 1) * every) : steps
      if (!(await stepper.advance(end, (place) => this.#finishPhase(place)))) return false
    }
  }

  /** Passes test examples through the circuit; false if interrupted. */
  async #evaluate(evaluation: ClockEvaluation): Promise<boolean> {
    const stepper = this.#stepper
    const { plan, reporter, length, timeline, options } = this.#run
    const began = this.#clock()
    const { step } = stepper.state
    const epoch = Math.ceil(step / (plan.evaluation?.every ?? this.#plan.steps))
    reporter.evaluating(epoch)
    await stepper.look()
    const parts: { validation?: Scores; test?: Scores } = {}
    try {
      for (const name of ['validation', 'test'] as const) {
        const part = this.#data?.[name]
        if (!part || part.count === 0) continue
        const scores = await evaluation.of(part)
        if (!scores) return false
        const bad = findInScores(scores)
        if (bad) throw nonFiniteScore(bad, bad, name, { epoch, step }, stepper.rates)
        parts[name] = scores
      }
    } finally {
      stepper.settings.forget()
    }
    const best = betterOf({ ...stepper.state, epoch }, parts, plan)
    const phase = step > 0 ? timeline.at(step - 1).phase : undefined
    const record: EpochRecord = {
      kind: 'epoch',
      epoch,
      step,
      t: timeAt(this.#plan, step),
      ...(phase && { phase: phase.name }),
      ...(step > 0 && {
        rates: ratesAt(plan, step - 1, length, timeline, stepper.state.plateaus),
      }),
      ...parts,
      ...(best && { best }),
    }
    stepper.addMetrics(record)
    const improved = best?.epoch === epoch
    const before = stepper.state.evaluation?.step ?? 0
    stepper.state = { ...stepper.state, evaluation: record, ...(best && { best }) }
    if (step > 0) {
      this.#lowerRates([before, step], parts.validation ?? parts.test ?? {})
      this.#stopAfterEvaluation({ evaluation: epoch, step }, parts)
    }
    if (improved) stepper.best = await stepper.checkpoint()
    const now = this.#clock()
    await stepper.flush()
    reporter.epoch({ record, improved, seconds: (now - began) / 1000 })
    // The time of an evaluation is none of the phases around it.
    this.#began = { ...this.#began, time: this.#began.time + (now - began) }
    if (options.store && improved && stepper.unsaved >= SHORT) await stepper.save()
    return true
  }

  /** Looks whether figures of an evaluation lower rates: those of what moved its weights since the one before. */
  #lowerRates(steps: readonly [number, number], scores: Scores): void {
    const stepper = this.#stepper
    const { plan, timeline } = this.#run
    if (!plan.optimisers.some(({ schedule }) => schedule.kind === 'plateau')) return
    const states = stepper.state.plateaus ?? {}
    const plateaus = afterEpoch(plan, states, steps, timeline, ({ figure }) => scores[figure])
    stepper.state = { ...stepper.state, plateaus }
  }

  /** Looks whether figures of an evaluation end a run by a clock: durations are evaluations, or steps. */
  #stopAfterEvaluation(
    { evaluation, step }: { readonly evaluation: number; readonly step: number },
    { validation, test = {} }: { readonly validation?: Scores; readonly test?: Scores },
  ): void {
    const scores = validation ?? test
    const figure = ({ of, figure: name }: StopPlan): number | undefined =>
      of === 'evaluation' ? scores[name] : undefined
    const inEvaluations = ({ lasts }: StopPlan): boolean =>
      lasts.unit === 'epochs' || lasts.count === 1
    this.#stepper.stopAfter(evaluation, (stop) => (inEvaluations(stop) ? figure(stop) : undefined))
    this.#stepper.stopAfter(step, (stop) => (inEvaluations(stop) ? undefined : figure(stop)))
  }

  /** Tells what a phase came to, if it is over and something was measured in it. */
  async #finishPhase({ phase, number, ends }: Place): Promise<void> {
    const stepper = this.#stepper
    const { step, timingLines } = stepper.state
    if (step === this.#plan.steps || stepper.state.stopped !== undefined) {
      // Nothing is told of a run as its end that has gone wrong before.
      await stepper.look()
      stepper.keepOpen()
    }
    if (step !== Math.min(ends, this.#plan.steps) && stepper.state.stopped === undefined) return
    const measures = stepper.measureMeans.means()
    if (Object.keys(measures).length === 0) return
    const record: PhaseRecord = {
      kind: 'phase',
      ...(phase && { phase: phase.name }),
      number,
      step,
      t: timeAt(this.#plan, step),
      measures,
      rates: stepper.rates,
    }
    stepper.measureMeans = new RunningMeans()
    stepper.addMetrics(record)
    const now = this.#clock()
    const seconds = (now - this.#began.time) / 1000
    const steps = step - this.#began.step
    await this.#run.options.store?.addTiming({ phase: number, seconds, steps })
    this.#began = { time: now, step }
    stepper.state = { ...stepper.state, timingLines: timingLines + 1, last: record }
    this.#run.reporter.phase({ record, seconds })
  }
}
