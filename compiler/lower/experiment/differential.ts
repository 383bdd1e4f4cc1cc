/**
 * The differential of a weight expression: how a `let` of weights changes when its weights change by
 * given amounts, to first order. d(A + B) = dA + dB, d(A @ B) = dA @ B + A @ dB, and so on.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Scope } from '../../model/model.ts'
import type { LowerContext, WeightElement } from '../context.ts'
import { parseName } from '../names.ts'
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
      return tied ? ofExpression(context, weights, init.value, init.scope, changeOf) : undefined
    }
    case 'connection': {
      const axes = weights.element(element)?.axes
      if (!axes) return undefined
      if (element.connection.tied) {
        return ofExpression(
          context,
          weights,
          element.connection.tied.value,
          element.connection.tied.scope,
          changeOf,
        )
      }
      const value = changeOf(element)
      return value === undefined ? undefined : { value, axes }
    }
    case 'let':
      return ofExpression(
        context,
        weights,
        element.definition.value.value,
        element.definition.value.scope,
        changeOf,
      )
  }
}

function ofExpression(
  context: LowerContext,
  weights: Weights,
  expression: Expression,
  scope: Scope,
  changeOf: ChangeOf,
): WeightValue | undefined {
  const { builder, diagnostics } = context
  const inner = (each: Expression): WeightValue | undefined =>
    ofExpression(context, weights, each, scope, changeOf)
  switch (expression.kind) {
    case 'Name':
    case 'Member':
    case 'Index': {
      const entry = expression.kind === 'Name' ? scope.lookUp(expression.name) : undefined
      if (entry && entry.kind !== 'weight') return undefined
      const [element] = parseName(context, expression, scope) ?? []
      return element && differential(context, weights, element, changeOf)
    }
    case 'NumberLiteral':
      return undefined
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
          const a = weights.value(expression.left, scope)
          const b = weights.value(expression.right, scope)
          if (!a || !b) return undefined
          const times = (x: WeightValue, y: WeightValue): WeightValue | undefined => {
            if (expression.operator === '@') {
              return {
                value: builder.matmul(x.value, y.value),
                axes: [x.axes[0] ?? '', y.axes[1] ?? ''],
              }
            }
            const axes = x.axes.length === 0 ? y.axes : x.axes
            return { value: builder.map('mul', x.value, y.value), axes }
          }
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
  const aligned = weights.alignedTo(right, left, expression.span)
  return aligned === undefined
    ? undefined
    : { ...left, value: context.builder.map('add', left.value, aligned) }
}
