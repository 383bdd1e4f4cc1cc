/** `spectral(A, radius = r)` in what a weight begins with: a square matrix, scaled to a spectral radius. */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluate } from '../evaluate.ts'
import { limits } from '../families.ts'
import type { NumberValue, Scope } from '../model.ts'
import { expectNumber } from '../operators.ts'
import { counted } from '../values.ts'
import type { WeightTarget } from './targets.ts'
import { shapeText, type WeightType } from './types.ts'
import { quantityText } from '../quantity-text.ts'

export interface BoundSpectral {
  readonly type: WeightType
  readonly radius: Expression
  readonly value: NumberValue
}

/** What the call is of, and to which radius it scales; undefined after a report. */
export function bindSpectral(
  context: Context,
  scope: Scope,
  { args, span }: CallExpression,
  { target, begins }: { readonly target: WeightTarget | undefined; readonly begins: boolean },
  typeOf: (matrix: Expression) => WeightType | undefined,
): BoundSpectral | undefined {
  const owner = '`spectral`'
  const misspelt = args.find(({ name }, i) => name && (i === 0 || name.name !== 'radius'))
  if (misspelt?.name) {
    const { name } = misspelt.name
    const hint = didYouMean(name, ['radius'])
    return context.report('unknownOption', misspelt.span, { owner, name }, { hint })
  }
  const found = args.length
  if (found > 2) return context.report('tooManyArguments', span, { owner, expected: 2, found })
  const [given, radius] = args
  if (!given || !radius) {
    const name = given ? 'radius' : 'the matrix'
    return context.report('missingArgument', span, { owner, name })
  }
  if (!begins) return context.report('noLowering', span, { construct: '`spectral` in a tie' })
  const own = typeOf(given.value)
  const known = evaluate(context, scope, radius.value)
  const value = known && expectNumber(context, known, radius.span)
  if (!own || !value) return undefined
  if (!(value.value > 0)) {
    const [what, expected] = ['`radius`', 'above 0']
    return context.report('badValue', radius.value.span, {
      what,
      expected,
      found: quantityText(value, radius.value),
    })
  }
  // A number stands for all synapses.
  const type = own.axes.length === 0 && target ? target : own
  const [rows, columns] = type.shape
  if (type.shape.length !== 2 || rows === undefined || rows !== columns)
    return context.report('notSquare', span, { found: shapeText(type.shape) })
  if (rows > limits.eigenvalues)
    return context.report('tooLarge', span, {
      what: 'The matrix whose spectral radius is computed',
      count: counted(rows, 'row'),
      limit: counted(limits.eigenvalues, 'row'),
    })
  return { type, radius: radius.value, value }
}
