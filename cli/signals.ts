/**
 * Commands that are told to end: Ctrl-C, a request to end, a terminal that closes. Those that save what they are at listen
 * themselves (`Io.onInterrupt`); the others end at once, with one sentence and the exit code that shells give for a signal.
 * What they were writing is as it was before, or whole: `runtime/node/io/atomic.ts`.
 */

/** The signals, with the code of a process that is ended by each. */
const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type Ending = keyof typeof codes

/**
 * Commands that end so. Others compute long without a pause, in which nobody could be heard: the system ends them, as if
 * nobody listened.
 */
const ended = new Set(
  'eval explain graph describe report diff compare plot fmt data doctor'.split(' '),
)

/** How many listen themselves. */
let listeners = 0

/** Ends a command that does not listen itself, once it is told to. */
export function endWhenTold(command: string | undefined, say: (text: string) => void): void {
  if (command === undefined || !ended.has(command)) return
  for (const signal of Object.keys(codes) as Ending[])
    process.on(signal, () => {
      if (listeners > 0) return
      say(`\nccn ${command} was ended by ${signal}; files that were not done are as they were.\n`)
      process.exit(codes[signal])
    })
}

/** Calls `handler` at every such signal, until the returned function is called. */
export function onInterrupt(handler: () => void): () => void {
  const signals = Object.keys(codes) as Ending[]
  for (const signal of signals) process.on(signal, handler)
  listeners++
  return () => {
    for (const signal of signals) process.off(signal, handler)
    listeners--
  }
}
