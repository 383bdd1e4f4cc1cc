/** Makes a diagnostic from its entry in the table. */
import type { Span } from '../ast.ts'
import { codes, type DiagnosticName, type ParametersOf } from './codes.ts'
import type { Diagnostic } from './diagnostic.ts'

/** Parameters of any diagnostic, by the names of their gaps. */
export type DiagnosticParameters = Readonly<Record<string, string | number>>

/** What stands beside the message. */
export interface Beside {
  readonly hint?: string | undefined
  readonly related?: Diagnostic['related'] | undefined
  readonly causes?: Diagnostic['causes'] | undefined
}

/** What is said with a diagnostic of this name: exactly the gaps of its template, if it has any. */
export type Said<N extends DiagnosticName> = [keyof ParametersOf<N>] extends [never]
  ? [parameters?: Readonly<Record<string, never>>, beside?: Beside]
  : [parameters: ParametersOf<N>, beside?: Beside]

/** The diagnostic `name` at `span`, its template filled. */
export function diagnostic<N extends DiagnosticName>(
  name: N,
  span: Span,
  ...[parameters, beside]: Said<N>
): Diagnostic {
  return filled(name, span, parameters ?? {}, beside)
}

/**
 * The same of a name that is known only now.
 * @throws Error for a parameter that the template names and `parameters` lacks (a bug of ours).
 */
export function filled(
  name: DiagnosticName,
  span: Span,
  parameters: DiagnosticParameters,
  extra: Beside = {},
): Diagnostic {
  const kind = codes[name]
  const template: string = kind.template
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
    ...(extra.causes === undefined ? {} : { causes: extra.causes }),
    said: { name, parameters },
  }
}
