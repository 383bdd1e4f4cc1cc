/**
 * Names in expressions of weights: initial values, ties, `let`s, matrices and the biases that are set
 * from them. A name there means a weight, or a value known when the model is compiled.
 */
import type { CallExpression, Expression } from '../../grammar/ast.ts'
import { childrenOf } from '../../grammar/walk.ts'
import {
  builtinNames,
  compileTimeFunctions,
  elementwiseOfWeights,
  initialisers,
  weightFunctions,
} from '../model/builtins.ts'
import type { Context } from '../model/context.ts'
import { didYouMean } from '../model/evaluate.ts'
import { familyName } from '../model/families.ts'
import type { Model, Scope, WeightExpression } from '../model/model.ts'
import { elementsOf, findElements, type Elements } from '../model/bind/elements.ts'
import { lookUpUnit } from '../model/units.ts'

/** Checks every expression of weights in the model. */
export function checkWeights(context: Context, model: Model): void {
  const check = new WeightNames(context, elementsOf(model))
  for (const { value } of expressionsOf(model)) check.expression(value.value, value.scope)
  for (const { value, scope } of context.unplaced) check.expression(value, scope)
}

/** Every expression of weights, with the name of what it sets. */
export function expressionsOf(
  model: Model,
): readonly { readonly owner: string; readonly value: WeightExpression }[] {
  const found: { owner: string; value: WeightExpression }[] = []
  const add = (owner: string, value: WeightExpression | undefined): void => {
    if (value) found.push({ owner, value })
  }
  for (const { name, init, tied, copied } of model.connections) {
    add(name, init)
    add(name, tied)
    if (copied?.value !== init) add(name, copied?.value)
    add(name, copied?.when)
  }
  for (const { cell } of model.populations) {
    for (const { storage, initial, tied } of cell.biases) {
      add(storage, initial)
      add(storage, tied)
    }
  }
  for (const { name, init } of model.matrices) add(name, init)
  for (const { name, value } of model.lets) add(name, value)
  return found
}

class WeightNames {
  readonly #context: Context
  readonly #elements: Elements

  constructor(context: Context, elements: Elements) {
    this.#context = context
    this.#elements = elements
  }

  expression(expression: Expression, scope: Scope): void {
    switch (expression.kind) {
      case 'Name':
      case 'Member':
        return this.#path(expression, scope)
      case 'Call':
        return this.#call(expression, scope)
      default:
        for (const child of childrenOf(expression)) {
          if (isExpression(child)) this.expression(child, scope)
        }
    }
  }

  #path(expression: Expression & { readonly kind: 'Name' | 'Member' }, scope: Scope): void {
    if (findElements(this.#elements, scope, expression)) return
    const root = rootName(expression)
    if (root === undefined) return
    if (scope.lookUp(root) || scope.knows(root)) return
    if (expression.kind === 'Name' && lookUpUnit(root)) return
    const name = familyName(expression) ?? root
    if (this.#context.isBroken(name)) return
    this.#context.report(
      'unknownName',
      expression.span,
      { kind: 'weight', name },
      {
        hint: this.#context.isFull
          ? undefined
          : didYouMean(name, [...this.#elements.keys(), ...scope.names()]),
      },
    )
  }

  #call(call: CallExpression, scope: Scope): void {
    for (const argument of call.args) this.expression(argument.value, scope)
    if (call.callee.kind !== 'Name') return
    const { name, span } = call.callee
    if (initialisers.has(name) || weightFunctions.has(name)) return
    if (compileTimeFunctions.has(name) || elementwiseOfWeights.has(name)) return
    const known = [...initialisers.keys(), ...weightFunctions, ...elementwiseOfWeights]
    const hint = didYouMean(name, known)
    const other = builtinNames.has(name) || scope.lookUp(name) !== undefined
    this.#context.report(
      'unknownName',
      span,
      { kind: 'function of weights', name },
      {
        hint:
          hint ?? (other ? `of weights there are ${[...weightFunctions].join(', ')}` : undefined),
      },
    )
  }
}

function rootName(expression: Expression): string | undefined {
  let at = expression
  while (at.kind === 'Member') at = at.object
  return at.kind === 'Name' ? at.name : undefined
}

const expressionKinds: ReadonlySet<string> = new Set<Expression['kind']>([
  'NumberLiteral',
  'StringLiteral',
  'BooleanLiteral',
  'Name',
  'Member',
  'Index',
  'Call',
  'Unary',
  'Binary',
  'Conditional',
  'List',
  'Spread',
  'Range',
  'ErrorExpression',
])

const isExpression = (node: { readonly kind: string }): node is Expression =>
  expressionKinds.has(node.kind)
