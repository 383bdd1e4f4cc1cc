/**
 * All that the command line touches of the outside world besides files. Commands get it from
 * `main`, so that specs can run them inside of one process with streams of their own.
 */

/** A stream for text. */
export interface Output {
  write(text: string): void
  /** Whether a person reads it on a terminal. */
  readonly isTerminal: boolean
  /** Width in characters, asked anew as windows change. */
  columns(): number
}

/** The world as the commands see it. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /** All of the standard input, as UTF-8 text. */
  readonly readStdin: () => Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Calls `handler` at every Ctrl-C or request to end, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void
  /** Ends the process at once. */
  readonly exit: (code: number) => void
}

/** The world of this process. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    // The reader has gone, as in `ccn ... | head`: there is nobody left to tell.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      process.exit(error.code === 'EPIPE' ? 0 : 1)
    })
  }
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    readStdin,
    env: process.env,
    cwd: process.cwd(),
    clock: Date.now,
    onInterrupt,
    exit: (code) => process.exit(code),
  }
}

/** Whether to colour what goes to `output`; see https://no-color.org. */
export function wantsColour(output: Output, env: Io['env']): boolean {
  if (env['NO_COLOR']) return false
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0'
  return output.isTerminal && env['TERM'] !== 'dumb'
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns ?? 80,
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function onInterrupt(handler: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, handler)
  return () => {
    for (const signal of signals) process.off(signal, handler)
  }
}
