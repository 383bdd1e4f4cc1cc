/** What every step of building a model carries along: where diagnostics go, and what was used. */
import type { Span } from '../../grammar/ast.ts'
import { diagnostic, type DiagnosticParameters } from '../diagnostics/create.ts'
import type { DiagnosticName } from '../diagnostics/codes.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'

export class Context {
  readonly diagnostics: Diagnostic[] = []
  /** Parameters that decided a shape, a count or a branch. */
  readonly structural = new Set<string>()
  /** Parameters that anything read. */
  readonly used = new Set<string>()
  /** Definitions and imports that anything read, as `file:name`. */
  readonly usedDefinitions = new Set<string>()
  readonly #seen = new Set<string>()

  /** Reports once for each place and message, however often the place is expanded. */
  report(
    name: DiagnosticName,
    span: Span,
    parameters: DiagnosticParameters = {},
    extra: {
      readonly hint?: string | undefined
      readonly related?: Diagnostic['related'] | undefined
    } = {},
  ): undefined {
    this.add(diagnostic(name, span, parameters, extra))
    return undefined
  }

  add(found: Diagnostic): void {
    const key = `${found.code} ${found.span.file} ${found.span.start} ${found.span.end} ${found.message}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.diagnostics.push(found)
  }

  get hasErrors(): boolean {
    return this.diagnostics.some((found) => found.severity === 'error')
  }
}
