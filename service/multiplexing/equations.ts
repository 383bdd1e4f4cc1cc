/**
 * Expressions of short-term plasticity as functions of numbers, in SI units: for who solves its equations
 * outside of a run. What such an expression may read is its states, what its cell emits, and parameters; of
 * anything else it is said that it cannot be solved so.
 */
import { Context } from '../../compiler/model/context.ts'
import { elementwise } from '../../compiler/model/builtins.ts'
import { evaluate } from '../../compiler/model/evaluate.ts'
import type { Scope } from '../../compiler/model/model.ts'
import { operatorFunctions } from '../../compiler/model/operators.ts'
import { evaluateElementary } from '../../contract/elementary.ts'
import type { CallExpression, Expression } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'

/** Values of names by their number. */
export type Values = readonly number[]
export type Formula = (values: Values) => number

/** What names stand for: numbers in the list of values, or expressions of the same. */
export interface Names {
  readonly scope: Scope
  readonly places: ReadonlyMap<string, number>
  readonly bindings: ReadonlyMap<string, Expression>
}

/** An expression that cannot be solved outside of a run. */
export class Unsolvable extends Error {}

/** How deep functions and bindings are looked into. */
const deepest = 32

/** The expression as a function. Throws Unsolvable. */
export function formulaOf(expression: Expression, names: Names, depth = 0): Formula {
  const inner = (each: Expression): Formula => formulaOf(each, names, depth)
  switch (expression.kind) {
    case 'Name': {
      const place = names.places.get(expression.name)
      if (place !== undefined) return (values) => values[place]!
      const binding = names.bindings.get(expression.name)
      if (binding && depth < deepest) return formulaOf(binding, names, depth + 1)
      return constant(expression, names)
    }
    case 'Unary': {
      const operand = inner(expression.operand)
      const fn = expression.operator === '-' ? 'neg' : 'not'
      return (values) => evaluateElementary(fn, [operand(values)])
    }
    case 'Binary': {
      const { operator } = expression
      if (operator === '@') throw unsolvable(expression)
      const [left, right] = [inner(expression.left), inner(expression.right)]
      const fn = operatorFunctions[operator]
      return (values) => evaluateElementary(fn, [left(values), right(values)])
    }
    case 'Conditional': {
      const [test, then, otherwise] = [
        inner(expression.test),
        inner(expression.then),
        inner(expression.otherwise),
      ]
      return (values) => (test(values) === 0 ? otherwise(values) : then(values))
    }
    case 'Call':
      return call(expression, names, depth)
    default:
      return constant(expression, names)
  }
}

function call(expression: CallExpression, names: Names, depth: number): Formula {
  const { callee, args } = expression
  if (callee.kind !== 'Name' || args.some((each) => each.name)) throw unsolvable(expression)
  const given = args.map(({ value }) => formulaOf(value, names, depth))
  const { name } = callee
  const entry = names.scope.lookUp(name)
  if (entry?.kind === 'function' && depth < deepest) {
    const { parameters, bindings, result } = entry.definition
    const body = formulaOf(
      result,
      {
        scope: entry.scope,
        places: new Map(parameters.map((each, i) => [each.name.name, i])),
        bindings: new Map(bindings.map((each) => [each.name.name, each.value])),
      },
      depth + 1,
    )
    if (given.length !== parameters.length) throw unsolvable(expression)
    return (values) => body(given.map((each) => each(values)))
  }
  const builtin = entry?.kind === 'builtin' ? entry.name : entry ? undefined : name
  if (builtin === 'clip' && given.length === 3) {
    const [x, low, high] = given as [Formula, Formula, Formula]
    return (values) => Math.min(Math.max(x(values), low(values)), high(values))
  }
  const known = builtin === undefined ? undefined : elementwise.get(builtin)
  if (!known || known.arity !== given.length) throw unsolvable(expression)
  const { fn } = known
  return (values) =>
    evaluateElementary(
      fn,
      given.map((each) => each(values)),
    )
}

function constant(expression: Expression, { scope }: Names): Formula {
  const found = evaluate(new Context(), scope, expression)
  if (found?.kind !== 'number' && found?.kind !== 'boolean') throw unsolvable(expression)
  const value = Number(found.value)
  return () => value
}

const unsolvable = (expression: Expression): Unsolvable =>
  new Unsolvable(`it reads \`${printExpression(expression)}\``)
