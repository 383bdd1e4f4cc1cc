/** How times are written in messages. */

/** A time for messages, in the unit that suits it: `0.1 ms`. */
export function timeText(seconds: number): string {
  const size = Math.abs(seconds)
  const [scale, unit] =
    size === 0 || size >= 1 ? [1, 's'] : size >= 1e-3 ? [1e3, 'ms'] : [1e6, 'us']
  const number = Number((seconds * Number(scale)).toPrecision(9))
  // A step of 0.1 ms is nearer to how people write it than one of 100 us.
  return unit === 'us' && number >= 1
    ? `${Number((number / 1e3).toPrecision(9))} ms`
    : `${number} ${unit}`
}
