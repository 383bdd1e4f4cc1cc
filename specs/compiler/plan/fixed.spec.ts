/**
 * What follows from fixed weights and parameters is computed once, not in every step, and again where one of
 * them is changed from outside; beside the interpreter, which computes it in every step.
 */
import { describe, expect, it } from 'vitest'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import { withFixed } from '../../../compiler/plan/fixed.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const circuit = (connections: string, more = ''): string => `
param p0 = 0.3
param rate = 0.1
cell In { input value  event e = value }
cell Out { compartment soma, extra  input target  event e = soma + extra  loss l = sum((target - e) ^ 2)
  delta = target - e }
plasticity Delta { dw = post.delta * pre.e }
synapse S {}
population x[5] : In
population y[4] : Out
connect x.e -> y.soma as W : S { init normal(1)  learn Delta }
${connections}
dataset one { field v[5]  field t[4]  train constant(v = 1, t = 1)  test constant(v = 1, t = 1) }
experiment a { data one  present x = v, y.target = t  batch 2  optimise W with sgd(rate = rate) ${more} }`

function compiled(text: string): IrModule {
  const result = compileText(text)
  expect(errorsOf(result)).toEqual([])
  return result.ir!
}

const some = 'random probability 0.5'
const cases: readonly (readonly [string, string])[] = [
  [
    'a masked tie',
    `matrix A[y, x] = normal(1)  connect x.e -> y.extra as Y : S { ${some}  tied = -p0 * A }`,
  ],
  [
    'a tie to a tie',
    `connect x.e -> y.extra as A : S { init normal(1)  fixed }
     matrix B[y, x] = normal(1)  let C = abs(A) + B
     connect x.e -> y.extra as Y : S { ${some}  tied = p0 * C * C }`,
  ],
  [
    'weights that are kept by synapse',
    `connect x.e -> y.extra as A : S { random in_degree 2  init normal(1)  fixed }
     matrix B[y, x] = normal(1)
     connect x.e -> y.extra as Y : S { ${some}  tied = exp(p0 * B) - B }`,
  ],
]

/** Maps over what is no example's, of more than one element in two dimensions: what would be computed anew. */
const ofWeights = (ir: IrModule): number =>
  ir.graphs.step.nodes.filter(
    ({ op, shape }) =>
      op === 'map' && shape.filter((dim) => typeof dim === 'number' && dim > 1).length > 1,
  ).length

const inputs = {
  x: Float64Array.from({ length: 10 }, (_, i) => Math.sin(i + 1)),
  'y.target': Float64Array.from({ length: 8 }, (_, i) => Math.cos(i)),
}

describe.each(cases)('%s', (_, connections) => {
  const ir = compiled(circuit(connections))

  it('is computed by a graph of its own', () => {
    const apart = withFixed(ir)
    expect(apart.graphs.fixed?.stores.length).toBeGreaterThan(0)
    expect(ofWeights(apart)).toBeLessThan(ofWeights(ir))
    // What learns is computed in every step as before.
    expect(
      apart.graphs.fixed?.nodes.filter((node) => node.op === 'load' && node.storage === 'W'),
    ).toEqual([])
  })

  it.each([1, 2])(
    'is always what it would be if each step computed it: %i threads',
    async (threads) => {
      const networks: readonly Network[] = [
        interpretedNetwork(ir),
        await wasmNetwork(ir, { precision: 'f64', threads }),
      ]
      // Draws differ in their last digits.
      networks[1]!.load(networks[0]!.save())
      const changes: readonly ((network: Network) => void)[] = [
        () => undefined,
        (network) => network.set('p0', 0.7),
        (network) => network.load(once(network)),
        (network) => network.set('p0', -0.2),
        (network) =>
          network.load({ 'Y.mask': { shape: [4, 5], data: new Float64Array(20).fill(1) } }),
      ]
      for (const change of changes) {
        const [expected, found] = networks.map((network) => {
          change(network)
          network.step(2, inputs, { W: 0.1 })
          return [...network.infer(2, inputs)['y.e']!.data, ...network.save(['W'])['W']!.data]
        })
        found!.forEach((each, i) => expect(each).toBeCloseTo(expected![i]!, 11))
      }
      expect(Object.keys(networks[1]!.save())).toEqual(ir.storages.map(({ name }) => name))
      for (const network of networks) network.dispose()
    },
  )
})

/** Other values of a matrix that a tie reads. */
const once = (network: Network): Parameters<Network['load']>[0] => {
  const name = network.save()['B'] ? 'B' : 'A'
  return { [name]: { shape: [4, 5], data: Float64Array.from({ length: 20 }, (_, i) => i / 7 - 1) } }
}

it('is nothing where a weight learns, or where a value only stands otherwise', () => {
  for (const tie of ['tied = -p0 * W', `${some}  tied = -p0 * W`]) {
    const ir = compiled(circuit(`connect x.e -> y.extra as Y : S { ${tie} }`))
    expect(withFixed(ir)).toBe(ir)
  }
})
