/**
 * Binomial draws, exact for every number of trials and every chance, that depend on nothing but (seed, stream name, step,
 * index, trials, chance).
 *
 * With a chance above one half, failures are drawn. Below a mean of 10 by inversion of a uniform number of 53 bits, of
 * which the upper 32 decide alone in nearly every draw of a small mean; from 10 on by transformed rejection with
 * squeeze, BTRS (Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation
 * 46, 1993), with probabilities by the saddle-point expansion (Loader, "Fast and accurate computation of binomial
 * probabilities", 2000), which loses nothing where there are many trials. Words are used as for Poisson draws.
 *
 * The text is copied behind that of `random.ts` and `poisson.ts` into generated modules.
 */
import { expOfNegative, logOfNumber } from './poisson.ts'
import { threefryWords, type RandomKey } from './random.ts'

/** From this mean on draws are by rejection. */
const BINOMIAL_REJECTION_FROM = 10
/** More attempts than any draw needs: one in seven fails at most. */
const BINOMIAL_ATTEMPTS = 256
/** log(2 pi) / 2 */
const HALF_LOG_OF_CIRCLE = 0.9189385332046728

/**
 * `count` values of the binomial distribution, with one number of trials and one chance or those of each element. NaN where
 * trials are no whole number from 0 on, or a chance is not from 0 to 1.
 */
export function binomialValues<T extends Float32Array | Float64Array>(
  key: RandomKey,
  step: number,
  trials: number | ArrayLike<number>,
  chance: number | ArrayLike<number>,
  count: number,
  out: T,
): T {
  const words = new Uint32Array(Math.min(256, count + (count & 1)))
  for (let start = 0; start < count; start += words.length) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(words.length, count - start)
    for (let i = 0; i < size; i++) {
      const n = typeof trials === 'number' ? trials : trials[start + i]!
      const p = typeof chance === 'number' ? chance : chance[start + i]!
      out[start + i] = binomialValue(n, p, words[i]!, start + i, key, step)
    }
  }
  return out
}

/** The value of element `index`, whose word of the stream is `word`. */
function binomialValue(
  n: number,
  p: number,
  word: number,
  index: number,
  key: RandomKey,
  step: number,
): number {
  if (!(n >= 0 && n < Infinity && p >= 0 && p <= 1) || Math.floor(n) !== n) return Number.NaN
  const isTurned = p > 0.5
  const q = isTurned ? 1 - p : p
  const mean = n * q
  let k = 0
  // (1 - q)^n is at least 1 - n q: most draws of a small mean end here, with 0.
  if ((word + 1) * 2 ** -32 > 1 - mean)
    k =
      mean < BINOMIAL_REJECTION_FROM
        ? binomialInverse(n, q, word, index, key, step)
        : binomialRejection(n, q, index, key, step)
  return isTurned ? n - k : k
}

/** How many terms of the distribution lie below a uniform number. */
function binomialInverse(
  n: number,
  p: number,
  word: number,
  index: number,
  key: RandomKey,
  step: number,
): number {
  threefryWords([key[0], key[1] + 1], step, index >>> 1, binomialBlock)
  let rest = word * 2 ** -32 + (binomialBlock[index & 1]! >>> 11) * 2 ** -53
  let term = expOfNegative(-(n * logOfRest(p)))
  const odds = p / (1 - p)
  let k = 0
  // What rounding leaves of 1 belongs to the last term that counts.
  while (rest >= term && term > 2 ** -60) {
    rest -= term
    term = (term * (odds * (n - k))) / (k + 1)
    k += 1
  }
  // Past all trials no term is left, and rounding may have come so far.
  return k < n ? k : n
}

/** Algorithm BTRS. */
function binomialRejection(
  n: number,
  p: number,
  index: number,
  key: RandomKey,
  step: number,
): number {
  const spread = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * spread
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const centre = n * p + 0.5
  const squeeze = 0.92 - 4.2 / b
  const alpha = (2.83 + 5.1 / b) * spread
  const mode = Math.floor((n + 1) * p)
  const most = logOfBinomial(n, p, mode)
  for (let attempt = 0; attempt < BINOMIAL_ATTEMPTS; attempt++) {
    threefryWords([key[0], key[1] + 2 + attempt], step, index, binomialBlock)
    const u = (binomialBlock[0]! + 0.5) * 2 ** -32 - 0.5
    const v = (binomialBlock[1]! + 0.5) * 2 ** -32
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + centre)
    if (us >= 0.07 && v <= squeeze) return k
    if (k < 0 || k > n) continue
    const limit = logOfNumber((v * alpha) / (a / (us * us) + b))
    if (limit <= logOfBinomial(n, p, k) - most) return k
  }
  return mode
}

/** The logarithm of the probability of k, 0 < p <= 1/2. */
function logOfBinomial(n: number, p: number, k: number): number {
  if (k === 0) return n * logOfRest(p)
  if (k === n) return n * logOfNumber(p)
  const series = stirlingRest(n) - stirlingRest(k) - stirlingRest(n - k)
  const deviance = devianceOf(k, n * p) + devianceOf(n - k, n * (1 - p))
  return series - deviance + 0.5 * logOfNumber(n / k / (n - k)) - HALF_LOG_OF_CIRCLE
}

/** log(1 - p) for 0 <= p <= 1/2, precise for small p. */
function logOfRest(p: number): number {
  if (p > 0.25) return logOfNumber(1 - p)
  const s = p / (2 - p) // up to 1/7
  const q = s * s
  let sum = 1 / 23
  for (let j = 21; j >= 1; j -= 2) sum = 1 / j + q * sum
  return -2 * s * sum
}

/** x log(x / m) + m - x, precise where x is near m. */
function devianceOf(x: number, m: number): number {
  const v = (x - m) / (x + m)
  if (!(Math.abs(v) < 0.1)) return x * logOfNumber(x / m) + m - x
  const q = v * v
  let sum = 1 / 19
  for (let j = 17; j >= 3; j -= 2) sum = 1 / j + q * sum
  return (x - m) * v + 2 * x * v * q * sum
}

/** log(k!) less Stirling's (k + 1/2) log(k) - k + log(2 pi) / 2, k > 0. */
function stirlingRest(k: number): number {
  if (k < 10) {
    let factorial = 1
    for (let j = 2; j <= k; j++) factorial *= j
    return logOfNumber(factorial) - (k + 0.5) * logOfNumber(k) + k - HALF_LOG_OF_CIRCLE
  }
  const q = 1 / (k * k)
  return (1 / 12 - q * (1 / 360 - q * (1 / 1260 - q * (1 / 1680)))) / k
}

/** Where the words of one block are written. */
const binomialBlock = new Uint32Array(2)
