/** What a program asks of matrices that is computed in JavaScript: factors, orthogonal parts, spectral radii. */
import type { MatrixPart } from '../../contract/artifact.ts'
import { orthogonalPart, spectralRadius } from './matrices.ts'
import { svdFactors } from './svd.ts'

/** A part of a row-major matrix [rows, columns], in double precision; throws RangeError if it has none. */
export function partOfMatrix(
  matrix: Float32Array | Float64Array,
  [rows, columns]: readonly [number, number],
  rank: number,
  part: MatrixPart,
): Float64Array {
  switch (part) {
    case 'orthogonal':
      return orthogonalPart(matrix, rows, columns)
    case 'radius':
      return Float64Array.of(spectralRadius(matrix, rows))
    case 'left':
    case 'right':
      return svdFactors(matrix, rows, columns, rank)[part]
  }
}
