/**
 * The canonical layout of CCN, and expressions as text.
 *
 * `format` prints the tokens of the source anew with their comments, so that nothing is lost:
 * parsing the result gives the tree of the source, up to spans. It is idempotent. A file with
 * syntax errors is returned as it is, with the errors.
 */
import { printer } from 'prettier/doc'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import { lex } from './lex.ts'
import { parse } from './parse.ts'
import { align, hasMarks } from './print/align.ts'
import { placeComments } from './print/comments.ts'
import { layOut } from './print/document.ts'
import { factsOf } from './print/facts.ts'

export { printArguments, printExpression, printRange } from './print/expression.ts'

/** Longest line that the formatter makes of its own accord. */
export const printWidth = 100

/** `text` in the canonical layout, or unchanged with the syntax errors that are in the way. */
export function format(text: string, path: string): { text: string; diagnostics: Diagnostic[] } {
  const { file, diagnostics } = parse(text, path)
  // What only warns is read as it stands.
  if (diagnostics.some(({ severity }) => severity === 'error')) return { text, diagnostics }
  const lexed = lex(text, path)
  const comments = placeComments(text, lexed.tokens, lexed.comments)
  const aligned = !hasMarks(text)
  const document = layOut(lexed, factsOf(file, lexed), comments, aligned)
  const options = { printWidth, tabWidth: 2, useTabs: false }
  const { formatted } = printer.printDocToString(document, { ...options, parentParser: undefined })
  return { text: aligned ? align(formatted, printWidth) : formatted, diagnostics: [] }
}
