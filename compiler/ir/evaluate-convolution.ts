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
  const row = rowOf(node.op, image.data, kernel.data, output.data)
  visitRows(node.geometry, image.shape, kernel.shape, output.shape, row)
  return result
}

/** Of products with one output element: the first places of image and kernel, the step in the image, and how many. */
type Row = (i: number, k: number, j: number, step: number, many: number) => void

function rowOf(
  op: Convolution['op'],
  image: Float64Array,
  kernel: Float64Array,
  output: Float64Array,
): Row {
  switch (op) {
    case 'conv':
      return (i, k, j, step, many) => {
        let sum = output[j]!
        for (let n = 0; n < many; n++) sum += image[i + n * step]! * kernel[k + n]!
        output[j] = sum
      }
    case 'convImageGradient':
      return (i, k, j, step, many) => {
        const value = output[j]!
        for (let n = 0; n < many; n++) image[i + n * step]! += value * kernel[k + n]!
      }
    case 'convKernelGradient':
      return (i, k, j, step, many) => {
        const value = output[j]!
        for (let n = 0; n < many; n++) kernel[k + n]! += value * image[i + n * step]!
      }
  }
}

/** Visits every product: a row of the kernel with an output element at a time, as far as it lies in the image. */
function visitRows(
  { stride, padding, dilation, groups }: ConvGeometry,
  image: readonly number[],
  kernel: readonly number[],
  output: readonly number[],
  visit: Row,
): void {
  const [, channels = 1, height = 1, width = 1] = image
  const [, inner = 1, kernelHeight = 1, kernelWidth = 1] = kernel
  const [examples = 1, outer = 1, rows = 1, columns = 1] = output
  const step = dilation[1]
  let j = 0
  for (let n = 0; n < examples; n++) {
    for (let o = 0; o < outer; o++) {
      const first = Math.floor(o / (outer / groups)) * inner
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++, j++) {
          const start = x * stride[1] - padding[1]
          const from = start < 0 ? Math.ceil(-start / step) : 0
          const to = Math.min(kernelWidth, Math.ceil((width - start) / step))
          if (from >= to) continue
          for (let c = 0; c < inner; c++) {
            for (let h = 0; h < kernelHeight; h++) {
              const row = y * stride[0] + h * dilation[0] - padding[0]
              if (row < 0 || row >= height) continue
              const i = ((n * channels + first + c) * height + row) * width + start + from * step
              const k = ((o * inner + c) * kernelHeight + h) * kernelWidth + from
              visit(i, k, j, step, to - from)
            }
          }
        }
      }
    }
  }
}
