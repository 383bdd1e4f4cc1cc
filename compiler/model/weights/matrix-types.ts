/**
 * Axes and shapes of products of weights and of functions of whole weights: which operands fit, and what
 * comes of them.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import { evaluate } from '../evaluate.ts'
import type { NumberValue, Scope } from '../model.ts'
import { paramsOf } from '../values.ts'
import { number, shapeText, type WeightType } from './types.ts'

/** Of `A @ B`; undefined after a report, or where an operand has none. */
export function productType(
  context: Context,
  [left, right]: readonly [WeightType | undefined, WeightType | undefined],
  span: Span,
): WeightType | undefined {
  if (!left || !right) return undefined
  const [rows, inner] = left.shape
  const [same, columns] = right.shape
  const areMatrices = left.shape.length === 2 && right.shape.length === 2
  if (areMatrices && inner === same && rows !== undefined && columns !== undefined)
    return { axes: [left.axes[0] ?? '', right.axes[1] ?? ''], shape: [rows, columns] }
  return context.report(
    'shapeMismatch',
    span,
    {
      left: 'The left factor',
      leftShape: shapeText(left.shape),
      right: 'the right one',
      rightShape: shapeText(right.shape),
    },
    { hint: 'in `A @ B` the columns of A and the rows of B must agree' },
  )
}

/** What is known of a call of a function of a whole weight. */
export interface WholeType {
  readonly type: WeightType
  /** Of a factor, where its rank is said. */
  readonly rank?: { readonly node: Expression; readonly value: NumberValue }
}

/** Of a function of a whole weight, by its name and the types of its operands; undefined after a report. */
export function typeOfWhole(
  context: Context,
  scope: Scope,
  call: CallExpression,
  name: string,
  [first]: readonly WeightType[],
): WholeType | undefined {
  const isFactor = name === 'left_factor' || name === 'right_factor'
  const expected = isFactor ? 2 : 1
  const found = call.args.length
  if (!first || found !== expected) {
    const owner = `\`${name}\``
    return context.report('tooManyArguments', call.span, { owner, expected, found })
  }
  const { axes, shape } = first
  const [rows, columns] = shape
  if (name === 'norm') return { type: number }
  if (shape.length !== 2 || rows === undefined || columns === undefined) {
    return context.report('wrongKind', call.span, {
      name: `${name}(...)`,
      found: shape.length > 2 ? 'of a kernel' : shape.length === 1 ? 'of a vector' : 'of a number',
      expected: 'of a matrix',
    })
  }
  if (name === 'transpose') return { type: { axes: axes.toReversed(), shape: [columns, rows] } }
  if (name === 'row_sum') return { type: { axes: axes.slice(0, 1), shape: [rows] } }
  if (name === 'column_sum') return { type: { axes: axes.slice(1), shape: [columns] } }
  const rank = rankOf(context, scope, call, Math.min(rows, columns))
  if (!rank) return undefined
  const type: WeightType =
    name === 'left_factor'
      ? { axes: [axes[0] ?? '', ''], shape: [rows, rank.value.value] }
      : { axes: ['', axes[1] ?? ''], shape: [rank.value.value, columns] }
  return { type, rank }
}

/** The rank of a factor, a whole number that is known when the model is compiled. */
function rankOf(
  context: Context,
  scope: Scope,
  { args, span }: CallExpression,
  most: number,
): WholeType['rank'] | undefined {
  const node = args[1]?.value
  const value = node && evaluate(context, scope, node)
  if (!node || !value) return undefined
  const isRank =
    value.kind === 'number' &&
    Number.isInteger(value.value) &&
    value.value >= 1 &&
    value.value <= most
  if (isRank) {
    for (const name of paramsOf(value.symbol)) context.structural.add(name)
    return { node, value }
  }
  return context.report('badValue', node.span ?? span, {
    what: 'The rank',
    expected: `a whole number from 1 to ${most}`,
    found: value.kind === 'number' ? value.value : 'something else',
  })
}
