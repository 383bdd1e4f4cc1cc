/** Arrays of numbers in double precision, as graphs are evaluated with. */

/** Row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/** A tensor of the given numbers. */
export function tensor(shape: readonly number[], numbers: ArrayLike<number>): Tensor {
  if (numbers.length !== count(shape)) {
    throw new Error(`${numbers.length} numbers for [${shape.join()}]`)
  }
  return { shape, data: Float64Array.from(numbers) }
}

/** A tensor whose element at each index is `of(index)`. */
export function tabulate(
  shape: readonly number[],
  of: (index: readonly number[]) => number,
): Tensor {
  const data = new Float64Array(count(shape))
  const index = shape.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    data[i] = of(index)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
  return { shape, data }
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

/**
 * Reads a tensor by the flat index of a shape that it broadcasts to: leading axes too many, axes of size 1
 * repeat.
 */
export function reader({ shape, data }: Tensor, to: readonly number[]): (index: number) => number {
  if (data.length === 1) {
    const only = data[0]!
    return () => only
  }
  if (data.length === count(to)) return (i) => data[i]!
  const places = new Int32Array(count(to))
  const offset = to.length - shape.length
  for (let i = 0; i < places.length; i++) {
    let rest = i
    let place = 0
    let stride = 1
    for (let axis = to.length - 1; axis >= offset; axis--) {
      const dim = to[axis]!
      const at = rest % dim
      rest = (rest - at) / dim
      const size = shape[axis - offset]!
      if (size === 1) continue
      place += at * stride
      stride *= size
    }
    places[i] = place
  }
  return (i) => data[places[i]!]!
}
