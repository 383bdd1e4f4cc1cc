/** Options of optimisers and schedules that cannot be, or that there are not, are said. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

const circuit = (optimiser: string) => `
cell In { input value  event e = value }
cell Out { compartment soma  event e = soma  loss l = sum((soma - 1) ^ 2) }
plasticity R { dw = (1 - post.e) * pre.e }
dataset one { field v[2]  train constant(v = 1)  test constant(v = 1) }
population x[2] : In
population y[3] : Out
connect x.e -> y.soma as W { init 1  learn R }
experiment a { data one  present x = v  optimise W with ${optimiser}  measure loss }`

describe('optimisers', () => {
  it.each([
    [
      'sgd(0.1, schedule = step(every = 0))',
      'CCN6008 `every` must be a number of epochs, above 0, but is 0.',
    ],
    [
      'sgd(0.1, schedule = step(every = 0 / 0))',
      'CCN6008 `every` must be a number of epochs, above 0, but is NaN.',
    ],
    [
      'sgd(0.1, schedule = step(every = 5 ms))',
      'CCN6008 `every` must be a number of epochs, above 0, but is a number with the dimension time.',
    ],
    [
      'sgd(0.1, schedule = step(2, factor = -1))',
      'CCN6008 `factor` must be at least 0, but is -1.',
    ],
    ['sgd(0.1, schedule = step(evry = 2))', 'CCN2005 `step` has no option named `evry`.'],
    ['sgd(0.1, schedule = step())', 'CCN2006 `step` needs a value for `every`.'],
    [
      'sgd(0.1, schedule = cosine(warmup = -1))',
      'CCN6008 `warmup` must be a number of epochs, at least 0, but is -1.',
    ],
    ['sgd(0.1, schedule = cosine(1, 2))', 'CCN2007 `cosine` takes 1 argument, but got 2.'],
    ['sgd(0.1, schedule = cosin)', 'CCN2001 There is no schedule named `cosin` here.'],
    ['adam(0.1, beta1 = 1)', 'CCN6008 `beta1` must be at least 0 and below 1, but is 1.'],
    ['adam(0.1, beta2 = 1.5)', 'CCN6008 `beta2` must be at least 0 and below 1, but is 1.5.'],
    ['adam(0.1, clip = 0)', 'CCN6008 `clip` must be above 0, but is 0.'],
    ['rmsprop(0.1, beta = 1)', 'CCN6008 `beta` must be at least 0 and below 1, but is 1.'],
    ['adam(0.1, nesterov = on)', 'CCN2005 `adam` has no option named `nesterov`.'],
    [
      'sgd(0.1, nesterov = on)',
      'CCN6008 `momentum` must be above 0 where `nesterov` is on, but is 0.',
    ],
    [
      'sgd(0.1, momentum = 0.9, nesterov = 1)',
      'CCN2019 A switch (on or off) is needed here, but this is a number.',
    ],
    ['sgd(0.1, schedule = exponential)', 'CCN2006 `exponential` needs a value for `factor`.'],
    ['sgd(0.1, schedule = linear(to = -1))', 'CCN6008 `to` must be at least 0, but is -1.'],
    [
      'sgd(0.1, schedule = plateau(factor = 1))',
      'CCN6008 `factor` must be at least 0 and below 1, but is 1.',
    ],
    [
      'sgd(0.1, schedule = plateau(patience = 1.5 epochs))',
      'CCN6008 `patience` must be a whole number of epochs, at least 0, but is 1.5.',
    ],
    [
      'sgd(0.1, schedule = plateau(of = norm(W)))',
      'CCN6171 A learning rate follows what is measured, but `norm(W)` is not measured in this experiment.',
    ],
    ['sgd(-0.1)', 'CCN6008 `rate` must be at least 0, but is -0.1.'],
  ])('%s', (optimiser, message) => {
    expect(errorsOf(compileText(circuit(optimiser)))).toEqual([message])
  })

  it.each([
    'sgd(0.1, schedule = step(2))',
    'sgd(0.1, schedule = step(every = 2 epochs, factor = 0))',
    'adam(0.1, beta1 = 0, beta2 = 0, schedule = cosine(warmup = 0.5))',
    'adam(0.1, schedule = constant)',
    'adamw(0.1, clip = 1, schedule = constant(warmup = 2 epochs))',
    'rmsprop(0.1, centred = off, momentum = 0.9, schedule = exponential(0.9))',
    'sgd(0.1, schedule = plateau(of = loss, patience = 3 epochs))',
  ])('%s', (optimiser) => {
    expect(errorsOf(compileText(circuit(optimiser)))).toEqual([])
  })
})

describe('clipping', () => {
  const text = (protocol: string) => `
cell In { input value  event e = value }
cell Out { compartment soma  bias k = 0 learn B  event e = soma + k  loss l = sum((soma - 1) ^ 2) }
plasticity R { dw = 3 * pre.e }
plasticity B { dw = 4 }
dataset one { field v[1]  train constant(v = 1)  test constant(v = 1) }
population x[1] : In
population y[1] : Out
connect x.e -> y.soma as W { init 0  learn R }
experiment a {
  data one  present x = v  optimise W, k with sgd(1, clip = 1)  measure loss  ${protocol}
}`
  const moved = (protocol: string, rates: Readonly<Record<string, number>>) => {
    const network = interpretedNetwork(compileText(text(protocol)).ir!)
    network.step(1, { x: Float64Array.of(1) }, rates)
    const { W, 'y.k': k } = network.save()
    return [W!.data[0]!, k!.data[0]!]
  }

  it('is of all that a statement moves, as one vector', () => {
    const [w, k] = moved('', {})
    expect(w).toBeCloseTo(3 / 5, 6)
    expect(k).toBeCloseTo(4 / 5, 6)
  })

  it('leaves out what a phase freezes while it does', () => {
    const protocol = 'protocol { phase a { freeze W } phase b }'
    const [, k] = moved(protocol, { W: 0 })
    expect(k).toBeCloseTo(1, 6)
    const [w, both] = moved(protocol, {})
    expect(w).toBeCloseTo(3 / 5, 6)
    expect(both).toBeCloseTo(4 / 5, 6)
  })
})
