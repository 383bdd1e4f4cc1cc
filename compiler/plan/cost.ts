/** What programs cost: floating-point operations, and which functions are quick or take long. */
import type { ProgramInfo } from '../../contract/artifact.ts'
import type { BasicFunction } from '../../contract/elementary.ts'
import type { IrNode, Shape } from '../ir/ir.ts'
import { rowOf } from '../ir/operations.ts'
import { layoutOf, numberIn, sizeOf } from './layout.ts'
import type { Planned } from './programs.ts'

/**
 * An element-wise operation takes as long as so many of a product, whose operands stay in registers
 * (measured on cells of a circuit with a past, alone on their thread).
 */
const ELEMENT = 3

/** What a loop does as fast as it reads a number. */
export const quickFunctions: ReadonlySet<string> = new Set<BasicFunction>([
  'add',
  'sub',
  'mul',
  'neg',
  'abs',
  'min',
  'max',
  'lt',
  'le',
  'gt',
  'ge',
  'eq',
  'ne',
  'and',
  'or',
  'not',
  'select',
])

/** Chains of dozens of instructions. */
export const longFunctions: ReadonlySet<string> = new Set<BasicFunction>([
  'exp',
  'exprel',
  'log',
  'sigmoid',
  'tanh',
  'softplus',
  'sin',
  'cos',
  'atan',
  'pow',
])

/** Floating-point operations of products; of all else, operations of a product that take as long. */
export function operationsIn({
  work,
  machine,
}: Pick<Planned, 'work' | 'machine'>): ProgramInfo['work'] {
  let fixed = 0
  let perExample = 0
  const count = (elements: number, isPerExample: boolean): void => {
    if (isPerExample) perExample += elements
    else fixed += elements
  }
  for (const { making, args, shape } of work.values) {
    if (making.kind !== 'map' && making.kind !== 'other') continue
    const { elements, per } = sizeOf(machine, layoutOf(shape), work.capacities)
    if (making.kind === 'other' && making.node.op === 'matmul') {
      const { rows, columns } = layoutOf(args[0]?.shape ?? [])
      const inner = making.node.transposeLeft ? rows : columns
      count(
        2 * elements * (inner === 'batch' ? 1 : numberIn(inner)),
        per === 'example' || inner === 'batch',
      )
      continue
    }
    const convolution = making.kind === 'other' ? asConvolution(making.node) : undefined
    if (convolution) {
      const shapes = args.map((operand) => operand.shape)
      const { count: all, isPerExample } = convolutionOperations({ ...convolution, shape }, shapes)
      count(all, isPerExample)
    } else count(ELEMENT * elements, per === 'example')
  }
  return { fixed, perExample }
}

/** A node that is a convolution or one of its gradients. */
export type ConvolutionNode = IrNode & {
  readonly op: 'conv' | 'convImageGradient' | 'convKernelGradient'
}

export function asConvolution(node: IrNode): ConvolutionNode | undefined {
  return rowOf(node).cost === 'convolution' ? (node as ConvolutionNode) : undefined
}

/** Multiplications and additions, in all or for each example; taps outside of the image count too. */
export function convolutionOperations(
  { op, shape }: ConvolutionNode,
  [a, b]: readonly Shape[],
): { readonly count: number; readonly isPerExample: boolean } {
  if (!a || !b) throw new Error('a convolution has two operands')
  const image = op === 'convImageGradient' ? shape : a
  const kernel = op === 'convKernelGradient' ? shape : b
  const output = op === 'conv' ? shape : op === 'convImageGradient' ? a : b
  const size = (dims: Shape): number => dims.reduce<number>((n, dim) => n * Number(dim), 1)
  // Every element of the kernel meets every place of the output.
  const count = 2 * size(kernel) * size(output.slice(2))
  const examples = image[0] ?? 1
  const isPerExample = examples === 'batch'
  return { count: isPerExample ? count : count * Number(examples), isPerExample }
}
