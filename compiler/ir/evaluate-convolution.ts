/** Convolutions and their adjoints in plain JavaScript: every product of an image, a kernel and a result. */
import type { ConvGeometry, IrNode } from './ir.ts'
import { count, type Tensor } from './tensor.ts'

type Convolution = Extract<
  IrNode,
  { readonly op: 'conv' | 'convImageGradient' | 'convKernelGradient' }
>

/** All three: every product of an image, a kernel and an output element, added to the third. */
export function convolve(
  node: Convolution,
  a: Tensor,
  b: Tensor,
  shape: readonly number[],
): Tensor {
  const result = { shape, data: new Float64Array(count(shape)) }
  const image = node.op === 'convImageGradient' ? result : a
  const kernel = node.op === 'convKernelGradient' ? result : b
  const output = node.op === 'conv' ? result : node.op === 'convImageGradient' ? a : b
  const add = adder(node.op, image.data, kernel.data, output.data)
  visitProducts(node.geometry, image.shape, kernel.shape, output.shape, add)
  return result
}

function adder(
  op: Convolution['op'],
  image: Float64Array,
  kernel: Float64Array,
  output: Float64Array,
): (i: number, k: number, j: number) => void {
  if (op === 'conv') return (i, k, j) => void (output[j]! += image[i]! * kernel[k]!)
  if (op === 'convImageGradient') return (i, k, j) => void (image[i]! += output[j]! * kernel[k]!)
  return (i, k, j) => void (kernel[k]! += output[j]! * image[i]!)
}

/** Calls `visit` with the flat places of image, kernel and output of every product. */
function visitProducts(
  { stride, padding, dilation, groups }: ConvGeometry,
  image: readonly number[],
  kernel: readonly number[],
  output: readonly number[],
  visit: (image: number, kernel: number, output: number) => void,
): void {
  const [, channels = 1, height = 1, width = 1] = image
  const [, inner = 1, kernelHeight = 1, kernelWidth = 1] = kernel
  const [examples = 1, outer = 1, rows = 1, columns = 1] = output
  let j = 0
  for (let n = 0; n < examples; n++) {
    for (let o = 0; o < outer; o++) {
      const first = Math.floor(o / (outer / groups)) * inner
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++, j++) {
          for (let c = 0; c < inner; c++) {
            for (let h = 0; h < kernelHeight; h++) {
              const row = y * stride[0] + h * dilation[0] - padding[0]
              if (row < 0 || row >= height) continue
              for (let w = 0; w < kernelWidth; w++) {
                const column = x * stride[1] + w * dilation[1] - padding[1]
                if (column < 0 || column >= width) continue
                const i = ((n * channels + first + c) * height + row) * width + column
                const k = ((o * inner + c) * kernelHeight + h) * kernelWidth + w
                visit(i, k, j)
              }
            }
          }
        }
      }
    }
  }
}
