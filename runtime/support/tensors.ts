/**
 * A matrix product, an element-wise function, and convolution and its two adjoints, written with the
 * operations that every backend of TensorFlow.js has: padding, transposition and plain convolution.
 * (The WebAssembly backend, for one, has no gradient of the kernel.) Images are [count, channels, height, width], kernels [features, channels
 * of a group, height, width]; all three follow the definition
 *
 *     out[n, o, y, x] = sum over c, i, j of image[n, c, y s + i d - p, x s + j d - p] kernel[o, c, i, j]
 *
 * with stride s, dilation d and zero padding p. This file imports nothing but types; its functions
 * are copied as they are into generated modules.
 */
import type * as TF from '@tensorflow/tfjs-core'

/**
 * `a` times the transpose of `b`, for matrices: what units send, through weights that are [post, pre]. The
 * flags of tf.matMul are not used, since with them the WebAssembly backend falls back to a loop that is
 * ten times slower; the smaller matrices are transposed instead, as x W^T = (W x^T)^T.
 */
export function timesTransposed(tf: typeof TF, a: TF.Tensor, b: TF.Tensor): TF.Tensor {
  const [rows = 1] = a.shape
  const [columns = 1] = b.shape
  return b.size > a.size + rows * columns
    ? tf.transpose(tf.matMul(b, tf.transpose(a)))
    : tf.matMul(a, tf.transpose(b))
}

/** (e^x - 1) / x, and 1 at 0. */
export function exprel(tf: typeof TF, x: TF.Tensor): TF.Tensor {
  const isZero = tf.equal(x, 0)
  // A divisor of 1 where x is 0.
  const divisor = tf.add(x, tf.cast(isZero, 'float32'))
  const quotient = tf.div(tf.expm1(x), divisor)
  return tf.where(isZero, tf.onesLike(quotient), quotient)
}

/** `next`, unless what was there is not finite: that stays, so that a run that looks seldom sees it. */
export function unlessBroken(tf: typeof TF, before: TF.Tensor, next: TF.Tensor): TF.Tensor {
  return tf.where(tf.less(tf.abs(before), Infinity), next, before)
}

/** How a kernel moves over an image. */
export interface ConvolutionGeometry {
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
  readonly groups: number
}

/** The convolution of `image` with `kernel`. */
export function convolve(
  tf: typeof TF,
  image: TF.Tensor,
  kernel: TF.Tensor,
  { stride, padding, dilation, groups }: ConvolutionGeometry,
): TF.Tensor {
  const images = tf.split(padded(tf, image, padding), groups, 1)
  const kernels = tf.split(kernel, groups, 0)
  const parts = images.map((part, group) => {
    const pixels = tf.transpose(part, [0, 2, 3, 1])
    const filter = spread(tf, tf.transpose(kernels[group]!, [2, 3, 1, 0]), dilation)
    return tf.conv2d(pixels as TF.Tensor4D, filter, [...stride], 'valid')
  })
  return tf.transpose(tf.concat(parts, 3), [0, 3, 1, 2])
}

/** The image's share: from the gradient of the result to that of an image [channels, height, width]. */
export function convolveBack(
  tf: typeof TF,
  gradient: TF.Tensor,
  kernel: TF.Tensor,
  { stride, padding, dilation, groups }: ConvolutionGeometry,
  [channels, height, width]: readonly [number, number, number],
): TF.Tensor {
  const [top, left] = padding
  const count = gradient.shape[0]!
  const gradients = tf.split(gradient, groups, 1)
  const kernels = tf.split(kernel, groups, 0)
  const parts = gradients.map((part, group) => {
    const pixels = tf.transpose(part, [0, 2, 3, 1]) as TF.Tensor4D
    const filter = spread(tf, tf.transpose(kernels[group]!, [2, 3, 1, 0]), dilation)
    const size: [number, number, number, number] = [
      count,
      height + 2 * top,
      width + 2 * left,
      channels / groups,
    ]
    return tf.conv2dTranspose(pixels, filter, size, [...stride], 'valid')
  })
  const inside = tf.slice(tf.concat(parts, 3), [0, top, left, 0], [-1, height, width, -1])
  return tf.transpose(inside, [0, 3, 1, 2])
}

/** The kernel's share: from the image and the gradient of the result to that of the kernel. */
export function correlate(
  tf: typeof TF,
  image: TF.Tensor,
  gradient: TF.Tensor,
  { stride, padding, dilation, groups }: ConvolutionGeometry,
  [, , height, width]: readonly [number, number, number, number],
): TF.Tensor {
  const images = tf.split(padded(tf, image, padding), groups, 1)
  const gradients = tf.split(gradient, groups, 1)
  // Channels take the place of examples: the gradient is the kernel, stride and dilation swap.
  const parts = images.map((part, group) => {
    const pixels = tf.transpose(part, [1, 2, 3, 0])
    const filter = spread(tf, tf.transpose(gradients[group]!, [2, 3, 0, 1]), stride)
    return tf.conv2d(pixels as TF.Tensor4D, filter, [...dilation], 'valid')
  })
  const kernels = parts.map((part) =>
    tf.transpose(tf.slice(part, [0, 0, 0, 0], [-1, height, width, -1]), [3, 0, 1, 2]),
  )
  return tf.concat(kernels, 0)
}

function padded(
  tf: typeof TF,
  image: TF.Tensor,
  [top, left]: readonly [number, number],
): TF.Tensor {
  if (top === 0 && left === 0) return image
  const around: [number, number][] = [
    [0, 0],
    [0, 0],
    [top, top],
    [left, left],
  ]
  return tf.pad(image, around)
}

/** Zeros between the rows and columns of a filter [height, width, in, out]. */
function spread(tf: typeof TF, filter: TF.Tensor, factors: readonly [number, number]): TF.Tensor4D {
  let result = filter
  factors.forEach((factor, axis) => {
    if (factor === 1) return
    const size = result.shape[axis]!
    const before = result.shape.slice(0, axis)
    const after = result.shape.slice(axis + 1)
    const rows = before.reduce((product, length) => product * length, 1)
    const columns = after.reduce((product, length) => product * length, 1)
    const gaps: [number, number][] = [
      [0, 0],
      [0, 0],
      [0, factor - 1],
      [0, 0],
    ]
    const wide = tf.pad(tf.reshape(result, [rows, size, 1, columns]), gaps)
    const long = tf.reshape(wide, [rows, size * factor, columns])
    const cut = tf.slice(long, [0, 0, 0], [-1, (size - 1) * factor + 1, -1])
    result = tf.reshape(cut, [...before, (size - 1) * factor + 1, ...after])
  })
  return result as TF.Tensor4D
}
