/**
 * Works through the points of a sweep: takes those that nobody has done and nobody runs, one after the other,
 * until none is left. Any number of processes may do so at once, on any number of hosts.
 */
import { hostname } from 'node:os'
import { RunError } from '../../runtime/train/errors.ts'
import { DataError } from '../../runtime/data/types.ts'
import { EngineError } from '../../runtime/engine/errors.ts'
import { IoError } from '../../runtime/io/errors.ts'
import { PatternError } from '../../runtime/patterns/errors.ts'
import { CompileError, ProjectError } from '../errors.ts'
import { isInDoubt, takeLease } from './leases.ts'
import { requireUnchanged } from './inputs.ts'
import { roundSizes, roundsOf } from './rounds.ts'
import { pointRunner, type RunnerOptions } from './point.ts'
import type { PointResult } from './store.ts'
import type { DefinedPoint } from './sweep-file.ts'

/** Milliseconds between two looks whether a round is over. */
const WAIT = 1000

/** What happens while a sweep is worked on. */
export type WorkEvent =
  | { readonly kind: 'began'; readonly key: string }
  | { readonly kind: 'progress'; readonly key: string; readonly done: number; readonly of: number }
  | { readonly kind: 'ended'; readonly result: PointResult }
  /** Something that people should know of what points read, each once; a sentence. */
  | { readonly kind: 'noted'; readonly text: string }

/** How to work. */
export interface WorkOptions extends Omit<RunnerOptions, 'note'> {
  /** Which part of the points to begin with: of `of` equal ones number `part`, from 0. */
  readonly share?: { readonly part: number; readonly of: number } | undefined
  /** Whether points that failed before are tried again. */
  readonly retry?: boolean | undefined
  /** Milliseconds since 1970: points that failed later are not tried again; default now. */
  readonly since?: number | undefined
  readonly on?: (event: WorkEvent) => void
}

/** Works until nothing is left to take; tells whether that was not because of `signal`. */
export async function work(options: WorkOptions): Promise<'done' | 'interrupted'> {
  const { sweep, store, signal, where, retry = true, on = () => {} } = options
  const note = onceEach((text) => on({ kind: 'noted', text }))
  const runner = pointRunner({ ...options, note })
  const tried = new Set<string>()
  const began = new Date(options.since ?? where.clock()).toISOString()
  await requireUnchanged(sweep.files)
  const whole = new Set<string>()
  const sizes = roundSizes(sweep)
  for (let number = 0; number < sizes.length; number++) {
    const round = (await roundsOf(sweep, store, await store.results()))[number]
    if (!round) throw new Error('a round was begun before the one before it had ended')
    const all = round.combinations.flat()
    if ((await through(all)) === 'interrupted') return 'interrupted'
    // The next round follows from all points of this one, which others may be running.
    while (number + 1 < sizes.length && !(await isOver(all))) {
      if (isStopped()) return 'interrupted'
      await new Promise((resolve) => setTimeout(resolve, WAIT))
      if ((await through(all)) === 'interrupted') return 'interrupted'
    }
  }
  return 'done'

  async function isOver(points: readonly DefinedPoint[]): Promise<boolean> {
    const results = await store.results()
    return points.every(({ key }) => results.has(key))
  }

  /** Takes what is left of some points. */
  async function through(all: readonly DefinedPoint[]): Promise<'done' | 'interrupted'> {
    const points = ordered(all, options.share)
    // Another process may lose a point that it had taken: whoever comes to the end looks once more.
    for (let look = 0; look < 2 || (await areLeft(points)); look++) {
      if (look >= 2) await new Promise((resolve) => setTimeout(resolve, WAIT))
      const results = await store.results()
      for (const point of points) {
        if (isStopped()) return 'interrupted'
        const { key } = point
        // What is known by now; whether somebody has done it since is asked once it is this process's.
        if (tried.has(key) || (await isDone(results.get(key)))) continue
        const lease = await takeLease(store, key)
        if (!lease) continue
        try {
          if (await isDone((await store.results()).get(key))) continue
          tried.add(key)
          on({ kind: 'began', key })
          const result = await attempt(point)
          if (result === 'interrupted') return 'interrupted'
          on({ kind: 'ended', result })
        } finally {
          await lease.release()
        }
      }
    }
    return 'done'
  }

  /** Whether some may be left by a host that has died: nobody else may come after this process. */
  async function areLeft(points: readonly DefinedPoint[]): Promise<boolean> {
    const [results, leased] = [await store.results(), await store.leased()]
    for (const { key } of points) {
      if (!leased.has(key) || tried.has(key) || (await isDone(results.get(key)))) continue
      if (await isInDoubt(store, key)) return true
    }
    return false
  }

  /** Whether a point is not to be run; one of which something is damaged is done again. */
  async function isDone(result: PointResult | undefined): Promise<boolean> {
    if (!result) return false
    if (result.status === 'failed') return !retry || result.at >= began
    if (whole.has(result.key)) return true
    if (!(await store.isWhole(result))) return false
    whole.add(result.key)
    return true
  }

  // A function, as the signal changes while this waits.
  function isStopped(): boolean {
    return signal?.aborted === true
  }

  async function attempt(point: DefinedPoint): Promise<PointResult | 'interrupted'> {
    const start = where.clock()
    try {
      return await runner.run(point, (done, of) =>
        on({ kind: 'progress', key: point.key, done, of }),
      )
    } catch (error) {
      const reason = reasonOf(error)
      if (reason === undefined) throw error
      const result: PointResult = {
        key: point.key,
        status: 'failed',
        reason: reason.slice(0, 1000),
        at: new Date(where.clock()).toISOString(),
        seconds: (where.clock() - start) / 1000,
        host: hostname(),
      }
      await store.add(result)
      return result
    }
  }
}

/** Passes each text on the first time. */
export function onceEach(pass: (text: string) => void): (text: string) => void {
  const known = new Set<string>()
  return (text) => {
    if (known.has(text)) return
    known.add(text)
    pass(text)
  }
}

/** Why a point failed, in a line; undefined if that is no matter of the point. */
function reasonOf(error: unknown): string | undefined {
  // A disk that is full is one for all points.
  if (error instanceof IoError && error.action === 'write') return undefined
  const isOfPoint = [
    RunError,
    DataError,
    EngineError,
    IoError,
    PatternError,
    CompileError,
    ProjectError,
  ].some((kind) => error instanceof kind)
  return isOfPoint ? (error as Error).message.replace(/\s+/g, ' ') : undefined
}

/**
 * A process begins with its own part, in which neighbours share their circuit, and goes on with what others
 * have not come to, from the end, where they come to last.
 */
function ordered(
  points: readonly DefinedPoint[],
  share: WorkOptions['share'],
): readonly DefinedPoint[] {
  if (!share || share.of < 2) return points
  const begin = Math.floor((points.length * share.part) / share.of)
  const end = Math.floor((points.length * (share.part + 1)) / share.of)
  const others = [...points.slice(end), ...points.slice(0, begin)]
  return [...points.slice(begin, end), ...others.toReversed()]
}
