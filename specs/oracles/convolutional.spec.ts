/** The published reference programs with convolutions, replayed as those of `oracles.spec.ts`. */
import { describe } from 'vitest'
import { replaysPublished } from './published.ts'

describe('oracles', () => {
  replaysPublished((name) => name.startsWith('conv'))
})
