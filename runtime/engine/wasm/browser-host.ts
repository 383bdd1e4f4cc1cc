/**
 * A browser as the wasm engine's host, on a page's own thread or in a worker. Threads are workers whose
 * whole program is a few lines; without shared memory (a page that is not isolated) there are none.
 */
import { job } from '../../../contract/control.ts'
import { EngineError } from '../errors.ts'
import { probeFeatures, type WasmHost } from './host.ts'

/** What is used of the browser: the types of Node, which the sources are checked with, lack it. */
interface Browser {
  readonly navigator?: { readonly hardwareConcurrency?: number }
  readonly Worker: new (url: string) => BrowserWorker
}

interface BrowserWorker {
  readonly addEventListener: (
    type: 'message' | 'error',
    listener: (event: { readonly message?: string }) => void,
  ) => void
  readonly postMessage: (message: unknown, transferred: readonly object[]) => void
  readonly terminate: () => void
}

const browser = globalThis as unknown as Browser

/** A thread's whole program: it says when it is ready, and does what it is told through memory. */
const workerSource = `
onmessage = ({ data: { module, memory, thread } }) => {
  const instance = new WebAssembly.Instance(module, { env: { memory, host() {} } })
  postMessage('ready')
  try {
    instance.exports.work(thread, 0)
  } catch (error) {
    Atomics.store(new Int32Array(memory.buffer), ${job.failed / 4}, thread + 1)
    throw error
  }
}
`

export const browserHost: WasmHost = {
  name: 'this browser',
  features: probeFeatures,
  parallelism: () => browser.navigator?.hardwareConcurrency ?? 1,
  memory: () => Infinity,
  maySleep() {
    // A page's own thread may not wait for another, and says so by throwing.
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
      return true
    } catch {
      return false
    }
  },
  async startWorker(module, memory, thread) {
    const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
    const worker = new browser.Worker(url)
    try {
      await new Promise<void>((resolve, reject) => {
        worker.addEventListener('message', () => resolve())
        worker.addEventListener('error', ({ message }) =>
          reject(
            new EngineError(
              `Thread ${thread + 1} of the wasm engine does not start` +
                `${message === undefined || message === '' ? '' : ` (${message})`}; use fewer by the option threads.`,
            ),
          ),
        )
        worker.postMessage({ module, memory, thread }, [])
      })
    } catch (error) {
      worker.terminate()
      throw error
    } finally {
      URL.revokeObjectURL(url)
    }
    let ended = false
    worker.addEventListener('error', () => (ended = true))
    return { hasEnded: () => ended, terminate: () => worker.terminate() }
  },
}
