/**
 * Comma-separated values as RFC 4180 has them: fields split by commas, rows by line ends (CRLF, LF
 * or CR), fields in double quotes may hold commas, line ends and doubled quotes. A byte-order mark
 * and a missing last line end are accepted; empty lines are passed over. Rows are handed out one at
 * a time, so that a large numeric file never exists as a table of strings.
 */

import { IoError } from './errors.ts'

/** A table with more of them is no table. */
const MOST_COLUMNS = 1_000_000

/** Called for each row; `line` is the row's first line in the file, from 1. */
export type CsvRowVisitor = (fields: readonly string[], line: number) => void

/**
 * Visits the rows in order, the header first. All must have as many fields as the first. `path` is
 * for messages only. Throws IoError for ragged rows, rows of more than a million fields, a quote that is never
 * closed, or text after a closing quote.
 */
export function forEachCsvRow(text: string, path: string, visit: CsvRowVisitor): void {
  const fail = (line: number, reason: string): never => {
    throw new IoError('read', path, `line ${line}: ${reason}`)
  }
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  let width = -1
  while (at < text.length) {
    const firstLine = line
    const fields: string[] = []
    for (;;) {
      if (fields.length === MOST_COLUMNS) fail(line, `more than ${MOST_COLUMNS} fields`)
      if (text[at] === '"') {
        const end = closingQuote(text, at)
        if (end < 0) fail(line, 'a quote is never closed')
        const quoted = text.slice(at + 1, end)
        line += quoted.match(/\r\n|\r|\n/g)?.length ?? 0
        fields.push(quoted.replaceAll('""', '"'))
        at = end + 1
        if (!isSeparator(text.charCodeAt(at))) fail(line, 'there is text after a closing quote')
      } else {
        const end = fieldEnd(text, at)
        fields.push(text.slice(at, end))
        at = end
      }
      if (text[at] !== ',') break
      at++
    }
    const empty = fields.length === 1 && fields[0] === '' && text[at - 1] !== '"'
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    at++
    line++
    if (empty) continue
    if (width < 0) width = fields.length
    if (fields.length !== width) {
      fail(firstLine, `${fields.length} fields where the first row has ${width}`)
    }
    visit(fields, firstLine)
  }
}

/** One row with its line end, fields quoted where they must be. */
export function formatCsvRow(fields: readonly (string | number)[]): string {
  const texts = fields.map((field) => {
    const text = String(field)
    return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${texts.join(',')}\r\n`
}

function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at
}

function fieldEnd(text: string, start: number): number {
  let at = start
  while (!isSeparator(text.charCodeAt(at))) at++
  return at
}

/** Comma, LF, CR, or NaN for the end of the text. */
function isSeparator(code: number): boolean {
  return !(code > 44) && (code === 44 || code === 10 || code === 13 || Number.isNaN(code))
}
