/** Commands of the soak: child processes that may be killed, on a clock that may be set back. */
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const bin = resolve(import.meta.dirname, '../../bin/ccn.js')
const disturb = pathToFileURL(join(import.meta.dirname, 'disturb.js')).href
/** Milliseconds after which a command hangs. */
const LONGEST = 180_000
/** Milliseconds of a run's clock in one of ours. */
const FASTER = 25

export const signals = ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const
export type Signal = (typeof signals)[number]

export interface Command {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Sends a signal some milliseconds after the start. */
  readonly kill?: { readonly after: number; readonly signal: Signal } | undefined
  /** Milliseconds after which the time of day is set back by an hour. */
  readonly setBack?: number | undefined
  /** Milliseconds after which all worker threads end. */
  readonly threadsEnd?: number | undefined
  /** Blocks that a file may have at most. */
  readonly fileLimit?: number | undefined
}

export interface Ended {
  readonly command: Command
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
  readonly milliseconds: number
  readonly hung: boolean
}

/** Runs a command to its end, or until it is killed. */
export async function run(command: Command): Promise<Ended> {
  const { args, cwd, env, kill, setBack, threadsEnd, fileLimit } = command
  const began = performance.now()
  const [program, given] =
    fileLimit === undefined
      ? [process.execPath, [bin, ...args]]
      : ['sh', ['-c', `ulimit -f ${fileLimit}; exec "$@"`, 'sh', process.execPath, bin, ...args]]
  const child = spawn(program, given, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...env,
      NODE_OPTIONS: `--import=${disturb}`,
      SOAK_FASTER: String(FASTER),
      ...(setBack !== undefined && { SOAK_SET_BACK: String(setBack) }),
      ...(threadsEnd !== undefined && { SOAK_THREADS_END: String(threadsEnd) }),
    },
  })
  let [out, err, hung] = ['', '', false]
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const limit = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, LONGEST)
  const killer = kill && setTimeout(() => child.kill(kill.signal), kill.after)
  const ended = await new Promise<[number | null, string | null]>((done) =>
    child.on('close', (code, signal) => done([code, signal])),
  )
  clearTimeout(limit)
  clearTimeout(killer)
  const [code, signal] = ended
  return { command, code, signal, out, err, hung, milliseconds: performance.now() - began }
}

/** What is wrong with how a command ended, whatever it was to do; undefined if nothing is. */
export function faultOf({ command, code, signal, err, hung }: Ended): string | undefined {
  const call = `ccn ${command.args.join(' ')}`
  const { kill } = command
  if (hung) return `${call} did not end within ${LONGEST / 1000} s`
  if (/Sorry, this should not|bug in ccn|^ +at .*:\d+|node:internal|Warning:/m.test(err)) {
    return `${call} printed ${JSON.stringify(err.slice(0, 600))}`
  }
  if (signal !== null && signal !== kill?.signal) return `${call} died of ${signal}`
  if (code === 130) {
    // What saves nothing says that it was ended.
    const said = kill && (err.includes('--resume') || err.includes(`was ended by ${kill.signal};`))
    return said && kill.signal !== 'SIGKILL'
      ? undefined
      : `${call} ended as interrupted: ${JSON.stringify(err)}`
  }
  return undefined
}
