/**
 * Fuses element-wise functions: a value that only one other uses, of the same shape, is computed
 * in the loop of that other.
 *
 * Before: a verified graph; run this last, other passes do not look into `fused`. After: chains of
 * maps are single `fused` nodes of at most `maximumSize` functions and `maximumTensors` operands
 * that are not host scalars. Outputs, stored values, host scalars and values of another shape (a
 * row that is added to each example) stay nodes of their own, so nothing is computed twice.
 *
 *     %1 = mul(%p, %x) : [batch, 5]
 *     %2 = add(%1, %k) : [batch, 5]          e = fused(%p, %x, %k) do
 *     e = sigmoid(%2) : [batch, 5]     ->        sigmoid(add(mul($0, $1), $2)) : [batch, 5]
 */
import type { Graph, IrNode, MapExpression, ValueId } from '../ir/ir.ts'
import { assertNever, countUses, keptValues, nodeAt, operandsOf } from '../ir/operands.ts'
import { sameShape } from '../ir/shapes.ts'
import { rewrite, type Rewriter } from './rewrite.ts'

/** Most functions in one fused node. */
export const maximumSize = 40
/** Most operands of a fused node that are not host scalars. */
export const maximumTensors = 8

type ElementWise = Extract<IrNode, { readonly op: 'map' | 'fused' }>

/** The graph with chains of maps fused. */
export function fuse(graph: Graph): Graph {
  const uses = countUses(graph)
  const kept = keptValues(graph)
  return rewrite(graph, (node, old, r) => {
    if (!isElementWise(node)) return undefined
    const before = operandsOf(nodeAt(graph.nodes, old))
    const fits = node.args.map((value, i) => {
      const producer = r.nodeOf(value)
      const isAlone = uses[nodeAt(before, i)] === 1 && !kept.has(nodeAt(before, i))
      return isAlone && isElementWise(producer) && !r.isHost(value)
        ? sameShape(producer.shape, node.shape)
        : false
    })
    const absorbed = chooseAbsorbed(r, node, fits)
    if (absorbed.size === 0) return undefined
    const args: ValueId[] = []
    const argument = (value: ValueId): MapExpression => {
      if (!args.includes(value)) args.push(value)
      return { kind: 'argument', index: args.indexOf(value) }
    }
    const operands = node.args.map((value) => {
      const producer = r.nodeOf(value)
      if (!absorbed.has(value) || !isElementWise(producer)) return argument(value)
      return substitute(asExpression(producer), producer.args.map(argument))
    })
    return r.emit({ op: 'fused', expression: substitute(asExpression(node), operands), args })
  })
}

function isElementWise(node: IrNode): node is ElementWise {
  return node.op === 'map' || node.op === 'fused'
}

/** The operands to compute inside, one by one as long as the limits hold. */
function chooseAbsorbed(
  r: Rewriter,
  node: ElementWise,
  fits: readonly boolean[],
): ReadonlySet<ValueId> {
  let size = sizeOf(asExpression(node))
  let operands = new Set<ValueId>(node.args)
  const absorbed = new Set<ValueId>()
  node.args.forEach((value, i) => {
    const producer = r.nodeOf(value)
    if (!fits[i] || !isElementWise(producer)) return
    const after = new Set([...operands, ...producer.args])
    after.delete(value)
    const tensors = [...after].filter((operand) => !r.isHost(operand)).length
    const grown = size + sizeOf(asExpression(producer))
    if (grown > maximumSize || tensors > maximumTensors) return
    absorbed.add(value)
    size = grown
    operands = after
  })
  return absorbed
}

function asExpression(node: ElementWise): MapExpression {
  switch (node.op) {
    case 'fused':
      return node.expression
    case 'map':
      return {
        kind: 'apply',
        fn: node.fn,
        args: node.args.map((_, index) => ({ kind: 'argument', index })),
      }
    default:
      return assertNever(node)
  }
}

/** The expression with each argument replaced. */
function substitute(
  expression: MapExpression,
  replacements: readonly MapExpression[],
): MapExpression {
  if (expression.kind === 'argument') return nodeAt(replacements, expression.index)
  return {
    ...expression,
    args: expression.args.map((argument) => substitute(argument, replacements)),
  }
}

/** The number of functions in an expression. */
function sizeOf(expression: MapExpression): number {
  if (expression.kind === 'argument') return 0
  return expression.args.reduce((sum, argument) => sum + sizeOf(argument), 1)
}
