/**
 * The function of a matrix product and of the element-wise functions that follow it, computed while
 * the block of results is in the first cache.
 */
import type { IrNode } from '../../../ir/ir.ts'
import { add, get, i32, mul, type FunctionType, type ValueType } from '../encoder/code.ts'
import type { ModuleBuilder } from '../encoder/module.ts'
import { emitProduct, type ProductForm } from '../kernels/product.ts'
import type { Lanes } from '../lanes.ts'
import { rowUnit } from '../../../plan/layout.ts'
import { BodyEmitter, type Body } from './body.ts'

export function formOf({
  transposeLeft,
  transposeRight,
}: IrNode & { readonly op: 'matmul' }): ProductForm {
  if (transposeLeft) return 'TN'
  return transposeRight ? 'NT' : 'NN'
}

/** Parameters: those of a product, the row stride of the results in bytes, and addresses. */
export function productFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  form: ProductForm,
  name: string,
  body: Body,
): FunctionType {
  const addresses = [
    ...body.sources.map((_, i) => `source${i}`),
    ...body.written.map((_, i) => `result${i}`),
  ]
  return emitProduct(module, lanes, {
    name,
    form,
    extraParameters: ['stride', ...addresses].map((each): [string, ValueType] => [each, 'i32']),
    epilogue: (fn, sum, row, column, extra) => {
      const [stride, ...rest] = extra
      if (!stride) throw new Error('a product knows the stride of its results')
      const emitter = new BodyEmitter(module, fn, lanes, body, {
        sources: rest.slice(0, body.sources.length),
        outputs: rest.slice(body.sources.length),
      })
      const start = fn.define('start', mul(get(column), i32(lanes.bytes)))
      const offset = fn.define('offset', add(mul(get(row), get(stride)), get(start)))
      const position = {
        full: () => get(offset),
        row: () => get(start),
        column: () => mul(get(row), i32(rowUnit * lanes.bytes)),
      }
      const known = emitter.values(1, body.own.length, new Map([[0, sum]]), position)
      emitter.write(known, position)
    },
  })
}
