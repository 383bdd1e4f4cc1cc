/**
 * Convolutions and their two gradients, on the functions that matrix products use. Results have the same
 * bits however many threads share them: what a thread takes are elements of the result, and each is
 * summed in an order of its own.
 */
import type { IrNode, Shape } from '../../../../ir/ir.ts'
import { add, get, i32, type FunctionType, type ValueType } from '../../encoder/code.ts'
import { FunctionBuilder } from '../../encoder/function.ts'
import type { ModuleBuilder } from '../../encoder/module.ts'
import { Lanes } from '../../lanes.ts'
import { emitForward } from './forward.ts'
import { convolutionScratch, planConvolution, type ConvolutionNode } from './geometry.ts'
import { emitImageGradient } from './image-gradient.ts'
import { emitKernelGradient } from './kernel-gradient.ts'
import type { ConvolutionSite } from './site.ts'

export type { ConvolutionNode } from './geometry.ts'

const parameters = ['batch', 'a', 'b', 'result', 'thread', 'threads', 'scratch'] as const

/** The function of an operation: all threads call it, each with its number and scratch memory. */
export function convolutionFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  name: string,
  node: ConvolutionNode,
  operands: readonly Shape[],
): FunctionType {
  const plan = planConvolution(lanes, node, operands)
  const scratch = convolutionScratch(lanes, node.op, plan)
  const fn = new FunctionBuilder(
    name,
    parameters.map((each): [string, ValueType] => [each, 'i32']),
    'void',
    { comment: `${node.op} of ${operands.map((shape) => `[${shape.join(', ')}]`).join(', ')}` },
  )
  const given = (which: (typeof parameters)[number]) => fn.parameter(parameters.indexOf(which))
  const { examples } = plan
  const site: ConvolutionSite = {
    fn,
    module,
    lanes,
    plan,
    scratch,
    examples: examples === 'batch' ? given('batch') : fn.define('examples', i32(examples)),
    a: given('a'),
    b: given('b'),
    result: given('result'),
    thread: given('thread'),
    threads: given('threads'),
    part: (part) => add(get(given('scratch')), i32(scratch[part])),
  }
  switch (node.op) {
    case 'conv':
      emitForward(site)
      break
    case 'convImageGradient':
      emitImageGradient(site)
      break
    case 'convKernelGradient':
      emitKernelGradient(site)
      break
  }
  return module.add(fn.build())
}

/** Bytes of scratch memory that a thread needs. */
export function convolutionScratchBytes(
  lanes: Lanes,
  node: ConvolutionNode,
  operands: readonly Shape[],
): number {
  return convolutionScratch(lanes, node.op, planConvolution(lanes, node, operands)).bytes
}

/** A node that is a convolution or one of its gradients. */
export function asConvolution(node: IrNode): ConvolutionNode | undefined {
  const { op } = node
  return op === 'conv' || op === 'convImageGradient' || op === 'convKernelGradient'
    ? (node as ConvolutionNode)
    : undefined
}

/** Multiplications and additions, in all or for each example; taps outside of the image count too. */
export function convolutionOperations(
  node: ConvolutionNode,
  operands: readonly Shape[],
): { readonly count: number; readonly isPerExample: boolean } {
  const plan = planConvolution(new Lanes('f32', true), node, operands)
  const { features, geometry, places, taps, examples } = plan
  const count = 2 * features * geometry.groups * places * taps
  const isPerExample = examples === 'batch'
  return { count: isPerExample ? count : count * Number(examples), isPerExample }
}
