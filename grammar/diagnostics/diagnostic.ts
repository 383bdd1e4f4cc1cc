/**
 * What a stage says about a source file. Stages return diagnostics; they do not throw for bad input.
 * Codes, severities and wording live in one table (`codes.ts`); rendering is apart (`render.ts`).
 */
import type { Span } from '../ast.ts'

export type Severity = 'error' | 'warning' | 'remark'

export interface Diagnostic {
  /** Stable code, `CCN` and four digits. */
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly span: Span
  /** What to write instead, or what to look at. */
  readonly hint?: string
  /** Where the expectation came from. */
  readonly related?: readonly { readonly span: Span; readonly message: string }[]
  /** What the message says, as data: its entry in the table, and what fills the gaps there. */
  readonly said?: Statement
  /** Declarations that it may follow from: of two that say the same of one declaration, one is told. */
  readonly causes?: readonly string[]
}

/** An entry of the table of diagnostics by its name, and what fills its gaps. */
export interface Statement {
  readonly name: string
  readonly parameters: Readonly<Record<string, string | number>>
}
