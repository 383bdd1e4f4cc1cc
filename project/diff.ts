/** How two circuits differ in meaning: files, runs, or one file with other variants and parameters. */
import type { Compilation } from '../compiler/compile.ts'
import { findRun, RunFolder } from '../runtime/node/train/run-folder.ts'
import { describe } from '../service/describe.ts'
import type { Difference } from '../service/difference/index.ts'
import type { Theme } from '../service/graph/palette.ts'
import { choiceOf, compileSource, type Choice } from './compile.ts'
import { storedHost } from './disk-host.ts'
import { diagram } from './diagram.ts'
import { misuse } from './errors.ts'
import { infoOf } from './files.ts'
import { pictureKind, saveSvgAs } from './pictures.ts'
import { sourceOnDisk } from './sources.ts'
import { pathIn, surroundings, type Surroundings } from './surroundings.ts'

/** What to compare with what. */
export interface DiffOptions extends Choice, Partial<Surroundings> {
  /** A picture of the second circuit, and of what the first had besides, with differences in colours: .svg, .png or .pdf. */
  readonly output?: string | undefined
  /** Folder of runs; default `runs`. */
  readonly out?: string | undefined
}

/** What was found. */
export interface Compared {
  readonly differences: readonly Difference[]
  /** Where the picture was written. */
  readonly path?: string
}

/**
 * Compares a file or run with another one; or, where there is one only, the file as it stands with what the
 * variants and parameters make of it. With two, these are those of the second. Throws CompileError,
 * ProjectError or IoError.
 */
export async function diff(
  before: string,
  after: string | undefined,
  options: DiffOptions = {},
  where: Surroundings = surroundings(options),
): Promise<Compared> {
  const { output } = options
  const chosen = choiceOf(options)
  if (after === undefined && Object.keys(chosen).length === 0) {
    throw misuse(
      'There is only one circuit to compare.',
      'Name a second file or run, or say --variant or --set.',
    )
  }
  if (output !== undefined) pictureKind(output)
  const old = await circuitOf(where, before, {}, options)
  const now = await circuitOf(where, after ?? before, options, options)
  const { differences } = await import('../service/difference/index.ts')
  const found = differences(old, now)
  if (output === undefined) return { differences: found }
  const path = pathIn(where, output)
  const isPixels = pictureKind(output) !== 'svg'
  await saveSvgAs(path, await drawnDifference(old, now, found, isPixels ? 'light' : 'auto'))
  return { differences: found, path }
}

async function drawnDifference(
  old: Compilation,
  now: Compilation,
  found: readonly Difference[],
  theme: Theme,
): Promise<string> {
  const [before, after] = [describe(old), describe(now)]
  if (!before || !after) throw new Error('the compiler gave no model, but no error either')
  const { marksOf } = await import('../service/difference/index.ts')
  const { withRemoved } = await import('../service/difference/union.ts')
  const marks = marksOf(found)
  return diagram(withRemoved(before, after, marks), { marks, theme })
}

/** A file's circuit, or that of a run, with what was asked for when it was made. */
async function circuitOf(
  where: Surroundings,
  name: string,
  choice: Choice,
  { out = 'runs' }: DiffOptions,
): Promise<Compilation> {
  const runs = pathIn(where, out)
  const run = infoOf(where, name)?.isFile() ? undefined : findRun(name, runs)
  if (run === undefined)
    return compileSource(sourceOnDisk(where, name), { ...choiceOf(choice), until: 'model' })
  const { manifest } = await RunFolder.open(run, runs)
  const { variants, set, experiment } = manifest.invocation
  return compileSource(storedHost(manifest.sources), {
    ...choiceOf({
      experiment: choice.experiment ?? experiment,
      variants: [...variants, ...(choice.variants ?? [])],
      set: { ...set, ...choice.set },
    }),
    until: 'model',
  })
}
