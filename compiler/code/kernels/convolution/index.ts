/**
 * Convolutions and their two gradients, on the functions that matrix products use. Results have the same
 * bits however many threads share them: what a thread takes are elements of the result, and each is
 * summed in an order of its own.
 */
import type { Shape } from '../../../ir/ir.ts'
import { add, get, int, type FunctionType, type ValueType } from '../../tree.ts'
import { FunctionBuilder } from '../../function.ts'
import type { ModuleBuilder } from '../../module.ts'
import type { Lanes } from '../../lanes.ts'
import { emitForward } from './forward.ts'
import type { ConvolutionNode } from '../../../plan/cost.ts'
import { numberIn } from '../../../plan/layout.ts'
import { convolutionScratch, planConvolution } from './geometry.ts'
import { emitImageGradient } from './image-gradient.ts'
import { emitKernelGradient } from './kernel-gradient.ts'
import type { ConvolutionSite } from './site.ts'

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
    parameters.map((each): [string, ValueType] => [each, 'int']),
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
    examples:
      examples === 'batch' ? given('batch') : fn.define('examples', int(numberIn(examples))),
    a: given('a'),
    b: given('b'),
    result: given('result'),
    thread: given('thread'),
    threads: given('threads'),
    part: (part) => add(get(given('scratch')), int(scratch[part])),
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
