/**
 * What the wasm engine needs of its surroundings: compiling, and threads. Relaxed SIMD is on by
 * itself in newer hosts; Node 20 has it behind a flag of V8, which is set before the first program is
 * compiled.
 */
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { webAssembly, type WasmMemory, type WasmModuleObject } from './webassembly.ts'

/** A module with one function that uses relaxed fused multiply-add. */
const relaxedProbe = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  8,
  1,
  96,
  3,
  123,
  123,
  123,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  13,
  1,
  11,
  0,
  32,
  0,
  32,
  1,
  32,
  2,
  253,
  133,
  2,
  11,
)
/** The same with plain SIMD. */
const simdProbe = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  7,
  1,
  96,
  2,
  123,
  123,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  11,
  1,
  9,
  0,
  32,
  0,
  32,
  1,
  253,
  228,
  1,
  11,
)

/** What the host's WebAssembly can do. */
export interface WasmFeatures {
  readonly simd: boolean
  /** Fused multiply-add. */
  readonly relaxedSimd: boolean
  /** Shared memory. */
  readonly threads: boolean
}

export function wasmFeatures(): WasmFeatures {
  if (!webAssembly.validate(relaxedProbe)) {
    // Unknown flags are ignored, so this is harmless where there is no such flag.
    setFlagsFromString('--experimental-wasm-relaxed-simd')
  }
  return {
    simd: webAssembly.validate(simdProbe),
    relaxedSimd: webAssembly.validate(relaxedProbe),
    threads: typeof SharedArrayBuffer !== 'undefined',
  }
}

/** A thread's whole program: it says when it is ready, and does what it is told through memory. */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, thread } = workerData
const instance = new WebAssembly.Instance(module, { env: { memory, host() {} } })
parentPort.postMessage('ready')
instance.exports.work(thread, 0)
`

/** A worker thread that is ready to run the module's jobs; it does not keep the process alive. */
export async function startWorker(
  module: WasmModuleObject,
  memory: WasmMemory,
  thread: number,
): Promise<{ readonly terminate: () => void }> {
  const worker = new Worker(workerSource, {
    eval: true,
    workerData: { module, memory, thread },
    execArgv: [],
  })
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  worker.unref()
  return { terminate: () => void worker.terminate() }
}
