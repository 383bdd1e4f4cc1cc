/**
 * Weights tied to the factors of one that learns follow it: after every step, and after weights were
 * loaded, on all targets.
 */
import { describe, expect, it } from 'vitest'
import { emitJavaScript } from '../../../compiler/index.ts'
import { selectEngine } from '../../../runtime/node/engine/index.ts'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'

const { ir, sources } = compileText(`
cell In { input value  event e = value }
cell Hidden { compartment soma, apical  event e = tanh(soma)  delta = apical }
cell Out { compartment soma  input target  event e = soma  delta = target - e  loss l = sum((target - e) ^ 2) }
plasticity Delta { dw = post.delta * pre.e }
synapse S {}
population x[3] : In
population h[4] : Hidden
population y[3] : Out
connect x.e -> h.soma as V : S { init xavier_normal()  learn Delta }
connect h.e -> y.soma as W : S { init xavier_normal()  learn Delta }
connect y.delta -> h.apical as B : S {
  tied = left_factor(transpose(W), 2) @ right_factor(transpose(W), 2)
}
experiment e {
  batch 2
  optimise V, W with sgd(rate = 0.3)
}
`)

const inputs = {
  x: Float32Array.of(0.2, -0.9, 0.4, 0.7, 0.1, -0.3),
  'y.target': Float32Array.of(1, 0, 0.5, -0.5, 0.3, 0),
}

type Weights = Readonly<Record<string, NamedArray>>

/** The weights after each of some steps, those that are tied included. */
function learned(network: Network, start?: Weights): readonly Weights[] {
  if (start) network.load(start)
  const steps = [1, 2, 3, 4, 5].map(() => {
    network.step(2, inputs)
    return { ...network.save(), ...network.derived() }
  })
  network.dispose()
  return steps
}

function difference(actual: readonly Weights[], expected: readonly Weights[]): number {
  return Math.max(
    ...expected.flatMap((weights, step) =>
      Object.entries(weights).flatMap(([name, { data }]) =>
        [...data].map((value, i) => Math.abs(value - (actual[step]?.[name]?.data[i] ?? Infinity))),
      ),
    ),
  )
}

describe('weights tied to factors of a weight that learns', () => {
  it('follow it, and what is loaded, on all targets', async () => {
    if (!ir) throw new Error('it does not compile')
    const javascript = await emitJavaScript(ir, sources)
    const engine = await selectEngine('tfjs-cpu')
    const networks: readonly (() => Promise<Network>)[] = [
      () => engine.instantiate(javascript, {}),
      () => wasmNetwork(ir),
    ]
    const start = interpretedNetwork(ir).save()
    const expected = learned(interpretedNetwork(ir), start)
    const moved = difference(expected.slice(0, 4), expected.slice(1))
    expect(moved).toBeGreaterThan(0.01)
    for (const make of networks) {
      expect(difference(learned(await make(), start), expected)).toBeLessThan(1e-5)
      // A network that has factors of other weights already.
      const other = await make()
      other.step(2, inputs)
      expect(difference(learned(other, start), expected)).toBeLessThan(1e-5)
    }
  })
})
