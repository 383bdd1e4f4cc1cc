/** Milliseconds since some moment. Unlike the time of day, which people and services set, it never goes back. */
export function monotonic(): number {
  return performance.now()
}
