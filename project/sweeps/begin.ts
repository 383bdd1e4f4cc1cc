/** A sweep, defined from a file and kept, or opened as it was kept before. */
import { selectEngine, type Engine, type EngineName } from '../../runtime/node/engine/index.ts'
import { misuse } from '../errors.ts'
import { pathIn, type Surroundings } from '../surroundings.ts'
import { defineSweep, type SweepRequest } from './define.ts'
import { keepSweep, openSweepFolder, type Changes, type SweepFolder } from './folder.ts'
import { requireAsDefined } from './requested.ts'
import { progressOf, type Progress } from './summary.ts'
import { requireTrusted, signedSweep } from './trust.ts'

/** Which sweep. */
export interface BeginOptions extends SweepRequest {
  /** Folder of sweeps; default `sweeps`. */
  readonly sweeps?: string | undefined
  /** What computes; default 'auto': the fastest that there is. */
  readonly network?: 'auto' | EngineName | undefined
  /** Go on with a sweep as it was defined, whatever has become of its file. */
  readonly resume?: boolean | undefined
}

/** A sweep that may be worked on. */
export interface Begun {
  readonly folder: SweepFolder
  /** `sweeps`, the folder of all, absolute. */
  readonly root: string
  readonly engine: Engine
  readonly changes?: Changes | undefined
  readonly progress: Progress
  /** Points that are neither done nor given up. */
  readonly left: number
}

/** Defines and keeps a sweep, or opens it. Throws CompileError, ProjectError, EngineError or IoError. */
export async function beginSweep(
  file: string | undefined,
  options: BeginOptions,
  where: Surroundings,
): Promise<Begun> {
  if (options.resume === true) requireAsDefined(options, 'resume')
  const root = pathIn(where, options.sweeps ?? 'sweeps')
  const engine = await selectEngine(options.network ?? 'auto', { threads: 1 })
  const folder: SweepFolder & { readonly changes?: Changes } =
    options.resume === true
      ? await openSweepFolder(where, root, options.name ?? nameless())
      : await keepSweep(
          root,
          signedSweep(where, await defineSweep(where, file ?? fileless(), options, engine)),
        )
  if (options.resume === true) await requireTrusted(where, folder.sweep)
  const progress = await progressOf(folder)
  const left = progress.points - progress.done - progress.givenUp
  return { folder, root, engine, changes: folder.changes, progress, left }
}

function nameless(): never {
  throw misuse('Say which sweep to go on with: ccn sweep --resume --name NAME.')
}

function fileless(): never {
  throw misuse('`ccn sweep` needs a file, e.g. `ccn sweep model.ccn`.')
}
