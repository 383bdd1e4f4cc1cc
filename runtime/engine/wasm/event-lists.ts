/** Reads the lists of events that a program has written to memory. */
import { eventBytes, type EventLists } from '../../../contract/artifact.ts'
import type { ListedEvents } from '../network.ts'

export class EventReader {
  readonly #lists: EventLists
  readonly #found: { readonly steps: number[]; readonly elements: number[]; values: number[] }[]

  constructor(lists: EventLists) {
    this.#lists = lists
    this.#found = lists.signals.map(() => ({ steps: [], elements: [], values: [] }))
  }

  /** Takes what a job has listed whose first step has that number; gives how many steps it did. */
  take(words: Int32Array, firstStep: number): number {
    const { signals, count, done, entries } = this.#lists
    const numbers = new Float64Array(words.buffer)
    const entryWords = eventBytes / 4
    for (let k = 0, at = entries / 4; k < words[count / 4]!; k++, at += entryWords) {
      let element = words[at + 1]!
      let signal = 0
      for (; element >= signals[signal]!.elements; signal++) element -= signals[signal]!.elements
      const { steps, elements, values } = this.#found[signal]!
      steps.push(firstStep + words[at]!)
      elements.push(element)
      values.push(numbers[at / 2 + 1]!)
    }
    return words[done / 4]!
  }

  /** All that was taken, by signal. */
  events(): Record<string, ListedEvents> {
    return Object.fromEntries(
      this.#lists.signals.map(({ name, shape }, i) => [name, { shape, ...this.#found[i]! }]),
    )
  }
}
