/**
 * Connections of which some synapses are missing: what is missing is 0 from the start, after every step
 * and after loading, on all targets; reading the weights costs nothing for it.
 */
import { describe, expect, it } from 'vitest'
import { emitJavaScript } from '../../../compiler/index.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import { operandsOf } from '../../../compiler/ir/operands.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { withPatterns } from '../../helpers/drawn.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const circuit = (properties: string, more = ''): string => `
cell In { input value  event e = value }
cell Out { compartment soma  input target  event e = soma  delta = target - e  loss l = sum((target - e) ^ 2) }
plasticity Delta { dw = post.delta * pre.e }
plasticity Growth { dw = 1 }
synapse S {}
population x[5] : In
population y[4] : Out
connect x.e -> y.soma as W : S { random probability 0.5  ${properties} }
${more}
experiment e {
  batch 2
  optimise W with OPTIMISER
}
`

const inputs = {
  x: Float32Array.from({ length: 10 }, (_, i) => Math.sin(i + 1)),
  'y.target': Float32Array.from({ length: 8 }, (_, i) => Math.cos(i)),
}

function compiled(text: string, optimiser: string): IrModule {
  const timed = text.replace('OPTIMISER', optimiser)
  const result = compileText(timed)
  if (!result.ir) throw new Error(errorsOf(result).join('\n'))
  return result.ir
}

async function networksOf(ir: IrModule): Promise<readonly Network[]> {
  const tfjs = await selectEngine('tfjs-cpu')
  return [
    interpretedNetwork(ir),
    await wasmNetwork(ir),
    await wasmNetwork(ir, { precision: 'f64' }),
    await tfjs.instantiate(await emitJavaScript(ir), withPatterns(ir)),
  ]
}

const dataOf = (network: Network, name: string): readonly number[] => [
  ...(network.save()[name]?.data ?? []),
]

const half = Float32Array.from({ length: 20 }, (_, i) => i % 2)
const ones = new Float32Array(20).fill(3)

describe('missing synapses', () => {
  it.each([
    ['init 1  learn Delta', 'sgd(rate = 0.1)'],
    ['init 1  learn Growth', 'sgd(rate = 0.1, momentum = 0.9, decay = 0.01)'],
    ['init 1  learn Growth', 'adam(rate = 0.1)'],
    ['init 1  learn Growth  bounds 0.5..2', 'sgd(rate = 0.1)'],
  ])('are missing after steps and loading: %s by %s', async (properties, optimiser) => {
    const ir = compiled(circuit(properties), optimiser)
    for (const network of await networksOf(ir)) {
      network.load({ 'W.mask': { shape: [4, 5], data: half } })
      network.load({ W: { shape: [4, 5], data: ones } })
      const missing = (): readonly number[] => dataOf(network, 'W').filter((_, i) => half[i] === 0)
      expect(dataOf(network, 'W')).toEqual([...half].map((each) => 3 * each))
      for (let step = 0; step < 3; step++) network.step(2, inputs)
      expect(missing().map(Math.abs)).toEqual(Array.from({ length: 10 }, () => 0))
      expect(dataOf(network, 'W').filter((each) => each !== 0)).toHaveLength(10)
      // A mask with fewer synapses takes the others away.
      network.load({ 'W.mask': { shape: [4, 5], data: new Float32Array(20) } })
      expect(dataOf(network, 'W').map(Math.abs)).toEqual(Array.from({ length: 20 }, () => 0))
      network.dispose()
    }
  })

  it('have a reference gradient of 0', async () => {
    const ir = compiled(
      circuit('init 1  learn Delta', ''),
      'sgd(rate = 0.1)  measure angle(W, backprop)',
    )
    for (const network of await networksOf(ir)) {
      network.load({ 'W.mask': { shape: [4, 5], data: half } })
      const { data } = network.observe(2, inputs, ['backprop(W)'])['backprop(W)']!
      expect([...data].filter((_, i) => half[i] === 0).map(Math.abs)).toEqual(
        Array.from({ length: 10 }, () => 0),
      )
      expect([...data].filter((each) => each !== 0)).toHaveLength(10)
      network.dispose()
    }
  })

  it('cost nothing to read: no step touches a mask where the weights are fixed', () => {
    const fixed = compiled(circuit('init 1  fixed').replace('optimise W with OPTIMISER', ''), '')
    for (const graph of [fixed.graphs.step, fixed.graphs.infer]) {
      expect(graph.nodes.filter((node) => node.op === 'load').map((node) => node.storage)).toEqual([
        'W',
      ])
    }
    const learns = compiled(circuit('init 1  learn Delta'), 'sgd(rate = 0.1)')
    const { nodes } = learns.graphs.step
    const forward = nodes.flatMap((node) => (node.section === 'circuit' ? [node] : []))
    expect(
      forward.flatMap((node) =>
        operandsOf(node).filter((each) => {
          const operand = nodes[each]
          return operand?.op === 'load' && operand.storage === 'W.mask'
        }),
      ),
    ).toEqual([])
  })
})
