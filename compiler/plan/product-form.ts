/** How the operands of a matrix product lie in memory. */
import type { IrNode } from '../ir/ir.ts'

/**
 * NN: A [M, K], B [K, N]; NT: A [M, K], B [N, K], C = A B^T; TN: A [K, M], B [K, N], C = A^T B.
 */
export type ProductForm = 'NN' | 'NT' | 'TN'

export function formOf({
  transposeLeft,
  transposeRight,
}: IrNode & { readonly op: 'matmul' }): ProductForm {
  if (transposeLeft) return 'TN'
  return transposeRight ? 'NT' : 'NN'
}
