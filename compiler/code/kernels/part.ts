/** The parameters of a product, and the loops over the blocks of its part of C. */
import { add, get, int, mul, op, select, sub, type Code, type Local } from '../tree.ts'
import type { FunctionBuilder } from '../function.ts'
import type { Lanes } from '../lanes.ts'

/** Addresses, sizes, row strides in bytes, the part of C, the calling thread's scratch memory. */
export const productParameters = [
  ['a', 'int'],
  ['b', 'int'],
  ['M', 'int'],
  ['N', 'int'],
  ['K', 'int'],
  ['aStride', 'int'],
  ['bStride', 'int'],
  ['m0', 'int'],
  ['m1', 'int'],
  ['n0', 'int'],
  ['n1', 'int'],
  ['scratch', 'int'],
] as const

export type Given = Readonly<Record<(typeof productParameters)[number][0], Local>>

export function givenTo(fn: FunctionBuilder): Given {
  return Object.fromEntries(
    productParameters.map(([name], i) => [name, fn.parameter(i)]),
  ) as unknown as Given
}

/** A block of C: its first row and column, its size, and the bytes of a row where it is computed. */
export interface Block {
  readonly row: Local
  readonly column: Local
  readonly rows: Local
  readonly columns: Local
  readonly outStride: Local
}

export function blockLocals(fn: FunctionBuilder): Block {
  return {
    row: fn.local('int', 'm'),
    column: fn.local('int', 'n'),
    rows: fn.local('int', 'rows'),
    columns: fn.local('int', 'columns'),
    outStride: fn.local('int', 'outStride'),
  }
}

export const smaller = (a: Local, b: Local): Code =>
  select(get(a), get(b), op('int.lt', get(a), get(b)))

/** Loops over blocks of at most `most` columns. */
export function forColumns(
  fn: FunctionBuilder,
  lanes: Lanes,
  { n0, n1 }: Given,
  { column, columns, outStride }: Block,
  most: Local,
  build: () => void,
): void {
  fn.set(column, get(n0))
  fn.while(
    () => op('int.lt', get(column), get(n1)),
    () => {
      fn.set(columns, sub(get(n1), get(column)))
      fn.set(columns, smaller(columns, most))
      // Whole panels, and a unit more, so that rows are not a power of two of bytes apart.
      const rounded = op(
        'int.and',
        add(get(columns), int(2 * lanes.blocking.columnUnit - 1)),
        int(-lanes.blocking.columnUnit),
      )
      fn.set(outStride, mul(rounded, int(lanes.bytes)))
      build()
      fn.set(column, add(get(column), get(columns)))
    },
  )
}

/** Loops over blocks of at most `most` rows. */
export function forRows(
  fn: FunctionBuilder,
  { m0, m1 }: Given,
  { row, rows }: Block,
  most: Local,
  build: () => void,
): void {
  fn.set(row, get(m0))
  fn.while(
    () => op('int.lt', get(row), get(m1)),
    () => {
      fn.set(rows, sub(get(m1), get(row)))
      fn.set(rows, smaller(rows, most))
      build()
      fn.set(row, add(get(row), get(rows)))
    },
  )
}
