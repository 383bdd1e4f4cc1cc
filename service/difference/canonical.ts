/**
 * What pieces of a file mean, as texts that are equal if they mean the same: names are what they are bound to,
 * numbers are in SI units, terms and factors in one order; spaces, comments and parentheses are gone.
 */
import type { Expression } from '../../grammar/ast.ts'
import { unitOf } from '../../grammar/units.ts'
import type { FunctionValue, ScalarSymbol, Scope, Value } from '../../compiler/model/model.ts'
import { isValue } from '../../compiler/model/values.ts'

/** An expression where `own` are names of the cell, rule or function that it stands in. */
export function canonical(expression: Expression, scope: Scope, own: ReadonlySet<string>): string {
  const at = (each: Expression): string => canonical(each, scope, own)
  switch (expression.kind) {
    case 'Name':
      return nameOf(expression.name, scope, own)
    case 'NumberLiteral':
      return siNumber(expression.value, expression.unit?.name)
    case 'StringLiteral':
      return JSON.stringify(expression.value)
    case 'BooleanLiteral':
      return String(expression.value)
    case 'Member':
      return `${memberOwner(expression.object)}.${expression.member.name}`
    case 'Index':
      return `${memberOwner(expression.object)}[${at(expression.index)}]`
    case 'Call':
      return `${at(expression.callee)}(${expression.args.map((each) => `${each.name ? `${each.name.name}=` : ''}${each.each ? 'each ' : ''}${at(each.value)}`).join(',')})`
    case 'Unary':
      return `${expression.operator}(${at(expression.operand)})`
    case 'Binary': {
      const { operator } = expression
      if (operator === '+' || operator === '*' || operator === 'and' || operator === 'or') {
        const parts = operands(expression, operator).map(at)
        return `(${parts.toSorted().join(operator)})`
      }
      return `(${at(expression.left)}${operator}${at(expression.right)})`
    }
    case 'Conditional':
      return `if(${at(expression.test)},${at(expression.then)},${at(expression.otherwise)})`
    case 'List':
      return `[${expression.elements.map(at).join(',')}]`
    case 'Spread':
      return `...${at(expression.operand)}`
    case 'Range':
      return `${expression.from ? at(expression.from) : ''}${expression.fromOpen ? '<' : ''}..${expression.toOpen ? '<' : ''}${expression.to ? at(expression.to) : ''}`
    case 'ErrorExpression':
      return '?'
  }
}

/** `post` of `post.e`, which is no name of the scope. */
const memberOwner = (object: Expression): string => {
  if (object.kind === 'Name') return object.name
  if (object.kind === 'Member') return `${memberOwner(object.object)}.${object.member.name}`
  return object.kind === 'Index'
    ? `${memberOwner(object.object)}[${memberOwner(object.index)}]`
    : canonicalNode(object)
}

const operands = (expression: Expression, operator: string): readonly Expression[] =>
  expression.kind === 'Binary' && expression.operator === operator
    ? [...operands(expression.left, operator), ...operands(expression.right, operator)]
    : [expression]

const siNumber = (value: number, unit: string | undefined): string =>
  String(Number((value * (unit === undefined ? 1 : (unitOf(unit)?.scale ?? 1))).toPrecision(12)))

function nameOf(name: string, scope: Scope, own: ReadonlySet<string>): string {
  if (own.has(name)) return name
  const entry = scope.lookUp(name)
  return entry && isValue(entry) ? valueText(entry) : name
}

/** A value as what it is made of: a parameter by its name, a function by what it computes. */
export function valueText(value: Value): string {
  switch (value.kind) {
    case 'number':
      return value.symbol ? symbolText(value.symbol) : String(Number(value.value.toPrecision(12)))
    case 'boolean':
      return value.symbol ? symbolText(value.symbol) : String(value.value)
    case 'string':
      return JSON.stringify(value.value)
    case 'list':
      return `[${value.elements.map(valueText).join(',')}]`
    case 'function':
      return functionText(value)
    case 'population':
      return value.population.name
    case 'populations':
      return value.family
    case 'builtin':
    case 'instance':
    case 'instances':
      return value.name
  }
}

const symbolText = (symbol: ScalarSymbol): string => {
  if (symbol.kind === 'param') return symbol.name
  if (symbol.kind === 'number') return String(Number(symbol.value.toPrecision(12)))
  const args = symbol.args.map(symbolText)
  const joined = symbol.fn === 'add' || symbol.fn === 'mul' ? args.toSorted() : args
  return `${symbol.fn}(${joined.join(',')})`
}

/** A function by its body; the names of its parameters are its own. */
function functionText({ definition, scope }: FunctionValue): string {
  const { parameters, bindings, result, pullback } = definition
  const own = new Set([
    ...parameters.map((each) => each.name.name),
    ...bindings.map((each) => each.name.name),
    ...(pullback
      ? [pullback.gradient.name, ...pullback.bindings.map((each) => each.name.name)]
      : []),
  ])
  const parts = [
    ...parameters.map((each) => each.name.name),
    ...bindings.map((each) => `${each.name.name}=${canonical(each.value, scope, own)}`),
    canonical(result, scope, own),
    ...(pullback
      ? [
          ...pullback.bindings.map(
            (each) => `${each.name.name}=${canonical(each.value, scope, own)}`,
          ),
          `slope ${canonical(pullback.result, scope, own)}`,
        ]
      : []),
  ]
  return `{${parts.join(';')}}`
}

/** Any node of a syntax tree without places, comments and spellings. */
export function canonicalNode(node: unknown): string {
  if (Array.isArray(node)) return `[${node.map(canonicalNode).join(',')}]`
  if (typeof node !== 'object' || node === null) return JSON.stringify(node) ?? ''
  const it = node as {
    readonly kind?: string
    readonly value?: unknown
    readonly unit?: { readonly name: string }
  }
  if (it.kind === 'NumberLiteral' && typeof it.value === 'number')
    return siNumber(it.value, it.unit?.name)
  const entries = Object.entries(it).filter(
    ([key]) => key !== 'span' && key !== 'doc' && key !== 'text',
  )
  return `{${entries.map(([key, value]) => `${key}:${canonicalNode(value)}`).join(',')}}`
}
