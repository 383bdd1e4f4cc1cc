/** A curve in a line of text: how a figure has gone since the start. */

const LEVELS = '▁▂▃▄▅▆▇█'
/** Means that are kept; where there are more, two become one. */
const MOST = 64

/** Figures that come one by one, however many: kept as means over stretches of the same length. */
export class Sparkline {
  #means: number[] = []
  /** Figures of each mean, and what has come of the next one. */
  #each = 1
  #sum = 0
  #count = 0

  /** Adds a figure; what is not finite is passed over. */
  add(value: number): void {
    if (!Number.isFinite(value)) return
    this.#sum += value
    this.#count++
    if (this.#count < this.#each) return
    this.#means.push(this.#sum / this.#count)
    this.#sum = this.#count = 0
    if (this.#means.length < MOST) return
    this.#means = Array.from(
      { length: MOST / 2 },
      (_, i) => (this.#means[2 * i]! + this.#means[2 * i + 1]!) / 2,
    )
    this.#each *= 2
  }

  /** At most so many characters, the lowest figure as `▁` and the highest as `█`; empty until there are two. */
  text(width: number): string {
    const values = resampled(this.#means, width)
    if (values.length < 2) return ''
    const low = Math.min(...values)
    const span = Math.max(...values) - low
    return values
      .map((value) => LEVELS[span > 0 ? Math.round(((value - low) / span) * 7) : 0])
      .join('')
  }
}

/** The same course in fewer values: means of neighbours. */
function resampled(values: readonly number[], width: number): readonly number[] {
  if (values.length <= width) return values
  return Array.from({ length: width }, (_, i) => {
    const start = Math.floor((i * values.length) / width)
    const end = Math.floor(((i + 1) * values.length) / width)
    return values.slice(start, end).reduce((sum, value) => sum + value / (end - start), 0)
  })
}
