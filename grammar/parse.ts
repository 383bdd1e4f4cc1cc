/**
 * Text to syntax tree: lexer, then parser.
 *
 * Never throws, whatever the text. Every diagnostic's span lies inside the text, in the order of
 * the text. A broken file yields what could be read of it.
 */
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import type { SourceFile } from './ast.ts'
import { lex, maxDiagnostics } from './lex.ts'
import { FileParser } from './parser/file.ts'

let parser: FileParser | undefined

/** What could be read of a text. */
export interface Parsed {
  readonly file: SourceFile
  readonly diagnostics: Diagnostic[]
  /** Names in what was left out because of a mistake: that they are missing is no second one. */
  readonly lost: ReadonlySet<string>
}

/** The syntax tree of `text`, and what is wrong with it. `path` stands in every span. */
export function parse(text: string, path: string): Parsed {
  parser ??= new FileParser()
  const lexed = lex(text, path)
  const { file, diagnostics, lost } = parser.read({ path, text, lexed })
  const all = [...lexed.diagnostics, ...diagnostics]
  all.sort((a, b) => a.span.start - b.span.start)
  return { file, diagnostics: all.slice(0, maxDiagnostics), lost }
}
