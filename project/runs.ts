/** Finds runs: the one that `--resume` means, or that of a name. */
import { suggest } from '../grammar/diagnostics/suggest.ts'
import { findRun, listRuns, RunFolder } from '../runtime/node/train/run-folder.ts'
import { diskHost, sourceRecords } from './disk-host.ts'
import { ProjectError } from './errors.ts'
import { pathIn, shownIn, type Surroundings } from './surroundings.ts'

/** The run of that name below `out`, or else the latest one of `file` that was not finished. */
export async function findUnfinished(
  where: Surroundings,
  out: string,
  file: string | undefined,
  name: string | true,
): Promise<RunFolder> {
  if (name !== true) return findNamed(where, name, out)
  const path = file === undefined ? undefined : sourcePath(pathIn(where, file))
  const runs = await listRuns(out)
  const found = runs.find(
    ({ manifest }) =>
      manifest.finishedAt === undefined &&
      (path === undefined || manifest.sources[0]!.path === path),
  )
  if (found) return found
  const of = file === undefined ? '' : ` of ${file}`
  throw new ProjectError(`There is no unfinished run${of} in ${shownIn(where, out)}.`)
}

/** The run of that name below `out`, or in that folder. Throws ProjectError if there is none. */
export async function findNamed(
  where: Surroundings,
  target: string,
  out: string,
): Promise<RunFolder> {
  const path = findRun(target, out) ?? findRun(pathIn(where, target), out)
  if (path !== undefined) return RunFolder.open(path, out)
  const names = (await listRuns(out)).map(({ name }) => name)
  const guess = suggest(target, names)
  const latest = names[0] === undefined ? undefined : `The latest run is ${names[0]}.`
  throw new ProjectError(`There is no run ${target} in ${shownIn(where, out)}.`, {
    hint: guess ? `Did you mean ${guess}?` : latest,
  })
}

/** The path that a manifest has for the main file. */
function sourcePath(main: string): string {
  return sourceRecords(main, new Map([[main, '']]), diskHost(main))[0]!.path
}
