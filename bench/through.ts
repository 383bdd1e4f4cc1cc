/**
 * An update of a network of leaky integrate-and-fire cells through 100 steps, with surrogate gradients, beside the same
 * in PyTorch (`lif_through.py`), where a Python with it is found: the median of 15 updates of each.
 */
import { spawnSync } from 'node:child_process'
import { compile } from '../compiler/compile.ts'
import { emitWasm } from '../compiler/emit/wasm/index.ts'
import { createWasmEngine } from '../runtime/node/engine/wasm.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { machine } from './machine.ts'

const STEPS = 100
const BATCH = 32
const UPDATES = 15

export async function benchThrough(): Promise<void> {
  console.log(machine())
  for (const threads of [1, 2]) {
    const median = await updates(threads)
    console.log(
      `CCN wasm, f32: ${threads} thread(s) ${median.toFixed(1)} ms an update of ${STEPS} steps`,
    )
  }
  const peers = ['python3', '/usr/bin/python3'].map((python) =>
    spawnSync(python, [`${root}/bench/lif_through.py`], { encoding: 'utf8' }),
  )
  const peer = peers.find(({ status }) => status === 0)
  console.log(peer?.stdout.trim() ?? 'No Python with PyTorch was found.')
}

/** Milliseconds of an update. */
async function updates(threads: number): Promise<number> {
  const { ir } = compile(`${root}/bench/lif_through.ccn`, host, {})
  if (!ir) throw new Error('the network does not compile')
  const engine = createWasmEngine({ threads })
  const network = await engine.instantiate(emitWasm(ir), { batch: BATCH, seed: 1 })
  const rows = Float32Array.from({ length: BATCH * 100 }, (_, i) => 0.5 + 0.5 * Math.sin(1.7 * i))
  const labels = new Float32Array(BATCH * 10)
  for (let i = 0; i < BATCH; i++) labels[i * 10 + (i % 10)] = 1
  const order = Uint32Array.from({ length: STEPS * BATCH }, (_, i) => i % BATCH)
  const table = { inputs: { x: { rows }, 'y.target': { rows: labels } } }
  const times: number[] = []
  for (let update = 0; update < UPDATES; update++) {
    const began = performance.now()
    network.steps?.({ table, order, batch: BATCH, rates: [{}] })
    network.endWindow?.(STEPS)
    times.push(performance.now() - began)
  }
  network.dispose()
  return times.toSorted((a, b) => a - b)[Math.floor(UPDATES / 2)] ?? Number.NaN
}
