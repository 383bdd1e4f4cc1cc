/**
 * Blocks of results as dot products, for C = A B^T with few rows: nothing is packed, k runs along
 * the vectors of both operands, and the lanes are summed at the end. The elements of one sum are
 * taken in an order that depends on k alone: lane by lane of the depth, then the lanes in pairs.
 */
import {
  access,
  add,
  get,
  int,
  mul,
  op,
  shuffle32,
  shuffle64,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import type { Lanes } from '../lanes.ts'
import { minimum } from './tiles.ts'

/** Columns of a tile, which are rows of B. */
const WIDTH = 4

/**
 * The function that computes `rows` x `columns` results over `depth` values of k into `out`
 * (`outStride` bytes a row, columns rounded up to 4).
 */
export function dotFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const name = `product_dot_${lanes.precision}`
  return module.once(name, () => {
    const fn = new FunctionBuilder(
      name,
      [
        ['a', 'int'],
        ['aStride', 'int'],
        ['b', 'int'],
        ['bStride', 'int'],
        ['out', 'int'],
        ['outStride', 'int'],
        ['rows', 'int'],
        ['columns', 'int'],
        ['depth', 'int'],
      ],
      'void',
      { comment: 'a block of results as dot products' },
    )
    const [a, aStride, b, bStride, out, outStride, rows, columns, depth] = Array.from(
      { length: 9 },
      (_, i) => fn.parameter(i),
    ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local]
    const rest = fn.define('rest', op('int.and', get(depth), int(lanes.count - 1)))
    const whole = fn.define('whole', mul(sub(get(depth), get(rest)), int(lanes.bytes)))
    const mask = fn.define('mask', lanes.first(get(rest)))
    const column = fn.local('int', 'column')
    const last = fn.local('int', 'last')
    const left = fn.local('int', 'left')
    const x = fn.local('int', 'x')
    const to = fn.local('int', 'to')
    const bases = Array.from({ length: WIDTH }, (_, j) => fn.local('int', `b${j}`))
    const emitTile = (height: number): void => {
      const sums = Array.from({ length: height }, (_, i) =>
        Array.from({ length: WIDTH }, (_unused, j) => fn.define(`sum${i}_${j}`, lanes.constant(0))),
      )
      const xs = [x]
      if (height === 2) xs.push(fn.define('x1', add(get(x), get(aStride))))
      const k = fn.local('int', 'k')
      const step = (at: Local | undefined, masked: boolean): void => {
        const load = (base: Local): Code => {
          const code = access('lanes.load', 0, at ? add(get(base), get(at)) : get(base))
          return masked ? op('lanes.and', code, get(mask)) : code
        }
        const left_ = xs.map((base) => fn.define('xv', load(base)))
        bases.forEach((base, j) => {
          const right = fn.define('bv', load(base))
          left_.forEach((value, i) =>
            fn.set(sums[i]![j]!, lanes.madd(get(value), get(right), get(sums[i]![j]!))),
          )
        })
      }
      fn.count(k, int(0), get(whole), lanes.vectorBytes, () => step(k, false))
      fn.branch(get(rest), () => step(whole, true))
      sums.forEach((row, i) => {
        const line = i === 0 ? get(to) : add(get(to), get(outStride))
        sumLanes(fn, lanes, row).forEach((vector, v) =>
          fn.push(access('lanes.store', v * lanes.vectorBytes, line, vector)),
        )
      })
    }
    fn.count(column, int(0), get(columns), WIDTH, () => {
      fn.set(last, sub(sub(get(columns), int(1)), get(column)))
      // A row behind the last one of B need not be there: the last one again.
      bases.forEach((base, j) => fn.set(base, add(get(b), mul(minimum(last, j), get(bStride)))))
      fn.set(x, get(a))
      fn.set(to, get(out))
      fn.set(left, get(rows))
      fn.while(
        () => op('int.ge', get(left), int(2)),
        () => {
          emitTile(2)
          fn.set(x, add(get(x), mul(get(aStride), int(2))))
          fn.set(to, add(get(to), mul(get(outStride), int(2))))
          fn.set(left, sub(get(left), int(2)))
        },
      )
      fn.branch(get(left), () => emitTile(1))
      fn.set(b, add(get(b), mul(get(bStride), int(WIDTH))))
      fn.set(out, add(get(out), int(WIDTH * lanes.bytes)))
    })
    return fn.build()
  })
}

/** The sums of the lanes of four vectors, as vectors. */
function sumLanes(fn: FunctionBuilder, lanes: Lanes, sums: readonly Local[]): Code[] {
  const [s0, s1, s2, s3] = sums as [Local, Local, Local, Local]
  lanes.require(2, 4)
  if (lanes.count === 2) {
    const pair = (x: Local, y: Local): Code =>
      lanes.binary('add', shuffle64(get(x), get(y), [0, 2]), shuffle64(get(x), get(y), [1, 3]))
    return [pair(s0, s1), pair(s2, s3)]
  }
  const half = (x: Local, y: Local): Local =>
    fn.define(
      'half',
      lanes.binary(
        'add',
        shuffle32(get(x), get(y), [0, 4, 1, 5]),
        shuffle32(get(x), get(y), [2, 6, 3, 7]),
      ),
    )
  const low = half(s0, s1)
  const high = half(s2, s3)
  return [
    lanes.binary(
      'add',
      shuffle64(get(low), get(high), [0, 2]),
      shuffle64(get(low), get(high), [1, 3]),
    ),
  ]
}
