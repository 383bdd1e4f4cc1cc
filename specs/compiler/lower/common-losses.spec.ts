/** Losses that are the same for all examples of a batch: of means over it, and of biases alone. */
import { expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

const circuit = (loss: string): string => `
nonlocal plasticity Exact { dw = backprop }
dataset one { field v[2]  train constant(v = 1)  test constant(v = 1) }
cell In { input value  event e = value }
cell Unit { compartment soma  bias k = index + 1  learn Exact  event e = soma
  m = batch_mean(e)  loss l = ${loss} }
population x[2] : In
population y[3] : Unit
connect x.e -> y.soma as W { init pre.index - post.index + 0.5  learn Exact }
experiment a { data one  present x = v  optimise W, k with sgd(0.1)  measure loss }`

/** What arrives at each unit, averaged over the two examples, is 1.875, 0.125, -1.625. */
const values = Float32Array.from([1, 0, 0.5, 2])

it.each([
  ['(m - 1) ^ 2 + 0 * k', 8.421875, [1.75, -1.75, -5.25], [0, 0, 0]],
  ['k ^ 2 + 0 * m', 14, [0, 0, 0], [2, 4, 6]],
  ['k ^ 2 + 0 * e + m', 14 + 0.375, [1, 1, 1], [2, 4, 6]],
] as const)('%s', (loss, value, slopes, biases) => {
  const compilation = compileText(circuit(loss))
  expect(errorsOf(compilation)).toEqual([])
  const network = interpretedNetwork(compilation.ir!, {})
  const inputs = { x: values }
  // A score is that of both examples.
  expect(network.score(2, inputs)['loss']).toBeCloseTo(2 * value, 5)
  const seen = network.observe(2, inputs, ['update(W)', 'update(y.k)'])
  // Of the two inputs the means are 0.75 and 1.
  const changes = slopes.flatMap((slope) => [-0.75 * slope, -slope])
  for (const [name, wanted] of [
    ['update(W)', changes],
    ['update(y.k)', biases.map((each) => -each)],
  ] as const)
    wanted.forEach((each, i) => expect(seen[name]!.data[i], name).toBeCloseTo(each, 5))
})
