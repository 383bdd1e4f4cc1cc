/** A second of damaged data files; `npm run fuzz` goes on for longer. */
import { describe, expect, it } from 'vitest'
import { fuzzHostileData } from './hostile-data.ts'
import { seeded } from './seeded.ts'

describe('damaged files', () => {
  it.each([1, 2])('give the data or one sentence (seed %i)', async (seed) => {
    expect(await fuzzHostileData(seeded(seed), Date.now() + 1500)).toEqual([])
  })
})
