/** Writes the page of a run. */
import { realpath } from 'node:fs/promises'
import { writeFileAtomic } from '../../runtime/node/io/atomic.ts'
import type { RunFolder } from '../../runtime/node/train/run-folder.ts'
import { misuse } from '../errors.ts'
import { copiesIn, findNamed } from '../runs.ts'
import { pathIn, surroundings, type Surroundings } from '../surroundings.ts'
import { documentOf } from './document.ts'
import { factsOf, type FactsOptions } from './facts.ts'
import { pageOf } from './index.ts'

/** Which page, and where to. */
export interface ReportOptions extends Partial<Surroundings> {
  /** The page's file; default `report.html` in the run. */
  readonly output?: string | undefined
  /** Folder of data files; default: as in training. */
  readonly dataDir?: string | undefined
  /** Folders that data, weights and masks may lie in besides the data folder and the project's. */
  readonly allowRead?: readonly string[] | undefined
  /** Folder of runs; default `runs`. */
  readonly out?: string | undefined
}

/** Makes the page of a run once more, and gives its path. Throws ProjectError or IoError. */
export async function report(
  target: string,
  options: ReportOptions,
  where: Surroundings = surroundings(options),
): Promise<string> {
  const { output, out = 'runs', dataDir, allowRead } = options
  if (output !== undefined && !/\.html?$/i.test(output)) {
    throw misuse(`The page of a run is HTML: name a file that ends in .html, not ${output}.`)
  }
  const run = await findNamed(where, target, pathIn(where, out))
  // A file that somebody named is written to through links, those of a run are not.
  const path =
    output === undefined
      ? run.pagePath
      : await realpath(pathIn(where, output)).catch(() => pathIn(where, output))
  const copies = await copiesIn(run)
  if (copies.some((each) => each !== run)) await writePageOfCopies(where, copies, path)
  else await writePage(where, run, path, { dataDir, allowRead })
  return path
}

/** Writes the page of copies to a file: what they came to, and their curves, as means with bands. */
export async function writePageOfCopies(
  where: Surroundings,
  copies: readonly RunFolder[],
  path: string,
): Promise<void> {
  const { compare } = await import('../compare/index.ts')
  const { comparisonPage } = await import('../compare/page.ts')
  const paths = copies.map((copy) => copy.path)
  await writeFileAtomic(path, await comparisonPage(await compare(paths, {}, where)))
}

/** Writes the page of a run that is open to a file. */
export async function writePage(
  where: Surroundings,
  run: RunFolder,
  path: string,
  options: FactsOptions,
): Promise<void> {
  const facts = await factsOf(where, run, options)
  await writeFileAtomic(path, documentOf(await pageOf(facts)))
}
