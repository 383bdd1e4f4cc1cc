/**
 * The uniform numbers of NumPy's legacy generator: the Mersenne Twister MT19937 (Matsumoto and
 * Nishimura, 1998), of which two words make one double. For replaying runs of which only the seed
 * is recorded.
 */
const SIZE = 624
const SHIFT = 397

export class LegacyRandom {
  readonly #state = new Int32Array(SIZE)
  #at = SIZE

  /** `seed`: a whole number below 2^32. */
  constructor(seed: number) {
    let last = seed | 0
    this.#state[0] = last
    for (let i = 1; i < SIZE; i++) {
      last = (Math.imul(1812433253, last ^ (last >>> 30)) + i) | 0
      this.#state[i] = last
    }
  }

  /** The next number, 0 <= x < 1, of 53 bits. */
  next(): number {
    const high = this.#word() >>> 5
    return (high * 2 ** 26 + (this.#word() >>> 6)) * 2 ** -53
  }

  #word(): number {
    if (this.#at === SIZE) this.#twist()
    let y = this.#state[this.#at++] ?? 0
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  #twist(): void {
    const state = this.#state
    for (let k = 0; k < SIZE; k++) {
      const upper = (state[k] ?? 0) & 0x80000000
      const y = upper | ((state[(k + 1) % SIZE] ?? 0) & 0x7fffffff)
      const mixed = (state[(k + SHIFT) % SIZE] ?? 0) ^ (y >>> 1)
      state[k] = (y & 1) === 1 ? mixed ^ 0x9908b0df : mixed
    }
    this.#at = 0
  }
}
