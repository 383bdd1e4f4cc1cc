/**
 * Geometry of convolutions: does a kernel lead from the source's [C, H, W] to the target's? Output
 * size floor((in + 2 padding - dilation (k - 1) - 1) / stride) + 1; a transposed convolution goes
 * the other way, so that its geometry is that of the convolution from target to source.
 */
import type { ConnectivityProperty } from '../../grammar/ast.ts'
import { convSize } from '../ir/shapes.ts'
import type { Context } from './context.ts'
import { evaluateInteger } from './evaluate.ts'
import { limits } from './families.ts'
import type { Convolution, Population, Scope } from './model.ts'
import { counted } from './values.ts'

/** The convolution of a connection, or undefined (reported). */
export function convolutionOf(
  context: Context,
  property: ConnectivityProperty,
  scope: Scope,
  source: Population,
  target: Population,
): Convolution | undefined {
  const extent = kernelSize(context, property, scope)
  if (!extent) return undefined
  const [height, width] = extent
  const option = (name: string, standard: number): number | undefined => {
    const found = property.options.find((each) => each.name.name === name)
    return found ? evaluateInteger(context, scope, found.value) : standard
  }
  const stride = option('stride', 1)
  const padding = option('padding', 0)
  const dilation = option('dilation', 1)
  const groups = option('groups', 1)
  if (
    stride === undefined ||
    padding === undefined ||
    dilation === undefined ||
    groups === undefined
  ) {
    return undefined
  }
  const transposed = property.connectivity === 'conv_transpose'
  const [image, result] = transposed ? [target, source] : [source, target]
  const misfit = (reason: string): undefined =>
    context.report('kernelMisfit', property.span, {
      kernel: `${height}x${width}`,
      shape: `\`${image.name}\` [${image.shape.join(', ')}] -> \`${result.name}\` [${result.shape.join(', ')}]`,
      reason,
    })
  const [channels, rows = 0, columns = 0] = image.shape
  const [outChannels, outRows = 0, outColumns = 0] = result.shape
  if (
    image.shape.length !== 3 ||
    result.shape.length !== 3 ||
    channels === undefined ||
    outChannels === undefined
  ) {
    return misfit('both populations need a shape of [channels, height, width]')
  }
  if (height < 1 || width < 1) return misfit('its height and width start at 1')
  if (stride < 1 || dilation < 1 || padding < 0 || groups < 1)
    return misfit('stride, dilation and groups start at 1, padding at 0')
  if (channels % groups !== 0 || outChannels % groups !== 0)
    return misfit(`${groups} groups do not divide the channels`)
  const size = (input: number, kernel: number): number =>
    convSize(input, kernel, stride, padding, dilation)
  const expected = [size(rows, height), size(columns, width)]
  if (expected[0] !== outRows || expected[1] !== outColumns) {
    return misfit(`it makes ${expected.join(' x ')} from ${rows} x ${columns}`)
  }
  const kernel = [outChannels, channels / groups, height, width] as const
  const count = kernel.reduce((a, b) => a * b, 1)
  if (count > limits.weights) {
    return context.report('tooLarge', property.span, {
      what: 'This kernel',
      count: counted(count, 'weight'),
      limit: counted(limits.weights, 'weight'),
    })
  }
  return {
    kernel,
    geometry: {
      stride: [stride, stride],
      padding: [padding, padding],
      dilation: [dilation, dilation],
      groups,
    },
    image: [channels, rows, columns],
    result: [outChannels, outRows, outColumns],
    transposed,
  }
}

/** Height and width of the kernel: `5x3`, or one number for both; undefined after a report. */
function kernelSize(
  context: Context,
  { kernel = [] }: ConnectivityProperty,
  scope: Scope,
): readonly [number, number] | undefined {
  if ('kind' in kernel) {
    const size = evaluateInteger(context, scope, kernel)
    return size === undefined ? undefined : [size, size]
  }
  const [height = 1, width = height] = kernel
  return [height, width]
}
