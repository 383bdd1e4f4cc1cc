/**
 * Poisson draws of one mean below 10, eight at a time, by what their words tell. How many terms of the distribution
 * lie below a uniform number never falls as the number grows, rounding included: where all numbers with the
 * same upper 32 bits have as many, the lower bits need not be drawn.
 */
import { access, brIf, f64, get, op, shuffle32, type Code, type Local } from './tree.ts'
import type { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'

/** More than the lower bits of a uniform number can add, with all that is rounded on the way. */
export const UNKNOWN = 2 ** -31

export class SharedMean {
  readonly #fn: FunctionBuilder
  readonly #lanes: Lanes
  readonly #mean: Local
  readonly #first: Local
  /** How many terms lie below each number. */
  readonly #counts: readonly Local[]
  readonly #rest: readonly Local[]
  /** Lanes whose terms are still counted. */
  readonly #counting: readonly Local[]

  /** `first` is the probability of 0; `lanes` are f64, without fused operations. */
  constructor(
    fn: FunctionBuilder,
    lanes: Lanes,
    { mean, first }: { readonly mean: Local; readonly first: Local },
  ) {
    this.#fn = fn
    this.#lanes = lanes
    this.#mean = mean
    this.#first = first
    const four = (name: string): Local[] =>
      Array.from({ length: 4 }, (_, i) => fn.local('lanes', `${name}${i}`))
    this.#counts = four('count')
    this.#rest = four('rest')
    this.#counting = four('counting')
  }

  /** Counts for eight words, as numbers, two a vector; gives whether all of the counts are certain. */
  values(words: readonly Local[]): Code {
    const fn = this.#fn
    const lanes = this.#lanes
    const unknown = fn.define('unknown', lanes.constant(0))
    const term = fn.define('term', get(this.#first))
    const k = fn.define('k', f64(0))
    words.forEach((word, i) => {
      fn.set(this.#counts[i]!, lanes.constant(0))
      fn.set(this.#rest[i]!, lanes.binary('mul', get(word), lanes.constant(2 ** -32)))
      fn.set(this.#counting[i]!, lanes.compare('eq', lanes.constant(0), lanes.constant(0)))
    })
    fn.loop((again) => {
      const terms = get(fn.define('terms', op('f64s.splat', get(term))))
      words.forEach((_, i) => this.#next(i, terms, unknown))
      fn.set(k, op('f64.add', get(k), f64(1)))
      fn.set(term, op('f64.div', op('f64.mul', get(term), get(this.#mean)), get(k)))
      const any = this.#counting.map((each) => get(each)).reduce((a, b) => op('lanes.or', a, b))
      const isMore = op('int.and', op('lanes.any', any), op('f64.gt', get(term), f64(2 ** -60)))
      fn.push(brIf(again, isMore))
    })
    return op('int.isZero', op('lanes.any', get(unknown)))
  }

  #next(i: number, terms: Code, unknown: Local): void {
    const fn = this.#fn
    const lanes = this.#lanes
    const [count, rest, counting] = [this.#counts[i]!, this.#rest[i]!, this.#counting[i]!]
    const isAbove = get(fn.define('isAbove', lanes.compare('ge', get(rest), terms)))
    const most = lanes.binary('add', get(rest), lanes.constant(UNKNOWN))
    const isNear = lanes.compare('ge', most, terms)
    const ends = op('lanes.andNot', get(counting), isAbove)
    fn.set(unknown, op('lanes.or', get(unknown), op('lanes.and', ends, isNear)))
    fn.set(counting, op('lanes.and', get(counting), isAbove))
    fn.set(rest, lanes.binary('sub', get(rest), op('lanes.and', terms, get(counting))))
    const one = op('lanes.and', lanes.constant(1), get(counting))
    fn.set(count, lanes.binary('add', get(count), one))
  }

  /** Stores the counts from that address on. */
  store(lanes: Lanes, address: Local): void {
    const counts = this.#counts.map((each) => get(each))
    const vectors =
      lanes.precision === 'f64'
        ? counts
        : [0, 2].map((i) => {
            const [low, high] = [counts[i]!, counts[i + 1]!].map((each) => op('f32s.ofF64s', each))
            return shuffle32(low!, high!, [0, 1, 4, 5])
          })
    vectors.forEach((vector, i) =>
      this.#fn.push(access('lanes.store', i * lanes.vectorBytes, get(address), vector)),
    )
  }
}
