/**
 * Whole networks on the wasm engine: on any number of threads and in both precisions they compute
 * what the reference interpreter does, and on any number of threads bit by bit the same.
 */
import { describe, expect, it } from 'vitest'
import { compile } from '../../../../compiler/index.ts'
import type { IrModule } from '../../../../compiler/ir/ir.ts'
import { nodeAt } from '../../../../compiler/ir/operands.ts'
import type { NamedArray, Network } from '../../../../runtime/engine/network.ts'
import { normalValues, streamKey } from '../../../../runtime/support/random.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'
import { host, root } from '../../../helpers/repository.ts'
import { poisonedNetwork, wasmNetwork, type WasmRun } from '../../../helpers/wasm-network.ts'
import { burst } from '../networks/burst.ts'
import { empty } from '../networks/empty.ts'
import { everything } from '../networks/everything.ts'
import { twoLayers } from '../networks/two-layers.ts'
import { elementCount } from '../../../../compiler/ir/shapes.ts'

const runs: readonly WasmRun[] = [
  {},
  { threads: 2 },
  { threads: 3 },
  { precision: 'f64' },
  { precision: 'f64', threads: 2 },
]

function presentedTo(module: IrModule, count: number): Record<string, Float32Array> {
  return Object.fromEntries(
    module.inputs.map(({ name, shape }) => {
      const size = elementCount(shape, count)
      const values = normalValues(streamKey(5, name), 0, size)
      // Logarithms, roots and divisors of the module `everything`.
      return [name, name === 'b' ? values.map((value) => 0.1 + Math.abs(value)) : values]
    }),
  )
}

/** All that a network computes in some steps of learning. */
function record(network: Network, module: IrModule, batch: number, steps = 3) {
  const inputs = presentedTo(module, batch)
  const { step } = module.graphs
  const variables = step.outputs.flatMap(({ name, value }) =>
    nodeAt(step.nodes, value).section === 'measure' ? [] : [name],
  )
  const seen: Record<string, NamedArray> = {}
  const note = (call: string, values: Readonly<Record<string, NamedArray | number>>): void => {
    for (const [name, value] of Object.entries(values)) {
      seen[`${call} ${name}`] =
        typeof value === 'number' ? { shape: [], data: Float64Array.of(value) } : value
    }
  }
  note('init', network.save())
  note('infer', network.infer(batch, inputs))
  note('score', network.score(batch, inputs))
  for (let i = 0; i < steps; i++) network.step(batch, inputs)
  note('observe', network.observe(batch, inputs, variables))
  note('measured', network.measuredStep(batch, inputs))
  note('save', network.save())
  note('derived', network.derived())
  return seen
}

/** The first number that is farther off than `tolerance` of the largest of its array. */
function difference(
  actual: ReturnType<typeof record>,
  expected: ReturnType<typeof record>,
  tolerance: number,
): string | undefined {
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const other = actual[name]
    if (other?.shape.join() !== shape.join()) return `${name} has another shape`
    // Angles near 0 are ill-conditioned: the cosine of one may be rounded to more than 1.
    const isAngle = name.startsWith('measured angle')
    if (tolerance > 0 && isAngle && !((data[0] ?? 0) > 0.1)) continue
    const slack = isAngle ? 100 * tolerance : tolerance
    let largest = 1
    for (const value of data)
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
    const at = [...data.keys()].find((k) => {
      const [a, b] = [other.data[k] ?? Number.NaN, data[k] ?? Number.NaN]
      return !Object.is(a, b) && !(Math.abs(a - b) <= slack * largest)
    })
    if (at !== undefined) return `${name}[${at}]: ${other.data[at]} for ${data[at]}`
  }
  return undefined
}

describe.each([twoLayers(), burst(), everything(), empty()])('$name on wasm', (module) => {
  it.each([1, 2, 3, 5, 8])('computes what the interpreter does, batch %s', async (batch) => {
    const create = { seed: 7 }
    const expected = record(interpretedNetwork(module, create), module, batch)
    for (const run of batch === 5 ? runs : runs.slice(0, 1)) {
      const network = await poisonedNetwork(module, batch, run, create)
      const actual = record(network, module, batch)
      network.dispose()
      // Draws of the interpreter are single, and the factors of a matrix are of a single one.
      const tolerance = run.precision === 'f64' ? 1e-6 : 1e-5
      expect({ run, found: difference(actual, expected, tolerance) }).toEqual({ run })
    }
  })
})

describe('a large circuit', () => {
  it('computes bit by bit the same on 1, 2 and 3 threads', async () => {
    const { ir } = compile(`${root}/examples/burstccn.ccn`, host, {})
    if (!ir) throw new Error('the example does not compile')
    for (const batch of [32, 33]) {
      const found = []
      for (const threads of [1, 2, 3]) {
        const network = await wasmNetwork(ir, { threads }, { seed: 3, batch })
        found.push(record(network, ir, batch, 2))
        network.dispose()
      }
      const [one, ...others] = found
      for (const other of others) expect(difference(other, one ?? {}, 0)).toBeUndefined()
    }
  })
})
