/** Protocols: repetitions are written out, and freezing a weight freezes no other. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

const planOf = (protocol: string, optimise: string) => {
  const compilation = compileText(`
import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
param noise = 0 in 0..
population x[2] : Input
population h[2][3] : Pyramidal
population y[2] : Teacher
for (lower, upper) in [x, ...h, y] {
  connect lower.event -> upper.soma as W : Depressing(noise) { init normal(1)  learn BurstDependent }
}
experiment e {
  data xor
  present x = input, y.target = one_hot(label)
  ${optimise}
  protocol { ${protocol} }
}`)
  expect(errorsOf(compilation)).toEqual([])
  return compilation.plan
}
const together = 'optimise W, k with sgd(rate = 1)'

describe('protocols', () => {
  it('goes through repeated phases again and again', () => {
    const plan = planOf(
      'repeat 2 { phase a 2 epochs { set noise = 0.1 } repeat 2 { phase b } } phase c { plasticity off }',
      together,
    )
    expect(plan?.phases.map(({ name, epochs }) => `${name}${epochs}`)).toEqual([
      'a2',
      'b1',
      'b1',
      'a2',
      'b1',
      'b1',
      'c1',
    ])
    expect(plan?.phases.map(({ settings }) => settings['noise'] ?? 0)).toEqual([
      0.1, 0, 0, 0.1, 0, 0, 0,
    ])
    expect(plan?.phases.at(-1)?.plasticity).toBe(false)
  })
  it.each([
    ['all that an optimiser moves', 'phase a { freeze W, k } phase b', [['W, k'], []], ['W, k']],
    [
      'a part of it',
      'phase a { freeze W[0] } phase b',
      [['W[0]'], []],
      ['W[0]', 'W[1], W[2], h[0].k, h[1].k, y.k'],
    ],
    [
      'other parts in other phases',
      'phase a { freeze h.k } phase b { freeze h[0].k, W }',
      [
        ['h[0].k', 'h[1].k'],
        ['W[0], W[1], W[2]', 'h[0].k'],
      ],
      ['W[0], W[1], W[2]', 'h[0].k', 'h[1].k', 'y.k'],
    ],
  ])('freezes %s', (_, protocol, frozen, optimisers) => {
    const plan = planOf(protocol, together)
    expect(plan?.phases.map((each) => each.frozen.toSorted())).toEqual(frozen)
    expect(plan?.optimisers.map(({ name }) => name)).toEqual(optimisers)
  })
})
