/** The names in the first row of a table. */
import { DataError } from '../../data/types.ts'

/** Where the column of that name is; undefined if there is none. Throws DataError if there are two. */
export function columnNamed(
  name: string,
  header: readonly string[],
  path: string,
): number | undefined {
  const at = header.indexOf(name)
  if (at < 0) return undefined
  if (header.includes(name, at + 1))
    throw new DataError(`${path} has two columns ${short(name)}: give them names of their own.`)
  return at
}

/** What a file holds may be long, and is quoted in a sentence. */
export function short(text = ''): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}
