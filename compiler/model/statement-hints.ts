/**
 * Hints for what stands in a `measure` or `record` statement and is neither: arithmetic around a
 * measure, a part of a population, a statistic that is to be recorded.
 */
import type { Argument, Expression } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import { reductions, runTimeName } from './builtins.ts'

/** Of `np.exp(x)`. */
export const calledByName = 'functions are called by their name alone, as in `exp(x)`'

/** Of what is no measure. */
export function measureHint(value: Expression, measures: readonly string[]): string {
  const inner = value.kind === 'Binary' ? statisticIn(value) : undefined
  if (value.kind === 'Binary' && inner) {
    const { name, argument } = inner
    const within = printExpression(withArgument(value, argument))
    return `the arithmetic stands inside of the statistic: \`${name}(${within})\``
  }
  if (value.kind === 'Binary')
    return 'measures are followed one by one: `measure a = mean(h.e), b = mean(y.e)`'
  const name = value.kind === 'Member' ? printExpression(value) : undefined
  if (name !== undefined) {
    return `say how it is averaged, as in \`mean(${name})\`; to keep every value, write \`record ${name}\``
  }
  if (value.kind === 'Name' && value.name === runTimeName)
    return 'every measured step is written with its time; a statistic of it is a measure, as in `mean(t)`'
  return `the measures are ${measures.join(', ')}`
}

/** Of what cannot be recorded. */
export function recordHint(target: Expression): string {
  if (target.kind === 'Call') {
    const text = printExpression(target)
    return `variables and weights are recorded; what is computed of them is measured: \`measure ${text}\``
  }
  if (target.kind === 'Index' && target.object.kind === 'Member') {
    const { object, index } = target
    if (index.kind === 'Range') {
      const units = printExpression({ ...target, object: object.object })
      return `units are chosen behind the population: \`record ${units}.${object.member.name}\``
    }
    return `all units are recorded together: \`record ${printExpression(target.object)}\``
  }
  if (target.kind === 'Binary' || target.kind === 'Unary') {
    return 'give it a name in the cell, and record that, as in `record h.e`'
  }
  const name = target.kind === 'Name' ? target.name : 'h'
  if (name === runTimeName)
    return 'the time is kept with all that is recorded: `record h.e` keeps `t(h.e)` too, in double precision'
  return `write which variable of which population, as in \`${name}.e\``
}

/** The statistic on one side of an expression, as in `mean(h.s) / 0.1 ms`. */
function statisticIn(
  value: Expression & { readonly kind: 'Binary' },
): { readonly name: string; readonly argument: Expression } | undefined {
  const sides = [value.left, value.right]
  for (const side of sides) {
    if (side.kind !== 'Call' || side.callee.kind !== 'Name') continue
    const [first] = side.args
    if (first && reductions.has(side.callee.name)) {
      if (sides.every((each) => each.kind === 'Call')) return undefined
      return { name: side.callee.name, argument: first.value }
    }
  }
  return undefined
}

function withArgument(
  value: Expression & { readonly kind: 'Binary' },
  argument: Expression,
): Expression {
  const isStatistic = (side: Expression) => side.kind === 'Call' && side.args.length > 0
  return isStatistic(value.left) ? { ...value, left: argument } : { ...value, right: argument }
}

/** `0,3` for `0.3`: a number without a name, directly behind another with one comma between. */
export function decimalComma(args: readonly Argument[], at: number): string | undefined {
  const before = args[at - 1]?.value
  const after = args[at]
  if (before?.kind !== 'NumberLiteral' || after?.value.kind !== 'NumberLiteral') return undefined
  if (before.unit || after.name || after.span.start !== before.span.end + 1) return undefined
  return `write \`${before.text}.${after.value.text}\`, with a decimal point`
}
