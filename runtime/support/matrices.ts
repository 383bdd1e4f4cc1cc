/**
 * What initial weights need of matrices, in double precision and by the same steps on every machine: the
 * orthogonal part of a matrix, and its spectral radius. This file imports nothing.
 */

/** How far a matrix may be from what is asked: eigenvalues take so many steps at most, for each of them. */
const MAX_STEPS = 60

/**
 * The matrix with orthonormal columns, row-major [rows, cols], that is left of a matrix when each column loses
 * its part along those before it (Gram and Schmidt, twice, which is enough: Giraud et al. 2005): Q of the
 * decomposition QR whose R has a positive diagonal. Where there are more columns than rows, the rows are orthonormal
 * instead (Saxe et al. 2014; PyTorch's `orthogonal_`). Throws RangeError if the columns do not span that many
 * dimensions, or are not finite.
 */
export function orthogonalPart(
  matrix: Float32Array | Float64Array,
  rows: number,
  cols: number,
): Float64Array {
  const isWide = rows < cols
  const [length, count] = isWide ? [cols, rows] : [rows, cols]
  // Vectors lie one after the other: the rows of a wide matrix, the columns of another.
  const vectors = new Float64Array(length * count)
  for (let j = 0; j < count; j++)
    for (let i = 0; i < length; i++)
      vectors[j * length + i] = matrix[isWide ? j * length + i : i * count + j]!
  const dot = (a: number, b: number): number => {
    let sum = 0
    for (let i = 0; i < length; i++) sum += vectors[a + i]! * vectors[b + i]!
    return sum
  }
  for (let j = 0; j < count; j++) {
    const own = j * length
    const before = Math.sqrt(dot(own, own))
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) {
        const other = k * length
        const share = dot(own, other)
        for (let i = 0; i < length; i++) vectors[own + i]! -= share * vectors[other + i]!
      }
    }
    const left = Math.sqrt(dot(own, own))
    if (!(left > before * 1e-12)) {
      throw new RangeError(
        `A matrix of rank below ${count}, or one that is not finite, has no orthogonal part.`,
      )
    }
    for (let i = 0; i < length; i++) vectors[own + i]! /= left
  }
  if (isWide) return vectors
  const result = new Float64Array(rows * cols)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) result[i * cols + j] = vectors[j * rows + i]!
  return result
}

/**
 * The spectral radius of a square matrix, row-major [size, size]: the largest magnitude of its eigenvalues. These
 * are those of its strongly connected parts (Tarjan 1972), so that a matrix without circles has exactly 0; of each
 * part by Householder's reduction to Hessenberg form and Francis's QR steps with double shifts (Golub and Van Loan,
 * Matrix Computations, 7.4 and 7.5), after balancing (Parlett and Reinsch 1969). Throws RangeError if the matrix is not
 * finite or has no eigenvalue but 0.
 */
export function spectralRadius(matrix: Float32Array | Float64Array, size: number): number {
  if (!matrix.every(Number.isFinite)) {
    throw new RangeError('A matrix that is not finite has no spectral radius.')
  }
  let largest = 0
  for (const part of connectedParts(matrix, size)) {
    const n = part.length
    const own = new Float64Array(n * n)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) own[i * n + j] = matrix[part[i]! * size + part[j]!]!
    largest = Math.max(largest, n === 1 ? Math.abs(own[0]!) : radiusOf(own, n))
  }
  if (largest === 0) {
    throw new RangeError(
      'The spectral radius of a matrix is 0, so that it cannot be scaled to another.',
    )
  }
  return largest
}

/** The sets of rows that lead to each other along entries that are not 0. */
function connectedParts(matrix: Float32Array | Float64Array, size: number): number[][] {
  const found = new Int32Array(size)
  const low = new Int32Array(size)
  const next = new Int32Array(size)
  const waits = new Uint8Array(size)
  const stack: number[] = []
  const parts: number[][] = []
  let count = 0
  for (let root = 0; root < size; root++) {
    if (found[root] !== 0) continue
    const path = [root]
    found[root] = low[root] = ++count
    stack.push(root)
    waits[root] = 1
    while (path.length > 0) {
      const at = path.at(-1)!
      const to = next[at]!
      if (to < size) {
        next[at] = to + 1
        if (matrix[at * size + to] === 0) continue
        if (found[to] === 0) {
          found[to] = low[to] = ++count
          stack.push(to)
          waits[to] = 1
          path.push(to)
        } else if (waits[to] === 1) low[at] = Math.min(low[at]!, found[to]!)
        continue
      }
      path.pop()
      const above = path.at(-1)
      if (above !== undefined) low[above] = Math.min(low[above]!, low[at]!)
      if (low[at] !== found[at]) continue
      const part = stack.splice(stack.lastIndexOf(at))
      for (const each of part) waits[each] = 0
      parts.push(part.toSorted((a, b) => a - b))
    }
  }
  return parts
}

/** The spectral radius of [n, n] values, which are overwritten. */
function radiusOf(a: Float64Array, n: number): number {
  balance(a, n)
  reduce(a, n)
  let largest = 0
  const take = (magnitude: number): void => {
    largest = Math.max(largest, magnitude)
  }
  let norm = 0
  for (let i = 0; i < n; i++)
    for (let j = Math.max(i - 1, 0); j < n; j++) norm += Math.abs(a[i * n + j]!)
  const isSmall = (row: number): boolean => {
    const near = Math.abs(a[(row - 1) * n + row - 1]!) + Math.abs(a[row * n + row]!)
    return Math.abs(a[row * n + row - 1]!) <= Number.EPSILON * (near === 0 ? norm / n : near)
  }
  let high = n - 1
  let steps = 0
  while (high >= 0) {
    let low = high
    while (low > 0 && !isSmall(low)) low--
    if (low > 0) a[low * n + low - 1] = 0
    if (low === high) {
      take(Math.abs(a[high * n + high]!))
      high--
      steps = 0
      continue
    }
    const [p, q] = [a[(high - 1) * n + high - 1]!, a[(high - 1) * n + high]!]
    const [r, s] = [a[high * n + high - 1]!, a[high * n + high]!]
    if (low === high - 1) {
      take(largerOfTwo(p, q, r, s))
      high -= 2
      steps = 0
      continue
    }
    if (++steps > MAX_STEPS) throw new RangeError('The eigenvalues of a matrix could not be found.')
    // Every tenth step has shifts of its own, which breaks circles (Wilkinson).
    const odd = steps % 10 === 0
    const shift = Math.abs(r) + Math.abs(a[(high - 1) * n + high - 2]!)
    const trace = odd ? 1.5 * shift : p + s
    const determinant = odd ? shift * shift : p * s - q * r
    francisStep(a, n, low, high, trace, determinant)
  }
  return largest
}

/** The larger magnitude of the eigenvalues of [[p, q], [r, s]]. */
function largerOfTwo(p: number, q: number, r: number, s: number): number {
  const half = (p - s) / 2
  const middle = (p + s) / 2
  const discriminant = half * half + q * r
  return discriminant < 0
    ? Math.sqrt(Math.abs(middle * middle - discriminant))
    : Math.abs(middle) + Math.sqrt(discriminant)
}

/** Scales rows and columns by powers of 2 until they are of like size; eigenvalues stay the same, to the bit. */
function balance(a: Float64Array, n: number): void {
  for (let isDone = false; !isDone;) {
    isDone = true
    for (let i = 0; i < n; i++) {
      let [column, row] = [0, 0]
      for (let j = 0; j < n; j++) {
        if (j === i) continue
        column += Math.abs(a[j * n + i]!)
        row += Math.abs(a[i * n + j]!)
      }
      if (column === 0 || row === 0) continue
      const sum = column + row
      let factor = 1
      for (; column < row / 2; column *= 4) factor *= 2
      for (; column >= row * 2; column /= 4) factor /= 2
      if ((column + row) / factor >= 0.95 * sum) continue
      isDone = false
      for (let j = 0; j < n; j++) a[i * n + j]! /= factor
      for (let j = 0; j < n; j++) a[j * n + i]! *= factor
    }
  }
}

/** To Hessenberg form, by reflections. */
function reduce(a: Float64Array, n: number): void {
  const v = new Float64Array(n)
  const sums = new Float64Array(n)
  for (let k = 0; k < n - 2; k++) {
    let scale = 0
    for (let i = k + 1; i < n; i++) scale = Math.max(scale, Math.abs(a[i * n + k]!))
    if (scale === 0) continue
    let square = 0
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k]! / scale
      square += v[i]! ** 2
    }
    const first = v[k + 1]!
    const length = first < 0 ? -Math.sqrt(square) : Math.sqrt(square)
    v[k + 1]! += length
    const half = length * v[k + 1]!
    // From the left: rows k + 1 and below, row by row.
    sums.fill(0)
    for (let i = k + 1; i < n; i++) for (let j = k; j < n; j++) sums[j]! += v[i]! * a[i * n + j]!
    for (let i = k + 1; i < n; i++) {
      const share = v[i]! / half
      for (let j = k; j < n; j++) a[i * n + j]! -= share * sums[j]!
    }
    // From the right.
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!
      sum /= half
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= sum * v[j]!
    }
    for (let i = k + 2; i < n; i++) a[i * n + k] = 0
  }
}

/** One implicit double QR step on rows and columns low .. high of a Hessenberg matrix. */
function francisStep(
  a: Float64Array,
  n: number,
  low: number,
  high: number,
  trace: number,
  determinant: number,
): void {
  const at = (i: number, j: number): number => a[i * n + j]!
  let x =
    at(low, low) * at(low, low) +
    at(low, low + 1) * at(low + 1, low) -
    trace * at(low, low) +
    determinant
  let y = at(low + 1, low) * (at(low, low) + at(low + 1, low + 1) - trace)
  let z = at(low + 1, low) * at(low + 2, low + 1)
  for (let k = low; k < high; k++) {
    // The last reflection is of two rows.
    const isLast = k === high - 1
    if (isLast) z = 0
    const scale = Math.max(Math.abs(x), Math.abs(y), Math.abs(z))
    if (scale > 0) {
      const [u, v, w] = [x / scale, y / scale, z / scale]
      const size = Math.sqrt(u * u + v * v + w * w)
      const length = u < 0 ? -size : size
      const head = u + length
      const half = length * head
      const [i0, i1, i2] = [k * n, (k + 1) * n, (k + 2) * n]
      for (let j = Math.max(k - 1, low); j <= high; j++) {
        const sum = (head * a[i0 + j]! + v * a[i1 + j]! + (isLast ? 0 : w * a[i2 + j]!)) / half
        a[i0 + j]! -= sum * head
        a[i1 + j]! -= sum * v
        if (!isLast) a[i2 + j]! -= sum * w
      }
      const end = Math.min(k + 3, high)
      for (let i = low; i <= end; i++) {
        const row = i * n + k
        const sum = (head * a[row]! + v * a[row + 1]! + (isLast ? 0 : w * a[row + 2]!)) / half
        a[row]! -= sum * head
        a[row + 1]! -= sum * v
        if (!isLast) a[row + 2]! -= sum * w
      }
    }
    if (k > low) {
      a[(k + 1) * n + k - 1] = 0
      if (!isLast) a[(k + 2) * n + k - 1] = 0
    }
    if (isLast) break
    x = at(k + 1, k)
    y = at(k + 2, k)
    z = k < high - 2 ? at(k + 3, k) : 0
  }
}
