/**
 * Geometry of convolutions: does a kernel lead from the source's [C, H, W] to the target's? Output
 * size floor((in + 2 padding - dilation (k - 1) - 1) / stride) + 1; a transposed convolution goes
 * the other way, so that its geometry is that of the convolution from target to source.
 */
import type { ConnectivityProperty } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { evaluateInteger } from './evaluate.ts'
import type { Population, Scope } from './model.ts'

/** Shape of the kernel, [out channels, in channels / groups, height, width], or undefined (reported). */
export function convolutionShape(
  context: Context,
  property: ConnectivityProperty,
  scope: Scope,
  source: Population,
  target: Population,
): readonly number[] | undefined {
  const [height = 1, width = height] = property.kernel ?? []
  const option = (name: string, standard: number): number => {
    const found = property.options.find((each) => each.name.name === name)
    return found ? (evaluateInteger(context, scope, found.value) ?? standard) : standard
  }
  const stride = option('stride', 1)
  const padding = option('padding', 0)
  const dilation = option('dilation', 1)
  const groups = option('groups', 1)
  const transposed = property.connectivity === 'conv_transpose'
  const [image, result] = transposed ? [target, source] : [source, target]
  const misfit = (reason: string): undefined =>
    context.report('kernelMisfit', property.span, {
      kernel: `${height}x${width}`,
      shape: `\`${image.name}\` [${image.shape.join(', ')}] -> \`${result.name}\` [${result.shape.join(', ')}]`,
      reason,
    })
  const [channels, rows, columns] = image.shape
  const [outChannels, outRows, outColumns] = result.shape
  if (
    image.shape.length !== 3 ||
    result.shape.length !== 3 ||
    channels === undefined ||
    outChannels === undefined
  ) {
    return misfit('both populations need a shape of [channels, height, width]')
  }
  if (stride < 1 || dilation < 1 || padding < 0 || groups < 1)
    return misfit('stride, dilation and groups start at 1, padding at 0')
  if (channels % groups !== 0 || outChannels % groups !== 0)
    return misfit(`${groups} groups do not divide the channels`)
  const size = (input: number, kernel: number): number =>
    Math.floor((input + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1
  const expected = [size(rows ?? 0, height), size(columns ?? 0, width)]
  if (expected[0] !== outRows || expected[1] !== outColumns) {
    return misfit(`it makes ${expected.join(' x ')} from ${rows} x ${columns}`)
  }
  return [outChannels, channels / groups, height, width]
}
