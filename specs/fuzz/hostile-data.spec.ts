/** A second of damaged data files; `npm run fuzz` goes on for longer. */
import { describe, expect, it } from 'vitest'
import { streamKey, uniformValues } from '../../runtime/support/random.ts'
import { fuzzHostileData } from './hostile-data.ts'

/** Numbers from a seed. */
function seeded(seed: number): () => number {
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

describe('damaged files', () => {
  it.each([1, 2])('give the data or one sentence (seed %i)', async (seed) => {
    expect(await fuzzHostileData(seeded(seed), Date.now() + 1500)).toEqual([])
  })
})
