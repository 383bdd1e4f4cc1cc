/** The page of the browser specs: runs all cases and reports to the server that it came from. */
import { describeEngine, wasmFeatures } from '../../runtime/browser.ts'
import { cases, type Answer, type Case, type Report } from './cases.ts'
import { runCase } from './run-case.ts'

interface PageWorker {
  readonly addEventListener: (
    type: 'message' | 'error',
    listener: (event: { readonly data: Answer; readonly message?: string }) => void,
  ) => void
  readonly postMessage: (message: Case, transferred: readonly object[]) => void
  readonly terminate: () => void
}

const page = globalThis as unknown as {
  readonly Worker: new (url: string, options: { readonly type: 'module' }) => PageWorker
}

async function inWorker(one: Case): Promise<Answer> {
  const worker = new page.Worker('/specs/browser/worker.ts', { type: 'module' })
  const answer = await new Promise<Answer>((resolve) => {
    worker.addEventListener('message', ({ data }) => resolve(data))
    worker.addEventListener('error', ({ message }) => resolve({ error: message ?? 'no worker' }))
    worker.postMessage(one, [])
  })
  worker.terminate()
  return answer
}

const answers: Answer[] = []
for (const one of cases) answers.push(await (one.inWorker ? inWorker(one) : runCase(one)))
const report: Report = { isolated: wasmFeatures().threads, description: describeEngine(), answers }
await fetch('/report', { method: 'POST', body: JSON.stringify(report) })
