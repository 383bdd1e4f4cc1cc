/**
 * What tells points of sweeps apart, by content: a point that was run once is known again in any sweep of
 * the same model, and another model, data set or version of ccn makes another point.
 *
 * Of the sources count the words, neither comments nor layout, and not the sweeps that the main file
 * declares: a grid may grow.
 */
import { isAbsolute } from 'node:path'
import { lex } from '../../grammar/lex.ts'
import { parse } from '../../grammar/index.ts'
import { sha256 } from '../../runtime/node/train/source-record.ts'

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
