/**
 * Copies of an operand in the order in which tiles read it. Panels: [panel][k][panel width], so a
 * tile reads one stream of memory, whatever the row stride of the matrix is (rows a power of two
 * apart would share the sets of a cache).
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
import { panelWidth } from './blocking.ts'
import { minimum } from './tiles.ts'

type FiveLocals = [Local, Local, Local, Local, Local]

function fiveParameters(fn: FunctionBuilder): FiveLocals {
  return [0, 1, 2, 3, 4].map((i) => fn.parameter(i)) as FiveLocals
}

/**
 * The function that packs `bytes` of each of `depth` rows as panels of `rowBytes`, as many panels
 * at once as fill a line of memory; so `bytes` is rounded up to a line.
 */
export function packFunction(module: ModuleBuilder, lanes: Lanes, rowBytes: number): FunctionType {
  const { lineBytes } = lanes.machine
  const name = `pack_${rowBytes}`
  return module.once(name, () => {
    const fn = new FunctionBuilder(
      name,
      [
        ['from', 'int'],
        ['stride', 'int'],
        ['out', 'int'],
        ['depth', 'int'],
        ['bytes', 'int'],
      ],
      'void',
      { comment: `columns of a matrix as panels of ${rowBytes} bytes` },
    )
    const [from, stride, out, depth, bytes] = fiveParameters(fn)
    const panelBytes = fn.define('panelBytes', mul(get(depth), int(rowBytes)))
    const column = fn.local('int', 'column')
    const source = fn.local('int', 'source')
    const end = fn.local('int', 'end')
    const targets = Array.from({ length: Math.max(1, lineBytes / rowBytes) }, (_, i) =>
      fn.local('int', `to${i}`),
    )
    fn.count(column, int(0), get(bytes), Math.max(lineBytes, rowBytes), () => {
      fn.set(source, add(get(from), get(column)))
      for (const target of targets) {
        fn.set(target, get(out))
        fn.set(out, add(get(out), get(panelBytes)))
      }
      const [first] = targets as [Local]
      fn.set(end, add(get(first), get(panelBytes)))
      fn.while(
        () => op('int.ltUnsigned', get(first), get(end)),
        () => {
          targets.forEach((target, i) => {
            for (let byte = 0; byte < rowBytes; byte += lanes.vectorBytes) {
              const value = access('lanes.load', i * rowBytes + byte, get(source))
              fn.push(access('lanes.store', byte, get(target), value))
            }
            fn.set(target, add(get(target), int(rowBytes)))
          })
          fn.set(source, add(get(source), get(stride)))
        },
      )
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
    const fn = new FunctionBuilder(
      name,
      [
        ['b', 'int'],
        ['bStride', 'int'],
        ['out', 'int'],
        ['depth', 'int'],
        ['columns', 'int'],
      ],
      'void',
      { comment: 'rows of a matrix as panels of its transpose' },
    )
    const [b, bStride, out, depth, columns] = fiveParameters(fn)
    const width = panelWidth(lanes)
    const rowBytes = width * lanes.bytes
    const panelBytes = fn.define('panelBytes', mul(get(depth), int(rowBytes)))
    const column = fn.local('int', 'column')
    const last = fn.local('int', 'last')
    const to = fn.local('int', 'to')
    const end = fn.local('int', 'end')
    const pointers = Array.from({ length: width }, (_, i) => fn.local('int', `row${i}`))
    fn.count(column, int(0), get(columns), width, () => {
      fn.set(last, sub(sub(get(columns), int(1)), get(column)))
      pointers.forEach((pointer, i) =>
        // A row behind the last one of B need not be there: the last one again.
        fn.set(pointer, add(get(b), mul(minimum(last, i), get(bStride)))),
      )
      fn.set(to, get(out))
      fn.set(end, add(get(out), get(panelBytes)))
      fn.while(
        () => op('int.ltUnsigned', get(to), get(end)),
        () => {
          for (let group = 0; group < width; group += lanes.count) {
            const rows = pointers
              .slice(group, group + lanes.count)
              .map((pointer) => fn.define('x', access('lanes.load', 0, get(pointer))))
            transpose(fn, lanes, rows).forEach((vector, k) =>
              fn.push(access('lanes.store', k * rowBytes + group * lanes.bytes, get(to), vector)),
            )
          }
          for (const pointer of pointers) fn.set(pointer, add(get(pointer), int(lanes.vectorBytes)))
          fn.set(to, add(get(to), int(lanes.count * rowBytes)))
        },
      )
      fn.set(out, get(end))
      fn.set(b, add(get(b), mul(int(width), get(bStride))))
    })
    return fn.build()
  })
}

/** The transpose of as many vectors as a vector has lanes. */
function transpose(fn: FunctionBuilder, lanes: Lanes, rows: readonly Local[]): Code[] {
  lanes.require(2, 4)
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
