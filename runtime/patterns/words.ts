/** The random words of a pattern, one after the other, and what is made of them. */
import { drawWords } from '../../contract/draw-program.ts'
import { logOfFraction, streamKey, threefryWords, type RandomKey } from '../support/random.ts'
import { DrawProgram } from './program.ts'

const WORD = 2 ** 32
/** Even, so that pieces begin with whole blocks. */
const PIECE = drawWords.count
/** From so many on a program draws them, which takes a while to make. */
const MANY = 32 * PIECE
/** After so many gaps of one logarithm more of it are expected. */
const ALIKE = 64

/** A stream of 32-bit words: those of (seed, `pattern NAME`), whatever is drawn elsewhere. */
export class Words {
  readonly key: RandomKey
  #program: DrawProgram | undefined
  #words: Uint32Array = new Uint32Array(PIECE)
  #at: number = PIECE
  #drawn = 0
  /** For which logarithm the program has made gaps of its words. */
  #gapsOf = Number.NaN
  /** The logarithm of the last gap, and how many before had it. */
  #last = Number.NaN
  #alike = 0

  constructor(seed: number, pattern: string) {
    this.key = streamKey(seed, `pattern ${pattern}`)
  }

  /** 0 .. 2^32 - 1 */
  next(): number {
    if (this.#at === PIECE) this.#refill()
    return this.#words[this.#at++]!
  }

  /** 0 .. choices - 1, each equally likely: words past the last multiple are drawn again. */
  below(choices: number): number {
    // Remainders by quotients, which are exact for such numbers and take a fraction of the time.
    const end = Math.floor(WORD / choices) * choices
    let word = this.next()
    while (word >= end) word = this.next()
    return word - Math.floor(word / choices) * choices
  }

  /** The same for the places `from` .. `to` - 1 of a list, one after the other. */
  allBelow(choices: number, into: Int32Array, from: number, to: number): void {
    const end = Math.floor(WORD / choices) * choices
    let words = this.#words
    let at = this.#at
    for (let k = from; k < to;) {
      if (at === PIECE) {
        this.#refill()
        words = this.#words
        at = 0
      }
      const word = words[at++]!
      if (word >= end) continue
      into[k++] = word - Math.floor(word / choices) * choices
    }
    this.#at = at
  }

  #refill(): void {
    // A block's number is 32 bits wide: what is beyond counts as a step.
    const block = this.#drawn / 2
    const [step, first] = [Math.floor(block / WORD), block % WORD]
    if (this.#drawn === MANY) {
      this.#program = DrawProgram.of(this.key)
      this.#words = this.#program?.words ?? this.#words
    }
    if (this.#program) this.#program.fill(step, first)
    else threefryWords(this.key, step, first, this.#words)
    this.#drawn += PIECE
    this.#gapsOf = Number.NaN
    this.#at = 0
  }

  /** [0, 1), multiples of 2^-32. */
  uniform(): number {
    return this.next() / WORD
  }

  /**
   * How many fail before the next that succeeds, each with a probability whose complement's logarithm is
   * given: the geometric distribution by inversion. Infinity where none does.
   */
  failures(perTrial: number): number {
    if (perTrial === -Infinity) return 0
    if (this.#at === PIECE) this.#refill()
    if (this.#gapsOf === perTrial) return this.#program!.gaps[this.#at++]!
    this.#alike = perTrial === this.#last ? this.#alike + 1 : 0
    this.#last = perTrial
    const gap = Math.floor(logOfFraction(this.#words[this.#at++]!) / perTrial)
    // Where the probability is always the same, all are made at once.
    if (this.#program && this.#alike >= ALIKE) {
      this.#program.call('gaps', perTrial)
      this.#gapsOf = perTrial
    }
    return gap
  }

  /** What `failures` would give next, as far as it has been made; none where that is nothing. */
  takeGaps(perTrial: number): Float64Array {
    if (this.#gapsOf !== perTrial || !this.#program) return NONE
    const taken = this.#program.gaps.subarray(this.#at)
    this.#at = PIECE
    return taken
  }
}

const NONE: Float64Array = new Float64Array(0)

/** Gaps of one logarithm, one after the other: where the program makes them, a list at a time is read with no further call. */
export class Gaps {
  readonly #words: Words
  readonly #perTrial: number
  /** Those that are next, from `at` on. */
  list: Float64Array = NONE
  at = 0

  constructor(words: Words, perTrial: number) {
    this.#words = words
    this.#perTrial = perTrial
  }

  /** The next one, where the list is at its end. */
  next(): number {
    const gap = this.#words.failures(this.#perTrial)
    this.list = this.#words.takeGaps(this.#perTrial)
    this.at = 0
    return gap
  }
}

/**
 * log(1 - p) for 0 <= p <= 1, as 2 artanh(p / (p - 2)): the same number on every machine, as library
 * logarithms are not.
 */
export function logOfMiss(p: number): number {
  if (p >= 1) return -Infinity
  // Halves until the series is short: log(1 - p) = log((1 - p) 2^k) - k log 2.
  let rest = 1 - p
  let halves = 0
  if (p > 0.3) {
    while (rest < Math.SQRT1_2) {
      rest *= 2
      halves++
    }
  }
  const s = p > 0.3 ? (rest - 1) / (rest + 1) : p / (p - 2) // |s| < 0.18
  const q = s * s
  let sum = 0
  for (let k = 21; k >= 1; k -= 2) sum = 1 / k + q * sum
  return 2 * s * sum - halves * Math.LN2
}
