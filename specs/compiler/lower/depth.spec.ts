/** How deep a circuit is, is bounded by memory and not by the stack: everything compiles that is written. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

const chain = (count: number, first: string): string =>
  [`e0 = ${first}`, ...Array.from({ length: count }, (_, i) => `e${i + 1} = e${i} + 1`)]
    .toReversed()
    .join('\n')

const layers = (count: number): string => `import { Input } from "std/cells"
cell A { compartment soma  event e = 0.5 * soma }
cell O { compartment soma  input target  event e = soma  loss l = sum((target - e) ^ 2) }
plasticity R { dw = post.e * pre.e }
dataset d { field v[1]  train constant(v = 1)  test constant(v = 1) }
population x[1] : Input
population h[${count}][1] : A
population y[1] : O
for (a, b) in [x, ...h, y] { connect a.event -> b.soma as W { init 2  learn R } }
experiment e {
  data d  present x = v, y.target = v
  optimise W with sgd(rate = 0.1)
  measure loss, norm(backprop(W[0]))  batch 1  epochs 1
}`

describe('depth', () => {
  it('of hundreds of layers, with the gradient through all of them', () => {
    const compilation = compileText(layers(400), { optimise: false })
    expect(errorsOf(compilation)).toEqual([])
    if (!compilation.ir) throw new Error('does not compile')
    const network = interpretedNetwork(compilation.ir, { seed: 1 })
    const inputs = { x: Float32Array.of(3), 'y.target': Float32Array.of(5) }
    const seen = network.observe(1, inputs, ['y.e', 'norm(backprop(W[0]))'])
    expect(seen['y.e']?.data[0]).toBe(6)
    // d(5 - 6)^2/dW[0] = 2 (6 - 5) * 3
    expect(seen['norm(backprop(W[0]))']?.data[0]).toBe(6)
  })

  it.each([
    [
      'equations of a cell',
      `cell A { compartment soma\n${chain(10_000, 'soma')}\nevent e = e10000 }`,
    ],
    [
      'bindings of a function',
      `function f(z) {\n${chain(3000, 'z')}\nreturn e3000 }\ncell A { compartment soma  event e = f(soma) }`,
    ],
    [
      'bindings of a rule',
      `plasticity R {\n${chain(3000, 'post.e')}\ndw = e3000 * pre.e }\ncell A { compartment soma  event e = soma }`,
    ],
  ])('of thousands of %s', (_, definitions) => {
    const learn = definitions.startsWith('plasticity') ? 'learn R' : ''
    const compilation = compileText(
      `${definitions}\npopulation x[1] : A\npopulation y[1] : A
connect x.e -> y.soma as W { init 1  ${learn} }
dataset d { field v[1]  train constant(v = 1)  test constant(v = 1) }
experiment e { data d  ${learn && 'optimise W with sgd(rate = 1)'} }`,
      { optimise: false },
    )
    expect(errorsOf(compilation)).toEqual([])
    expect(compilation.ir).toBeDefined()
  })
})
