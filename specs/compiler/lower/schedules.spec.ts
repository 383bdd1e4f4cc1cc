/** Options of optimisers and schedules that cannot be, or that there are not, are said. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'

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
    ['sgd(-0.1)', 'CCN6008 `rate` must be at least 0, but is -0.1.'],
  ])('%s', (optimiser, message) => {
    expect(errorsOf(compileText(circuit(optimiser)))).toEqual([message])
  })

  it.each([
    'sgd(0.1, schedule = step(2))',
    'sgd(0.1, schedule = step(every = 2 epochs, factor = 0))',
    'adam(0.1, beta1 = 0, beta2 = 0, schedule = cosine(warmup = 0.5))',
    'adam(0.1, schedule = constant)',
  ])('%s', (optimiser) => {
    expect(errorsOf(compileText(circuit(optimiser)))).toEqual([])
  })
})
