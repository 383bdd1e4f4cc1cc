/**
 * A run by a clock, of a circuit with a past: one step after the other to the end of the protocol. In
 * place of epochs it is told by phases, as far as something was measured in them.
 */
import { RunningMeans } from './means.ts'
import type { ClockPlan } from '../../contract/plan.ts'
import { ratesAt } from './schedule.ts'
import type { RunResult } from './reporter.ts'
import type { PhaseRecord } from './state.ts'
import type { Run } from './parts.ts'
import { Stepper } from './stepper.ts'
import { timeAt, type Place } from '../../contract/timeline.ts'
import { monotonic } from '../support/monotonic.ts'

export class ClockRun {
  readonly #run: Run
  readonly #plan: ClockPlan
  readonly #stepper: Stepper
  readonly #clock: () => number
  /** When the phases began that the next record is about, and their first step. */
  #began: { time: number; step: number }

  constructor(run: Run, plan: ClockPlan) {
    this.#run = run
    this.#plan = plan
    this.#stepper = new Stepper(run)
    this.#clock = run.options.clock ?? monotonic
    this.#began = { time: this.#clock(), step: this.#stepper.state.step }
  }

  async run(): Promise<RunResult> {
    const { plan, reporter, options, length } = this.#run
    const stepper = this.#stepper
    reporter.started({
      plan,
      length,
      epochs: 0,
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
        stepper.rates = ratesAt(plan, step - 1, length, timeline)
        await this.#finishPhase(before)
      }
      const { steps } = this.#plan
      const finished = await stepper.advance(steps, (place) => this.#finishPhase(place))
      if (!ended) await stepper.save()
      const status = finished ? 'finished' : 'interrupted'
      const result: RunResult = { status, state: stepper.state }
      reporter.ended(result)
      return result
    } finally {
      await stepper.flush()
    }
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
