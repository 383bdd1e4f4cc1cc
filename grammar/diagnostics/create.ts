/** Makes a diagnostic from its entry in the table. */
import type { Span } from '../ast.ts'
import { codes, type DiagnosticName } from './codes.ts'
import type { Diagnostic } from './diagnostic.ts'

type Template<N extends DiagnosticName> = (typeof codes)[N]['template']
export type DiagnosticParameters = Readonly<Record<string, string | number>>

/**
 * The diagnostic `name` at `span`, its template filled from `parameters`.
 * @throws Error for a parameter that the template names and `parameters` lacks (a bug of ours).
 */
export function diagnostic<N extends DiagnosticName>(
  name: N,
  span: Span,
  parameters: DiagnosticParameters = {},
  extra: {
    readonly hint?: string | undefined
    readonly related?: Diagnostic['related'] | undefined
  } = {},
): Diagnostic {
  const kind = codes[name]
  const template: string = kind.template satisfies Template<DiagnosticName>
  const message = template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = parameters[key]
    if (value === undefined) throw new Error(`${kind.code} needs the parameter ${key}`)
    return String(value)
  })
  return {
    code: kind.code,
    severity: kind.severity,
    message: message.replace(/\b1 (argument|value|unit|element|phase|branch)e?s\b/g, '1 $1'),
    span,
    ...(extra.hint === undefined ? {} : { hint: extra.hint }),
    ...(extra.related === undefined ? {} : { related: extra.related }),
  }
}
