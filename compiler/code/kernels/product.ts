/**
 * Matrix products C [M, N] with fused element-wise work. All operands are rows of memory (see
 * `ProductForm`), the row stride in bytes; what lies in the padding at the end of a row (even NaN)
 * reaches no result, and up to 64 bytes behind an operand are read.
 *
 * A product fills a block of results in the calling thread's scratch memory, by functions that all
 * products of a module share, then hands the block to its epilogue, vector by vector. Each element
 * is summed in an order that depends on K (and for NT on whether M is small, and for a single row on
 * which of its numbers are 0) alone, so however
 * rows and columns are shared out between threads, results have the same bits.
 */
import {
  access,
  add,
  call,
  get,
  int,
  mul,
  op,
  type FunctionType,
  type Local,
  type ValueType,
} from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import type { Lanes } from '../lanes.ts'
import { dotProducts, either, outerProducts, type Method, type Site } from './methods.ts'
import { blockLocals, forColumns, forRows, givenTo, productParameters, type Block } from './part.ts'
import { sparseFunction } from './sparse.ts'
import type { ProductForm } from '../../plan/product-form.ts'

export { productScratchBytes } from './blocking.ts'

export type { ProductForm } from '../../plan/product-form.ts'

/**
 * Emits what becomes of a finished vector, C[row, column .. column + lanes.count). It is called at
 * one place, for every vector of the part once, row by row within a block. The last vector of a row
 * may hold padding in its upper lanes; storing it whole is right.
 */
export type Epilogue = (
  fn: FunctionBuilder,
  sum: Local,
  row: Local,
  column: Local,
  extra: readonly Local[],
) => void

export interface ProductOptions {
  readonly name: string
  readonly form: ProductForm
  readonly epilogue: Epilogue
  /** Parameters behind those of every product, for the epilogue. */
  readonly extraParameters?: readonly (readonly [name: string, type: ValueType])[]
  readonly exported?: boolean
}

/**
 * A function that computes C[m0..m1, n0..n1); n0 is a multiple of 16, n1 that or N. Its parameters
 * are `productParameters` and the extra ones; `scratch` has `productScratchBytes`.
 */
export function emitProduct(
  module: ModuleBuilder,
  lanes: Lanes,
  { name, form, epilogue, extraParameters = [], exported = false }: ProductOptions,
): FunctionType {
  const fn = new FunctionBuilder(name, [...productParameters, ...extraParameters], 'void', {
    exported,
    comment: `matrix product, form ${form}`,
  })
  const given = givenTo(fn)
  const extra = extraParameters.map((_, i) => fn.parameter(productParameters.length + i))
  const block = blockLocals(fn)
  const method = methodOf({ fn, module, lanes, given, block }, form)
  const mostColumns = fn.define('mostColumns', method.mostColumns)
  const mostRows = fn.define('mostRows', method.mostRows)
  forColumns(fn, lanes, given, block, mostColumns, () => {
    method.prepareColumns()
    forRows(fn, given, block, mostRows, () => {
      method.fillBlock()
      forVectors(fn, lanes, given.scratch, block, (...at) => epilogue(fn, ...at, extra))
    })
  })
  return module.add(fn.build())
}

function methodOf(site: Site, form: ProductForm): Method {
  return form === 'TN'
    ? outerProducts(site, form)
    : unlessSparse(site, form, denseMethod(site, form))
}

/** A single row that is nearly all zeros needs few rows or columns of the matrix. */
function unlessSparse(site: Site, form: 'NN' | 'NT', dense: Method): Method {
  const { fn, module, lanes, given, block } = site
  const { a, b, M, K, bStride, scratch } = given
  const sparse = sparseFunction(module, lanes, form)
  const isDense = fn.local('int', 'isDense')
  return {
    ...dense,
    fillBlock: () => {
      fn.set(isDense, int(1))
      fn.branch(op('int.eq', get(M), int(1)), () => {
        const unit = form === 'NN' ? int(lanes.bytes) : get(bStride)
        const from = add(get(b), mul(get(block.column), unit))
        const done = call(
          sparse,
          get(a),
          from,
          get(bStride),
          get(scratch),
          get(block.columns),
          get(K),
        )
        fn.set(isDense, op('int.isZero', done))
      })
      fn.branch(get(isDense), dense.fillBlock)
    },
  }
}

function denseMethod(site: Site, form: 'NN' | 'NT'): Method {
  if (form === 'NN') return outerProducts(site, form)
  const { lanes } = site
  const { M, N } = site.given
  // Of the whole product, not of the part: the order of a sum hangs on it.
  const small = op(
    'int.or',
    op('int.le', get(M), int(lanes.blocking.dotRows)),
    op('int.le', get(N), int(lanes.blocking.dotColumns)),
  )
  return either(
    site,
    small,
    () => dotProducts(site),
    () => outerProducts(site, form),
  )
}

/** Loops over the vectors of a block of results. */
function forVectors(
  fn: FunctionBuilder,
  lanes: Lanes,
  scratch: Local,
  block: Block,
  build: (sum: Local, row: Local, column: Local) => void,
): void {
  const row = fn.define('row', get(block.row))
  const rowEnd = fn.define('rowEnd', add(get(block.row), get(block.rows)))
  const columnEnd = fn.define('columnEnd', add(get(block.column), get(block.columns)))
  const line = fn.define('line', get(scratch))
  const at = fn.local('int', 'at')
  const column = fn.local('int', 'column')
  const sum = fn.local('lanes', 'sum')
  fn.continueCount(row, get(rowEnd), 1, () => {
    fn.set(at, get(line))
    fn.count(column, get(block.column), get(columnEnd), lanes.count, () => {
      fn.set(sum, access('lanes.load', 0, get(at)))
      fn.set(at, add(get(at), int(lanes.vectorBytes)))
      build(sum, row, column)
    })
    fn.set(line, add(get(line), get(block.outStride)))
  })
}
