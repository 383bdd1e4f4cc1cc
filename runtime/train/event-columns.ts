/**
 * Recorded events as lists: of every signal in `record times(e.spikes)` when it was not 0, and of which unit. Of a
 * NAME `times(e.spikes)` a part of the records has
 *
 *     NAME            [events], seconds in a run by a clock, otherwise numbers of steps
 *     step(NAME)      [events], numbers of the steps, counted from 0
 *     cell(NAME)      [events], numbers of the units, counted from 0
 *     example(NAME)   [events], numbers of the examples that run side by side; absent where there is one
 *     size(NAME)      [1], how many units there are
 *     seen(NAME)      [2], the first and the last step that were looked at in this part
 *
 * in the order of time, examples and units. A signal that counts (2 spikes in a step) has as many events.
 */
import type { ListedEvents, NamedArray } from '../engine/network.ts'
import type { StoredTensor } from '../io/tensor.ts'
import { timeAt } from '../../contract/timeline.ts'

interface Events {
  steps: Float64Array
  cells: Int32Array
  examples: Int32Array
  count: number
  units: number
  batch: number
  seen: readonly [number, number] | undefined
}

/** Bytes of an event in memory. */
const EVENT = 16

/** A signal that counts more in one step is no list of events. */
const MOST_AT_ONCE = 1_000_000

export class EventColumns {
  readonly #lists = new Map<string, Events>()
  bytes = 0

  /** Adds what is not 0 in an array [examples, units] of a step. */
  add(name: string, step: number, { shape, data }: NamedArray): void {
    const units = shape.at(-1) ?? 1
    const list = this.#list(name)
    list.units = units
    list.batch = Math.max(list.batch, data.length / units)
    list.seen = [list.seen?.[0] ?? step, step]
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!
      if (value !== 0) this.#repeat(list, step, i, value)
    }
  }

  /** Adds what was listed in steps from the first to the last one that are told. */
  addList(
    name: string,
    [first, last]: readonly [number, number],
    { shape, steps, elements, values }: ListedEvents,
  ): void {
    const list = this.#list(name)
    list.units = shape.at(-1) ?? 1
    const size = shape.reduce((product, length) => product * length, 1)
    list.batch = Math.max(list.batch, size / list.units)
    list.seen = [list.seen?.[0] ?? first, last]
    for (const [k, step] of steps.entries()) this.#repeat(list, step, elements[k]!, values[k]!)
  }

  /** As many events as a value says, of an element [example, unit]. */
  #repeat(list: Events, step: number, element: number, value: number): void {
    const times = Math.min(MOST_AT_ONCE, Math.max(0, Math.round(value)))
    const { units } = list
    for (let k = 0; k < times; k++)
      this.#push(list, step, element % units, Math.floor(element / units))
  }

  /** How many events of each name there are, in this part. */
  rows(): readonly (readonly [string, number])[] {
    return [...this.#lists].map(([name, { count }]) => [name, count] as const)
  }

  /** Takes the first `count` events of a part that was written; false if it lacks them. */
  restore(
    name: string,
    arrays: ReadonlyMap<string, StoredTensor> | undefined,
    count: number,
  ): boolean {
    const steps = arrays?.get(`step(${name})`)?.data
    const cells = arrays?.get(`cell(${name})`)?.data
    const examples = arrays?.get(`example(${name})`)?.data
    const [units = 0] = arrays?.get(`size(${name})`)?.data ?? []
    const [first, last] = arrays?.get(`seen(${name})`)?.data ?? []
    if (!steps || !cells || steps.length < count || cells.length < count) return false
    const list = this.#list(name)
    for (let k = 0; k < count; k++)
      this.#push(list, Number(steps[k]), Number(cells[k]), Number(examples?.[k] ?? 0))
    list.units = units
    list.batch = examples ? 2 : 1
    if (first !== undefined && last !== undefined) list.seen = [first, last]
    return true
  }

  /** Begins the next part. */
  clear(): void {
    for (const list of this.#lists.values()) {
      list.count = 0
      list.seen = undefined
    }
    this.bytes = 0
  }

  /** Forgets what is of steps after this one. */
  cut(step: number): void {
    for (const list of this.#lists.values()) {
      while (list.count > 0 && list.steps[list.count - 1]! > step) list.count--
      if (list.seen) list.seen = [Math.min(step, list.seen[0]), Math.min(step, list.seen[1])]
    }
  }

  /** The arrays of all lists, by name; `seconds` is how long a step is, where a clock runs. */
  arrays(seconds: number | undefined): readonly (readonly [string, StoredTensor])[] {
    return [...this.#lists]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, list]) => {
        const { count, units, batch, seen } = list
        const shape = [count]
        const steps = list.steps.subarray(0, count)
        const times =
          seconds === undefined
            ? steps
            : Float64Array.from(steps, (step) => timeAt({ step: seconds }, step))
        const whole = numbersOf(steps)
        const [first, last] = seen ?? []
        return [
          [name, { shape, data: Float64Array.from(times) }],
          [`step(${name})`, { shape, data: whole }],
          [`cell(${name})`, { shape, data: list.cells.slice(0, count) }],
          ...(batch > 1
            ? [[`example(${name})`, { shape, data: list.examples.slice(0, count) }] as const]
            : []),
          [`size(${name})`, { shape: [1], data: Int32Array.of(units) }],
          ...(first === undefined || last === undefined
            ? []
            : [[`seen(${name})`, { shape: [2], data: Float64Array.of(first, last) }] as const]),
        ] as const
      })
  }

  #list(name: string): Events {
    const known = this.#lists.get(name)
    if (known) return known
    const made: Events = {
      steps: new Float64Array(64),
      cells: new Int32Array(64),
      examples: new Int32Array(64),
      count: 0,
      units: 0,
      batch: 1,
      seen: undefined,
    }
    this.#lists.set(name, made)
    return made
  }

  #push(list: Events, step: number, cell: number, example: number): void {
    if (list.count === list.steps.length) {
      const room = 2 * list.count
      const grown = <T extends { set(from: T): void }>(to: T, from: T): T => (to.set(from), to)
      list.steps = grown(new Float64Array(room), list.steps)
      list.cells = grown(new Int32Array(room), list.cells)
      list.examples = grown(new Int32Array(room), list.examples)
    }
    list.steps[list.count] = step
    list.cells[list.count] = cell
    list.examples[list.count] = example
    list.count++
    this.bytes += EVENT
  }
}

/** Numbers of steps: integers of 32 bits as long as they are such, else doubles. */
export function numbersOf(steps: Float64Array): Int32Array | Float64Array {
  return (steps.at(-1) ?? 0) < 2 ** 31 ? Int32Array.from(steps) : steps.slice()
}
