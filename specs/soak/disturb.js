// Loaded before a command of the soak: the clock that runs count by goes faster, so that checkpoints are
// due every few seconds; after a while the time of day is that of an hour ago, or the worker threads end.
import { syncBuiltinESMExports } from 'node:module'
import threads from 'node:worker_threads'

const { SOAK_FASTER: faster = '1', SOAK_SET_BACK: setBack, SOAK_THREADS_END: end } = process.env
const elapsed = performance.now.bind(performance)
performance.now = () => elapsed() * Number(faster)
if (setBack !== undefined) {
  const now = Date.now
  Date.now = () => now() - (elapsed() > Number(setBack) ? 3_600_000 : 0)
}
if (end !== undefined && threads.isMainThread) {
  threads.Worker = class extends threads.Worker {
    constructor(...given) {
      super(...given)
      setTimeout(() => void this.terminate(), Math.max(0, Number(end) - elapsed())).unref()
    }
  }
  syncBuiltinESMExports()
}
