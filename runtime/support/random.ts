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
/** Words made at a time; even. */
const CHUNK = 256

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

/** `count` values from the uniform distribution on [0, 1), multiples of 2^-24. */
export function uniformValues(
  key: RandomKey,
  step: number,
  count: number,
  out: Float32Array = new Float32Array(count),
): Float32Array {
  const words = new Uint32Array(CHUNK)
  for (let start = 0; start < count; start += CHUNK) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(CHUNK, count - start)
    for (let i = 0; i < size; i++) out[start + i] = (words[i]! >>> 8) * 2 ** -24
  }
  return out
}

/**
 * `count` values from the normal distribution with mean 0 and deviation 1, by the method of Box
 * and Muller: a block gives the pair r cos t, r sin t. Computed in f64 and rounded to f32; the
 * largest possible magnitude is 6.67.
 */
export function normalValues(
  key: RandomKey,
  step: number,
  count: number,
  out: Float32Array = new Float32Array(count),
): Float32Array {
  const words = new Uint32Array(CHUNK)
  for (let start = 0; start < count; start += CHUNK) {
    threefryWords(key, step, start / 2, words)
    const size = Math.min(CHUNK, count - start)
    for (let i = 0; i < size; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((words[i]! + 1) / WORD))
      const angle = words[i + 1]! * ((2 * Math.PI) / WORD)
      out[start + i] = radius * Math.cos(angle)
      if (i + 1 < size) out[start + i + 1] = radius * Math.sin(angle)
    }
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
  uniformValues(key, step, count, out)
  for (let i = 0; i < count; i++) out[i] = out[i]! < probability ? 1 : 0
  return out
}

/** The numbers 0 .. count - 1 in random order: Fisher and Yates, each order equally likely. */
export function permutation(key: RandomKey, step: number, count: number): Uint32Array {
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  const words = new Uint32Array(CHUNK)
  let drawn = 0
  for (let i = count - 1; i > 0; i--) {
    const choices = i + 1
    // Words at or past the last multiple of `choices` are drawn again: no choice is favoured.
    const end = WORD - (WORD % choices)
    let word = end
    while (word >= end) {
      if (drawn % CHUNK === 0) threefryWords(key, step, drawn / 2, words)
      word = words[drawn % CHUNK]!
      drawn++
    }
    const j = word % choices
    const moved = order[i]!
    order[i] = order[j]!
    order[j] = moved
  }
  return order
}
