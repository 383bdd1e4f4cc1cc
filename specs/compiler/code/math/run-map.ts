/** Runs one element-wise function of the program on arrays. */
import { access, get, int, type Code } from '../../../../compiler/code/tree.ts'
import { FunctionBuilder } from '../../../../compiler/code/function.ts'
import { ModuleBuilder } from '../../../../compiler/code/module.ts'
import type { Lanes } from '../../../../compiler/code/lanes.ts'
import { emitMap } from '../../../../compiler/code/math/index.ts'
import type { BasicFunction, MapFunction } from '../../../../compiler/ir/ir.ts'
import { compose } from '../../../../contract/composed.ts'
import { isComposed } from '../../../../contract/elementary.ts'
import { instantiate } from '../kernels/host.ts'

/** `fn` of columns of numbers, element by element. */
export type MapRunner = (...columns: readonly ArrayLike<number>[]) => Float32Array | Float64Array

const BATCH = 4096

/** A program of that function alone. Numbers are rounded to the precision of the lanes. */
export function makeMapRunner(lanes: Lanes, name: MapFunction, operands: number): MapRunner {
  const module = new ModuleBuilder()
  const fn = new FunctionBuilder('run', [['bytes', 'int']], 'void', { exported: true })
  const at = fn.local('int', 'at')
  const stride = BATCH * lanes.bytes
  fn.count(at, int(0), get(fn.parameter(0)), 16, () => {
    const args = Array.from({ length: operands }, (_, i) =>
      access('lanes.load', (i + 1) * stride, get(at)),
    )
    const map = (of: BasicFunction, ...values: readonly Code[]): Code =>
      get(fn.define('value', emitMap(module, fn, lanes, of, values)))
    const value = isComposed(name)
      ? compose(
          { map, number: (each) => lanes.constant(each) },
          name,
          args.map((each) => get(fn.define('x', each))),
        )
      : emitMap(module, fn, lanes, name, args)
    fn.push(access('lanes.store', 0, get(at), value))
  })
  module.add(fn.build())
  const { exports, buffer } = instantiate(module, 4)
  const run = exports['run']!
  const single = lanes.precision === 'f32'
  const views = Array.from({ length: operands + 1 }, (_, i) =>
    single
      ? new Float32Array(buffer, i * stride, BATCH)
      : new Float64Array(buffer, i * stride, BATCH),
  )
  return (...columns) => {
    const count = columns[0]!.length
    const result = single ? new Float32Array(count) : new Float64Array(count)
    for (let start = 0; start < count; start += BATCH) {
      const size = Math.min(BATCH, count - start)
      columns.forEach((column, i) => {
        const view = views[i + 1]!
        for (let k = 0; k < size; k++) view[k] = column[start + k]!
      })
      run(Math.ceil((size * lanes.bytes) / 16) * 16)
      result.set(views[0]!.subarray(0, size), start)
    }
    return result
  }
}
