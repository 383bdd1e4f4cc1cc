/**
 * What each step of a run presents. A feed answers for any step, by its number alone, so that a resumed
 * run sees what an uninterrupted one would have seen.
 */
import { epochOrder } from '../data/batches.ts'
import { DataError, makeValues, type DataPart } from '../data/types.ts'
import type { ExampleTable, StepBlock } from '../engine/network.ts'
import type { ExperimentPlan } from '../../contract/plan.ts'
import type { Batch, Presenter } from './present.ts'

/** The examples of several steps. */
export type BlockExamples = Pick<StepBlock, 'table' | 'order' | 'batch'>

export interface Feed {
  /** What a step presents; valid until the next call. */
  batch(step: number): Batch
  /**
   * What `count` steps from `step` on present, or fewer of them; undefined if they cannot be done at
   * once.
   */
  block(step: number, count: number): BlockExamples | undefined
  /** Where presentations last: the examples of the `number`-th, valid until the next call; of how many there are. */
  readonly examples?: (number: number) => Uint32Array
  readonly rows?: number
}

/** The examples of one pass in their order. */
class Passes {
  readonly #plan: ExperimentPlan
  readonly #count: number
  #pass = -1
  #order: Uint32Array = new Uint32Array(0)

  constructor(plan: ExperimentPlan, count: number) {
    this.#plan = plan
    this.#count = count
  }

  /** The order of a pass, counted from 0. */
  order(pass: number): Uint32Array {
    if (pass !== this.#pass) {
      const { data, seed } = this.#plan
      if (!data?.ordered) this.#order = epochOrder(seed, pass, this.#count)
      else if (this.#pass < 0) this.#order = Uint32Array.from({ length: this.#count }, (_, i) => i)
      this.#pass = pass
    }
    return this.#order
  }
}

/** Batches of training examples, pass after pass; the last one of a pass may be smaller. */
export class EpochFeed implements Feed {
  readonly #presenter: Presenter
  readonly #train: DataPart
  readonly #batch: number
  readonly #batches: number
  readonly #passes: Passes
  readonly #table: ExampleTable | undefined

  constructor(presenter: Presenter, train: DataPart, plan: ExperimentPlan) {
    this.#presenter = presenter
    this.#train = train
    this.#batch = plan.batch
    this.#batches = Math.ceil(train.count / plan.batch)
    this.#passes = new Passes(plan, train.count)
    this.#table = presenter.table(train)
  }

  batch(step: number): Batch {
    const pass = Math.floor(step / this.#batches)
    const start = (step % this.#batches) * this.#batch
    const end = Math.min(start + this.#batch, this.#train.count)
    const order = this.#passes.order(pass)
    return this.#presenter.present(this.#train, { order, start, end, epoch: pass + 1 }, true)
  }

  block(step: number, count: number): BlockExamples | undefined {
    const table = this.#table
    const first = step % this.#batches
    const whole = Math.floor(this.#train.count / this.#batch)
    const size = Math.min(count, whole - first)
    if (!table || size < 1) return undefined
    const order = this.#passes.order(Math.floor(step / this.#batches))
    const batch = this.#batch
    return { table, batch, order: order.subarray(first * batch, (first + size) * batch) }
  }
}

/**
 * Batches of training examples for a circuit that runs by a clock, each of them presented for `hold`
 * steps. All batches are whole: shuffled passes leave out what does not fill one, and in their own
 * order examples are wrapped round.
 */
export class HeldFeed implements Feed {
  readonly #presenter: Presenter
  readonly #train: DataPart
  readonly #plan: ExperimentPlan
  readonly #hold: number
  /** Of the examples that there are, without the one that is nothing. */
  readonly #count: number
  readonly #passes: Passes
  readonly #table: ExampleTable | undefined
  readonly #examples: Uint32Array
  #held = -1
  #shown: Batch | undefined

  /** Throws DataError if there are too few examples for a batch. */
  constructor(presenter: Presenter, train: DataPart, plan: ExperimentPlan, hold: number) {
    if (train.count < plan.batch && !plan.data?.ordered) {
      throw new DataError(
        `There are ${train.count} training examples, fewer than the ${plan.batch} of a batch.`,
      )
    }
    if (train.count < plan.batch && plan.clock?.perExample)
      throw new DataError(
        `There are ${train.count} training examples, fewer than the ${plan.batch} of a batch, so that one would be presented twice at once, but each keeps states for itself.`,
      )
    this.#presenter = presenter
    this.#count = train.count
    this.#train = plan.data?.once ? withSilence(train) : train
    this.#plan = plan
    this.#hold = hold
    this.#passes = new Passes(plan, train.count)
    this.#table = presenter.table(this.#train)
    this.#examples = new Uint32Array(plan.batch)
  }

  batch(step: number): Batch {
    // Fields along time present something else in each step.
    const isTimed = this.#presenter.isTimed
    const number = Math.floor(step / this.#hold)
    const held = isTimed ? step : number
    if (held !== this.#held || !this.#shown) {
      const order = this.#select(number)
      const epoch = 1 + Math.floor((number * this.#plan.batch) / this.#count)
      const selection = { order, start: 0, end: order.length, epoch, step: step % this.#hold }
      this.#shown = this.#presenter.present(this.#train, selection, true)
      this.#held = held
    }
    return this.#shown
  }

  block(step: number, wanted: number): BlockExamples | undefined {
    const { batch } = this.#plan
    const whole = this.#table
    const most = whole ? wanted : Math.floor(this.#presenter.mostOf(this.#train) / batch)
    const count = Math.min(wanted, most)
    if (count < 1) return undefined
    const order = new Uint32Array(count * batch)
    for (let i = 0; i < count;) {
      const number = Math.floor((step + i) / this.#hold)
      const end = Math.min(count, (number + 1) * this.#hold - step)
      const examples = this.#select(number)
      for (; i < end; i++) {
        order.set(examples, i * batch)
        if (this.#presenter.isTimed) this.#number(order.subarray(i * batch), step + i)
      }
    }
    if (whole) return { table: whole, batch, order }
    const table = this.#presenter.tableOf(this.#train, order)
    return table && { table, batch, order: order.map((_, at) => at) }
  }

  /** Makes the numbers of examples those of their steps in a table. */
  #number(order: Uint32Array, step: number): void {
    const within = step % this.#hold
    for (let i = 0; i < this.#plan.batch; i++) order[i] = order[i]! * this.#hold + within
  }

  readonly examples = (number: number): Uint32Array => this.#select(number)

  /** With the one that is nothing, where there is one. */
  get rows(): number {
    return this.#train.count
  }

  /** The examples that are presented together, as the `number`-th. */
  #select(number: number): Uint32Array {
    const { batch, data } = this.#plan
    const count = this.#count
    const perPass = data?.ordered ? Number.POSITIVE_INFINITY : Math.floor(count / batch)
    const pass = data?.ordered ? 0 : Math.floor(number / perPass)
    const first = data?.ordered ? number * batch : (number % perPass) * batch
    const isOver = data?.once && (data.ordered ? first + batch > count : pass > 0)
    const order = this.#passes.order(isOver && !data.ordered ? 0 : pass)
    for (let i = 0; i < batch; i++) {
      const at = first + i
      const isNothing = isOver && (!data.ordered || at >= count)
      this.#examples[i] = isNothing ? count : order[at % count]!
    }
    return this.#examples
  }
}

/** The examples, and one more in which everything is 0. */
function withSilence({ count, fields, sparse }: DataPart): DataPart {
  const longer = Object.entries(fields).map(([name, values]) => {
    const size = values.length / count
    const all = makeValues(values.length + size, values instanceof Float64Array ? 'f64' : 'f32')
    all.set(values)
    return [name, all]
  })
  // Of a list the last row is one that has no entry.
  return {
    count: count + 1,
    silence: count,
    fields: Object.fromEntries(longer),
    ...(sparse && { sparse }),
  }
}

/** Nothing is presented. */
export class EmptyFeed implements Feed {
  readonly #count: number
  #order = new Uint32Array(0)

  /** `count` copies of the circuit run beside each other. */
  constructor(count: number) {
    this.#count = count
  }

  batch(): Batch {
    return { count: this.#count, inputs: {} }
  }

  block(_: number, count: number): BlockExamples {
    const length = count * this.#count
    if (this.#order.length < length) this.#order = new Uint32Array(length)
    return { table: emptyTable, batch: this.#count, order: this.#order.subarray(0, length) }
  }
}

const emptyTable: ExampleTable = { inputs: {} }

/** What the plan's steps present. Throws DataError if there are no examples where some are needed. */
export function feedFor(
  plan: ExperimentPlan,
  train: DataPart | undefined,
  presenter: Presenter | undefined,
): Feed {
  if (!presenter || !train) return new EmptyFeed(plan.batch)
  if (train.count === 0) throw new DataError('There are no training examples.')
  return plan.clock
    ? new HeldFeed(presenter, train, plan, plan.clock.hold)
    : new EpochFeed(presenter, train, plan)
}
