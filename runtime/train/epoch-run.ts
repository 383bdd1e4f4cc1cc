/** A run by epochs: training steps over all examples, then an evaluation, again and again. */
import type { FigureChoice } from '../../contract/plan.ts'
import type { LoadedDataset } from '../data/types.ts'
import type { RunError } from './errors.ts'
import { evaluate, traceScore, type Scores } from './evaluate.ts'
import { findInScores, nonFiniteScore, type NonFinite } from './finite.ts'
import { RunningMeans } from './means.ts'
import type { EpochTiming } from './options.ts'
import { afterEpoch } from './plateau.ts'
import type { Presenter } from './present.ts'
import type { RunResult } from './reporter.ts'
import { ratesAt } from './schedule.ts'
import { betterOf, type EpochRecord } from './state.ts'
import type { Run } from './parts.ts'
import { Stepper } from './stepper.ts'
import { monotonic } from '../support/monotonic.ts'

/** Epochs that end sooner than this after a checkpoint, in milliseconds, share the next one. */
const SHORT = 1000

export class EpochRun {
  readonly #run: Run
  readonly #data: LoadedDataset
  readonly #presenter: Presenter
  readonly #stepper: Stepper
  readonly #clock: () => number
  /** The last one may be shorter. */
  readonly #epochs: number

  constructor(run: Run, data: LoadedDataset, presenter: Presenter) {
    this.#run = run
    this.#data = data
    this.#presenter = presenter
    this.#stepper = new Stepper(run)
    this.#clock = run.options.clock ?? monotonic
    const { steps, batches } = run.length
    this.#epochs = Math.ceil(steps / batches)
  }

  async run(): Promise<RunResult> {
    const { train, validation, test } = this.#data
    const { plan, reporter, options, length } = this.#run
    const stepper = this.#stepper
    reporter.started({
      plan,
      length,
      epochs: this.#epochs,
      examples: { train: train.count, validation: validation.count, test: test.count },
      state: stepper.state,
      resumed: options.state !== undefined,
    })
    try {
      await stepper.begin()
      while (stepper.state.epoch <= this.#epochs && stepper.state.stopped === undefined) {
        if (!(await this.#runEpoch())) {
          await stepper.save()
          return this.#end('interrupted')
        }
      }
      return this.#end('finished')
    } finally {
      await stepper.flush()
    }
  }

  /** Does what is left of the current epoch; false if interrupted. */
  async #runEpoch(): Promise<boolean> {
    const stepper = this.#stepper
    const { epoch, step } = stepper.state
    const began = this.#clock()
    const { length, timeline } = this.#run
    if (epoch > 0) {
      const end = Math.min(epoch * length.batches, length.steps)
      if (!(await stepper.advance(end, () => {}))) return false
    }
    if (stepper.state.step === length.steps) stepper.keepOpen()
    const trained = this.#clock()
    stepper.settings.enter(epoch > 0 ? timeline.at(stepper.state.step - 1).phase : undefined)
    const record = await this.#evaluate()
    if (!record) return false
    const evaluated = this.#clock()

    await this.#finishEpoch(record, {
      epoch,
      trainSeconds: (trained - began) / 1000,
      evaluateSeconds: (evaluated - trained) / 1000,
      steps: stepper.state.step - step,
    })
    return true
  }

  /** The record of the current epoch; undefined if interrupted. */
  async #evaluate(): Promise<EpochRecord | undefined> {
    const stepper = this.#stepper
    const { plan, network, reporter, timeline, length } = this.#run
    const { epoch, step } = stepper.state
    reporter.evaluating(epoch)
    await stepper.look()
    const parts: { validation?: Scores; test?: Scores } = {}
    for (const name of ['validation', 'test'] as const) {
      const part = this.#data[name]
      if (part.count === 0) continue
      const size = plan.evaluationBatch
      const pause = () => stepper.pause()
      const measured = this.#isMeasured(epoch) ? plan.evaluation : undefined
      const scores = await evaluate(network, this.#presenter, part, size, pause, measured)
      if (!scores) return undefined
      const bad = findInScores(scores)
      if (bad) throw this.#badEvaluation(bad, name)
      parts[name] = scores
    }
    const last = Math.max(step - 1, 0)
    const phase = epoch > 0 ? timeline.at(last).phase : undefined
    const best = betterOf(stepper.state, parts, plan)
    const trained = {
      train: stepper.scoreMeans.means(),
      measures: stepper.measureMeans.means(),
      rates: ratesAt(plan, last, length, timeline, stepper.state.plateaus),
    }
    return {
      kind: 'epoch',
      epoch,
      step,
      ...(phase && { phase: phase.name }),
      ...(epoch > 0 && trained),
      ...parts,
      ...(best && { best }),
    }
  }

  /** Whether the evaluation of an epoch is of all that an `evaluate` block measures. */
  #isMeasured(epoch: number): boolean {
    const every = this.#run.plan.evaluation?.every ?? 1
    return epoch % every === 0 || epoch === this.#epochs
  }

  /** What to tell of a score that is not finite, though all that is stored is. */
  #badEvaluation(bad: NonFinite, name: 'validation' | 'test'): RunError {
    const { plan, network, options } = this.#run
    const { epoch, step } = this.#stepper.state
    const culprit = traceScore(bad, network, this.#presenter, this.#data[name], plan, options)
    return nonFiniteScore(bad, culprit, name, { epoch, step }, this.#stepper.rates, plan.checks)
  }

  async #finishEpoch(record: EpochRecord, timing: EpochTiming): Promise<void> {
    const stepper = this.#stepper
    stepper.scoreMeans = new RunningMeans()
    stepper.measureMeans = new RunningMeans()
    stepper.addMetrics(record)
    await stepper.flush()
    await this.#run.options.store?.addTiming(timing)
    stepper.state = {
      ...stepper.state,
      epoch: record.epoch + 1,
      batch: 0,
      timingLines: stepper.state.timingLines + 1,
      last: record,
      ...(record.best && { best: record.best }),
    }
    if (record.epoch > 0) {
      const valueOf = ({ figure, of }: FigureChoice): number | undefined =>
        of === 'measure'
          ? record.measures?.[figure]
          : (record.validation ?? record.test ?? {})[figure]
      this.#lowerRates([(record.epoch - 1) * this.#run.length.batches, record.step], valueOf)
      stepper.stopAfter(record.epoch, valueOf)
    }
    const improved = record.best?.epoch === record.epoch
    if (improved) stepper.best = await stepper.checkpoint()
    const seconds = timing.trainSeconds + timing.evaluateSeconds
    this.#run.reporter.epoch({ record, improved, seconds })
    const { stopped } = stepper.state
    const finished = stepper.state.epoch > this.#epochs || stopped !== undefined
    if (finished || stepper.unsaved >= SHORT) await stepper.save()
  }

  /** Looks whether figures of the epoch between two steps lower rates. */
  #lowerRates(
    steps: readonly [number, number],
    valueOf: (choice: FigureChoice) => number | undefined,
  ): void {
    const stepper = this.#stepper
    const { plan, timeline } = this.#run
    if (!plan.optimisers.some(({ schedule }) => schedule.kind === 'plateau')) return
    const plateaus = afterEpoch(plan, stepper.state.plateaus ?? {}, steps, timeline, valueOf)
    stepper.state = { ...stepper.state, plateaus }
  }

  #end(status: RunResult['status']): RunResult {
    const result: RunResult = { status, state: this.#stepper.state }
    this.#run.reporter.ended(result)
    return result
  }
}
