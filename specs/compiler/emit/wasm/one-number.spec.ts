/**
 * Weights that are one number for all synapses: deliveries read that number alone (what was set aside for the others is NaN here);
 * who looks finds one for each synapse, and values that differ can be loaded and are used, until one number comes again.
 */
import { describe, expect, it } from 'vitest'
import { synapseDim } from '../../../../contract/pattern.ts'
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import type { IrModule } from '../../../../compiler/ir/ir.ts'
import { parseGraph } from '../../../../compiler/ir/parse.ts'
import { poisonedNetwork } from '../../../helpers/wasm-network.ts'
import { empty } from '../networks/empty.ts'

const S = synapseDim('P')
const pattern = {
  name: 'P',
  count: 7,
  starts: Int32Array.of(0, 3, 4, 7),
  targets: Int32Array.of(0, 1, 4, 2, 0, 1, 2),
}

/** `more`: what else the step does with the weights. */
function moduleWith(more = ''): IrModule {
  const init = new GraphBuilder('init')
  for (const [name, shape, value] of [
    ['w', [S], 0.75],
    ['x', [1, 3], 2],
    ['y', [1, 5], 0],
  ] as const)
    init.store(name, init.broadcast(init.constant(value), shape))
  const step = parseGraph(`graph step
    circuit
      %x = load x : [1, 3]
      %w = load w : [synapses "P"]
      %a = deliver(%x, %w, pattern="P", pre=3, post=5)
      store y = %a
      ${more}
    end`)
  const plan = {
    name: 'P',
    pre: 3,
    post: 5,
    capacity: 9,
    rule: { kind: 'all', self: true },
  } as const
  return {
    ...empty(),
    patterns: [plan],
    storages: [
      { name: 'w', shape: [S], role: 'weight' },
      { name: 'x', shape: [1, 3], role: 'state' },
      { name: 'y', shape: [1, 5], role: 'state' },
    ],
    graphs: { ...empty().graphs, init: init.build(), step },
  }
}

describe.each([1, 2, 3])('one number for all synapses, on %i threads', (threads) => {
  it('is read as one, shown as many, and gives way to values that differ', async () => {
    const run = { threads, precision: 'f64' } as const
    const network = await poisonedNetwork(moduleWith(), 1, run, { patterns: { P: pattern } })
    const arriving = (): readonly number[] => {
      network.step(1, {})
      return [...(network.save(['y'])['y']?.data ?? [])]
    }
    const weights = (): readonly number[] => [...(network.save(['w'])['w']?.data ?? [])]
    const load = (data: readonly number[]): void =>
      network.load({ w: { shape: [7], data: Float64Array.from(data) } })
    try {
      expect(arriving()).toEqual([3, 3, 3, 0, 1.5])
      expect(weights()).toEqual(Array<number>(7).fill(0.75))
      load([1, 2, 3, 4, 5, 6, 7])
      expect(weights()).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(arriving()).toEqual([12, 16, 22, 0, 6])
      load(Array<number>(7).fill(-1))
      expect(arriving()).toEqual([-4, -4, -4, 0, -2])
      expect(weights()).toEqual(Array<number>(7).fill(-1))
    } finally {
      network.dispose()
    }
  })
})

it('is kept for each synapse where something else reads it', async () => {
  const module = moduleWith(`%sum = reduce.sum(%w, axes=[0]) : []
      output sum = %sum`)
  const network = await poisonedNetwork(module, 1, {}, { patterns: { P: pattern } })
  try {
    expect([...(network.observe(1, {}, ['sum'])['sum']?.data ?? [])]).toEqual([5.25])
  } finally {
    network.dispose()
  }
})
