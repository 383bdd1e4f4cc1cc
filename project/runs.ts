/** Finds runs: the one that `--resume` means, or that of a name. */
import { join } from 'node:path'
import { copiesOf } from '../contract/copies.ts'
import { suggest } from '../grammar/diagnostics/suggest.ts'
import { findRun, listRuns, RunFolder } from '../runtime/node/train/run-folder.ts'
import { diskHost, sourceRecords } from './disk-host.ts'
import { ProjectError } from './errors.ts'
import { pathIn, shownIn, type Surroundings } from './surroundings.ts'
import { sweepNames } from './sweeps/folder.ts'

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
    hint:
      (await sweepHint(where, target)) ?? (guess === undefined ? latest : `Did you mean ${guess}?`),
  })
}

/** What to say where a run is asked for by the name or folder of a sweep; a folder that cannot be read holds none. */
async function sweepHint(where: Surroundings, target: string): Promise<string | undefined> {
  const root = pathIn(where, 'sweeps')
  const sweeps = await sweepNames(root).catch(() => [])
  const name = sweeps.find((each) => each === target || join(root, each) === pathIn(where, target))
  if (name === undefined) return undefined
  return `${name} is a sweep: ccn sweep ${name} --report writes what it came to.`
}

/** A run by itself, or the copies that there are of one that is of several, in the order of their seeds. */
export async function copiesIn(run: RunFolder): Promise<readonly RunFolder[]> {
  const copies: RunFolder[] = []
  for (const { name } of copiesOf(run.manifest.plan)) {
    const path = findRun(name, run.path)
    if (path !== undefined) copies.push(await RunFolder.open(path, run.path))
  }
  return copiesOf(run.manifest.plan).length > 0 ? copies : [run]
}

/** Throws ProjectError for a run of several copies, which `action` cannot be done with. */
export function requireOne({ name, manifest }: RunFolder, action: string): void {
  const [first] = copiesOf(manifest.plan)
  if (first === undefined) return
  throw new ProjectError(`Run ${name} is of several copies, and one is ${action}.`, {
    hint: `Name it: ${name}/${first.name}.`,
  })
}

/** The path that a manifest has for the main file. */
function sourcePath(main: string): string {
  return sourceRecords(main, new Map([[main, '']]), diskHost(main))[0]!.path
}
