/**
 * Takes a run from step to step: parameters and perturbations where a phase begins, measures and
 * records where they are due, checkpoints when time has passed. In between, steps are done in blocks,
 * as many at once as the network can.
 *
 * All that is computed follows from the plan, the data and the network's seed; what it does not depend
 * on is how fast the machine is, the reporter, and whether the run was interrupted: with the state and
 * the storages of a checkpoint it goes on to the same bits. A checkpoint is of the moment before a
 * step: what happens at the beginning of that step's phase is still to come.
 *
 * Numbers that are not finite stop the run: what is stored is looked at every so many steps, what is measured
 * or recorded whenever it is; then the steps since all was fine are gone through again to find the first.
 *
 * Steps block; the event loop gets a turn every 50 ms.
 */
import type { Rates, StepBlock } from '../engine/network.ts'
import { batchScores } from './evaluate.ts'
import {
  findInArrays,
  findInLists,
  findInMeasures,
  findInScores,
  nonFiniteError,
  nonFiniteStart,
  placeOf,
  type MayBeInfinite,
  type NonFinite,
} from './finite.ts'
import { RunningMeans } from './means.ts'
import { perturbed } from './perturb.ts'
import { pick } from './pick.ts'
import { recordedValues } from './recorded-values.ts'
import type { StopPlan } from '../../contract/plan.ts'
import type { Batch } from './present.ts'
import { pairsRecorded } from './synapse-pairs.ts'
import { Recorder } from './recorder.ts'
import type { Run } from './parts.ts'
import { BlockSize } from './block-size.ts'
import { EVERY_STEP, Looks } from './looks.ts'
import { PhaseSettings } from './phase-settings.ts'
import { allOf, closingOf, figuresOf, roundsWith, stepRecord, type Closing } from './closing.ts'
import { ratesAt, ratesOfSteps } from './schedule.ts'
import { Snapshots, type Snapshot } from './snapshots.ts'
import {
  initialState,
  type Checkpoint,
  reopened,
  type MetricsRecord,
  type RunState,
} from './state.ts'
import { afterFigures } from './stops.ts'
import { nothingElse, trace, type Watched } from './trace.ts'
import { turn } from './turn.ts'
import { beginStep, endWindow, measuredStep } from './windows.ts'
import { againOf } from './again.ts'
import type { Place } from '../../contract/timeline.ts'
import { monotonic } from '../support/monotonic.ts'

/** Milliseconds after which other work gets a turn. */
const TURN = 50

export class Stepper {
  readonly #run: Run
  readonly #clock: () => number
  readonly #recorder: Recorder | undefined
  readonly #looks: Looks
  readonly settings: PhaseSettings
  readonly #again: ReturnType<typeof againOf>
  #pending: MetricsRecord[] = []
  /** Of the last step; absent before, and where nothing is measured. */
  #closing: Closing | undefined
  readonly #mayBeInfinite: MayBeInfinite
  readonly #snapshots: Snapshots
  #lastTurn: number
  #lastSave: number
  readonly #size = new BlockSize(TURN)
  state: RunState
  scoreMeans: RunningMeans
  measureMeans: RunningMeans
  rates: Rates = {}
  /** The best so far, until the next checkpoint is written. */
  best: Checkpoint | undefined

  constructor(run: Run) {
    const { plan, options, length } = run
    this.#run = run
    this.settings = new PhaseSettings(run)
    this.#clock = options.clock ?? monotonic
    // What is recorded counts on its own from here on.
    const { records: _, line, ...state } = reopened(options.state ?? initialState, length.steps)
    this.state = state
    if (line) this.addMetrics(line)
    this.scoreMeans = new RunningMeans(this.state.scoreMeans)
    this.measureMeans = new RunningMeans(this.state.measureMeans)
    this.#mayBeInfinite = new Set(plan.infinite)
    this.#snapshots = new Snapshots(run.network, this.#mayBeInfinite, options.states ?? [])
    this.#lastTurn = this.#lastSave = this.#clock()
    this.#looks = new Looks(plan, length, {
      records: plan.records.length > 0 && options.store !== undefined,
      lists: run.network.listedSteps !== undefined,
    })
    const [settings, perturb] = [this.settings, (place: Place) => this.#perturb(place)]
    this.#again = againOf({ run, settings, perturb, plateaus: () => this.state.plateaus })
    if (plan.records.length > 0 && options.store) {
      const pairs = pairsRecorded(plan.records, options.patterns ?? {})
      this.#recorder = new Recorder(options.store, plan.clock?.step, { pairs })
    }
  }

  /** Readies what is recorded; to be called once, first. */
  async begin(): Promise<void> {
    await this.#recorder?.begin(this.#run.options.state?.records)
  }

  /** Milliseconds since the latest checkpoint. */
  get unsaved(): number {
    return this.#clock() - this.#lastSave
  }

  /**
   * Steps up to `end`; false if interrupted. After each block of steps `done` may do something, before
   * the next checkpoint.
   */
  async advance(end: number, done: (place: Place) => void | Promise<void>): Promise<boolean> {
    while (this.state.step < end && this.state.stopped === undefined) {
      if (await this.pause()) return false
      if (this.state.step >= this.#snapshots.next) await this.look()
      const place = this.#run.timeline.at(this.state.step)
      this.settings.enter(place.phase)
      if (place.begins === this.state.step) this.#perturb(place)
      this.#run.examples?.enter(this.state.step)
      beginStep(this.#run.plan, this.#run.network, this.state.step)
      if (!(await this.#block(Math.min(end, place.ends)))) await this.#step()
      await done(place)
      await this.#saveIfDue()
    }
    return true
  }

  #perturb({ phase, number }: Place): void {
    const { network, plan } = this.#run
    if (!phase?.perturb) return
    network.load(perturbed(phase.perturb, network.save(), plan.seed, number))
  }

  /**
   * The steps up to `end` or to the next one at which something is looked at, all at once, if the
   * network can do that; as many as fit in a turn. False if there are not at least two.
   */
  async #block(end: number): Promise<boolean> {
    const { network, feed, plan, length, timeline, reporter, examples: own } = this.#run
    if (!network.steps) return false
    const { step } = this.state
    const next = Math.min(this.#looks.next(step), this.#snapshots.next, own?.next(step) ?? end)
    const most = Math.min(end, next) - step
    if (most < 2) return false
    const examples = feed.block(step, Math.min(most, this.#size.steps))
    const count = examples ? Math.floor(examples.order.length / examples.batch) : 0
    if (!examples || count < 2) return false
    const rates = ratesOfSteps(plan, [step, count], length, timeline, this.state.plateaus)
    const began = performance.now()
    if (!(await this.#listed({ ...examples, rates }, count))) network.steps({ ...examples, rates })
    this.#size.note(count, performance.now() - began)
    this.rates = rates.at(-1) ?? this.rates
    this.#count(count)
    reporter.step(this.#progress())
    return true
  }

  /** Steps whose events are listed on the way; false if none are to be. */
  async #listed(block: StepBlock, count: number): Promise<boolean> {
    const { step } = this.state
    const variables = this.#looks.listed
    if (variables.length === 0) return false
    const found = pick(this.#run.network.listedSteps?.(block) ?? {}, variables)
    const bad = findInLists(found, this.#mayBeInfinite)
    const before = this.#snapshots.before(EVERY_STEP)
    if (bad) await this.#stop(bad, before, { variables }, step + count - 1)
    this.#snapshots.noteFine(EVERY_STEP)
    this.#recorder?.addLists(step, count, found)
    await this.#recorder?.writeIfFull()
    return true
  }

  async #step(): Promise<void> {
    const { network, feed, plan, length, timeline, reporter } = this.#run
    const { step } = this.state
    const batch = feed.batch(step)
    this.rates = ratesAt(plan, step, length, timeline, this.state.plateaus)
    const due = this.#looks.dueMeasures(step)
    const isDone = await this.#record(batch, due.length === 0 ? this.rates : undefined)
    const figures = due.length > 0 ? await this.#measuredStep(batch, due) : undefined
    if (!figures && !isDone) network.step(batch.count, batch.inputs, this.rates)
    this.#count(1, figures !== undefined)
    if (this.#closing) this.keepOpen()
    reporter.step({ ...this.#progress(), ...figures })
  }

  #count(steps: number, isEnded = false): void {
    const { plan, network } = this.#run
    const batch = plan.clock ? 0 : this.state.batch + steps
    const at = [this.state.step + steps - 1, this.rates] as const
    if (!isEnded) endWindow(plan, network, at, this.#again)
    this.state = { ...this.state, step: this.state.step + steps, batch }
  }

  #progress() {
    const { epoch, batch, step } = this.state
    const phase = this.settings.phase?.name
    return { epoch, batch, step, ...(phase !== undefined && { phase }) }
  }

  /** A step with the measures that are `due`; scores are those of the batch before it. */
  async #measuredStep(batch: Batch, due: readonly number[]) {
    const { plan, network } = this.#run
    const { step } = this.state
    const scores = plan.clock ? {} : batchScores(network, batch.count, batch.inputs)
    const badScore = findInScores(scores)
    if (badScore) await this.#stop(badScore, this.#snapshots.before('scores'), { scores: true })
    this.#snapshots.noteFine('scores')
    const all = measuredStep(plan, network, [step, this.rates], batch, this.#again)
    const measures = allOf(plan, due, { ...scores, ...all })
    for (const i of due) {
      const group = this.#looks.measureGroup(i)
      const watched = [plan.measures[i]!]
      const bad = findInMeasures(measures, watched, this.#mayBeInfinite)
      if (bad) await this.#stop(bad, this.#snapshots.before(group), { measures: watched })
    }
    for (const i of due) this.#snapshots.noteFine(this.#looks.measureGroup(i))
    const isLast = step === this.#run.length.steps - 1
    const own = due.filter((i) => this.#looks.isDue(step, i))
    if (isLast) {
      this.#closing = closingOf(this.#run, this.state, {
        scores,
        measures: own.length > 0 ? figuresOf(plan, own, measures) : undefined,
        scoreMeans: this.scoreMeans,
        measureMeans: this.measureMeans,
      })
    }
    // In a run by a clock the last step is measured whatever interval was said: it is a moment, no mean.
    const regular = plan.clock ? own : due
    const counted = figuresOf(plan, regular, measures)
    this.scoreMeans.add(scores)
    this.measureMeans.add(counted)
    if (plan.clock && regular.length > 0) {
      this.state = { ...this.state, rounds: roundsWith(this.#run, this.state, counted) }
      this.stopAfter(step, ({ of, figure }) => (of === 'measure' ? counted[figure] : undefined))
    }
    const once = plan.clock && isLast ? this.#looks.takenOnce(step) : []
    if (once.length > 0) {
      // Unless nothing was measured since the first step.
      const alone = figuresOf(plan, once, measures)
      this.#closing = { ...this.#closing!, rounds: this.state.rounds! }
      this.measureMeans.replace(alone)
      this.state = { ...this.state, rounds: roundsWith(this.#run, this.state, {}, alone) }
    }
    this.addMetrics(stepRecord(this.#run, this.state, scores, measures))
    return { scores, measures }
  }

  /** Keeps, at the end of the run, what a longer one goes on from; before its end is told of. */
  keepOpen(): void {
    const { open, ...state } = this.state
    if (open?.step === state.step) return
    const [scoreMeans, measureMeans] = [this.scoreMeans.state(), this.measureMeans.state()]
    this.state = { ...state, open: { ...state, scoreMeans, measureMeans, ...this.#closing } }
  }

  /** Looks whether figures at an epoch or step end the run. */
  stopAfter(at: number, valueOf: (stop: StopPlan) => number | undefined): void {
    const { stops = [] } = this.#run.plan
    if (stops.length === 0) return
    const { states, stopped } = afterFigures(stops, this.state.stops ?? [], at, valueOf)
    this.state = { ...this.state, stops: states, ...(stopped !== undefined && { stopped }) }
  }

  /** Records what is due; with `rates` the step may be done along with that: true if it was. */
  async #record(batch: Batch, rates?: Rates): Promise<boolean> {
    if (!this.#recorder) return false
    const { plan, network } = this.#run
    const { step } = this.state
    const due = this.#looks.recorded(step)
    if (!due) return false
    const { shown, signals, weights, groups } = due
    const variables = [...new Set([...shown, ...signals])]
    const { values, kept, isDone } = recordedValues(network, batch, { variables, weights }, rates)
    const bad =
      findInArrays(values, 'variable', this.#mayBeInfinite) ??
      findInArrays(kept, 'weight', this.#mayBeInfinite, this.#run.options.states)
    if (bad) {
      const bases = groups.flatMap((group) => this.#snapshots.before(group) ?? [])
      const oldest = bases.toSorted((a, b) => a.step - b.step)[0]
      await this.#stop(bad, oldest, { variables, weights })
    }
    for (const group of groups) this.#snapshots.noteFine(group)
    const rows = { ...pick(values, shown), ...kept }
    this.#recorder.add(step, rows, { count: batch.count, batch: plan.batch })
    this.#recorder.addEvents(step, pick(values, signals))
    await this.#recorder.writeIfFull()
    return isDone
  }

  addMetrics(record: MetricsRecord): void {
    if (this.#run.options.store) this.#pending.push(record)
    this.state = { ...this.state, metricsLines: this.state.metricsLines + 1 }
  }

  /** Writes the lines that are waiting. */
  async flush(): Promise<void> {
    const lines = this.#pending
    this.#pending = []
    if (lines.length > 0) await this.#run.options.store?.addMetrics(lines)
  }

  async checkpoint(): Promise<Checkpoint> {
    const storages = await this.look()
    const [scoreMeans, measureMeans] = [this.scoreMeans.state(), this.measureMeans.state()]
    const records = this.#recorder && { records: this.#recorder.state() }
    return { state: { ...this.state, scoreMeans, measureMeans, ...records }, storages }
  }

  async save(): Promise<void> {
    const { store } = this.#run.options
    if (store) {
      const latest = await this.checkpoint()
      await this.flush()
      await this.#recorder?.write()
      if (this.best) await store.saveCheckpoint('best', this.best)
      await store.saveCheckpoint('latest', latest)
    }
    this.best = undefined
    this.#lastSave = this.#clock()
  }

  async #saveIfDue(): Promise<void> {
    const seconds = this.#run.options.checkpointSeconds ?? 60
    if (this.unsaved >= seconds * 1000) await this.save()
  }

  /** Gives other work a turn if it is time; whether to stop. */
  async pause(): Promise<boolean> {
    if (this.#clock() - this.#lastTurn >= TURN) {
      await this.flush()
      await turn()
      this.#lastTurn = this.#clock()
    }
    return this.#run.options.interrupt?.aborted ?? false
  }

  /** All that is stored; stops the run if any of it is not finite. */
  async look(): Promise<Snapshot['storages']> {
    const { step } = this.state
    const { latest } = this.#snapshots
    const { storages, bad, weights = [] } = this.#snapshots.look(step)
    if (bad && !latest) throw nonFiniteStart(bad, { ...this.#place(step), step })
    if (bad) await this.#stop(bad, latest, { weights }, step - 1)
    return storages
  }

  /**
   * Stops the run for what is bad now: finds out from when on, leaves what was recorded and measured
   * before, and throws.
   */
  async #stop(
    bad: NonFinite,
    from: Snapshot | undefined,
    watched: Partial<Watched>,
    last = this.state.step,
  ): Promise<never> {
    const { network, plan, options } = this.#run
    const { variables = [], states = [] } = options
    const replayed = {
      network,
      plan,
      again: this.#again,
      variables,
      states,
      mayBeInfinite: this.#mayBeInfinite,
      pause: () => this.pause(),
      prepare: this.#again.prepare,
    }
    const { rates } = this
    const all = { ...nothingElse, ...watched }
    const found = from && (await trace(replayed, all, from, last))
    const { culprit, step } = found ?? { culprit: bad, step: last }
    await this.#keepUntil(step)
    throw nonFiniteError(culprit, this.#place(step), rates, plan.checks)
  }

  /** Writes what was recorded and measured up to a step, and nothing later. */
  async #keepUntil(step: number): Promise<void> {
    this.#pending = this.#pending.filter((record) => record.step <= step)
    await this.flush()
    await this.#run.options.store?.cutMetrics?.(step)
    this.#recorder?.cut(step)
    await this.#recorder?.write()
  }

  #place = (step: number) => placeOf(this.#run.plan, step, this.#run.length.batches)
}
