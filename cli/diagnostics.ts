/**
 * Shows what the compiler found, with paths as people know them.
 */
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { renderDiagnostic, toJson, type DiagnosticData } from '../grammar/diagnostics/render.ts'
import type { CompileError } from '../project/errors.ts'
import type { Session } from './session.ts'

/** Source texts by absolute path. */
export type SourceTexts = ReadonlyMap<string, string>

/** The diagnostic with frames of the source. */
export function renderFor(
  session: Session,
  diagnostic: Diagnostic,
  sources: SourceTexts,
  stream: 'stdout' | 'stderr',
): string {
  const shown = withPaths(diagnostic, (path) => session.shown(path))
  const texts = new Map([...sources].map(([path, text]) => [session.shown(path), text]))
  const color = session.wantsColour(stream)
  return renderDiagnostic(shown, (file) => texts.get(file), { color })
}

/** Says what the compiler found, but for remarks, which are for `ccn check`. */
export function sayWarnings(
  session: Session,
  { diagnostics, sources }: Pick<CompileError, 'diagnostics' | 'sources'>,
): void {
  for (const diagnostic of diagnostics) {
    if (diagnostic.severity === 'remark') continue
    session.say(`${renderFor(session, diagnostic, sources, 'stderr')}\n`)
  }
}

/** The diagnostic as data. */
export function dataFor(
  session: Session,
  diagnostic: Diagnostic,
  sources: SourceTexts,
): DiagnosticData {
  const shown = withPaths(diagnostic, (path) => session.shown(path))
  const texts = new Map([...sources].map(([path, text]) => [session.shown(path), text]))
  return toJson(shown, (file) => texts.get(file))
}

function withPaths(diagnostic: Diagnostic, shown: (path: string) => string): Diagnostic {
  const { span, related } = diagnostic
  return {
    ...diagnostic,
    span: { ...span, file: shown(span.file) },
    ...(related && {
      related: related.map((each) => ({
        ...each,
        span: { ...each.span, file: shown(each.span.file) },
      })),
    }),
  }
}

/** Says what the compiler warns of at points of a sweep. */
export const warnTo =
  (session: Session) =>
  (message: string, point: string): void =>
    session.say(`warning: ${point}: ${message}`)
