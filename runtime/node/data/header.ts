/** The names in the first row of a table, and what is said where one is missing. */
import { DataError } from '../../data/types.ts'
import { listed, short } from '../../io/names.ts'

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

/** Whether a row of a table is one of numbers, so that the table has no names. */
export const isOfNumbers = (row: readonly string[]): boolean =>
  row.every((text) => text.trim() !== '' && Number.isFinite(Number(text)))

/** What the first row of a table is, in which a name is missing, and what to do where that can be told. */
export function rowFound(header: readonly string[]): string {
  if (isOfNumbers(header)) {
    const many =
      header.length === 1 ? 'a number, and no name' : `${header.length} numbers, and no names`
    return `its first row has ${many}: write a row of names above`
  }
  const [alone = ''] = header
  const separator =
    header.length > 1 ? undefined : separators.find(([mark]) => alone.includes(mark))
  const shown =
    header.length > 10 ? `${listed(header, 10)} (${header.length} columns)` : listed(header, 10)
  const mend = separator ? ` (write commas between columns, not ${separator[1]})` : ''
  return `its header row reads: ${shown}${mend}`
}

const separators = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
] as const
