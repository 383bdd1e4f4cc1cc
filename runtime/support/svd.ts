/**
 * Truncated singular value decomposition, split into two factors: the best approximation of a
 * matrix by a product of a tall and a wide matrix (Eckart and Young).
 *
 * One-sided Jacobi (Hestenes 1958; de Rijk 1989): pairs of columns are rotated until all are
 * orthogonal; their lengths are then the singular values, and the rotations the right vectors.
 * Slower than the usual bidiagonal methods, n^2 m for each of about ten sweeps over the shorter
 * side n, but short, accurate for small singular values, and the same on every machine. A 500 x
 * 500 matrix takes about four seconds. The factors are in double precision whatever the matrix is in.
 * This file imports nothing.
 */

/** Two factors whose product, [rows, rank] times [rank, cols], approximates a matrix. */
export interface SvdFactors {
  /** U sqrt(S), row-major [rows, rank]. */
  readonly left: Float64Array
  /** sqrt(S) V^T, row-major [rank, cols]. */
  readonly right: Float64Array
}

const MAX_SWEEPS = 60
/** Two columns count as orthogonal when the cosine of their angle is smaller. */
const ORTHOGONAL = 1e-12
/** Singular values smaller than this part of the largest are rounding, and count as zero. */
const NEGLIGIBLE = 1e-13

/**
 * The factors of the best approximation of rank `rank` of a row-major matrix [rows, cols].
 * Components come in order of falling singular value; of each column of U the entry of largest
 * magnitude (the first, if several are equal) is positive. Components past the matrix's own rank
 * are zero. Throws RangeError unless 1 <= rank <= min(rows, cols) and the matrix has rows * cols
 * finite values.
 */
export function svdFactors(
  matrix: Float32Array | Float64Array,
  rows: number,
  cols: number,
  rank: number,
): SvdFactors {
  if (matrix.length !== rows * cols || !matrix.every(Number.isFinite)) {
    throw new RangeError(`The matrix must hold ${rows} x ${cols} finite values.`)
  }
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= Math.min(rows, cols))) {
    throw new RangeError(`A ${rows} x ${cols} matrix has no approximation of rank ${rank}.`)
  }
  // Work on the shorter side: the columns of the matrix, or of its transpose if it is wide.
  const wide = cols > rows
  const length = wide ? cols : rows
  const columns = columnsOf(matrix, rows, cols, wide)
  const rotations = identityColumns(columns.length)
  orthogonalise(columns, rotations)

  const sizes = columns.map((column) => Math.sqrt(dot(column, column)))
  const order = sizes
    .map((_, k) => k)
    .sort((a, b) => (sizes[a] === sizes[b] ? a - b : sizes[b]! - sizes[a]!))
  const left = new Float64Array(rows * rank)
  const right = new Float64Array(rank * cols)
  const unit = new Float64Array(length)
  for (let k = 0; k < rank; k++) {
    const size = sizes[order[k]!]!
    if (size <= NEGLIGIBLE * sizes[order[0]!]!) break
    const column = columns[order[k]!]!
    for (let i = 0; i < length; i++) unit[i] = column[i]! / size
    const u = wide ? rotations[order[k]!]! : unit
    const v = wide ? unit : rotations[order[k]!]!
    const scale = Math.sqrt(size)
    const sign = signOfLargest(u)
    for (let i = 0; i < rows; i++) left[i * rank + k] = sign * scale * u[i]!
    for (let j = 0; j < cols; j++) right[k * cols + j] = sign * scale * v[j]!
  }
  return { left, right }
}

/** Rotates pairs of columns, and the same pairs of `rotations`, until all pairs are orthogonal. */
function orthogonalise(columns: Float64Array[], rotations: Float64Array[]): void {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false
    const squares = columns.map((column) => dot(column, column))
    const negligible = NEGLIGIBLE ** 2 * squares.reduce((a, b) => Math.max(a, b))
    for (let p = 0; p < columns.length - 1; p++) {
      for (let q = p + 1; q < columns.length; q++) {
        const [pp, qq] = [squares[p]!, squares[q]!]
        if (pp <= negligible || qq <= negligible) continue
        const product = dot(columns[p]!, columns[q]!)
        if (Math.abs(product) <= ORTHOGONAL * Math.sqrt(pp * qq)) continue
        rotated = true
        const zeta = (qq - pp) / (2 * product)
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
        const cosine = 1 / Math.sqrt(1 + tangent * tangent)
        rotate(columns[p]!, columns[q]!, cosine, cosine * tangent)
        rotate(rotations[p]!, rotations[q]!, cosine, cosine * tangent)
        squares[p] = Math.max(0, pp - tangent * product)
        squares[q] = qq + tangent * product
      }
    }
    if (!rotated) return
  }
}

function rotate(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!
    const y = b[i]!
    a[i] = cosine * x - sine * y
    b[i] = sine * x + cosine * y
  }
}

/** Two running sums, because each addition waits for the one before it. */
function dot(a: Float64Array, b: Float64Array): number {
  let even = 0
  let odd = 0
  const pairs = a.length & ~1
  for (let i = 0; i < pairs; i += 2) {
    even += a[i]! * b[i]!
    odd += a[i + 1]! * b[i + 1]!
  }
  return pairs < a.length ? even + odd + a[pairs]! * b[pairs]! : even + odd
}

function columnsOf(
  matrix: Float32Array | Float64Array,
  rows: number,
  cols: number,
  transposed: boolean,
): Float64Array[] {
  if (transposed) {
    return Array.from({ length: rows }, (_, i) =>
      Float64Array.from(matrix.subarray(i * cols, (i + 1) * cols)),
    )
  }
  return Array.from({ length: cols }, (_, j) =>
    Float64Array.from({ length: rows }, (_row, i) => matrix[i * cols + j]!),
  )
}

function identityColumns(size: number): Float64Array[] {
  return Array.from({ length: size }, (_, k) => {
    const column = new Float64Array(size)
    column[k] = 1
    return column
  })
}

/** Values within 1e-9 of the largest count as equal to it, so that rounding cannot decide. */
function signOfLargest(values: Float64Array): number {
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  const first = values.find((value) => Math.abs(value) >= largest * (1 - 1e-9))
  return first !== undefined && first < 0 ? -1 : 1
}
