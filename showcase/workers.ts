/** Runs in threads of their own. */
import { Worker } from 'node:worker_threads'
import { RunFailure, type RunFigures } from './run.ts'

/** What a thread says when it is done. */
export type Answer = { readonly figures: RunFigures } | { readonly failure: string }

/** A thread does not inherit the loader of TypeScript. */
const start = `import('tsx/esm/api').then(({ register }) => {
  register()
  return import(${JSON.stringify(new URL('worker.ts', import.meta.url).href)})
})`

/** The figures of a run with those arguments of `ccn train`. Throws RunFailure if it fails. */
export function inWorker(args: readonly string[]): Promise<RunFigures> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(start, { eval: true, workerData: args })
    worker.once('message', (answer: Answer) => {
      if ('figures' in answer) resolve(answer.figures)
      else reject(new RunFailure(answer.failure))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new RunFailure(`The run ended with ${code}.`)))
  })
}
