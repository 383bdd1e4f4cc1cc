/** A set of small numbers, one bit each: quick to unite, and small where there are thousands of sets. */
export class Numbers {
  #words = new Uint32Array(4)

  has(number: number): boolean {
    return (((this.#words[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1
  }

  add(number: number): void {
    const word = number >>> 5
    if (word >= this.#words.length) this.#grow(word + 1)
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (number & 31))
  }

  /** Adds the numbers of another set. */
  addAll(others: Numbers): void {
    const words = others.#words
    if (words.length > this.#words.length) this.#grow(words.length)
    words.forEach((bits, word) => {
      this.#words[word] = (this.#words[word] ?? 0) | bits
    })
  }

  #grow(length: number): void {
    const words = new Uint32Array(Math.max(length, 2 * this.#words.length))
    words.set(this.#words)
    this.#words = words
  }
}
