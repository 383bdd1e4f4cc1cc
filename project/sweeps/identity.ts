/**
 * What tells points of sweeps apart, by content: a point that was run once is known again in any sweep of
 * the same model, and another model, data set or version of ccn makes another point.
 *
 * Of the sources count the words, neither comments nor layout, and not the sweeps that the main file
 * declares: a grid may grow.
 */
import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import type { DatasetPlan } from '../../contract/dataset.ts'
import { lex } from '../../grammar/lex.ts'
import { parse } from '../../grammar/index.ts'
import { readBytes } from '../../runtime/node/io/source.ts'

/** The hash of a text. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The identity of the sources that a compilation read. */
export function identityOfSources(sources: ReadonlyMap<string, string>, main: string): string {
  const files = [...sources].filter(([path]) => isAbsolute(path))
  const words = files.map(([path, text]) => wordsOf(text, path, path === main))
  // The folders that a project lies in say nothing of it.
  return sha256(JSON.stringify(words.toSorted()))
}

function wordsOf(text: string, path: string, isMain: boolean): string {
  const sweeps = isMain ? parse(text, path).file.items.filter(({ kind }) => kind === 'Sweep') : []
  return lex(text, path)
    .tokens.filter(
      ({ startOffset }) =>
        !sweeps.some(({ span }) => span.start <= startOffset && startOffset < span.end),
    )
    .map(({ image }) => image)
    .join(' ')
}

/** The identity of the files that a data set is read from: of what lies in the folder by the names it gives. */
export async function identityOfData(plan: DatasetPlan, folder: string): Promise<string> {
  const names = [plan.train, plan.test].flatMap(({ positional, named }) =>
    [...positional, ...Object.values(named)].filter((each) => typeof each === 'string'),
  )
  const hashes: string[] = []
  for (const name of new Set(names)) {
    const path = resolve(folder, name)
    const isBelow = !relative(folder, path).startsWith('..')
    const isFile = isBelow && existsSync(path) && statSync(path).isFile()
    if (isFile) hashes.push(`${name} ${sha256(await readBytes(path))}`)
  }
  return sha256(JSON.stringify([plan, hashes]))
}
