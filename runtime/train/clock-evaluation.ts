/**
 * Test examples in a circuit with a past: they are passed through in states of their own, for the phases of
 * the evaluation, and nothing learns. Batch by batch the states begin as the run began; what is presented lasts
 * as long as the evaluation, whose time begins at 0. Afterwards everything is as it was, to the bit.
 *
 * A batch has as many examples as one of training. What is left over in the last one is filled with examples
 * from the beginning, which count for nothing. Draws are those of steps that no run reaches: the same in every
 * evaluation, and others than in training.
 */
import type { EvaluationPlan, ExperimentPlan, PhasePlan } from '../../contract/plan.ts'
import { settingsIn, Timeline } from '../../contract/timeline.ts'
import type { LoadedDataset, DataPart } from '../data/types.ts'
import type { ExampleTable, NamedArray, Network, Rates } from '../engine/network.ts'
import type { Scores } from './evaluate.ts'
import { EvaluatedFigures } from './evaluated.ts'
import { RunError } from './errors.ts'
import { Presenter } from './present.ts'
import { pick } from './pick.ts'

type Storages = Readonly<Record<string, NamedArray>>

/** The number of the first step of evaluations: runs are shorter. */
const FIRST = 2 ** 31

/** Most steps that are done at once. */
const BLOCK = 64

export interface ClockEvaluationOptions {
  /** Values of parameters, for phases that change some of them. */
  readonly parameters: Readonly<Record<string, number | boolean>>
  /** The states before the first step of the run. */
  readonly initial: Storages
  /** Awaited between steps; true ends the evaluation. */
  readonly pause: () => boolean | Promise<boolean>
}

export class ClockEvaluation {
  readonly #plan: ExperimentPlan
  readonly #evaluation: EvaluationPlan
  readonly #network: Network
  readonly #presenter: Presenter
  readonly #timeline: Timeline
  readonly #options: ClockEvaluationOptions
  readonly #tables = new Map<DataPart, ExampleTable | undefined>()

  constructor(
    plan: ExperimentPlan,
    evaluation: EvaluationPlan,
    network: Network,
    data: LoadedDataset,
    options: ClockEvaluationOptions,
  ) {
    this.#plan = plan
    this.#evaluation = evaluation
    this.#network = network
    this.#options = options
    // Evaluation is hard: neither smoothed nor changed at random.
    this.#presenter = new Presenter(plan.present, data.plan, 0, undefined, evaluation.steps)
    this.#timeline = new Timeline(evaluation.phases, { batches: 0, batch: plan.batch })
  }

  /** The figures of a part; undefined if interrupted. The network is then as it was. */
  async of(part: DataPart): Promise<Scores | undefined> {
    const network = this.#network
    const { written, states, keep, hold, origin, plasticity, evaluating } = this.#evaluation
    const { stepCount } = network
    const saved = network.save()
    const before: Storages = pick(saved, [...new Set([...written, ...states])])
    // What a draw's check keeps stays from batch to batch, to be looked at once.
    const begin = without(
      { ...before, ...this.#options.initial, ...pick(saved, keep) },
      this.#plan.checks,
    )
    const figures = new EvaluatedFigures(this.#evaluation)
    try {
      if (hold !== undefined) network.set(hold, this.#evaluation.steps)
      if (evaluating !== undefined) network.set(evaluating, 1)
      const { batch } = this.#plan
      for (let start = 0; start < part.count; start += batch) {
        network.load(begin)
        network.stepCount = FIRST + (start / batch) * this.#evaluation.steps
        if (origin !== undefined) network.set(origin, network.stepCount)
        if (!(await this.#batch(part, start, figures))) return undefined
      }
      this.#requireSound()
      return figures.figures(() => network.derived())
    } finally {
      network.load(before)
      network.stepCount = stepCount
      if (origin !== undefined) network.set(origin, 0)
      if (hold !== undefined) network.set(hold, this.#plan.clock?.hold ?? 1)
      if (evaluating !== undefined) network.set(evaluating, 0)
      if (plasticity !== undefined)
        network.set(plasticity, this.#options.parameters[plasticity] ?? 1)
      for (const [name, value] of this.#settings(undefined)) network.set(name, value)
    }
  }

  #enter(phase: PhasePlan | undefined): void {
    for (const [name, value] of this.#settings(phase)) this.#network.set(name, value)
    const { plasticity } = this.#evaluation
    if (plasticity !== undefined) this.#network.set(plasticity, 0)
  }

  /** Throws RunError if a draw had a probability that is none. */
  #requireSound(): void {
    const checks = Object.entries(this.#plan.checks ?? {})
    if (checks.length === 0) return
    const stored = this.#network.save()
    const bad = checks.find(([name]) => stored[name]?.data.some((each) => each !== 0) === true)
    if (!bad) return
    throw new RunError(
      `A probability was not from 0 to 1 in an evaluation: that of \`bernoulli\` in \`${bad[1]}\`.`,
    )
  }

  #tableOf(part: DataPart): ExampleTable | undefined {
    if (!this.#tables.has(part)) this.#tables.set(part, this.#presenter.table(part))
    return this.#tables.get(part)
  }

  /** Passes a batch through; false if interrupted. */
  async #batch(part: DataPart, start: number, figures: EvaluatedFigures): Promise<boolean> {
    const { steps } = this.#evaluation
    const { batch } = this.#plan
    const count = Math.min(batch, part.count - start)
    const order = Uint32Array.from({ length: batch }, (_, i) => (start + i) % part.count)
    for (let step = 0; step < steps;) {
      const place = this.#timeline.at(step)
      if (place.begins === step) this.#enter(place.phase)
      if (await this.#options.pause()) return false
      const end = Math.min(steps, place.ends)
      const silent = this.#silent(part, order, figures, { step, end })
      if (silent === 0) this.#observed(part, order, figures, { step, count })
      step += Math.max(1, silent)
    }
    return true
  }

  /** Steps that no figure is made of, as many at once as the network can; gives how many. */
  #silent(
    part: DataPart,
    order: Uint32Array,
    figures: EvaluatedFigures,
    { step, end }: { readonly step: number; readonly end: number },
  ): number {
    const { steps } = this.#evaluation
    let count = 0
    while (step + count < end && figures.variables(steps - 1 - step - count).length === 0) count++
    const network = this.#network
    const most = Math.min(count, BLOCK)
    const table = network.steps && most > 1 ? this.#tableOf(part) : undefined
    if (network.steps && table) {
      const all = new Uint32Array(order.length * most)
      for (let i = 0; i < most; i++)
        all.set(
          this.#presenter.isTimed ? order.map((e) => e * steps + step + i) : order,
          i * order.length,
        )
      network.steps({ table, order: all, batch: order.length, rates: [this.#rates()] })
      return most
    }
    if (count === 0) return 0
    const shown = this.#present(part, order, step)
    network.step(shown.count, shown.inputs, this.#rates())
    return 1
  }

  /** A step that figures are made of. */
  #observed(
    part: DataPart,
    order: Uint32Array,
    figures: EvaluatedFigures,
    { step, count }: { readonly step: number; readonly count: number },
  ): void {
    const network = this.#network
    const following = this.#evaluation.steps - 1 - step
    const names = figures.variables(following)
    const { count: all, inputs } = this.#present(part, order, step)
    const rates = this.#rates()
    if (network.recordedStep) {
      figures.add(network.recordedStep(all, inputs, names, rates), count, following)
      return
    }
    figures.add(network.observe(all, inputs, names), count, following)
    network.step(all, inputs, rates)
  }

  #present(part: DataPart, order: Uint32Array, step: number) {
    return this.#presenter.present(part, { order, start: 0, end: order.length, step }, false)
  }

  #rates(): Rates {
    return Object.fromEntries(this.#plan.optimisers.map(({ name }) => [name, 0]))
  }

  /** What every parameter is in a phase of the evaluation that some phase sets, of the protocol too. */
  #settings(phase: PhasePlan | undefined): readonly [string, number | boolean][] {
    const all = [...this.#plan.phases, ...this.#evaluation.phases]
    return Object.entries(settingsIn(phase, all, this.#options.parameters))
  }
}

const without = (storages: Storages, names: Readonly<Record<string, unknown>> = {}): Storages =>
  Object.fromEntries(Object.entries(storages).filter(([name]) => !Object.hasOwn(names, name)))
