/**
 * Which processes run. One is told by its number and, where the system says it, by its starting time,
 * as numbers are used again.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errorCode } from '../../io/errors.ts'

/** Whether a process of this machine runs; `started` as `startOf` says it, if that is known. */
export function isRunning(number: number, started: string | undefined): boolean {
  try {
    process.kill(number, 0)
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false
  }
  const fields = fieldsOf(number)
  // It has ended, and only its parent has not asked yet how.
  if (fields[0] === 'Z') return false
  const start = fields[START]
  return start === undefined || started === undefined || start === started
}

/** When a process started, in the system's own count; undefined where it does not say. */
export function startOf(number: number): string | undefined {
  return fieldsOf(number)[START]
}

/**
 * A word for all whose processes can see each other: the host, since it was started, and on Linux the
 * name space of processes, as containers may have the name of their host.
 */
export function machine(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const space = attempt(() => readlinkSync('/proc/self/ns/pid'))
  return [hostname(), boot, space].filter((each) => each !== undefined).join(' ')
}

const START = 19

/** What the system says of a process behind its name, which stands in parentheses. */
function fieldsOf(number: number): readonly string[] {
  const text = attempt(() => readFileSync(`/proc/${number}/stat`, 'utf8'))
  return text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? []
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
