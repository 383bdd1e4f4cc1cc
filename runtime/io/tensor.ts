/** Arrays as files hold them. */

/** The kinds of array that a tensor's values may live in. */
export type TensorData = Float32Array | Float64Array | Int32Array

/** A tensor's values, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: TensorData
}
