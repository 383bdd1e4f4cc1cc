/** Trains in a thread of its own, so that several examples run at once: `inWorker` of `workers.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { train } from './run.ts'
import type { Answer } from './workers.ts'

// A thread has no origin to be named.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const answer = (said: Answer): void => parentPort?.postMessage(said)

try {
  answer({ figures: await train(workerData as readonly string[]) })
} catch (error) {
  answer({ failure: error instanceof Error ? error.message : String(error) })
}
