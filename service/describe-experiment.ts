/** Of a model as plain data: an experiment, with its data and what it presents. */
import type { Experiment } from '../compiler/model/model.ts'
import type { Span } from '../grammar/ast.ts'

type TextOf = (span: Span) => string

/** The last data set that is named: that of an experiment comes after those of its bases. */
function dataOf(statements: Experiment['statements'], textOf: TextOf) {
  const data = statements.findLast((each) => each.kind === 'Data')
  return data ? { data: textOf(data.dataset.span) } : {}
}

/** What is presented; what an experiment presents to an input replaces what its bases do. */
function presentedIn(statements: Experiment['statements'], textOf: TextOf) {
  const bindings = statements
    .flatMap((each) => (each.kind === 'Present' ? each.bindings : []))
    .map(({ target, value }) => [textOf(target.span), textOf(value.span)] as const)
  return [...new Map(bindings)].map(([target, value]) => ({ target, value }))
}

/** An experiment as plain data. */
export function experimentOf({ item, statements }: Experiment, textOf: TextOf) {
  return {
    name: item.name.name,
    ...(item.doc !== undefined && { doc: item.doc }),
    statements: statements.map(({ span }) => textOf(span)),
    ...dataOf(statements, textOf),
    presented: presentedIn(statements, textOf),
    span: item.span,
  }
}
