/** What stands in a file, on one line. */
import type { Expression } from '../../../grammar/ast.ts'

export function textOf(
  { sources }: { readonly sources: ReadonlyMap<string, string> },
  { span }: Pick<Expression, 'span'>,
): string {
  return (sources.get(span.file)?.slice(span.start, span.end) ?? '').replace(/\s+/g, ' ')
}
