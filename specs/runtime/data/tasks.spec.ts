/** Generated tasks: what a data set of one example holds, and what is said of a wrong one. */
import { describe, expect, it } from 'vitest'
import { readPart } from '../../../runtime/node/data/readers.ts'
import type { ReaderPlan } from '../../../contract/dataset.ts'

const context = {
  dataset: 'd',
  fields: [
    { name: 'input', shape: [2, 2] },
    { name: 'target', shape: [1] },
  ],
}
const constant = (
  named: ReaderPlan['named'],
  positional: ReaderPlan['positional'] = [],
): Promise<unknown> => readPart({ name: 'constant', positional, named }, context)

describe('constant', () => {
  it('is one example with the same number everywhere in a field', async () => {
    expect(await constant({ input: 2, target: -0.5 })).toEqual({
      count: 1,
      fields: { input: Float32Array.of(2, 2, 2, 2), target: Float32Array.of(-0.5) },
    })
  })

  it.each([
    ['a missing number', { input: 2 }, [], 'needs a value for target'],
    ['a text', { input: 2, target: 'a' }, [], 'target must be a number, but is "a"'],
    ['another name', { input: 2, target: 1, goal: 1 }, [], 'has no argument goal'],
    ['a number without a name', { input: 2, target: 1 }, [3], 'takes no argument without a name'],
    ['what is not finite', { input: Number.NaN, target: 1 }, [], 'input'],
  ] as const)('refuses %s', async (_, named, positional, problem) => {
    await expect(constant(named, positional)).rejects.toThrow(problem)
  })
})
