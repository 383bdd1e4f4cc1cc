// Prints what some short runs come to on this version of Node.js: a hash of their metrics and weights to
// the bit, a line each. Plain JavaScript that uses what is built, as every version of Node.js has to run it.
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRun, train } from '../dist/project/index.js'

const runs = [
  ['examples/xor.ccn', { epochs: 20, engine: 'wasm', threads: 1 }],
  ['examples/xor.ccn', { epochs: 20, engine: 'wasm', threads: 2 }],
  ['examples/xor.ccn', { epochs: 5, engine: 'wasm', precision: 'f64' }],
  ['examples/xor.ccn', { epochs: 5, engine: 'tfjs-cpu' }],
  ['examples/burstccn.ccn', { experiment: 'digits', epochs: 1, limit: 500, engine: 'wasm' }],
  ['examples/spiking.ccn', { steps: 2000, engine: 'wasm' }],
]

const out = await mkdtemp(join(tmpdir(), 'ccn-same-'))
try {
  for (const [i, [file, options]] of runs.entries()) {
    await train(file, { ...options, out, name: `run${i}`, env: { CCN_CACHE_DIR: '' } })
    const run = await openRun(`run${i}`, { out })
    const hash = createHash('sha256').update(readFileSync(join(run.path, 'metrics.jsonl')))
    const weights = Object.entries(await run.weights()).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [name, { data }] of weights) {
      hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    }
    console.log(`${hash.digest('hex').slice(0, 24)} ${file} ${JSON.stringify(options)}`)
  }
} finally {
  rmSync(out, { recursive: true, force: true })
}
