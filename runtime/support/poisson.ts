/**
 * Poisson draws, exact for every mean, that depend on nothing but (seed, stream name, step, index, mean).
 *
 * Below a mean of 10 by inversion: a uniform number of 53 bits, of which the upper 32 decide alone in nearly
 * every draw of a small mean. From 10 on by transformed rejection with squeeze, PTRS (Hörmann, "The transformed
 * rejection method for generating Poisson random variables", Insurance: Mathematics and Economics 12, 1993).
 * Element i has word i & 1 of block i >> 1 under the stream's key, as uniform draws have; further words are
 * those of keys whose second word is greater: by 1 for the lower bits, by 2, 3, ... for attempts at PTRS, each of
 * which has block i for itself.
 *
 * Logarithm and exponential are series of plain arithmetic, so that all engines draw the same numbers.
 * The text is copied behind that of `random.ts` into generated modules.
 */
import { threefryWords, type RandomKey } from './random.ts'

/** From this mean on draws are by rejection. */
const REJECTION_FROM = 10
/** More attempts than any draw needs: one in ten fails at most. */
const MOST_ATTEMPTS = 256

/**
 * `count` values of the Poisson distribution with the given mean, or with a mean of each element. NaN for a mean below 0.
 */
export function poissonValues<T extends Float32Array | Float64Array>(
  key: RandomKey,
  step: number,
  mean: number | ArrayLike<number>,
  count: number,
  out: T,
): T {
  const words = new Uint32Array(Math.min(256, count + (count & 1)))
  for (let start = 0; start < count; start += words.length) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(words.length, count - start)
    for (let i = 0; i < size; i++) {
      const each = typeof mean === 'number' ? mean : mean[start + i]!
      out[start + i] = poissonValue(each, words[i]!, start + i, key, step)
    }
  }
  return out
}

/** The value of element `index`, whose word of the stream is `word`. */
function poissonValue(
  mean: number,
  word: number,
  index: number,
  key: RandomKey,
  step: number,
): number {
  if (!(mean >= 0)) return Number.NaN
  // exp(-mean) is at least 1 - mean: most draws of a small mean end here, with 0.
  if ((word + 1) * 2 ** -32 <= 1 - mean) return 0
  if (mean < REJECTION_FROM) return poissonInverse(mean, word, index, key, step)
  return mean < Infinity ? poissonRejection(mean, index, key, step) : Infinity
}

/** How many terms of the distribution lie below a uniform number. */
function poissonInverse(
  mean: number,
  word: number,
  index: number,
  key: RandomKey,
  step: number,
): number {
  threefryWords([key[0], key[1] + 1], step, index >>> 1, poissonBlock)
  let rest = word * 2 ** -32 + (poissonBlock[index & 1]! >>> 11) * 2 ** -53
  let term = expOfNegative(mean)
  let k = 0
  // What rounding leaves of 1 belongs to the last term that counts.
  while (rest >= term && term > 2 ** -60) {
    rest -= term
    k += 1
    term = (term * mean) / k
  }
  return k
}

/** Algorithm PTRS. */
function poissonRejection(mean: number, index: number, key: RandomKey, step: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const squeeze = 0.9277 - 3.6224 / (b - 2)
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    threefryWords([key[0], key[1] + 2 + attempt], step, index, poissonBlock)
    const u = (poissonBlock[0]! + 0.5) * 2 ** -32 - 0.5
    const v = (poissonBlock[1]! + 0.5) * 2 ** -32
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
    if (us >= 0.07 && v <= squeeze) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    const limit = logOfNumber((v * inverseAlpha) / (a / (us * us) + b))
    if (limit <= logOfPoisson(mean, k)) return k
  }
  return Math.floor(mean)
}

/** The logarithm of the probability of k. */
function logOfPoisson(mean: number, k: number): number {
  if (k < 10) {
    let factorial = 1
    for (let j = 2; j <= k; j++) factorial *= j
    return k * logOfNumber(mean) - mean - logOfNumber(factorial)
  }
  // Stirling's series, with what is large taken together.
  const q = 1 / (k * k)
  const tail = (1 / 12 - q * (1 / 360 - q * (1 / 1260 - q * (1 / 1680)))) / k
  return k * logOfNumber(mean / k) + (k - mean) - 0.5 * logOfNumber(2 * Math.PI * k) - tail
}

/** e^-x for 0 <= x < 15: a power of two, and the Taylor series of what is left, to 10^-17. */
export function expOfNegative(x: number): number {
  const n = Math.floor(x / Math.LN2 + 0.5)
  const r = x - n * Math.LN2
  let sum = 1
  for (let j = 14; j >= 1; j--) sum = 1 - (r * sum) / j
  let power = 1
  for (let j = 0; j < n; j++) power *= 0.5
  return sum * power
}

/** Where the words of one block are written. */
const poissonBlock = new Uint32Array(2)

/** The bits of a number, the lower word first. */
const numberBits = new Uint32Array(2)
const numberOfBits = new Float64Array(numberBits.buffer)

/** log(x) of a normal number above 0: the power of two is split off, then 2 artanh((m - 1) / (m + 1)). */
export function logOfNumber(x: number): number {
  numberOfBits[0] = x
  const high = numberBits[1]!
  let exponent = (high >>> 20) - 1023
  numberBits[1] = (high & 0xfffff) | 0x3ff00000
  let m = numberOfBits[0]
  if (m > Math.SQRT2) {
    m *= 0.5
    exponent += 1
  }
  const s = (m - 1) / (m + 1) // |s| < 0.172
  const q = s * s
  let sum = 1 / 23
  for (let j = 21; j >= 1; j -= 2) sum = 1 / j + q * sum
  return 2 * s * sum + exponent * Math.LN2
}
