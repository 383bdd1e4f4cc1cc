/** Protocols: how long phases last, and that freezing a weight freezes no other. */
import { describe, expect, it } from 'vitest'
import { writtenPhases } from '../../../contract/timeline.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

const compiled = (protocol: string, optimise: string, properties = '') =>
  compileText(`
import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
param noise = 0 in 0..
param unread = 1
population x[2] : Input
population h[2][3] : Pyramidal
population y[2] : Teacher
for (lower, upper) in [x, ...h, y] {
  connect lower.event -> upper.soma as W : Depressing(noise) { init normal(1)  learn BurstDependent }
}
for (lower, upper) in [...h, y] {
  connect upper.burst -> lower.apical as Y : Facilitating { init 0.5  fixed  ${properties} }
  connect upper.event -> lower.apical as Q : Depressing { tied = -0.5 * Y }
}
experiment e {
  data xor
  present x = input, y.target = one_hot(label)
  ${optimise}
  protocol { ${protocol} }
}`)
const planOf = (protocol: string, optimise: string, properties = '') => {
  const compilation = compiled(protocol, optimise, properties)
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
    const b = { kind: 'phase', name: 'b', lasts: { unit: 'epochs', count: 1 } }
    expect(plan?.phases).toMatchObject([
      {
        kind: 'repeat',
        times: 2,
        phases: [
          { name: 'a', lasts: { unit: 'epochs', count: 2 }, settings: { noise: 0.1 } },
          { kind: 'repeat', times: 2, phases: [b] },
        ],
      },
      { name: 'c', plasticity: false },
    ])
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
    const phases = writtenPhases(plan?.phases ?? [])
    expect(phases.map((each) => each.frozen.toSorted())).toEqual(frozen)
    expect(plan?.optimisers.map(({ name }) => name)).toEqual(optimisers)
  })

  it.each([
    ['', { unit: 'epochs', count: 1 }],
    ['3', { unit: 'epochs', count: 3 }],
    ['2 epochs', { unit: 'epochs', count: 2 }],
    ['781 batches', { unit: 'steps', count: 781 }],
    ['5 steps', { unit: 'steps', count: 5 }],
    ['100 examples', { unit: 'examples', count: 100 }],
  ])('phase a %s', (duration, lasts) => {
    expect(planOf(`phase a ${duration}`, together)?.phases).toMatchObject([{ lasts }])
  })

  it('draws noise that only a phase turns on, and sets nothing that the circuit does not read', () => {
    const plan = planOf('phase a { set noise = 0.1 } phase b { set unread = 2 }', together)
    expect(writtenPhases(plan?.phases ?? []).map(({ settings }) => settings)).toEqual([
      { noise: 0.1 },
      {},
    ])
    const { ir } = compiled('phase a { set noise = 0.1 }', together)
    expect(ir?.graphs.step.nodes.some(({ op }) => op === 'random')).toBe(true)
    const without = compiled('phase a', together)
    expect(without.ir?.graphs.step.nodes.some(({ op }) => op === 'random')).toBe(false)
  })

  it('lasts as long as its phases unless epochs are said', () => {
    expect(planOf('phase a 2 batches', together)).not.toHaveProperty('epochs')
    expect(planOf('phase a', `epochs 4 ${together}`)?.epochs).toBe(4)
  })

  const perturbOf = (by: string, properties = '') => {
    const phases = planOf(`phase a { perturb ${by} }`, together, properties)?.phases ?? []
    return writtenPhases(phases).flatMap(({ perturb }) => perturb ?? [])
  }
  it.each([
    ['Y[0] by flip(0.001)', '', { storage: 'Y[0]', by: { kind: 'flip', fraction: 0.001 } }],
    ['y.k by normal(std = 0.5)', '', { storage: 'y.k', by: { kind: 'normal', std: 0.5 } }],
    [
      'Y[1] by scale(2)',
      'bounds -1..1',
      { storage: 'Y[1]', by: { kind: 'scale', factor: 2 }, minimum: -1, maximum: 1 },
    ],
    [
      'Y[1] by normal(0.1)',
      'sign excitatory  random probability 0.5',
      { storage: 'Y[1]', by: { kind: 'normal', std: 0.1 }, mask: 'Y[1].mask', minimum: 0 },
    ],
  ])('perturb %s %s', (by, properties, expected) => {
    expect(perturbOf(by, properties)).toEqual([expected])
  })

  it.each([
    ['Q by flip(0.1)', '', 'CCN6008 `Q[0]` must be a weight of its own, but is tied to others.'],
    ['Y by turn(1)', '', 'CCN2001 There is no perturbation named `turn` here.'],
    ['Y by flip(2)', '', 'CCN6008 `fraction` must be from 0 to 1, but is 2.'],
    ['Y by flip()', '', 'CCN2006 `flip` needs a value for `fraction`.'],
    ['Y by flip(0.1, 2)', '', 'CCN2007 `flip` takes 1 argument, but got 2.'],
    ['Y by flip(std = 1)', '', 'CCN2005 `flip` has no option named `std`.'],
    ['Y by normal(-1)', '', 'CCN6008 `std` must be at least 0, but is -1.'],
    [
      'Y[0] by flip(0.1)',
      'sign excitatory',
      'CCN5007 The weights of `Y[0]` are excitatory, so they cannot be negative, but `flip` turns their sign.',
    ],
    [
      'Y[0] by scale(-1)',
      'sign inhibitory',
      'CCN5007 The weights of `Y[0]` are inhibitory, so they cannot be negative, but `scale` turns their sign.',
    ],
  ])('perturb %s %s: %s', (by, properties, message) => {
    const compilation = compiled(`phase a { perturb ${by} }`, together, properties)
    expect(errorsOf(compilation)[0]).toBe(message)
  })

  it.each([
    [
      'phase a 2 s',
      'CCN6008 The duration of a phase must be a number of epochs, batches, steps or examples, but is a number with the dimension time.',
    ],
    [
      'phase a 0 steps',
      'CCN6008 The duration of a phase must be a whole number of steps, at least 1, but is 0.',
    ],
    [
      'phase a 1.5 epochs',
      'CCN6008 The duration of a phase must be a whole number of epochs, at least 1, but is 1.5.',
    ],
    ['repeat 0 { phase a }', 'CCN6008 The number of repetitions must be at least 1, but is 0.'],
  ])('%s: %s', (protocol, message) => {
    expect(errorsOf(compiled(protocol, together))).toEqual([message])
  })

  it.each(['sgd(rate = 1, momentum = 0.9)', 'adam(rate = 0.1)'])(
    'leaves a frozen weight and what its optimiser remembers as they are: %s',
    (optimiser) => {
      const text = `optimise W, k with ${optimiser}`
      const network = interpretedNetwork(compiled('phase a { freeze W } phase b', text).ir!)
      const inputs = {
        x: Float64Array.of(0, 1, 1, 0),
        'y.target': Float64Array.of(1, 0, 0, 1),
      }
      const frozen = 'W[0], W[1], W[2]'
      network.step(2, inputs, {})
      const before = network.save()
      network.step(2, inputs, { [frozen]: 0 })
      const after = network.save()
      const ofWeights = Object.keys(before).filter((name) => name.startsWith('W['))
      expect(ofWeights.length).toBeGreaterThan(3)
      for (const name of ofWeights) expect(after[name]).toEqual(before[name])
      expect(after['y.k']).not.toEqual(before['y.k'])
    },
  )
})
