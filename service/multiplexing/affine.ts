/** States that follow each other linearly: dx/dt = A x + b, whose flow is the exponential of a matrix. */
import type { State } from './terminal.ts'

/** The matrix [A b; 0 0] of a derivative that is affine in all states together; undefined if it is not. */
export function affineOf(
  derivative: (state: State) => number[],
  start: State,
): Float64Array | undefined {
  const n = start.length
  const size = n + 1
  const rest = derivative(start.map(() => 0))
  const columns = start.map((_, j) => derivative(start.map((__, i) => (i === j ? 1 : 0))))
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * size + j] = columns[j]![i]! - rest[i]!
    matrix[i * size + n] = rest[i]!
  }
  const isAffine = probes.every((probe) => {
    const at = start.map((_, i) => probe * (1 + i / 3) - i)
    return derivative(at).every((value, i) => {
      let [sum, scale] = [rest[i]!, Math.abs(rest[i]!)]
      for (let j = 0; j < n; j++) {
        const part = matrix[i * size + j]! * at[j]!
        sum += part
        scale += Math.abs(part)
      }
      return Math.abs(value - sum) <= 1e-9 * scale
    })
  })
  return isAffine ? matrix : undefined
}

const probes = [-1.7, 0.3, 1, 2.7]

/** More times than this are not kept: those of single trains are all different. */
const mostKept = 4096

/** The flow of dx/dt = A x + b, of the matrix [A b; 0 0]; exponentials of times that recur are taken once. */
export function affineFlow(
  matrix: Float64Array,
): (from: State, times: readonly number[]) => readonly State[] {
  const known = new Map<number, Float64Array>()
  const at = (time: number): Float64Array => {
    const before = known.get(time)
    if (before) return before
    const made = exponential(matrix.map((value) => value * time))
    if (known.size < mostKept) known.set(time, made)
    return made
  }
  return (from, times) =>
    times.map((time) => {
      const exp = at(time)
      const size = from.length + 1
      return from.map((_, i) => {
        let sum = exp[i * size + from.length]!
        for (let j = 0; j < from.length; j++) sum += exp[i * size + j]! * from[j]!
        return sum
      })
    })
}

/** Terms of the series: of a matrix of norm 1/2 they leave less than the last bit. */
const terms = 14

/** By its series, of the matrix halved until it is small, squared as often. */
function exponential(matrix: Float64Array): Float64Array {
  const size = Math.sqrt(matrix.length)
  let norm = 0
  for (let i = 0; i < size; i++) {
    let row = 0
    for (let j = 0; j < size; j++) row += Math.abs(matrix[i * size + j]!)
    norm = Math.max(norm, row)
  }
  const halvings = norm > 0.5 ? Math.ceil(Math.log2(norm / 0.5)) : 0
  const small = matrix.map((value) => value / 2 ** halvings)
  let result = identity(size)
  // Horner: I + M (I + M/2 (I + M/3 (...))).
  for (let k = terms; k > 0; k--) {
    result = product(small, result, size).map((value) => value / k)
    for (let i = 0; i < size; i++) result[i * (size + 1)]! += 1
  }
  for (let k = 0; k < halvings; k++) result = product(result, result, size)
  return result
}

function identity(size: number): Float64Array {
  const made = new Float64Array(size * size)
  for (let i = 0; i < size; i++) made[i * (size + 1)] = 1
  return made
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const made = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++)
      for (let j = 0; j < size; j++) made[i * size + j]! += a[i * size + k]! * b[k * size + j]!
  return made
}
