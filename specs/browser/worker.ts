/** Runs the cases that are to be run in a worker. */
import type { Answer, Case } from './cases.ts'
import { runCase } from './run-case.ts'

interface Scope {
  readonly addEventListener: (
    type: 'message',
    listener: (event: { readonly data: Case }) => void,
  ) => void
  readonly postMessage: (answer: Answer, transferred: readonly object[]) => void
}

const scope = globalThis as unknown as Scope
scope.addEventListener('message', ({ data }) => {
  void runCase(data).then((answer) => scope.postMessage(answer, []))
})
