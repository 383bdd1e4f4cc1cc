/** Words of a file as they stand in a picture. */
import { oneLine } from '../../contract/escape.ts'

/** A picture is no place for longer names. */
const mostLetters = 28

/** On one line, without what moves text about, and cut where it is long. */
export function clean(text: string, most: number = mostLetters): string {
  const letters = [...oneLine(text)]
  return letters.length <= most ? letters.join('') : `${letters.slice(0, most - 1).join('')}…`
}
