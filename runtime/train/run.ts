/**
 * Runs an experiment: epochs of training steps, each followed by an evaluation. See `state.ts` for
 * how a run is counted.
 *
 * All that a run computes follows from the plan, the data and the network's seed; what it does not
 * depend on is the clock, the reporter, and whether it was interrupted: with the state and the
 * storages of a checkpoint it goes on to the same bits. Batches are drawn from (seed, epoch), rates
 * and draws from the step.
 *
 * Steps block; the event loop gets a turn every 50 ms, so that signals are seen.
 */
import { setImmediate } from 'node:timers/promises'
import { Augmenter } from '../data/augment.ts'
import { epochOrder } from '../data/batches.ts'
import { DataError, type LoadedDataset } from '../data/types.ts'
import type { ExampleTable, NamedArray, Network, Rates } from '../engine/network.ts'
import type { Checkpoint } from './checkpoint.ts'
import { RunError } from './errors.ts'
import { batchScores, evaluate, type Scores } from './evaluate.ts'
import { findInArrays, findInScores, nonFiniteError, traceScore, type NonFinite } from './finite.ts'
import { RunningMeans } from './means.ts'
import type { RunOptions, TimingRecord } from './options.ts'
import { phaseAt, settingsAt } from './phases.ts'
import type { ExperimentPlan, PhasePlan } from './plan.ts'
import { Presenter, type Batch } from './present.ts'
import type { Reporter, RunResult } from './reporter.ts'
import { ratesAt, type RunLength } from './schedule.ts'
import {
  betterOf,
  initialState,
  type EpochRecord,
  type MetricsRecord,
  type RunState,
} from './state.ts'

/** Milliseconds after which other work gets a turn. */
const TURN = 50
/** Most steps that are done at once. */
const MOST_STEPS = 100_000
/** Epochs that end sooner than this after a checkpoint, in milliseconds, share the next one. */
const SHORT = 1000

/**
 * Runs the experiment to its end or to an interrupt. Throws RunError if a weight, score or
 * variable is no longer finite; the last checkpoint then is of a step before.
 */
export async function runExperiment(
  plan: ExperimentPlan,
  network: Network,
  data: LoadedDataset,
  options: RunOptions,
  reporter: Reporter,
): Promise<RunResult> {
  const run = new Run(plan, network, data, options, reporter)
  try {
    return await run.run()
  } catch (error) {
    reporter.failed()
    throw error
  }
}

class Run {
  readonly #plan: ExperimentPlan
  readonly #network: Network
  readonly #data: LoadedDataset
  readonly #options: RunOptions
  readonly #reporter: Reporter
  readonly #clock: () => number
  readonly #presenter: Presenter
  readonly #length: RunLength

  #state: RunState
  #scoreMeans: RunningMeans
  #measureMeans: RunningMeans
  #rates: Rates = {}
  /** Last step at which all that was looked at was finite. */
  #fineAt: number
  /** The best so far, until the next checkpoint is written. */
  #best: Checkpoint | undefined
  #lastTurn: number
  #lastSave: number
  /** What the training examples present, where the network can do several steps at once. */
  readonly #table: ExampleTable | undefined
  /** Steps that fit in a turn, as far as is known. */
  #blockSize = 8

  constructor(
    plan: ExperimentPlan,
    network: Network,
    data: LoadedDataset,
    options: RunOptions,
    reporter: Reporter,
  ) {
    if (data.train.count === 0) throw new DataError('There are no training examples.')
    this.#plan = plan
    this.#network = network
    this.#data = data
    this.#options = options
    this.#reporter = reporter
    this.#clock = options.clock ?? Date.now
    const { augment, smoothing } = plan.data
    const augmenter =
      augment && new Augmenter(augment, data.plan.fields, data.zero ?? {}, plan.seed)
    this.#presenter = new Presenter(plan.present, data.plan, smoothing, augmenter)
    this.#length = { epochs: plan.epochs, batches: Math.ceil(data.train.count / plan.batch) }
    this.#state = options.state ?? initialState
    this.#scoreMeans = new RunningMeans(this.#state.scoreMeans)
    this.#measureMeans = new RunningMeans(this.#state.measureMeans)
    this.#fineAt = this.#state.step
    this.#lastTurn = this.#lastSave = this.#clock()
    this.#table = network.steps && this.#presenter.table(data.train)
  }

  async run(): Promise<RunResult> {
    const { train, validation, test } = this.#data
    this.#reporter.started({
      plan: this.#plan,
      batches: this.#length.batches,
      examples: { train: train.count, validation: validation.count, test: test.count },
      state: this.#state,
      resumed: this.#options.state !== undefined,
    })
    while (this.#state.epoch <= this.#plan.epochs) {
      if (!(await this.#runEpoch())) {
        await this.#saveCheckpoint()
        return this.#end('interrupted')
      }
    }
    return this.#end('finished')
  }

  /** Does what is left of the current epoch; false if interrupted. */
  async #runEpoch(): Promise<boolean> {
    const { epoch, step } = this.#state
    const began = this.#clock()
    const settings = settingsAt(this.#plan, epoch, this.#options.parameters ?? {})
    for (const [name, value] of Object.entries(settings)) this.#network.set(name, value)

    if (epoch > 0 && !(await this.#train())) return false
    const trained = this.#clock()
    const record = await this.#evaluate()
    if (!record) return false
    const evaluated = this.#clock()

    await this.#finishEpoch(record, {
      epoch,
      trainSeconds: (trained - began) / 1000,
      evaluateSeconds: (evaluated - trained) / 1000,
      steps: this.#state.step - step,
    })
    return true
  }

  /** Training steps up to the end of the epoch; false if interrupted. */
  async #train(): Promise<boolean> {
    const { train } = this.#data
    const { batches } = this.#length
    const { epoch } = this.#state
    const phase = phaseAt(this.#plan, epoch)
    const order = epochOrder(this.#plan.seed, epoch - 1, train.count)
    while (this.#state.batch < batches) {
      if (await this.#pause()) return false
      if (this.#stepBlock(order, phase)) {
        await this.#saveIfDue()
        continue
      }
      const { batch: index, step } = this.#state
      const start = index * this.#plan.batch
      const end = Math.min(start + this.#plan.batch, train.count)
      const batch = this.#presenter.present(train, { order, start, end, epoch }, true)
      this.#rates = ratesAt(this.#plan, step, this.#length, phase)

      await this.#record(batch)
      const measured = this.#isMeasured(index, step)
      const figures = measured ? await this.#measuredStep(batch) : undefined
      if (!figures) this.#network.step(batch.count, batch.inputs, this.#rates)
      this.#state = { ...this.#state, batch: index + 1, step: step + 1 }
      this.#reporter.step({ epoch, batch: index + 1, step: step + 1, ...figures })

      await this.#saveIfDue()
    }
    return true
  }

  /** Whether a step is measured: the last one of all is too, so that a run ends with its figures. */
  #isMeasured(index: number, step: number): boolean {
    const last = this.#state.epoch === this.#plan.epochs && index + 1 === this.#length.batches
    return last || step % this.#plan.measureEvery === 0
  }

  /**
   * The steps up to the next one at which something is looked at, all at once, if the network can do
   * that; as many as fit in a turn. False if there are not at least two.
   */
  #stepBlock(order: Uint32Array, phase: PhasePlan | undefined): boolean {
    const network = this.#network
    const table = this.#table
    if (!network.steps || !table) return false
    const { batch, records, optimisers } = this.#plan
    const { batch: first, step, epoch } = this.#state
    const whole = Math.floor(order.length / batch)
    let count = 0
    while (
      count < this.#blockSize &&
      first + count < whole &&
      !this.#isMeasured(first + count, step + count) &&
      !records.some(({ every }) => (step + count) % every === 0)
    ) {
      count++
    }
    if (count < 2) return false
    const varies = optimisers.some(({ schedule }) => schedule.kind !== 'constant')
    const rates = Array.from({ length: varies ? count : 1 }, (_, i) =>
      ratesAt(this.#plan, step + i, this.#length, phase),
    )
    const began = performance.now()
    network.steps({
      table,
      batch,
      rates,
      order: order.subarray(first * batch, (first + count) * batch),
    })
    const each = Math.max(1e-4, (performance.now() - began) / count)
    this.#blockSize = Math.max(2, Math.min(MOST_STEPS, Math.round(TURN / each)))
    this.#rates = rates.at(-1) ?? this.#rates
    this.#state = { ...this.#state, batch: first + count, step: step + count }
    this.#reporter.step({ epoch, batch: first + count, step: step + count })
    return true
  }

  async #saveIfDue(): Promise<void> {
    const seconds = this.#options.checkpointSeconds ?? 60
    if (this.#clock() - this.#lastSave >= seconds * 1000) await this.#saveCheckpoint()
  }

  /** A step with measures; scores are those of the batch before it. */
  async #measuredStep(batch: Batch) {
    const { epoch, step } = this.#state
    const scores = batchScores(this.#network, batch.count, batch.inputs)
    this.#requireScores(scores, batch)
    const all = this.#network.measuredStep(batch.count, batch.inputs, this.#rates)
    const measures: Record<string, number> = {}
    for (const name of new Set(this.#plan.measures.flatMap(({ outputs }) => outputs))) {
      const value = all[name] ?? scores[name]
      if (value === undefined) throw new RunError(`The compiled circuit has no measure ${name}.`)
      measures[name] = value
    }
    if (Object.values(measures).some((value) => !Number.isFinite(value))) {
      this.#requireWeights(this.#network.save(), step + 1)
    }
    this.#fineAt = step
    this.#scoreMeans.add(scores)
    this.#measureMeans.add(measures)
    await this.#addMetrics({ kind: 'step', epoch, step, train: scores, measures })
    return { scores, measures }
  }

  async #record(batch: Batch): Promise<void> {
    const { step } = this.#state
    const due = this.#plan.records.filter(({ every }) => step % every === 0)
    if (due.length === 0 || !this.#options.store) return
    const variables = [...new Set(due.flatMap((each) => each.variables))]
    const weights = [...new Set(due.flatMap((each) => each.weights))]
    const values =
      variables.length > 0 ? this.#network.observe(batch.count, batch.inputs, variables) : {}
    const all = weights.length > 0 ? { ...this.#network.derived(), ...this.#network.save() } : {}
    const kept = weights.flatMap((name) => (all[name] ? [[name, all[name]] as const] : []))
    await this.#options.store.saveRecording(step, { ...values, ...Object.fromEntries(kept) })
  }

  /** The record of the current epoch; undefined if interrupted. */
  async #evaluate(): Promise<EpochRecord | undefined> {
    const { epoch, step } = this.#state
    this.#reporter.evaluating(epoch)
    if (epoch > 0) this.#requireWeights(this.#network.save(), step)
    const parts: { validation?: Scores; test?: Scores } = {}
    for (const name of ['validation', 'test'] as const) {
      const part = this.#data[name]
      if (part.count === 0) continue
      const scores = await evaluate(
        this.#network,
        this.#presenter,
        part,
        this.#plan.evaluationBatch,
        () => this.#pause(),
      )
      if (!scores) return undefined
      this.#requireScores(scores, undefined)
      parts[name] = scores
    }
    const phase = phaseAt(this.#plan, epoch)
    const best = betterOf(this.#state, parts, this.#plan.scores)
    const trained = {
      train: this.#scoreMeans.means(),
      measures: this.#measureMeans.means(),
      rates: ratesAt(this.#plan, Math.max(step - 1, 0), this.#length, phase),
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

  async #finishEpoch(record: EpochRecord, timing: TimingRecord): Promise<void> {
    this.#scoreMeans = new RunningMeans()
    this.#measureMeans = new RunningMeans()
    await this.#addMetrics(record)
    await this.#options.store?.addTiming(timing)
    this.#state = {
      ...this.#state,
      epoch: record.epoch + 1,
      batch: 0,
      timingLines: this.#state.timingLines + 1,
      last: record,
      ...(record.best && { best: record.best }),
    }
    const improved = record.best?.epoch === record.epoch
    if (improved) this.#best = this.#checkpoint()
    const seconds = timing.trainSeconds + timing.evaluateSeconds
    this.#reporter.epoch({ record, improved, seconds })
    const finished = this.#state.epoch > this.#plan.epochs
    if (finished || this.#clock() - this.#lastSave >= SHORT) await this.#saveCheckpoint()
  }

  async #addMetrics(record: MetricsRecord): Promise<void> {
    await this.#options.store?.addMetrics(record)
    this.#state = { ...this.#state, metricsLines: this.#state.metricsLines + 1 }
  }

  #checkpoint(): Checkpoint {
    const storages = this.#network.save()
    this.#requireWeights(storages, this.#state.step)
    const scoreMeans = this.#scoreMeans.state()
    const measureMeans = this.#measureMeans.state()
    return { state: { ...this.#state, scoreMeans, measureMeans }, storages }
  }

  async #saveCheckpoint(): Promise<void> {
    const { store } = this.#options
    if (store) {
      const latest = this.#checkpoint()
      if (this.#best) await store.saveCheckpoint('best', this.#best)
      await store.saveCheckpoint('latest', latest)
    }
    this.#best = undefined
    this.#lastSave = this.#clock()
  }

  /** Gives other work a turn if it is time; whether to stop. */
  async #pause(): Promise<boolean> {
    if (this.#clock() - this.#lastTurn >= TURN) {
      await setImmediate()
      this.#lastTurn = this.#clock()
    }
    return this.#options.interrupt?.aborted ?? false
  }

  #requireScores(scores: Scores, batch: Batch | undefined): void {
    const bad = findInScores(scores)
    if (!bad) return
    const variables = this.#options.variables ?? []
    throw this.#nonFinite(traceScore(bad, this.#network, batch, variables), this.#state.step)
  }

  #requireWeights(storages: Readonly<Record<string, NamedArray>>, step: number): void {
    const bad = findInArrays(storages, 'weight')
    if (bad) throw this.#nonFinite(bad, step)
    this.#fineAt = step
  }

  #nonFinite(bad: NonFinite, step: number): RunError {
    return nonFiniteError(bad, { step, epoch: this.#state.epoch }, this.#fineAt, this.#rates)
  }

  #end(status: RunResult['status']): RunResult {
    const result: RunResult = { status, state: this.#state }
    this.#reporter.ended(result)
    return result
  }
}
