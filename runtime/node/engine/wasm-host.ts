/**
 * Node.js as the wasm engine's host: worker threads, and a flag of V8 for relaxed SIMD, which newer
 * versions have by themselves and Node 20 has behind it. It is set before the first program is compiled.
 */
import { availableParallelism, totalmem } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import { job } from '../../../contract/control.ts'
import { EngineError } from '../../engine/errors.ts'
import { probeFeatures, type WasmHost } from '../../engine/wasm/host.ts'

/** A thread's whole program: it says when it is ready, and does what it is told through memory. */
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, thread, life } = workerData
const instance = new WebAssembly.Instance(module, { env: { memory, host() {} } })
parentPort.postMessage('ready')
try {
  instance.exports.work(thread, 0)
} catch (error) {
  Atomics.store(new Int32Array(memory.buffer), ${job.failed / 4}, thread + 1)
  throw error
}
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
  memory: availableMemory,
  maySleep: () => true,
  async startWorker(module, memory, thread) {
    const life = new MessageChannel()
    const worker = new Worker(workerSource, {
      eval: true,
      workerData: { module, memory, thread, life: life.port2 },
      transferList: [life.port2],
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
    return { hasEnded: endOf(life.port1), terminate: () => void worker.terminate() }
  },
}

/**
 * Whether the thread at the other end of a port has ended, known at once: the thread that asks is in the
 * middle of a program, so that no event reaches it. The port of a thread that has ended is closed once
 * what it sent last has been taken, and a closed port cannot be handed on.
 */
function endOf(first: MessagePort): () => boolean {
  let port = first
  let ended = false
  return () => {
    if (ended) return true
    receiveMessageOnPort(port)
    const { port1, port2 } = new MessageChannel()
    try {
      port1.postMessage(port, [port])
      port = (receiveMessageOnPort(port2) as { readonly message: MessagePort }).message
    } catch {
      ended = true
    }
    port1.close()
    return ended
  }
}

/** What a container is limited to, else what Linux could give now, else what the machine has. */
function availableMemory(): number {
  const total = totalmem()
  const limit = process.constrainedMemory()
  if (limit > 0 && limit < total) return limit
  return process.platform === 'linux' ? Math.min(total, process.availableMemory()) : total
}
