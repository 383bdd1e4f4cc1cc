import { describe, expect, it } from 'vitest'
import { emitWasm } from '../../../../compiler/index.ts'
import { selectEngine } from '../../../../runtime/node/engine/index.ts'
import type { ExampleTable, Network, Rates } from '../../../../runtime/engine/network.ts'
import { burst } from '../../../compiler/emit/networks/burst.ts'
import { elementCount } from '../../../../compiler/ir/shapes.ts'

const module = burst()
const artifact = emitWasm(module)

async function start(threads: number): Promise<Network> {
  const engine = await selectEngine('wasm', { threads, adapts: threads > 2 })
  return engine.instantiate(artifact, { seed: 4 })
}

/** Rows of every input for `count` examples; the last input goes by a row of each example. */
function tableOf(count: number, spare: number): ExampleTable {
  return {
    inputs: Object.fromEntries(
      module.inputs.map(({ name, shape }, input) => {
        const width = elementCount(shape, 1)
        const isLast = input === module.inputs.length - 1
        const rows = Float32Array.from({ length: width * (isLast ? 3 : count + spare) }, (_, i) =>
          Math.abs(Math.sin(1 + i * 0.7)),
        )
        if (!isLast) return [name, { rows }]
        return [name, { rows, rowOf: Uint32Array.from({ length: count + spare }, (_, i) => i % 3) }]
      }),
    ),
  }
}

function presented(table: ExampleTable, examples: Uint32Array): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(table.inputs).map(([name, { rows, rowOf }]) => {
      const count = rowOf ? 3 : undefined
      const { shape } = module.inputs.find((each) => each.name === name)!
      const width = elementCount(shape, 1)
      expect(count === undefined || rows.length === count * width).toBe(true)
      const chosen = [...examples].flatMap((example) => {
        const row = rowOf ? rowOf[example]! : example
        return [...rows.subarray(row * width, (row + 1) * width)]
      })
      return [name, Float32Array.from(chosen)]
    }),
  )
}

const constant: readonly Rates[] = [{}]
const falling = (steps: number): Rates[] =>
  Array.from({ length: steps }, (_, i) =>
    Object.fromEntries(module.rates.map(({ name, value }) => [name, value / (1 + i)])),
  )

describe('steps in a block', () => {
  // Rows to spare make a table too large to lie in memory as a whole.
  it.each([
    ['a table in memory', 1, 0, false],
    ['a table in memory, on two threads', 2, 0, false],
    ['rates that change', 1, 0, true],
    ['rates that change, on three threads or one', 3, 0, true],
    ['a table that is copied in pieces', 1, 6_000_000, true],
  ])('give the bits of single steps: %s', async (_, threads, spare, changing) => {
    const [steps, batch, count] = [20, 3, 50]
    const table = tableOf(count, spare)
    const order = Uint32Array.from({ length: steps * batch }, (__, i) => (i * 7) % count)
    const rates = changing ? falling(steps) : constant
    const [one, many] = [await start(1), await start(threads)]
    for (let step = 0; step < steps; step++) {
      const examples = order.subarray(step * batch, (step + 1) * batch)
      one.step(batch, presented(table, examples), rates[changing ? step : 0])
    }
    many.steps!({ table, order: order.subarray(0, 9), batch, rates: rates.slice(0, 3) })
    many.steps!({
      table,
      order: order.subarray(9),
      batch,
      rates: changing ? rates.slice(3) : rates,
    })
    expect(many.stepCount).toBe(steps)
    expect(many.save()).toEqual(one.save())
    one.dispose()
    many.dispose()
  })

  it('refuse tables that do not fit', async () => {
    const network = await start(1)
    const order = Uint32Array.of(0, 0)
    const block = { order, batch: 1, rates: constant }
    expect(() => network.steps!({ table: { inputs: {} }, ...block })).toThrow('is not presented')
    const inputs = Object.fromEntries(
      module.inputs.map(({ name }) => [name, { rows: new Float32Array(1) }]),
    )
    expect(() => network.steps!({ table: { inputs }, ...block })).toThrow('no whole rows')
    network.dispose()
  })
})
