/**
 * The library that lays diagrams out, in a thread: it may compute for minutes without a pause, in which the process could not hear
 * that it is told to end. It is required instead of imported: Node.js reads all of a CommonJS module for its names before
 * it imports it, which takes longer than to draw.
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { errorCode } from '../runtime/io/errors.ts'
import type { Elk } from '../service/graph/elk.ts'

const require = createRequire(import.meta.url)

/** What the thread does. */
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const Elk = require(workerData.library)
new Elk().layout(workerData.graph).then(
  (graph) => parentPort.postMessage({ graph }),
  (error) => parentPort.postMessage({ error: error instanceof Error ? error : new Error(String(error)) }),
)`

interface Graph {
  readonly id: string
}

/** Lays out in threads, one for each graph. What takes more memory than there is ends in a RangeError. */
export const loadElk = (): Elk => ({
  default: class {
    layout(graph: Graph): Promise<Graph> {
      const library = require.resolve('elkjs/lib/elk.bundled.js')
      const thread = new Worker(program, { eval: true, workerData: { library, graph } })
      return new Promise<Graph>((done, fail) => {
        thread.once('message', (found: { readonly graph: Graph } | { readonly error: Error }) =>
          'graph' in found ? done(found.graph) : fail(found.error),
        )
        thread.once('error', (error) =>
          fail(
            errorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY' ? new RangeError(error.message) : error,
          ),
        )
        thread.once('exit', () => fail(new Error('its thread has ended')))
      })
    }
  },
})
