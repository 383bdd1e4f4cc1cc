/**
 * Who holds a lock, and whether it lives. A process that cannot be seen from here, of another host or
 * container, gives a sign of life every `HEARTBEAT`, and is taken for dead after `LEASE` without one.
 * Times of files are compared with each other only, so that clocks need not agree.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { isRunning, machine, startOf } from '../io/process.ts'

/** Milliseconds between signs of life. */
export const HEARTBEAT = 15_000
/** Milliseconds after which a holder that cannot be seen and gave no sign of life has lost its lock. */
export const LEASE = 180_000

/** The content of a lock. */
export interface Holder {
  readonly process: number
  /** In the system's own count. */
  readonly started?: string
  readonly host: string
  /** Tells hosts of one name apart, see `machine`. */
  readonly machine?: string
  /** Absent where the holder gives no signs of life: such a lock does not expire. */
  readonly lease?: number
  /** Makes every lock another. */
  readonly id?: string
}

/** What a contender knows of processes. */
export interface Processes {
  /** This process. */
  readonly self: () => Holder
  /** `age`: milliseconds since its last sign of life. */
  readonly isAlive: (holder: Holder, age: number) => boolean
}

/** Undefined if it is none, as a process that was killed while writing may leave it. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null
    const { process: number, host } = holder ?? {}
    return Number.isSafeInteger(number) && typeof host === 'string' ? (holder as Holder) : undefined
  } catch {
    return undefined
  }
}

/** Whether the holder's process would be seen from here, if there is one. */
export function canSee({ host, machine: other }: Holder): boolean {
  return host === hostname() && (other === undefined || other === machine())
}

/** The processes of this machine. */
export const processes: Processes = {
  self() {
    const started = startOf(process.pid)
    return {
      process: process.pid,
      host: hostname(),
      machine: machine(),
      lease: LEASE,
      id: randomUUID(),
      ...(started !== undefined && { started }),
    }
  },
  isAlive: (holder, age) =>
    canSee(holder)
      ? isRunning(holder.process, holder.started)
      : holder.lease === undefined || age <= LEASE,
}
