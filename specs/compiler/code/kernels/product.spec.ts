import { describe, expect, test } from 'vitest'
import type { ProductForm } from '../../../../compiler/code/kernels/product.ts'
import { Products, type Element, type Part } from './matrices.ts'

const forms: readonly ProductForm[] = ['NN', 'NT', 'TN']

/** M, N, K: empty, single, odd, around the sizes of tiles, panels, blocks and depths of a block. */
const shapes: readonly (readonly [number, number, number])[] = [
  [0, 5, 3],
  [5, 0, 3],
  [3, 5, 0],
  [1, 1, 1],
  [1, 50, 3],
  [1, 1, 50],
  [4, 8, 2],
  [2, 3, 1],
  [5, 7, 9],
  [6, 16, 4],
  [7, 17, 5],
  [8, 33, 13],
  [9, 15, 64],
  [13, 31, 66],
  [32, 10, 50],
  [37, 129, 33],
  [47, 20, 17],
  [48, 49, 18],
  [50, 3, 1],
  [75, 145, 31],
  [14, 40, 400],
  [3, 70, 777],
  [49, 23, 1030],
  [13, 49, 4100],
]

const engines = [
  { precision: 'f32', fused: true },
  { precision: 'f32', fused: false },
  { precision: 'f64', fused: true },
  { precision: 'f64', fused: false },
] as const

/** Small whole numbers: their sums of products are exact in both precisions. */
const whole =
  (salt: number): Element =>
  (row, column) =>
    ((row * 7 + column * 13 + salt) % 17) - 8

/** Numbers whose sums depend on their order. */
const rough =
  (salt: number): Element =>
  (row, column) =>
    Math.fround(Math.sin(row * 12.9898 + column * 78.233 + salt) * 10 ** ((row + column) % 5))

function plainProduct(
  form: ProductForm,
  [M, N, K]: readonly [number, number, number],
  a: Element,
  b: Element,
): Float64Array {
  const C = new Float64Array(M * N)
  const A = Float64Array.from({ length: M * K }, (_, i) => {
    const [m, k] = [Math.floor(i / K), i % K]
    return form === 'TN' ? a(k, m) : a(m, k)
  })
  const B = Float64Array.from({ length: N * K }, (_, i) => {
    const [n, k] = [Math.floor(i / K), i % K]
    return form === 'NT' ? b(n, k) : b(k, n)
  })
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = 0
      for (let k = 0; k < K; k++) sum += A[m * K + k]! * B[n * K + k]!
      C[m * N + n] = sum
    }
  }
  return C
}

/** C cut in rows at `rows` and in columns at `columns`. */
function cut(M: number, N: number, rows: readonly number[], columns: readonly number[]): Part[] {
  const ends = (at: readonly number[], end: number): [number, number][] => {
    const marks = [0, ...at.filter((each) => each < end), end]
    return marks.slice(1).map((mark, i) => [marks[i]!, mark])
  }
  return ends(rows, M).flatMap(([m0, m1]) =>
    ends(columns, N).map(([n0, n1]) => ({ m0, m1, n0, n1 })),
  )
}

describe.each(engines)('products in $precision, fused: $fused', ({ precision, fused }) => {
  const products = new Products(precision, fused)

  describe.each(forms)('%s', (form) => {
    test.each(shapes)('%i x %i, summed over %i', (...shape) => {
      const [a, b] = [whole(3), whole(11)]
      expect(products.multiply(form, shape, a, b)).toEqual(plainProduct(form, shape, a, b))
    })

    test.each([
      [1, 7, 64],
      [1, 145, 201],
      [1, 50, 1031],
    ] as const)('%i x %i, summed over %i: a row that is nearly all zeros', (...shape) => {
      const [, N, K] = shape
      const spikes = new Set([0, 5, Math.floor(K / 2), K - 1])
      const at = (row: number, column: number): number => (form === 'TN' ? row : column)
      const a: Element = (row, column) => (spikes.has(at(row, column)) ? 1 + at(row, column) : 0)
      const b = whole(11)
      expect(products.multiply(form, shape, a, b)).toEqual(plainProduct(form, shape, a, b))
      const parts = cut(1, N, [], [16, 48])
      expect(products.multiply(form, shape, a, b, parts)).toEqual(plainProduct(form, shape, a, b))
      if (form === 'TN') return
      // What the zeros would meet is not read.
      const holes: Element = (row, column) => {
        const k = form === 'NT' ? column : row
        return spikes.has(k) ? b(row, column) : Number.POSITIVE_INFINITY
      }
      expect(products.multiply(form, shape, a, holes)).toEqual(plainProduct(form, shape, a, b))
    })

    test('every vector is handed on once, and adds to what is there', () => {
      const shape = [40, 150, 5] as const
      const [a, b] = [whole(3), whole(11)]
      const expected = plainProduct(form, shape, a, b).map((value) => value + 100)
      const parts = cut(40, 150, [13], [64])
      expect(products.multiply(form, shape, a, b, parts, 100)).toEqual(expected)
    })

    test.each([
      [3, 70, 777],
      [14, 40, 400],
      [40, 150, 37],
      [50, 150, 500],
      [50, 20, 1100],
    ] as const)('%i x %i, summed over %i: the same bits for every split', (...shape) => {
      const [M, N] = shape
      const [a, b] = [rough(1), rough(2)]
      const together = products.multiply(form, shape, a, b)
      for (const [rows, columns] of [
        [[1], []],
        [[7, 20, 33], []],
        [[], [16, 48]],
        [
          [5, 12],
          [32, 144],
        ],
      ] as const) {
        const split = products.multiply(form, shape, a, b, cut(M, N, rows, columns))
        expect(split).toEqual(together)
      }
      const exact = plainProduct(form, shape, a, b)
      const size = plainProduct(
        form,
        shape,
        (row, column) => Math.abs(a(row, column)),
        (row, column) => Math.abs(b(row, column)),
      )
      const unit = precision === 'f32' ? 2 ** -23 : 2 ** -52
      const worst = together.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - exact[i]!) / size[i]!),
        0,
      )
      expect(worst).toBeLessThan(40 * unit)
    })

    test('a part leaves the rest alone', () => {
      const shape = [20, 70, 9] as const
      const [a, b] = [whole(3), whole(11)]
      const part = { m0: 5, m1: 17, n0: 16, n1: 48 }
      const C = products.multiply(form, shape, a, b, [part], 7)
      const expected = plainProduct(form, shape, a, b).map((value, i) => {
        const [row, column] = [Math.floor(i / 70), i % 70]
        return row >= 5 && row < 17 && column >= 16 && column < 48 ? value + 7 : 7
      })
      expect(C).toEqual(expected)
    })
  })
})
