/** Lets other work of this thread have its turn: signals in Node.js, the page in a browser. */

/** What Node.js has and browsers have not. */
interface Immediate {
  readonly setImmediate?: (done: () => void) => unknown
}

/** Resolves once what is waiting has been done. */
export function turn(): Promise<void> {
  const { setImmediate } = globalThis as Immediate
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve)
    else setTimeout(resolve)
  })
}
