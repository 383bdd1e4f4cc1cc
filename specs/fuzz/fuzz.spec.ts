/** The fuzzers, for a few seconds each, from the same seed every time. `npm run fuzz` goes on. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lex } from '../../grammar/lex.ts'
import { parts, programHolds, programs } from './parts.ts'
import { reduce } from './reduce.ts'

describe('random inputs', () => {
  it.each(parts.map((part) => [part.name, part] as const))(
    '%s',
    async (_, { texts, holds, short }) => {
      const property = fc.asyncProperty(texts, async (text) => holds(text))
      await fc.assert(property, { numRuns: short, seed: 20224, endOnFailure: true })
    },
  )

  it('programs', async () => {
    await fc.assert(fc.asyncProperty(programs, programHolds), { numRuns: 8, seed: 20224 })
  })
})

it('a text that fails is made smaller', async () => {
  const text = 'const a = 1\nconst b = (2 + 3)\ncell A { event e = 1 }\n'
  const fails = (each: string): Promise<boolean> =>
    Promise.resolve(lex(each, 'x').tokens.some((token) => token.image === '+'))
  expect((await reduce(text, fails, 10_000)).trim()).toBe('+')
})
