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

/** The numbers of a tensor in a shape that it broadcasts to: its own where the sizes are the same, not to be written to. */
export function expanded(value: Tensor, to: readonly number[]): Float64Array {
  const { shape, data } = value
  const size = count(to)
  if (data.length === size) return data
  const result = new Float64Array(size)
  if (data.length === 1) return result.fill(data[0]!)
  const places = placesIn(shape, to)
  for (let i = 0; i < size; i++) result[i] = data[places[i]!]!
  return result
}

/**
 * Reads a tensor by the flat index of a shape that it broadcasts to: leading axes too many, axes of size 1
 * repeat.
 */
export function reader(value: Tensor, to: readonly number[]): (index: number) => number {
  const { shape, data } = value
  if (data.length === 1) {
    const only = data[0]!
    return () => only
  }
  if (data.length === count(to)) return (i) => data[i]!
  const places = placesIn(shape, to)
  return (i) => data[places[i]!]!
}

/** Where each element of the larger shape is in the smaller. */
export function placesIn(shape: readonly number[], to: readonly number[]): Int32Array {
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
  return places
}
