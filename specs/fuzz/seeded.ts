/** Random numbers for fuzzers that take a function. */
import { streamKey, uniformValues } from '../../runtime/support/random.ts'

/** Numbers from 0 up to 1, the same ones for the same seed. */
export function seeded(seed: number): () => number {
  const key = streamKey(seed, 'fuzz')
  let numbers: Float32Array = new Float32Array(0)
  let next = 0
  let block = 0
  return () => {
    if (next >= numbers.length) {
      numbers = uniformValues(key, block++, 4096)
      next = 0
    }
    return Math.min(numbers[next++] ?? 0, 1 - 2 ** -24)
  }
}
