/**
 * Blocks of results as sums of outer products: a tile of accumulators stays in registers while k
 * runs; a row of B comes as vectors, the elements of A as splats. Shared by all products of a
 * module, which differ in how A lies in memory:
 * - `rows`: A[m, k], each row of the tile has a pointer of its own (forms NN and NT);
 * - `columns`: A[k, m], one pointer that steps from row to row (form TN).
 * B is read at `bStep` bytes from k to k + 1 and `bPanel` bytes from panel to panel, so packed
 * panels and the plain matrix need the same code.
 */
import {
  access,
  add,
  brIf,
  get,
  i32,
  mul,
  op,
  select,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from '../encoder/code.ts'
import { FunctionBuilder } from '../encoder/function.ts'
import type { ModuleBuilder } from '../encoder/module.ts'
import type { Lanes } from '../lanes.ts'
import { panelWidth, TILE_ROWS, TILE_VECTORS } from './blocking.ts'

export type LayoutOfA = 'rows' | 'columns'

const UNROLL = 4

/**
 * The function that computes `rows` x `columns` results over `depth` values of k into `out`
 * (`outStride` bytes a row, columns rounded up to panels), or adds to what is there if `more` is
 * not 0. `aStride`: bytes from one row of A in memory to the next.
 */
export function blockFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  layout: LayoutOfA,
): FunctionType {
  const name = `product_block_${layout}_${lanes.precision}`
  return module.once(name, () => {
    const fn = new FunctionBuilder(
      name,
      [
        ['a', 'i32'],
        ['aStride', 'i32'],
        ['b', 'i32'],
        ['bStep', 'i32'],
        ['bPanel', 'i32'],
        ['out', 'i32'],
        ['outStride', 'i32'],
        ['rows', 'i32'],
        ['columns', 'i32'],
        ['depth', 'i32'],
        ['more', 'i32'],
      ],
      'void',
      { comment: `a block of results, A by ${layout}, as outer products` },
    )
    const [a, aStride, b, bStep, bPanel, out, outStride, rows, columns, depth, more] = Array.from(
      { length: 11 },
      (_, i) => fn.parameter(i),
    ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local]
    const taken = fn.local('i32', 'taken')
    const panel = fn.local('i32', 'panel')
    const column = fn.local('i32', 'column')
    const target = fn.local('i32', 'target')
    const width = panelWidth(lanes)
    const emitStrip = (height: number): void => {
      fn.set(panel, get(b))
      fn.set(target, get(out))
      fn.count(column, i32(0), get(columns), width, () => {
        emitTile(fn, lanes, layout, height, {
          a,
          aStride,
          panel,
          bStep,
          target,
          outStride,
          depth,
          more,
        })
        fn.set(panel, add(get(panel), get(bPanel)))
        fn.set(target, add(get(target), i32(width * lanes.bytes)))
      })
    }
    fn.while(
      () => op('i32.gt_s', get(rows), i32(0)),
      () => {
        // Six rows, unless seven or eight are left: four and the rest keep more registers busy.
        fn.set(taken, minimum(rows, TILE_ROWS))
        fn.branch(op('i32.eq', op('i32.and', sub(get(rows), i32(7)), i32(-2)), i32(0)), () =>
          fn.set(taken, i32(4)),
        )
        emitChoice(fn, taken, 1, TILE_ROWS, emitStrip)
        fn.set(rows, sub(get(rows), get(taken)))
        fn.set(out, add(get(out), mul(get(taken), get(outStride))))
        fn.set(a, add(get(a), mul(get(taken), layout === 'rows' ? get(aStride) : i32(lanes.bytes))))
      },
    )
    return fn.build()
  })
}

/** The smaller of a local and a constant. */
export function minimum(local: Local, limit: number): Code {
  return select(get(local), i32(limit), op('i32.lt_s', get(local), i32(limit)))
}

/** Runs what `emit` makes for the value of `local`, one of `low`..`high`, by halving. */
function emitChoice(
  fn: FunctionBuilder,
  local: Local,
  low: number,
  high: number,
  emit: (value: number) => void,
): void {
  if (low === high) {
    emit(low)
    return
  }
  const middle = (low + high) >> 1
  fn.branch(
    op('i32.gt_s', get(local), i32(middle)),
    () => emitChoice(fn, local, middle + 1, high, emit),
    () => emitChoice(fn, local, low, middle, emit),
  )
}

interface TileLocals {
  readonly a: Local
  readonly aStride: Local
  readonly panel: Local
  readonly bStep: Local
  readonly target: Local
  readonly outStride: Local
  readonly depth: Local
  readonly more: Local
}

function emitTile(
  fn: FunctionBuilder,
  lanes: Lanes,
  layout: LayoutOfA,
  height: number,
  { a, aStride, panel, bStep, target, outStride, depth, more }: TileLocals,
): void {
  const accumulators = Array.from({ length: height }, (_, row) =>
    Array.from({ length: TILE_VECTORS }, (_unused, v) => fn.local('v128', `sum${row}_${v}`)),
  )
  const line = fn.define('line', get(target))
  const eachLine = (visit: (row: readonly Local[]) => void): void => {
    fn.set(line, get(target))
    accumulators.forEach((row, index) => {
      visit(row)
      if (index < height - 1) fn.set(line, add(get(line), get(outStride)))
    })
  }
  fn.branch(
    get(more),
    () =>
      eachLine((row) =>
        row.forEach((sum, v) => fn.set(sum, access('v128.load', v * 16, get(line)))),
      ),
    () => accumulators.flat().forEach((sum) => fn.set(sum, lanes.constant(0))),
  )
  const pointers = [fn.define('a0', get(a))]
  const pointerCount = layout === 'rows' ? height : 1
  for (let row = 1; row < pointerCount; row++) {
    pointers.push(fn.define(`a${row}`, add(get(pointers[row - 1]!), get(aStride))))
  }
  const at = fn.define('at', get(panel))
  const left = fn.define('left', get(depth))
  const vectors = Array.from({ length: TILE_VECTORS }, (_, v) => fn.local('v128', `b${v}`))
  const splat = fn.local('v128', 'splat')
  const emitSteps = (steps: number): void => {
    for (let step = 0; step < steps; step++) {
      vectors.forEach((vector, v) => fn.set(vector, access('v128.load', v * 16, get(at))))
      fn.set(at, add(get(at), get(bStep)))
      accumulators.forEach((row, index) => {
        fn.set(
          splat,
          layout === 'rows'
            ? access(lanes.loadSplat, step * lanes.bytes, get(pointers[index]!))
            : access(lanes.loadSplat, index * lanes.bytes, get(pointers[0]!)),
        )
        row.forEach((sum, v) => fn.set(sum, lanes.madd(get(splat), get(vectors[v]!), get(sum))))
      })
      if (layout === 'columns') fn.set(pointers[0]!, add(get(pointers[0]!), get(aStride)))
    }
    if (layout === 'rows') {
      for (const pointer of pointers) fn.set(pointer, add(get(pointer), i32(steps * lanes.bytes)))
    }
  }
  const emitLoop = (steps: number): void =>
    fn.block((done) => {
      fn.push(brIf(done, op('i32.lt_s', get(left), i32(steps))))
      fn.loop((again) => {
        emitSteps(steps)
        fn.set(left, sub(get(left), i32(steps)))
        fn.push(brIf(again, op('i32.ge_s', get(left), i32(steps))))
      })
    })
  emitLoop(UNROLL)
  emitLoop(1)
  eachLine((row) =>
    row.forEach((sum, v) => fn.push(access('v128.store', v * 16, get(line), get(sum)))),
  )
}
