/**
 * A row times a matrix, where the row is nearly all zeros, as spikes are: only the rows (NN) or columns
 * (NT) of the matrix that meet another number are read. A zero times whatever else is taken for 0, so
 * that an infinite weight is not met by what is silent.
 */
import {
  access,
  add,
  get,
  int,
  mul,
  op,
  returns,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import type { Lanes } from '../lanes.ts'

/** Zeros for each other number, at least: reading a column is that much dearer than a part of it. */
const SPARSE = { NN: 3, NT: 12 } as const

/**
 * The function that fills `out` with `columns` results (rounded up to 4) over `depth` values of k,
 * unless there are too many other numbers than 0; gives whether it did. Which numbers are 0 decides it
 * for all columns alike.
 */
export function sparseFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  form: 'NN' | 'NT',
): FunctionType {
  const name = `product_sparse_${form}_${lanes.precision}`
  return module.once(name, () => {
    const names = ['a', 'b', 'bStride', 'out', 'columns', 'depth']
    const fn = new FunctionBuilder(
      name,
      names.map((each) => [each, 'int'] as const),
      'int',
      { comment: 'a row with few numbers, times a matrix' },
    )
    const [a, b, bStride, out, columns, depth] = names.map((_, i) => fn.parameter(i)) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ]
    const rest = fn.define('rest', op('int.and', get(depth), int(lanes.count - 1)))
    const whole = fn.define('whole', sub(get(depth), get(rest)))
    const k = fn.local('int', 'k')
    const bytes = (count: Code): Code => mul(count, int(lanes.bytes))
    const mask = (): Code => {
      const numbers = access('lanes.load', 0, add(get(a), bytes(get(k))))
      const bitmask = lanes.count === 4 ? 'ints.signs' : 'longs.signs'
      return op(bitmask, lanes.compare('ne', numbers, lanes.constant(0)))
    }
    const found = fn.local('int', 'found')
    fn.set(found, get(rest))
    fn.count(k, int(0), get(whole), lanes.count, () =>
      fn.set(found, add(get(found), op('int.ones', mask()))),
    )
    fn.branch(op('int.gt', mul(get(found), int(SPARSE[form] + 1)), get(depth)), () =>
      fn.push(returns(int(0))),
    )
    const j = fn.local('int', 'j')
    const end = fn.define('end', add(get(out), bytes(get(columns))))
    fn.count(j, get(out), get(end), lanes.vectorBytes, () =>
      fn.push(access('lanes.store', 0, get(j), lanes.constant(0))),
    )
    const at = fn.local('int', 'at')
    const number = fn.local(lanes.precision, 'number')
    const spread = fn.local('lanes', 'spread')
    const addElement = (): void => {
      fn.set(number, access(lanes.scalarLoad, 0, add(get(a), bytes(get(k)))))
      fn.branch(op(`${lanes.precision}.ne`, get(number), lanes.scalar(0)), () => {
        if (form === 'NN') {
          fn.set(spread, lanes.splat(get(number)))
          fn.set(at, add(get(b), mul(get(k), get(bStride))))
          fn.count(j, get(out), get(end), lanes.vectorBytes, () => {
            const sum = access('lanes.load', 0, get(j))
            const right = access('lanes.load', 0, get(at))
            fn.push(access('lanes.store', 0, get(j), lanes.madd(get(spread), right, sum)))
            fn.set(at, add(get(at), int(lanes.vectorBytes)))
          })
          return
        }
        fn.set(at, add(get(b), bytes(get(k))))
        fn.count(j, get(out), get(end), lanes.bytes, () => {
          const sum = access(lanes.scalarLoad, 0, get(j))
          const right = access(lanes.scalarLoad, 0, get(at))
          const product = op(`${lanes.precision}.mul`, get(number), right)
          const total = op(`${lanes.precision}.add`, sum, product)
          fn.push(access(lanes.scalarStore, 0, get(j), total))
          fn.set(at, add(get(at), get(bStride)))
        })
      })
    }
    const vectorEnd = fn.local('int', 'vectorEnd')
    fn.set(k, int(0))
    fn.while(
      () => op('int.lt', get(k), get(depth)),
      () => {
        fn.set(vectorEnd, add(get(k), int(lanes.count)))
        const isRest = op('int.ge', get(k), get(whole))
        fn.branch(isRest, () => fn.set(vectorEnd, get(depth)))
        fn.branch(
          op('int.and', op('int.lt', get(k), get(whole)), op('int.isZero', mask())),
          () => fn.set(k, get(vectorEnd)),
          () => fn.continueCount(k, get(vectorEnd), 1, addElement),
        )
      },
    )
    fn.push(returns(int(1)))
    return fn.build()
  })
}
