/** On how many threads steps are done, by times that are made up: nothing here waits for a clock. */
import { describe, expect, it } from 'vitest'
import { ThreadChoice } from '../../../../runtime/engine/wasm/thread-choice.ts'

/** Does steps in jobs of up to 1024 until so many milliseconds have passed; gives the share of them on one thread. */
function share(choice: ThreadChoice, msOfStep: (threads: number) => number, until: number): number {
  let [ms, one] = [0, 0]
  while (ms < until) {
    const { threads } = choice
    const steps = Math.min(1024, choice.most)
    const took = steps * msOfStep(threads)
    choice.took(steps, took)
    ms += took
    if (threads === 1) one += took
  }
  return one / ms
}

describe('steps are done on', () => {
  it.each([
    ['all threads where that is faster', 0.1, 0.06, [0, 0.04]],
    ['one thread where all take longer', 0.05, 0.06, [0.95, 1]],
    ['one thread where all take much longer', 0.005, 0.2, [0.85, 1]],
    ['all threads where a step takes long', 9, 5, [0, 0.08]],
    ['all threads where it makes no difference', 0.1, 0.1, [0, 0.1]],
  ] as const)('%s', (_, one, all, [least, most]) => {
    const found = share(new ThreadChoice(2), (threads) => (threads === 1 ? one : all), 2000)
    expect(found).toBeGreaterThanOrEqual(least)
    expect(found).toBeLessThanOrEqual(most)
  })

  it('what is faster now', () => {
    const choice = new ThreadChoice(3)
    expect(choice.threads).toBe(3)
    share(choice, (threads) => (threads === 1 ? 0.1 : 0.05), 20_000)
    expect(choice.threads).toBe(3)
    share(choice, (threads) => (threads === 1 ? 0.1 : 0.2), 11_000)
    expect(share(choice, (threads) => (threads === 1 ? 0.1 : 0.2), 1000)).toBeGreaterThan(0.9)
  })

  it('as few steps at a time, while that is tried, as take less than a few milliseconds', () => {
    const choice = new ThreadChoice(2)
    for (let job = 0; job < 6; job++) {
      expect(choice.most * 0.01).toBeLessThan(2)
      choice.took(choice.most, choice.most * 0.01)
    }
  })
})
