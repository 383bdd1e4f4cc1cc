/**
 * Node.js as the wasm engine's host: worker threads, and a flag of V8 for relaxed SIMD, which newer
 * versions have by themselves and Node 20 has behind it. It is set before the first program is compiled.
 */
import { availableParallelism, totalmem } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { EngineError } from '../../engine/errors.ts'
import { probeFeatures, type WasmHost } from '../../engine/wasm/host.ts'

/** A thread's whole program: it says when it is ready, and does what it is told through memory. */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, thread } = workerData
const instance = new WebAssembly.Instance(module, { env: { memory, host() {} } })
parentPort.postMessage('ready')
instance.exports.work(thread, 0)
`

export const nodeHost: WasmHost = {
  name: 'this Node.js',
  features() {
    const found = probeFeatures()
    if (found.relaxedSimd) return found
    // Unknown flags are ignored, so this is harmless where there is no such flag.
    setFlagsFromString('--experimental-wasm-relaxed-simd')
    return probeFeatures()
  },
  parallelism: availableParallelism,
  memory,
  maySleep: () => true,
  async startWorker(module, memory, thread) {
    const worker = new Worker(workerSource, {
      eval: true,
      workerData: { module, memory, thread },
      execArgv: [],
    })
    try {
      await new Promise<void>((resolve, reject) => {
        worker.once('message', () => resolve())
        worker.once('error', reject)
        worker.once('exit', () => reject(new Error('it ended at once')))
      })
    } catch (error) {
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      throw new EngineError(
        `Thread ${thread + 1} of the wasm engine does not start (${reason.replace(/\.$/, '')}); ` +
          'use fewer by --threads.',
      )
    }
    worker.unref()
    return { terminate: () => void worker.terminate() }
  },
}

/** What a container is limited to, else what Linux could give now, else what the machine has. */
function memory(): number {
  const total = totalmem()
  const limit = process.constrainedMemory()
  if (limit > 0 && limit < total) return limit
  return process.platform === 'linux' ? Math.min(total, process.availableMemory()) : total
}
