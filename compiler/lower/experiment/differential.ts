/**
 * The differential of a weight expression: how a `let` of weights changes when its weights change by
 * given amounts, to first order. d(A + B) = dA + dB, d(A @ B) = dA @ B + A @ dB, and so on.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { WeightExpression } from '../../model/model.ts'
import type { LowerContext, WeightElement } from '../context.ts'
import type { Weights, WeightValue } from '../circuit/weights.ts'

/** The change of a stored weight; undefined for one that does not change. */
export type ChangeOf = (
  element: WeightElement & { readonly kind: 'connection' },
) => ValueId | undefined

/** The change of an element; undefined where nothing it is made of changes. */
export function differential(
  context: LowerContext,
  weights: Weights,
  element: WeightElement,
  changeOf: ChangeOf,
): WeightValue | undefined {
  switch (element.kind) {
    case 'matrix': {
      const { tied, init } = element.matrix
      return tied ? ofExpression(context, weights, init, init.value, changeOf) : undefined
    }
    case 'connection': {
      const own = weights.element(element)
      if (!own) return undefined
      if (element.connection.tied) {
        const { tied } = element.connection
        return ofExpression(context, weights, tied, tied.value, changeOf)
      }
      const value = changeOf(element)
      return value === undefined ? undefined : { ...own, value }
    }
    case 'let': {
      const { value } = element.definition
      return ofExpression(context, weights, value, value.value, changeOf)
    }
  }
}

function ofExpression(
  context: LowerContext,
  weights: Weights,
  within: WeightExpression,
  expression: Expression,
  changeOf: ChangeOf,
): WeightValue | undefined {
  const { builder, diagnostics, bound } = context
  const inner = (each: Expression): WeightValue | undefined =>
    ofExpression(context, weights, within, each, changeOf)
  const reference = bound.weights.find(within, expression)
  if (reference?.kind === 'value') return undefined
  if (reference?.kind === 'branch') return inner(reference.taken)
  if (reference?.kind === 'weights') {
    const [element] = reference.elements
    return element && differential(context, weights, element, changeOf)
  }
  switch (expression.kind) {
    case 'Unary': {
      const operand = inner(expression.operand)
      return operand && { ...operand, value: builder.map('neg', operand.value) }
    }
    case 'Binary': {
      const left = inner(expression.left)
      const right = inner(expression.right)
      switch (expression.operator) {
        case '+':
        case '-': {
          const negate = expression.operator === '-'
          const signed =
            right && (negate ? { ...right, value: builder.map('neg', right.value) } : right)
          return add(context, weights, left, signed, expression)
        }
        case '*':
        case '@': {
          const a = weights.part(within, expression.left)
          const b = weights.part(within, expression.right)
          if (!a || !b) return undefined
          const times = (x: WeightValue, y: WeightValue): WeightValue | undefined =>
            expression.operator === '@'
              ? weights.arithmetic.product(x, y, expression.span)
              : weights.arithmetic.binary('mul', x, y, undefined, expression.span)
          return add(context, weights, left && times(left, b), right && times(a, right), expression)
        }
        default:
          break
      }
      break
    }
    default:
      break
  }
  return diagnostics.report('wrongKind', expression.span, {
    name: 'this',
    found: 'no sum or product of weights',
    expected: 'something whose change follows from that of its weights',
  })
}

function add(
  context: LowerContext,
  weights: Weights,
  left: WeightValue | undefined,
  right: WeightValue | undefined,
  expression: Expression,
): WeightValue | undefined {
  if (!left || !right) return left ?? right
  const both = weights.compared(left, right, expression.span)
  return (
    both && {
      ...both[0],
      value: context.builder.map('add', both[0].value, both[1].value),
    }
  )
}
