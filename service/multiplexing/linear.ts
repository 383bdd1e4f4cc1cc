/** Small systems of linear equations. */

/** The solution of `matrix` x = `right`, by elimination with pivots; the matrix is [n, n], row by row. */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length
  const a = Float64Array.from(matrix)
  const b = Float64Array.from(right)
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++)
      if (Math.abs(a[row * n + column]!) > Math.abs(a[pivot * n + column]!)) pivot = row
    if (pivot !== column) {
      for (let k = column; k < n; k++) {
        const kept = a[column * n + k]!
        a[column * n + k] = a[pivot * n + k]!
        a[pivot * n + k] = kept
      }
      const kept = b[column]!
      b[column] = b[pivot]!
      b[pivot] = kept
    }
    const head = a[column * n + column]!
    for (let row = column + 1; row < n; row++) {
      const factor = a[row * n + column]! / head
      if (factor === 0) continue
      for (let k = column; k < n; k++) a[row * n + k]! -= factor * a[column * n + k]!
      b[row]! -= factor * b[column]!
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row]!
    for (let k = row + 1; k < n; k++) sum -= a[row * n + k]! * b[k]!
    b[row] = sum / a[row * n + row]!
  }
  return b
}

/** The transpose of `matrix`, [n, n], times a vector. */
export function transposedTimes(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length
  const result = new Float64Array(n)
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++)
      result[column]! += matrix[row * n + column]! * vector[row]!
  return result
}
