/**
 * The function of a matrix product and of the element-wise functions that follow it, computed while
 * the block of results is in the first cache.
 */
import { add, get, int, mul, type FunctionType, type ValueType } from './tree.ts'
import type { ModuleBuilder } from './module.ts'
import { emitProduct, type ProductForm } from './kernels/product.ts'
import type { Lanes } from './lanes.ts'
import type { Body } from './body.ts'
import { BodyEmitter, type TableOf } from './body-emitter.ts'

/** Parameters: those of a product, the row stride of the results in bytes, and addresses. */
export function productFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  form: ProductForm,
  name: string,
  body: Body,
  tables: TableOf,
): FunctionType {
  const addresses = [
    ...body.sources.map((_, i) => `source${i}`),
    ...body.written.map((_, i) => `result${i}`),
  ]
  return emitProduct(module, lanes, {
    name,
    form,
    extraParameters: ['stride', ...addresses].map((each): [string, ValueType] => [each, 'int']),
    epilogue: (fn, sum, row, column, extra) => {
      const [stride, ...rest] = extra
      if (!stride) throw new Error('a product knows the stride of its results')
      const emitter = new BodyEmitter(module, fn, lanes, body, {
        sources: rest.slice(0, body.sources.length),
        outputs: rest.slice(body.sources.length),
        tables,
      })
      const start = fn.define('start', mul(get(column), int(lanes.bytes)))
      const offset = fn.define('offset', add(mul(get(row), get(stride)), get(start)))
      const position = {
        full: () => get(offset),
        row: () => get(start),
        column: () => mul(get(row), int(lanes.machine.rowUnit * lanes.bytes)),
        rowNumber: () => get(row),
      }
      const known = emitter.values(1, body.own.length, new Map([[0, sum]]), position)
      emitter.write(known, position)
    },
  })
}
