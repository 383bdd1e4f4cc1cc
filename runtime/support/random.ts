/**
 * Random numbers that depend on nothing but (seed, stream name, step, index).
 *
 * Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
 * as 1, 2, 3", SC 2011) is a keyed bijection of 64-bit blocks: block j of step s is
 * threefry(key, [j, s]), two 32-bit words. Element i of a draw comes from block i >> 1 alone, so a
 * draw's values do not change with its length, with what was drawn before, or with the order in
 * which streams are used; every target of the compiler gives the same numbers.
 *
 * A (key, step) pair is for one draw: two kinds of draw from the same pair share their bits.
 * This file imports nothing; its text is copied as it is into generated modules.
 */

/** A stream's key: two 32-bit words. */
export type RandomKey = readonly [number, number]

const WORD = 2 ** 32
const THREEFRY_PARITY = 0x1bd11bda

/**
 * Fills `words`, of even length, with consecutive blocks of one step: the words 2j and 2j + 1 are
 * threefry(key, [firstBlock + j, step]). Block and step count modulo 2^32.
 */
export function threefryWords(
  key: RandomKey,
  step: number,
  firstBlock: number,
  words: Uint32Array,
): void {
  const key0 = key[0] | 0
  const key1 = key[1] | 0
  const key2 = THREEFRY_PARITY ^ key0 ^ key1
  for (let at = 0; at < words.length; at += 2) {
    let x0 = (firstBlock + (at >>> 1) + key0) | 0
    let x1 = (step + key1) | 0
    // Five groups of four rounds; a round is: add, rotate, exclusive or.
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
    x0 = (x0 + key1) | 0
    x1 = (x1 + key2 + 1) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0
    x0 = (x0 + key2) | 0
    x1 = (x1 + key0 + 2) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
    x0 = (x0 + key0) | 0
    x1 = (x1 + key1 + 3) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0
    x0 = (x0 + key1) | 0
    x1 = (x1 + key2 + 4) | 0

    x0 = (x0 + x1) | 0
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
    x0 = (x0 + x1) | 0
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
    words[at] = x0 + key2
    words[at + 1] = x1 + key0 + 5
  }
}

/**
 * The key of the stream `stream` under `seed`, any safe integer. Chains threefry over the name's
 * code points; the last link carries the length and a counter that no draw reaches, so that no
 * stream's key is another stream's output. Throws RangeError for any other seed.
 */
export function streamKey(seed: number, stream: string): RandomKey {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`A seed is a whole number up to 2^53 - 1, not ${seed}.`)
  }
  const state = new Uint32Array(2)
  let key: RandomKey = [seed % WORD, Math.floor(seed / WORD)]
  let length = 0
  for (const character of stream) {
    threefryWords(key, length, character.codePointAt(0)!, state)
    key = [state[0]!, state[1]!]
    length++
  }
  threefryWords(key, length, 0xffffffff, state)
  return [state[0]!, state[1]!]
}

/** Room for the words made at a time: an even number, so that chunks begin with whole blocks. */
function chunkFor(count: number): Uint32Array {
  return new Uint32Array(Math.min(256, count + (count & 1)))
}

/** `count` values from the uniform distribution on [0, 1), multiples of 2^-24. */
export function uniformValues(
  key: RandomKey,
  step: number,
  count: number,
  out: Float32Array = new Float32Array(count),
): Float32Array {
  const words = chunkFor(count)
  for (let start = 0; start < count; start += words.length) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(words.length, count - start)
    for (let i = 0; i < size; i++) out[start + i] = (words[i]! >>> 8) * 2 ** -24
  }
  return out
}

/** `count` values that are 1 with the given probability and 0 otherwise. */
export function bernoulliValues(
  key: RandomKey,
  step: number,
  probability: number,
  count: number,
  out: Float32Array = new Float32Array(count),
): Float32Array {
  const words = chunkFor(count)
  // The same as uniform < probability, without a branch: the difference's sign bit.
  const threshold = Math.ceil(Math.min(1, Math.max(0, probability)) * 2 ** 24)
  for (let start = 0; start < count; start += words.length) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(words.length, count - start)
    for (let i = 0; i < size; i++) out[start + i] = ((words[i]! >>> 8) - threshold) >>> 31
  }
  return out
}

/**
 * `count` values from the normal distribution with mean 0 and deviation 1, by the method of Box
 * and Muller: a block gives the pair r cos t, r sin t. Computed in f64 and rounded to f32; the
 * largest possible magnitude is 6.67. Logarithm, cosine and sine are series of plain arithmetic
 * (errors below 1e-10), because Math.log and its kin may differ from one engine to another.
 */
export function normalValues(
  key: RandomKey,
  step: number,
  count: number,
  out: Float32Array = new Float32Array(count),
): Float32Array {
  const words = chunkFor(count)
  for (let start = 0; start < count; start += words.length) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(words.length, count - start)
    for (let i = 0; i < size; i += 2) {
      const radius = Math.sqrt(-2 * logOfFraction(words[i]!))
      // The low 31 bits give an angle from -pi/2 to pi/2, the top bit adds half a turn.
      const angle = ((words[i + 1]! & 0x7fffffff) - 2 ** 30) * (Math.PI / 2 ** 31)
      const signed = radius * (1 - 2 * (words[i + 1]! >>> 31))
      out[start + i] = signed * cosine(angle)
      if (i + 1 < size) out[start + i + 1] = signed * sine(angle)
    }
  }
  return out
}

/** log((word + 1) / 2^32): the power of two is split off, then 2 artanh((m - 1) / (m + 1)). */
export function logOfFraction(word: number): number {
  const zeros = Math.clz32(word | 1)
  const m = (word + 1) * ((1 << zeros) >>> 0) * 2 ** -32 // in (1/2, 1]
  const fold = m < Math.SQRT1_2 ? 1 : 0
  const s = (m + m * fold - 1) / (m + m * fold + 1) // |s| < 0.172
  const q = s * s
  const tail = 1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13)))
  return 2 * s * (1 + q * (1 / 3 + q * (1 / 5 + q * tail))) - (zeros + fold) * Math.LN2
}

/** The Taylor series to x^16, for |x| <= pi/2. */
function cosine(x: number): number {
  const q = x * x
  const tail = 1 / 3628800 - q * (1 / 479001600 - q * (1 / 87178291200 - q * (1 / 20922789888000)))
  return 1 - q * (1 / 2 - q * (1 / 24 - q * (1 / 720 - q * (1 / 40320 - q * tail))))
}

/** The Taylor series to x^15, for |x| <= pi/2. */
function sine(x: number): number {
  const q = x * x
  const tail = 1 / 362880 - q * (1 / 39916800 - q * (1 / 6227020800 - q * (1 / 1307674368000)))
  return x * (1 - q * (1 / 6 - q * (1 / 120 - q * (1 / 5040 - q * tail))))
}

/** The numbers 0 .. count - 1 in random order: Fisher and Yates, each order equally likely. */
export function permutation(key: RandomKey, step: number, count: number): Uint32Array {
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  const words = chunkFor(count)
  let drawn = 0
  for (let i = count - 1; i > 0; i--) {
    const choices = i + 1
    // Words at or past the last multiple of `choices` are drawn again: no choice is favoured.
    const end = WORD - (WORD % choices)
    let word = end
    while (word >= end) {
      if (drawn % words.length === 0) threefryWords(key, step, drawn / 2, words)
      word = words[drawn % words.length]!
      drawn++
    }
    const j = word % choices
    const moved = order[i]!
    order[i] = order[j]!
    order[j] = moved
  }
  return order
}
