/** Names for values that the source does not name: `one_minus_h0_e`, `sum_y_e`. */
import type { IrNode } from '../../ir/ir.ts'

/** A name that says what `node` computes of its operands, if all of them have short names. */
export function describe(
  node: IrNode,
  operands: readonly (string | undefined)[],
): string | undefined {
  const [a, b] = operands
  if (operands.some((operand) => operand === undefined) || a === undefined) return undefined
  switch (node.op) {
    case 'map':
      // The root of a sum of squares.
      if (node.fn === 'sqrt' && a.startsWith('sum_square_')) {
        return `norm_${a.slice('sum_square_'.length)}`
      }
      if (operands.length === 1) return `${node.fn}_${a}`
      return operands.length === 2 ? `${a}_${words[node.fn] ?? node.fn}_${b}` : undefined
    case 'reduce':
      return `${node.fn}_${a}`
    case 'transpose':
      return `${a}_transposed`
    case 'matmul':
      return `${a}_through_${b}`
    default:
      return undefined
  }
}

const words: Readonly<Record<string, string>> = {
  add: 'plus',
  sub: 'minus',
  mul: 'times',
  div: 'over',
}
