/**
 * Blocks of results as sums of outer products: a tile of accumulators stays in registers while k
 * runs; a row of B comes as vectors, the elements of A as splats. Shared by all products of a
 * module, which differ in how A lies in memory:
 * - `rows`: A[m, k], each row of the tile has a pointer of its own (forms NN and NT);
 * - `columns`: A[k, m], one pointer that steps from k to k + 1 (form TN).
 * Packed panels and plain matrices need the same code, since the distances are parameters.
 */
import {
  access,
  add,
  brIf,
  get,
  int,
  mul,
  op,
  select,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from '../tree.ts'
import { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import type { Lanes } from '../lanes.ts'
import { panelWidth } from './blocking.ts'

export type LayoutOfA = 'rows' | 'columns'

/** Steps of k of a turn of the loop. */
const UNROLL = 2

/**
 * The function that computes `rows` x `columns` results over `depth` values of k into `out`
 * (`outStride` bytes a row, columns rounded up to panels), or adds to what is there if `more` is
 * not 0. Distances in bytes: `aStride` between rows of A in memory, `aPanel` between the first
 * elements of tiles (4 rows of C), `bStep` between k and k + 1, `bPanel` between panels of B.
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
        ['a', 'int'],
        ['aStride', 'int'],
        ['aPanel', 'int'],
        ['b', 'int'],
        ['bStep', 'int'],
        ['bPanel', 'int'],
        ['out', 'int'],
        ['outStride', 'int'],
        ['rows', 'int'],
        ['columns', 'int'],
        ['depth', 'int'],
        ['more', 'int'],
      ],
      'void',
      { comment: `a block of results, A by ${layout}, as outer products` },
    )
    const [a, aStride, aPanel, b, bStep, bPanel, out, outStride, rows, columns, depth, more] =
      Array.from({ length: 12 }, (_, i) => fn.parameter(i)) as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ]
    const taken = fn.local('int', 'taken')
    const panel = fn.local('int', 'panel')
    const column = fn.local('int', 'column')
    const target = fn.local('int', 'target')
    const width = panelWidth(lanes)
    const emitTiles = (height: number, count: number): void => {
      // Wide tiles while more columns are left than their other panels take.
      const end = fn.define('end', sub(get(columns), int((count - 1) * width)))
      fn.continueCount(column, get(end), count * width, () => {
        emitTile(fn, lanes, layout, height, count, {
          a,
          aStride,
          panel,
          bStep,
          bPanel,
          target,
          outStride,
          depth,
          more,
        })
        fn.set(panel, add(get(panel), mul(get(bPanel), int(count))))
        fn.set(target, add(get(target), int(count * width * lanes.bytes)))
      })
    }
    const emitStrip = (height: number): void => {
      const wide = lanes.blocking.tilePanels[height]!
      fn.set(panel, get(b))
      fn.set(target, get(out))
      fn.set(column, int(0))
      if (wide > 1) emitTiles(height, wide)
      emitTiles(height, 1)
    }
    fn.while(
      () => op('int.gt', get(rows), int(0)),
      () => {
        fn.set(taken, minimum(rows, lanes.blocking.tileRows))
        emitChoice(fn, taken, 1, lanes.blocking.tileRows, emitStrip)
        fn.set(rows, sub(get(rows), get(taken)))
        fn.set(out, add(get(out), mul(get(taken), get(outStride))))
        fn.set(a, add(get(a), get(aPanel)))
      },
    )
    return fn.build()
  })
}

/** The smaller of a local and a constant. */
export function minimum(local: Local, limit: number): Code {
  return select(get(local), int(limit), op('int.lt', get(local), int(limit)))
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
    op('int.gt', get(local), int(middle)),
    () => emitChoice(fn, local, middle + 1, high, emit),
    () => emitChoice(fn, local, low, middle, emit),
  )
}

interface TileLocals {
  readonly a: Local
  readonly aStride: Local
  readonly panel: Local
  readonly bStep: Local
  readonly bPanel: Local
  readonly target: Local
  readonly outStride: Local
  readonly depth: Local
  readonly more: Local
}

/** A tile of `height` rows and `panelCount` panels. */
function emitTile(
  fn: FunctionBuilder,
  lanes: Lanes,
  layout: LayoutOfA,
  height: number,
  panelCount: number,
  { a, aStride, panel, bStep, bPanel, target, outStride, depth, more }: TileLocals,
): void {
  const width = panelCount * lanes.blocking.panelVectors
  const sums = Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_unused, v) => fn.local('lanes', `sum${row}_${v}`)),
  )
  const line = fn.define('line', get(target))
  const eachLine = (visit: (row: readonly Local[]) => void): void => {
    fn.set(line, get(target))
    sums.forEach((row, index) => {
      visit(row)
      if (index < height - 1) fn.set(line, add(get(line), get(outStride)))
    })
  }
  fn.branch(
    get(more),
    () =>
      eachLine((row) =>
        row.forEach((sum, v) =>
          fn.set(sum, access('lanes.load', v * lanes.vectorBytes, get(line))),
        ),
      ),
    () => sums.flat().forEach((sum) => fn.set(sum, lanes.constant(0))),
  )
  const rowPointers = chainOfPointers(fn, 'a', a, aStride, layout === 'rows' ? height : 1)
  const panelPointers = chainOfPointers(fn, 'b', panel, bPanel, panelCount)
  const [at] = panelPointers as [Local]
  const end = fn.define('end', add(get(at), mul(get(depth), get(bStep))))
  const vectors = Array.from({ length: width }, (_, v) => fn.local('lanes', `b${v}`))
  const splats = Array.from({ length: height }, (_, row) => fn.local('lanes', `splat${row}`))
  const emitStep = (step: number): void => {
    vectors.forEach((vector, v) => {
      const pointer = panelPointers[Math.floor(v / lanes.blocking.panelVectors)]!
      fn.set(
        vector,
        access('lanes.load', (v % lanes.blocking.panelVectors) * lanes.vectorBytes, get(pointer)),
      )
    })
    splats.forEach((splat, row) => {
      const [pointer, offset] =
        layout === 'rows' ? [rowPointers[row]!, step] : [rowPointers[0]!, row]
      fn.set(splat, access(lanes.loadSplat, offset * lanes.bytes, get(pointer)))
    })
    sums.forEach((row, index) =>
      row.forEach((sum, v) =>
        fn.set(sum, lanes.madd(get(splats[index]!), get(vectors[v]!), get(sum))),
      ),
    )
    for (const pointer of panelPointers) fn.set(pointer, add(get(pointer), get(bStep)))
    if (layout === 'columns') {
      for (const pointer of rowPointers) fn.set(pointer, add(get(pointer), get(aStride)))
    }
  }
  fn.block((done) => {
    fn.push(brIf(done, op('int.isZero', get(depth))))
    fn.loop((again) => {
      for (let step = 0; step < UNROLL; step++) {
        emitStep(step)
        // Leaving after every step makes V8 place the step's multiply-adds before the branch. It
        // would else load the operands of all steps first, and spill.
        if (step < UNROLL - 1) fn.push(brIf(done, op('int.eq', get(at), get(end))))
      }
      if (layout === 'rows') {
        for (const pointer of rowPointers) {
          fn.set(pointer, add(get(pointer), int(UNROLL * lanes.bytes)))
        }
      }
      fn.push(brIf(again, op('int.ne', get(at), get(end))))
    })
  })
  eachLine((row) =>
    row.forEach((sum, v) =>
      fn.push(access('lanes.store', v * lanes.vectorBytes, get(line), get(sum))),
    ),
  )
}

/** `count` pointers, `distance` apart. */
function chainOfPointers(
  fn: FunctionBuilder,
  name: string,
  first: Local,
  distance: Local,
  count: number,
): Local[] {
  const pointers = [fn.define(`${name}0`, get(first))]
  for (let i = 1; i < count; i++) {
    pointers.push(fn.define(`${name}${i}`, add(get(pointers[i - 1]!), get(distance))))
  }
  return pointers
}
