/** Learning by the gradient through time, against finite differences: states, delays, `prev`, windows, batches. */
import { describe, it } from 'vitest'
import { circuits } from './circuits.ts'
import { expectDifferences } from './differences.ts'

describe('the gradient through time is that of finite differences', () => {
  for (const each of circuits) {
    it(`of ${each.what}`, () => {
      expectDifferences({ losses: ['y.l'], ...each, batch: 2, windows: [7, 4, 1, 7] })
    })
  }
})
