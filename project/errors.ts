/**
 * How the functions of a project end badly. All that people can do something about is one of these, or
 * a DataError, EngineError, IoError or RunError of the runtime: one sentence in `message`, and where
 * there is more to say, what to do about it in `hint`. Anything else that is thrown is a bug of ours.
 */
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { renderDiagnostic } from '../grammar/diagnostics/render.ts'

/** What was asked for cannot be done. */
export class ProjectError extends Error {
  override readonly name: string = 'ProjectError'
  /** What to do about it. */
  readonly hint: string | undefined
  /** Whether the call itself was wrong, not what it was made for. */
  readonly usage: boolean

  constructor(
    message: string,
    options: { readonly hint?: string | undefined; readonly usage?: boolean } = {},
  ) {
    super(message)
    this.hint = options.hint
    this.usage = options.usage ?? false
  }
}

/** A call that makes no sense, whatever it is for. */
export function misuse(message: string, hint?: string): ProjectError {
  return new ProjectError(message, { usage: true, hint })
}

/** A file has errors. */
export class CompileError extends Error {
  override readonly name = 'CompileError'
  /** Everything that was found, warnings too. */
  readonly diagnostics: readonly Diagnostic[]
  /** Texts by path, for rendering. */
  readonly sources: ReadonlyMap<string, string>

  constructor(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
    super(`${errors[0]?.message ?? 'The file has errors.'}${more}`)
    this.diagnostics = diagnostics
    this.sources = sources
  }

  /** The diagnostics as `ccn` prints them, with frames of the sources. */
  render(options: { readonly color?: boolean } = {}): string {
    return this.diagnostics
      .filter(({ severity }) => severity !== 'remark')
      .map((each) => renderDiagnostic(each, (file) => this.sources.get(file), options))
      .join('\n\n')
  }
}
