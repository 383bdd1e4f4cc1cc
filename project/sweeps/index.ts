/**
 * Sweeps: an experiment of a file at many points, each run once and kept (`store.ts`).
 */
import { having } from '../../contract/calls/values.ts'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import type { EngineName } from '../../runtime/node/engine/index.ts'
import { pathIn, surroundings, type Surroundings } from '../surroundings.ts'
import { beginSweep, type BeginOptions } from './begin.ts'
import { openSweepFolder, type Changes, type SweepFolder } from './folder.ts'
import { usualJobs, workLocally } from './local.ts'
import type { MetricsRecord } from '../../runtime/train/state.ts'
import { progressOf, summarise, type Progress, type SweepSummary } from './summary.ts'
import { ProjectError } from '../errors.ts'
import { checkValue } from '../options/check.ts'
import { pointValue, SweepPoint } from './point-view.ts'
import type { DefinedPoint } from './sweep-file.ts'
import { work, type WorkEvent } from './work.ts'

/** How to run a sweep. */
export interface SweepOptions extends BeginOptions, Partial<Surroundings> {
  /** Processes at once; default: one for each core. With 1 it is run in this process. */
  readonly jobs?: number | undefined
  /** Ends the sweep: points that are being run are saved. */
  readonly signal?: AbortSignal | undefined
  /** Told what happens. */
  readonly on?: ((event: SweepEvent) => void) | undefined
}

/** What happens in a sweep. */
export type SweepEvent =
  | {
      readonly kind: 'defined'
      readonly folder: SweepFolder
      readonly progress: Progress
      readonly changes?: Changes | undefined
      readonly jobs: number
    }
  | WorkEvent

/** How a sweep ended. */
export interface Swept {
  readonly folder: SweepFolder
  readonly status: 'finished' | 'interrupted'
  readonly progress: Progress
}

/** A sweep below the folder of sweeps, by its name. Throws ProjectError if there is none. */
export async function openSweepIn(
  where: Surroundings,
  name: string,
  sweeps: string | undefined,
): Promise<SweepFolder> {
  return openSweepFolder(where, pathIn(where, sweeps ?? 'sweeps'), name)
}

/**
 * Runs a sweep of a file; what was done before, by any sweep of these points, is not done again. Throws
 * CompileError, ProjectError, EngineError or IoError; that points fail is no reason to throw.
 */
export async function runSweep(
  file: string | undefined,
  options: SweepOptions,
  where: Surroundings = surroundings(options),
): Promise<Swept> {
  const { on = () => {}, signal } = options
  const begun = await beginSweep(file, options, where)
  const { folder: kept, root, engine, changes, progress: before, left } = begun
  const jobs = Math.max(1, Math.min(options.jobs ?? usualJobs, left))
  on({ kind: 'defined', folder: kept, progress: before, changes, jobs })
  const { sweep, store } = kept
  const end =
    jobs === 1
      ? await work({ where, sweep, store, engine, signal, on })
      : await workLocally({ where, folder: kept, root, jobs, signal, on })
  const progress = await progressOf(kept)
  return { folder: kept, status: end === 'done' ? 'finished' : 'interrupted', progress }
}

/** Works on a sweep that is defined, as one of several processes. */
export async function workOnSweep(
  name: string,
  share: { readonly part: number; readonly of: number },
  options: Pick<SweepOptions, 'sweeps' | 'signal'> & {
    /** Milliseconds since 1970: points that failed later are not tried again; default now. */
    readonly since?: number | undefined
    readonly on?: (event: WorkEvent) => void
  },
  where: Surroundings,
): Promise<'done' | 'interrupted'> {
  const root = pathIn(where, options.sweeps ?? 'sweeps')
  const { sweep, store } = await openSweepFolder(where, root, name)
  const engine = await selectEngine(sweep.common.engine as EngineName, { threads: 1 })
  const { signal, since, on = () => {} } = options
  return work({ where, sweep, store, engine, signal, share, since, on })
}

/** A sweep on the disk. Everything is read when it is asked for. */
export class Sweep {
  readonly #folder: SweepFolder

  /** For `sweep` and `openSweep`. */
  constructor(folder: SweepFolder) {
    checkValue('new Sweep', having(['store', 'sweep'], 'what `openSweep` opens'), folder)
    this.#folder = folder
  }

  get name(): string {
    return this.#folder.name
  }

  /** The folder. */
  get path(): string {
    return this.#folder.path
  }

  /** Every point, in order, with what identifies it. */
  get points(): readonly DefinedPoint[] {
    return this.#folder.sweep.points
  }

  /** How many points are in which state. Throws IoError. */
  async progress(): Promise<Progress> {
    return progressOf(this.#folder)
  }

  /** Mean, standard error and interval of every figure over the seeds. Throws IoError. */
  async summary(): Promise<SweepSummary> {
    return summarise(this.#folder)
  }

  /** A point by its number in `points`, or as these or a group have it. Throws ProjectError if there is none. */
  point(which: number | DefinedPoint): SweepPoint {
    const { points } = this
    if (typeof which !== 'number') checkValue('point', pointValue, which)
    const found = typeof which === 'number' ? points[which] : which
    if (found) return new SweepPoint(this.#folder, found)
    throw new ProjectError(
      `Sweep ${this.name} has no point ${String(which)}; it has ${points.length}, numbered from 0.`,
    )
  }

  /** Everything that a point measured, in order; undefined if it is not done. Throws IoError. */
  async metrics(point: Pick<DefinedPoint, 'key'>): Promise<readonly MetricsRecord[] | undefined> {
    checkValue('metrics', pointValue, point)
    const { key } = point
    const { store } = this.#folder
    const result = (await store.results()).get(key)
    return result && store.curves(result)
  }
}

/** The sweep of that name in a folder of sweeps. Throws ProjectError if there is none. */
export async function openSweep(
  name: string,
  options: Pick<SweepOptions, 'sweeps'> & Partial<Surroundings> = {},
): Promise<Sweep> {
  return new Sweep(await openSweepIn(surroundings(options), name, options.sweeps))
}
