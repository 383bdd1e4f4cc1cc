/**
 * All that the command line touches of the outside world besides files. Commands get it from
 * `main`, so that specs can run them inside of one process with streams of their own.
 */

import { errorCode, IoError, toIoError } from '../runtime/io/errors.ts'
import { onInterrupt } from './signals.ts'

/** Codes of a stream that nobody reads any more. */
const READER_GONE = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])
/** Narrower terminals get plain lines; one that does not know its width says 0. */
const LEAST_COLUMNS = 20

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
  /** Throws IoError if there is none any more. */
  readonly cwd: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Calls `handler` at every Ctrl-C, request to end, or terminal that closes, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void
  /** Ends the process at once. */
  readonly exit: (code: number) => void
}

/** With what a command line needs that is a process. */
interface ProcessIo extends Io {
  /** Why some of the output could not be written, once all of it has been tried; not that nobody read it. */
  readonly lost: () => Promise<string | undefined>
}

/** The world of this process. */
export function processIo(): ProcessIo {
  const stdout = output(process.stdout)
  const stderr = output(process.stderr)
  return {
    stdout,
    stderr,
    readStdin,
    env: process.env,
    get cwd() {
      return workingFolder()
    },
    clock: Date.now,
    onInterrupt,
    exit: (code) => process.exit(code),
    async lost() {
      // What a stream reports comes after the write.
      await new Promise((resolve) => setImmediate(resolve))
      return stdout.lost()
    },
  }
}

/** Whether to colour what goes to `output`; see https://no-color.org. */
export function wantsColour(stream: Output, env: Io['env']): boolean {
  const [none, forced] = [env['NO_COLOR'] ?? '', env['FORCE_COLOR'] ?? '']
  if (none !== '') return false
  if (forced !== '') return forced !== '0'
  return isLive(stream, env)
}

/** Whether lines can be changed on `output`, and somebody sees it: not in a log that looks like a terminal. */
export function isLive(stream: Output, env: Io['env']): boolean {
  const inService = env['CI'] !== undefined && !['', '0', 'false'].includes(env['CI'])
  return (
    stream.isTerminal && env['TERM'] !== 'dumb' && !inService && stream.columns() >= LEAST_COLUMNS
  )
}

/**
 * A stream as an output. Once its reader has gone, as in `ccn ... | head -1`, or the terminal was closed,
 * what is written is dropped, and the command goes on: what it does matters more than what it says.
 */
function output(stream: NodeJS.WriteStream): Output & { lost: () => string | undefined } {
  let closed = false
  let lost: string | undefined
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!closed && !READER_GONE.has(error.code ?? '')) {
      lost = toIoError('write', 'the output', error).message
    }
    closed = true
  })
  return {
    write(text) {
      if (!closed) stream.write(text)
    },
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns ?? 80,
    lost: () => lost,
  }
}

function workingFolder(): string {
  try {
    return process.cwd()
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw toIoError('use', 'the working folder', error)
    throw new IoError('use', 'the working folder', 'it has been removed; change to another (cd)')
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
