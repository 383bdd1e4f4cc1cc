/** What is said of arguments whose unit is not the one that is asked for, wherever units are inferred. */
import type { CallExpression, Expression, Span } from '../../grammar/ast.ts'
import { unitHint } from './units.ts'
import type { Reporter } from './value-dimensions.ts'

/** Of an exponent, or an argument of the function `name`, that is no plain number. */
export function reportNotPlain(
  what: string,
  { span }: Expression,
  found: string,
  report: Reporter,
  name = '',
): void {
  const hint =
    name === 'bernoulli'
      ? 'a rate times the length of a step is a probability'
      : 'divide by a scale of the same unit'
  report('unitExpected', span, { what, expected: 'a number without a unit', found }, { hint })
}

/** Of a window that is neither a time nor a number of steps. */
export function reportNotTime(
  name: string,
  value: Expression,
  found: string,
  report: Reporter,
): void {
  const what = `The window of \`${name}\``
  const parameters = { what, expected: 'a time or a number of steps', found }
  report('unitExpected', value.span, parameters, { hint: unitHint(value, { time: 1 }) })
}

/** Takes nothing. */
export const silent: Reporter = () => undefined

interface InBody {
  readonly span: Span
  readonly say: () => void
}

/**
 * Infers a body for the arguments of a call, which it forgets, and says of the call what is wrong for these alone:
 * what is wrong whatever it is handed is said where the function is declared.
 */
export function inferredBody<T>(
  infer: (report: Reporter) => T,
  report: Reporter,
  { span: where }: CallExpression,
  name: string,
): T {
  if (report === silent) return infer(silent)
  const keeping =
    (kept: InBody[]): Reporter =>
    (code, span, parameters) => {
      const inside = Object.fromEntries(
        Object.entries(parameters).map(([key, value]) => [
          key,
          key === 'operation' || key === 'what' ? `${String(value)} (in \`${name}\`)` : value,
        ]),
      ) as typeof parameters
      kept.push({ span, say: () => report(code, where, inside, {}) })
    }
  const found: InBody[] = []
  const result = infer(keeping(found))
  if (found.length === 0) return result
  const always: InBody[] = []
  infer(keeping(always))
  found.find(({ span }) => !always.some((each) => each.span.start === span.start))?.say()
  return result
}
