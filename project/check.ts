/**
 * Checks files of the disk, or of another host. What was found in a file before is found again in the
 * cache, if no text that it follows from has changed.
 */
import type { Host } from '../compiler/compile.ts'
import type { Checked } from '../service/check-all.ts'
import { Cache } from './cache.ts'
import { namedFiles } from './files.ts'
import { compilerFingerprint } from './package-info.ts'
import { sourceIn, type Source } from './sources.ts'
import type { Surroundings } from './surroundings.ts'

/** Results that are kept: small, and one a file. */
const mostKept = 512

/** What was found in a file. */
export interface CheckedFile extends Checked {
  /** As it was named, or found below the folder that was. */
  readonly file: string
}

/** Checks files, and those below folders. Throws ProjectError for what does not exist. */
export async function checkFiles(
  where: Surroundings,
  paths: readonly string[],
  host?: Host,
): Promise<readonly CheckedFile[]> {
  const files = host ? paths : namedFiles(where, paths)
  const checked: CheckedFile[] = []
  for (const file of files) {
    const source = sourceIn(where, file, host)
    const found = host ? await checkNow(source) : await checkOrRecall(where, source)
    checked.push({ file, ...found })
  }
  return checked
}

async function checkOrRecall(where: Surroundings, source: Source): Promise<Checked> {
  const { main, host } = source
  const request = ['check', main, host.projectRoot, host.libraryRoot]
  const cache = new Cache<Omit<Checked, 'sources'>>(where.env, compilerFingerprint(), {
    kind: 'checks',
    most: mostKept,
  })
  const before = await cache.find(request, host)
  if (before) return { ...before.kept, sources: before.sources }
  const { sources, ...kept } = await checkNow(source)
  // An error may be about a file that is not there, and so not among the texts.
  const wrong = kept.findings.some(({ diagnostic }) => diagnostic.severity === 'error')
  if (!wrong) await cache.keep(request, kept, sources)
  return { ...kept, sources }
}

/** The compiler is loaded only where it is needed. */
async function checkNow({ main, host }: Source): Promise<Checked> {
  const { checkAll } = await import('../service/check-all.ts')
  const { ParsedFiles } = await import('../service/parsed-files.ts')
  return checkAll(main, host, new ParsedFiles())
}
