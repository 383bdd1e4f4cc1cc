/**
 * What a loop of shorter code does not hold for, found of several vectors in as few instructions as there may be:
 * numbers that are not finite, arguments that are large. What is found may be more than that, as the longer code is right for all;
 * it is never less.
 */
import type { Lanes } from './lanes.ts'
import { lanesOf, op, type Code } from './tree.ts'

/** A word that none is greater than. */
const MOST = 0x7fffffff

export class Strange {
  readonly #lanes: Lanes
  /** Arguments, by their bound. */
  readonly #bounded = new Map<number, Code[]>()
  readonly #finite: Code[] = []

  constructor(lanes: Lanes) {
    this.#lanes = lanes
  }

  /** A number that is beyond a bound, or about as large, or not finite. `x` is a kept value. */
  beyond(x: Code, bound: number): void {
    this.#bounded.set(bound, [...(this.#bounded.get(bound) ?? []), x])
  }

  /** A number that is infinite or NaN. `x` is a kept value. */
  notFinite(x: Code): void {
    this.#finite.push(x)
  }

  /** Bits that are set where something is strange; none where nothing can be so. */
  bits(): Code | undefined {
    const found = [
      ...[...this.#bounded].map(([bound, numbers]) => this.#anyBeyond(numbers, bound)),
      ...(this.#finite.length > 0 ? [this.#anyNotFinite()] : []),
    ]
    return found.length === 0 ? undefined : found.reduce((a, b) => op('lanes.or', a, b))
  }

  /** By the words that hold the exponents, which are as the magnitudes are, with those of NaN above all. */
  #anyBeyond(numbers: readonly Code[], bound: number): Code {
    const isSingle = this.#lanes.precision === 'f32'
    const words = (high: number, low: number): Code =>
      lanesOf(
        Int32Array.from({ length: this.#lanes.vectorBytes / 4 }, (_, i) =>
          isSingle || i % 2 === 1 ? high : low,
        ),
      )
    const most = isSingle
      ? new Int32Array(Float32Array.of(bound).buffer)[0]!
      : new Int32Array(Float64Array.of(bound).buffer)[1]!
    const magnitudes = numbers.map((x) => op('lanes.and', x, words(MOST, 0)))
    const largest = magnitudes.reduce((a, b) => op('ints.max', a, b))
    return op('ints.lt', words(most - 1, MOST), largest)
  }

  /** By their sum, which is less itself 0 if it is finite, else NaN. */
  #anyNotFinite(): Code {
    const sum = this.#finite.reduce((a, b) => this.#lanes.binary('add', a, b))
    const [first] = this.#finite
    if (this.#finite.length === 1) return this.#lanes.binary('sub', first!, first!)
    return this.#lanes.binary('sub', sum, sum)
  }
}
