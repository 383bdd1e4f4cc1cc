/**
 * Finds the run that `--resume` means, and what it was started with.
 */
import type { Invocation } from '../runtime/node/train/manifest.ts'
import { suggest } from '../grammar/diagnostics/suggest.ts'
import { findRun, listRuns, RunFolder } from '../runtime/node/train/run-folder.ts'
import { CliError } from '../cli/errors.ts'
import { diskHost, sourceRecords } from './disk-host.ts'
import type { Session } from '../cli/session.ts'
import type { TrainArguments } from './train.ts'

/** The run of that name below `out`, or else the latest one of `file` that was not finished. */
export async function findUnfinished(
  session: Session,
  out: string,
  file: string | undefined,
  name: string | true,
): Promise<RunFolder> {
  if (name !== true) return openRun(session, name, out)
  const path = file === undefined ? undefined : sourcePath(session.path(file))
  const runs = await listRuns(out)
  const found = runs.find(
    ({ manifest }) =>
      manifest.finishedAt === undefined &&
      (path === undefined || manifest.sources[0]!.path === path),
  )
  if (found) return found
  const of = file === undefined ? '' : ` of ${file}`
  throw new CliError(`There is no unfinished run${of} in ${session.shown(out)}.`)
}

/** The run of that name below `out`, or in that folder. */
export async function openRun(session: Session, target: string, out: string): Promise<RunFolder> {
  const path = findRun(target, out) ?? findRun(session.path(target), out)
  if (path !== undefined) return RunFolder.open(path, out)
  const names = (await listRuns(out)).map(({ name }) => name)
  const guess = suggest(target, names)
  const latest = names[0] === undefined ? undefined : `The latest run is ${names[0]}.`
  throw new CliError(`There is no run ${target} in ${session.shown(out)}.`, {
    hint: guess ? `Did you mean ${guess}?` : latest,
  })
}

/** What was asked for, and for a resumed run otherwise what it was started with. */
export function invocationOf(
  session: Session,
  args: TrainArguments,
  before: Invocation | undefined,
): Invocation {
  const given = {
    experiment: args.experiment,
    epochs: args.epochs,
    steps: args.steps,
    batch: args.batch,
    seed: args.seed,
    limit: args.limit,
    precision: args.precision,
    dataDir: args.dataDir === undefined ? undefined : session.path(args.dataDir),
  }
  const present = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<Invocation>
  return {
    ...before,
    ...present,
    variants: args.variant ?? before?.variants ?? [],
    set: args.set ?? before?.set ?? {},
  }
}

/** The path that a manifest has for the main file. */
function sourcePath(main: string): string {
  return sourceRecords(main, new Map([[main, '']]), diskHost(main))[0]!.path
}
