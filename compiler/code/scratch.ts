/** The scratch memory that a thread needs for the kernels of all programs. */
import { asConvolution } from '../plan/cost.ts'
import { layoutOf, numberIn } from '../plan/layout.ts'
import type { Planned } from '../plan/programs.ts'
import { convolutionScratchBytes } from './kernels/convolution/index.ts'
import { productScratchBytes } from './kernels/product.ts'
import type { Lanes } from './lanes.ts'

/** In bytes: always, and for each example of the batch. */
export function scratchOf(
  programs: readonly Planned[],
  lanes: Lanes,
): { readonly fixed: number; readonly perExample: number } {
  const inner = programs.flatMap(({ work }) =>
    work.values.flatMap(({ making, args }) => {
      if (making.kind !== 'other' || making.node.op !== 'matmul') return []
      const { rows, columns } = layoutOf(args[0]?.shape ?? [])
      return [making.node.transposeLeft ? rows : columns]
    }),
  )
  const fixed = inner.filter((dim) => dim !== 'batch').map((dim) => numberIn(dim))
  const most = Math.max(0, ...fixed)
  const hasBatch = inner.includes('batch')
  const many = 2 ** 20
  const growth = (productScratchBytes(lanes, many) - productScratchBytes(lanes, 0)) / many
  const convolutions = programs.flatMap(({ work }) =>
    work.values.flatMap(({ making, args, shape }) => {
      const node = making.kind === 'other' ? asConvolution(making.node) : undefined
      const shapes = args.map((operand) => operand.shape)
      return node ? [convolutionScratchBytes(lanes, { ...node, shape }, shapes)] : []
    }),
  )
  const pieces = programs.map(({ schedule }) => schedule.pieceElements * lanes.bytes)
  const products = inner.length === 0 ? 0 : productScratchBytes(lanes, most)
  return {
    fixed: Math.max(products, ...convolutions, ...pieces),
    perExample: hasBatch ? Math.ceil(growth) : 0,
  }
}
