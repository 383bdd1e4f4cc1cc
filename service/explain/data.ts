/** An explanation for another program: formulas as text and LaTeX. */
import { mathLatex } from '../typeset/latex.ts'
import { mathText } from '../typeset/text.ts'
import type { Explanation } from './explanation.ts'

/** What JSON is made of. */
export type Data =
  string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data }

/** Everything that is said, with `{ text, latex, where?, note? }` for each formula. */
export function explanationData(explanation: Explanation): Data {
  return dataOf(explanation)
}

function dataOf(value: unknown): Data {
  if (Array.isArray(value)) return value.map(dataOf)
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, each]): [string, Data][] => {
      if (each === undefined) return []
      if (key !== 'formula') return [[key, dataOf(each)]]
      return [
        ['text', mathText(each)],
        ['latex', mathLatex(each)],
      ]
    })
    return Object.fromEntries(entries)
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null
}
