/**
 * Events that a program lists by itself in many steps: those that it gives step by step, in order, on any number of
 * threads; and jobs that end early since a list might grow too long.
 */
import { afterAll, describe, expect, it } from 'vitest'
import type { ListedEvents, Network } from '../../../../runtime/engine/network.ts'
import { compileText } from '../../../helpers/compile-text.ts'
import { wasmNetwork } from '../../../helpers/wasm-network.ts'

/** Counts and spikes of two populations: 37 cells fill no whole group of vectors, 3000 more than a list holds in a few steps. */
const source = `
model listed
cell Source { spike s = poisson(2)  state n = 0 : 1 s * dn/dt = -n  on s > 0 { n += s } }
cell Follower {
  compartment input
  state v = 0 : 10 ms * dv/dt = -v
  spike s when v > 1 { v = 0 }
  on input > 0 { v += input }
}
population a[3000] : Source
population b[37] : Follower
connect a.s -> b.input { random in_degree 5  init 0.2  fixed }
experiment e { step 1 ms  solver euler  duration 20 ms  record times(a.s), times(b.s) }
`
const STEPS = 20
const { ir } = compileText(source)
if (!ir) throw new Error('it does not compile')
const networks: Network[] = []
afterAll(() => networks.forEach((each) => each.dispose()))

async function networkOf(precision: 'f32' | 'f64', threads: number): Promise<Network> {
  const network = await wasmNetwork(ir!, { precision, threads }, { seed: 3, batch: 1 })
  networks.push(network)
  return network
}

type Lists = Readonly<Record<string, ListedEvents>>

/** Step by step. */
function observed(network: Network): Lists {
  const lists: Record<
    string,
    { shape: number[]; steps: number[]; elements: number[]; values: number[] }
  > = {}
  for (let step = 0; step < STEPS; step++) {
    const seen = network.recordedStep?.(1, {}, ['a.s', 'b.s']) ?? {}
    for (const [name, { shape, data }] of Object.entries(seen)) {
      const list = (lists[name] ??= { shape: [...shape], steps: [], elements: [], values: [] })
      data.forEach((value, element) => {
        if (value === 0) return
        list.steps.push(step)
        list.elements.push(element)
        list.values.push(value)
      })
    }
  }
  return lists
}

const blockOf = (count: number) => ({
  table: { inputs: {} },
  order: new Uint32Array(count),
  batch: 1,
  rates: [{}],
})

describe.each(['f32', 'f64'] as const)('in %s', (precision) => {
  it('lists what is observed step by step, on any number of threads', async () => {
    const expected = observed(await networkOf(precision, 1))
    expect(expected['a.s']?.values.length).toBeGreaterThan(8192 * 5)
    expect(expected['a.s']?.values).toContain(3)
    expect(expected['b.s']?.values.length).toBeGreaterThan(20)
    for (const threads of [1, 2, 3]) {
      const network = await networkOf(precision, threads)
      expect(network.listedSteps?.(blockOf(STEPS))).toEqual(expected)
      expect(network.stepCount).toBe(STEPS)
      // Other steps go on as ever, however long the last list was.
      network.steps?.(blockOf(7))
      expect(network.stepCount).toBe(STEPS + 7)
    }
    const [first, ...others] = networks.slice(-3).map((each) => each.save())
    for (const each of others) expect(each).toEqual(first)
  })
})
