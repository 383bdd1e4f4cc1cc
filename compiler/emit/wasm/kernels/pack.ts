/**
 * Copies of an operand in the order in which tiles read it. Panels: [panel][k][panel width], so a
 * tile reads one stream of memory, whatever the row stride of the matrix is (rows a power of two
 * apart would share the sets of a cache). A line of memory is read whole, as two panels at once.
 */
import {
  access,
  add,
  get,
  i32,
  mul,
  op,
  shuffle32,
  shuffle64,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from '../encoder/code.ts'
import { FunctionBuilder } from '../encoder/function.ts'
import type { ModuleBuilder } from '../encoder/module.ts'
import type { Lanes } from '../lanes.ts'
import { panelWidth } from './blocking.ts'
import { minimum } from './tiles.ts'

const packParameters = [
  ['b', 'i32'],
  ['bStride', 'i32'],
  ['out', 'i32'],
  ['depth', 'i32'],
  ['columns', 'i32'],
] as const

type FiveLocals = [Local, Local, Local, Local, Local]

function fiveParameters(fn: FunctionBuilder): FiveLocals {
  return [0, 1, 2, 3, 4].map((i) => fn.parameter(i)) as FiveLocals
}

/** Packs `columns` columns of B[k, n], `depth` rows, rounded up to a pair of panels. */
export function packFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const name = `pack_panels_${lanes.precision}`
  return module.once(name, () => {
    const fn = new FunctionBuilder(name, packParameters, 'void', {
      comment: 'columns of a matrix as panels',
    })
    const [b, bStride, out, depth, columns] = fiveParameters(fn)
    const row = panelWidth(lanes) * lanes.bytes
    const panelBytes = fn.define('panelBytes', mul(get(depth), i32(row)))
    const column = fn.local('i32', 'column')
    const from = fn.local('i32', 'from')
    const first = fn.local('i32', 'first')
    const second = fn.local('i32', 'second')
    const end = fn.local('i32', 'end')
    fn.count(column, i32(0), get(columns), 2 * panelWidth(lanes), () => {
      fn.set(from, get(b))
      fn.set(first, get(out))
      fn.set(second, add(get(out), get(panelBytes)))
      fn.set(end, get(second))
      fn.while(
        () => op('i32.lt_u', get(first), get(end)),
        () => {
          for (const [at, offset] of [
            [first, 0],
            [second, row],
          ] as const) {
            for (let byte = 0; byte < row; byte += 16) {
              fn.push(
                access('v128.store', byte, get(at), access('v128.load', offset + byte, get(from))),
              )
            }
            fn.set(at, add(get(at), i32(row)))
          }
          fn.set(from, add(get(from), get(bStride)))
        },
      )
      fn.set(b, add(get(b), i32(2 * row)))
      fn.set(out, get(second))
    })
    return fn.build()
  })
}

/**
 * Packs `columns` rows of B[n, k] as panels of their transpose. Up to three rows behind each panel
 * are written: the next panel, written later, lies there, or spare room.
 */
export function packTransposedFunction(module: ModuleBuilder, lanes: Lanes): FunctionType {
  const name = `pack_transposed_${lanes.precision}`
  return module.once(name, () => {
    const fn = new FunctionBuilder(name, packParameters, 'void', {
      comment: 'rows of a matrix as panels of its transpose',
    })
    const [b, bStride, out, depth, columns] = fiveParameters(fn)
    const width = panelWidth(lanes)
    const rowBytes = width * lanes.bytes
    const panelBytes = fn.define('panelBytes', mul(get(depth), i32(rowBytes)))
    const column = fn.local('i32', 'column')
    const last = fn.local('i32', 'last')
    const to = fn.local('i32', 'to')
    const end = fn.local('i32', 'end')
    const pointers = Array.from({ length: width }, (_, i) => fn.local('i32', `row${i}`))
    fn.count(column, i32(0), get(columns), width, () => {
      fn.set(last, sub(sub(get(columns), i32(1)), get(column)))
      pointers.forEach((pointer, i) =>
        // A row behind the last one of B need not be there: the last one again.
        fn.set(pointer, add(get(b), mul(minimum(last, i), get(bStride)))),
      )
      fn.set(to, get(out))
      fn.set(end, add(get(out), get(panelBytes)))
      fn.while(
        () => op('i32.lt_u', get(to), get(end)),
        () => {
          for (let group = 0; group < width; group += lanes.count) {
            const rows = pointers
              .slice(group, group + lanes.count)
              .map((pointer) => fn.define('x', access('v128.load', 0, get(pointer))))
            transpose(fn, lanes, rows).forEach((vector, k) =>
              fn.push(access('v128.store', k * rowBytes + group * lanes.bytes, get(to), vector)),
            )
          }
          for (const pointer of pointers) fn.set(pointer, add(get(pointer), i32(16)))
          fn.set(to, add(get(to), i32(lanes.count * rowBytes)))
        },
      )
      fn.set(out, get(end))
      fn.set(b, add(get(b), mul(i32(width), get(bStride))))
    })
    return fn.build()
  })
}

/** The transpose of as many vectors as a vector has lanes. */
function transpose(fn: FunctionBuilder, lanes: Lanes, rows: readonly Local[]): Code[] {
  if (lanes.count === 2) {
    const [x, y] = rows as [Local, Local]
    return [shuffle64(get(x), get(y), [0, 2]), shuffle64(get(x), get(y), [1, 3])]
  }
  const [x0, x1, x2, x3] = rows as [Local, Local, Local, Local]
  const pair = (a: Local, b: Local, picked: readonly number[]): Local =>
    fn.define('t', shuffle32(get(a), get(b), picked))
  const low01 = pair(x0, x1, [0, 4, 1, 5])
  const low23 = pair(x2, x3, [0, 4, 1, 5])
  const high01 = pair(x0, x1, [2, 6, 3, 7])
  const high23 = pair(x2, x3, [2, 6, 3, 7])
  return [
    shuffle64(get(low01), get(low23), [0, 2]),
    shuffle64(get(low01), get(low23), [1, 3]),
    shuffle64(get(high01), get(high23), [0, 2]),
    shuffle64(get(high01), get(high23), [1, 3]),
  ]
}

/** Copies `columns` columns of A[k, m] (rounded up to vectors) to rows of `outStride` bytes. */
export function copyFunction(module: ModuleBuilder): FunctionType {
  return module.once('copy_columns', () => {
    const fn = new FunctionBuilder(
      'copy_columns',
      [
        ['from', 'i32'],
        ['stride', 'i32'],
        ['out', 'i32'],
        ['outStride', 'i32'],
        ['depth', 'i32'],
        ['bytes', 'i32'],
      ],
      'void',
      { comment: 'columns of a matrix, densely' },
    )
    const [from, stride, out, outStride, depth, bytes] = [0, 1, 2, 3, 4, 5].map((i) =>
      fn.parameter(i),
    ) as [Local, Local, Local, Local, Local, Local]
    const at = fn.local('i32', 'at')
    fn.while(
      () => op('i32.gt_s', get(depth), i32(0)),
      () => {
        fn.count(at, i32(0), get(bytes), 16, () => {
          fn.push(
            access(
              'v128.store',
              0,
              add(get(out), get(at)),
              access('v128.load', 0, add(get(from), get(at))),
            ),
          )
        })
        fn.set(from, add(get(from), get(stride)))
        fn.set(out, add(get(out), get(outStride)))
        fn.set(depth, sub(get(depth), i32(1)))
      },
    )
    return fn.build()
  })
}
