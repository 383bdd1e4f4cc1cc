/**
 * A few hundred steps of a compiled circuit and what came of them: the same code in Node.js, on a page
 * and in a worker, so that the numbers can be compared bit by bit. Nothing here needs Node.js.
 */
import type { Engine, ExampleTable, NamedArray } from '../../runtime/engine/network.ts'
import type { WasmArtifact } from '../../contract/artifact.ts'
import { elementCount } from '../../compiler/ir/shapes.ts'

export interface Outcome {
  /** Bits of all weights, and of the answers to the first examples. */
  readonly bits: Readonly<Record<string, readonly number[]>>
  /** Mean loss of an example before and after. */
  readonly loss: readonly [before: number, after: number]
  /** Milliseconds of all steps. */
  readonly milliseconds: number
}

const EXAMPLES = 64

/** Trains on made-up examples in blocks of steps, single steps and measured ones. */
export async function trainSome(
  engine: Engine,
  artifact: WasmArtifact,
  batch: number,
): Promise<Outcome> {
  const network = await engine.instantiate(artifact, { seed: 7, batch })
  const table = examplesFor(artifact)
  const some = Object.fromEntries(
    Object.entries(table.inputs).map(([name, { rows }]) => [
      name,
      rows.slice(0, (rows.length / EXAMPLES) * batch),
    ]),
  )
  const before = network.score(batch, some)['loss'] ?? Number.NaN
  const start = performance.now()
  const order = Uint32Array.from({ length: batch * 200 }, (_, i) => (i * 5) % EXAMPLES)
  network.steps?.({ table, order, batch, rates: [{}] })
  network.step(batch, some)
  network.measuredStep(batch, some)
  const milliseconds = performance.now() - start
  const after = network.score(batch, some)['loss'] ?? Number.NaN
  const values = { ...network.save(), ...network.infer(batch, some) }
  const bits = Object.fromEntries(
    Object.entries(values).map(([name, { data }]) => [name, bitsOf(data)]),
  )
  network.dispose()
  return { bits, loss: [before / batch, after / batch], milliseconds }
}

/** Whole numbers of a simple generator, made fractions; a target has one 1 in a row. */
function examplesFor({ inputs }: WasmArtifact): ExampleTable {
  let state = 1
  const next = (): number => (state = (state * 48_271) % 2_147_483_647)
  return {
    inputs: Object.fromEntries(
      inputs.map(({ name, shape }) => {
        const width = elementCount(shape, 1)
        const rows = new Float32Array(width * EXAMPLES)
        for (let example = 0; example < EXAMPLES; example++) {
          if (name.endsWith('target')) rows[example * width + (next() % width)] = 1
          else for (let i = 0; i < width; i++) rows[example * width + i] = (next() % 256) / 256
        }
        return [name, { rows }]
      }),
    ),
  }
}

function bitsOf(data: NamedArray['data']): readonly number[] {
  return [...new Uint32Array(data.slice().buffer)]
}
