/** The exit code of `ccn explain`: 1 where a check of what was derived fails, though all is printed. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import type * as explaining from '../../project/explain.ts'
import { Workplace } from './run-cli.ts'

const state = vi.hoisted(() => ({ fails: false }))
vi.mock('../../project/explain.ts', async (original) => {
  const actual = await original<typeof explaining>()
  return {
    ...actual,
    explainSource: (...args: Parameters<typeof actual.explainSource>) => {
      const explained = actual.explainSource(...args)
      const holds = explained.explanation.holds && !state.fails
      return { ...explained, explanation: { ...explained.explanation, holds } }
    },
  }
})

const place = new Workplace({
  'two.ccn': `cell A { input value  event e = value }
cell B { compartment soma  input target  e = soma  delta = target - e  loss l = delta ^ 2 / 2 }
plasticity Delta { dw = post.delta * pre.e }
population x[2] : A
population y[2] : B
connect x.e -> y.soma as W { init 1  learn Delta }
dataset d { field v[2]  train constant(v = 1)  test constant(v = 1) }
experiment e { data d  present x = v, y.target = v  optimise W with sgd(rate = 1) }
`,
})
afterAll(() => place.remove())

describe('ccn explain', () => {
  it.each([
    [false, 0],
    [true, 1],
  ])('of checks that fail: %s', async (fails, code) => {
    state.fails = fails
    const found = await place.run('explain two.ccn')
    expect([found.code, found.err]).toEqual([code, ''])
    expect(found.out).toContain('W')
    expect((await place.run('explain two.ccn --json')).code).toBe(code)
  })
})
