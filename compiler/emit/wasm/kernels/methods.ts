/**
 * The ways to compute blocks of a product: outer products of packed or plain operands, or dot
 * products. A method emits, in this order: its set-up, what a block of columns needs (packing), and
 * the call that fills a block of results.
 */
import { add, brIf, call, get, i32, mul, op, select, sub, type Code } from '../encoder/code.ts'
import type { FunctionBuilder } from '../encoder/function.ts'
import type { ModuleBuilder } from '../encoder/module.ts'
import type { Lanes } from '../lanes.ts'
import {
  ALL_ROWS,
  blockColumns,
  BLOCK_ROWS,
  COLUMN_UNIT,
  DEPTH,
  DOT_COLUMNS,
  dotColumns,
  NARROW_ROWS,
  PACK_COLUMNS,
  PACK_ROWS,
  packedElements,
  packedAOffset,
  packedBOffset,
  panelWidth,
  PLAIN_DEPTH,
  SHALLOW,
  SHALLOW_ROWS,
  shallowColumns,
  TILE_ROWS,
} from './blocking.ts'
import { dotFunction } from './dot.ts'
import { packFunction, packTransposedFunction } from './pack.ts'
import { smaller, type Block, type Given } from './part.ts'
import { blockFunction } from './tiles.ts'

export interface Method {
  /** Code of the most columns and rows of a block. */
  readonly mostColumns: Code
  readonly mostRows: Code
  readonly prepareColumns: () => void
  readonly fillBlock: () => void
}

/** What a method is made for. */
export interface Site {
  readonly fn: FunctionBuilder
  readonly module: ModuleBuilder
  readonly lanes: Lanes
  readonly given: Given
  readonly block: Block
}

/** Outer products, for all forms. */
export function outerProducts(site: Site, form: 'NN' | 'NT' | 'TN'): Method {
  const { fn, module, lanes, given, block } = site
  const { a, b, K, aStride, bStride, m0, m1, n0, n1, scratch } = given
  const byColumns = form === 'TN'
  const compute = blockFunction(module, lanes, byColumns ? 'columns' : 'rows')
  const elements = (count: Code): Code => mul(count, i32(lanes.bytes))
  const panelRow = i32(panelWidth(lanes) * lanes.bytes)
  const tileRow = TILE_ROWS * lanes.bytes

  // Where tiles read B: in scratch memory, or, for few rows, where it is.
  const bAt = fn.local('i32', 'bAt')
  const bStep = fn.define('bStep', panelRow)
  const bPanel = fn.define('bPanel', mul(get(K), panelRow))
  const packedB = fn.define('packedB', add(get(scratch), packedBOffset(lanes, K)))
  const depth = fn.define('depth', i32(DEPTH))
  const mostColumns = fn.define('mostColumns', i32(blockColumns(lanes)))
  const mostRows = fn.define('mostRows', i32(BLOCK_ROWS))
  const packsB = fn.define(
    'packsB',
    form === 'NT' ? i32(1) : op('i32.ge_s', sub(get(m1), get(m0)), i32(PACK_ROWS)),
  )
  fn.branch(
    get(packsB),
    () =>
      // As many columns as the room has, at least a unit.
      fn.branch(op('i32.gt_s', get(K), i32(packedElements(lanes) / blockColumns(lanes))), () => {
        const fit = op('i32.div_u', i32(packedElements(lanes)), get(K))
        fn.set(mostColumns, op('i32.and', fit, i32(-COLUMN_UNIT)))
        fn.branch(op('i32.eqz', get(mostColumns)), () => fn.set(mostColumns, i32(COLUMN_UNIT)))
      }),
    () => {
      fn.set(bStep, get(bStride))
      fn.set(bPanel, panelRow)
      fn.set(depth, i32(PLAIN_DEPTH))
    },
  )
  if (form === 'TN') {
    const isShallow = op('i32.and', get(packsB), op('i32.le_s', get(K), i32(SHALLOW)))
    fn.branch(isShallow, () => {
      const fit = op('i32.div_u', i32(packedElements(lanes)), get(K))
      fn.set(mostColumns, op('i32.and', fit, i32(-COLUMN_UNIT)))
      const widest = fn.define('widest', i32(shallowColumns(lanes)))
      fn.set(mostColumns, smaller(mostColumns, widest))
      fn.set(mostRows, i32(SHALLOW_ROWS))
    })
  }
  const prepareColumns = (): void => {
    if (form === 'NT') {
      const from = add(get(b), mul(get(block.column), get(bStride)))
      const pack = packTransposedFunction(module, lanes)
      fn.set(bAt, get(packedB))
      fn.push(call(pack, from, get(bStride), get(bAt), get(K), get(block.columns)))
      return
    }
    fn.set(bAt, add(get(b), elements(get(block.column))))
    fn.branch(get(packsB), () => {
      const bytes = elements(get(block.columns))
      fn.push(call(packFunction(module, 32), get(bAt), get(bStride), get(packedB), get(K), bytes))
      fn.set(bAt, get(packedB))
    })
  }

  // Where tiles read A: by columns also in scratch memory, unless there are few columns of C.
  const aAt = fn.local('i32', 'aAt')
  const aStep = fn.define('aStep', get(aStride))
  const aPanel = fn.define('aPanel', byColumns ? i32(tileRow) : mul(get(aStride), i32(TILE_ROWS)))
  const aDepth = byColumns ? get(aStep) : i32(lanes.bytes)
  const packedA = fn.local('i32', 'packedA')
  const packsA = fn.local('i32', 'packsA')
  if (byColumns) {
    fn.set(packsA, op('i32.ge_s', sub(get(n1), get(n0)), i32(PACK_COLUMNS)))
    fn.branch(get(packsA), () => {
      fn.set(packedA, add(get(scratch), packedAOffset(lanes)))
      fn.set(aStep, i32(tileRow))
      fn.set(aPanel, mul(get(K), i32(tileRow)))
    })
  }
  const prepareRows = (): void => {
    if (!byColumns) {
      fn.set(aAt, add(get(a), mul(get(block.row), get(aStride))))
      return
    }
    fn.set(aAt, add(get(a), elements(get(block.row))))
    fn.branch(get(packsA), () => {
      const pack = packFunction(module, tileRow === 16 ? 16 : 32)
      const bytes = elements(get(block.rows))
      fn.push(call(pack, get(aAt), get(aStride), get(packedA), get(K), bytes))
      fn.set(aAt, get(packedA))
    })
  }

  const k = fn.local('i32', 'k')
  const taken = fn.local('i32', 'taken')
  const fillBlock = (): void => {
    prepareRows()
    fn.set(k, i32(0))
    fn.loop((again) => {
      fn.set(taken, sub(get(K), get(k)))
      fn.set(taken, smaller(taken, depth))
      fn.push(
        call(
          compute,
          add(get(aAt), mul(get(k), aDepth)),
          get(aStep),
          get(aPanel),
          add(get(bAt), mul(get(k), get(bStep))),
          get(bStep),
          get(bPanel),
          get(scratch),
          get(block.outStride),
          get(block.rows),
          get(block.columns),
          get(taken),
          get(k),
        ),
      )
      fn.set(k, add(get(k), get(taken)))
      fn.push(brIf(again, op('i32.lt_s', get(k), get(K))))
    })
  }
  return {
    mostColumns: get(mostColumns),
    mostRows: get(mostRows),
    prepareColumns,
    fillBlock,
  }
}

/** Dot products, for NT. */
export function dotProducts({ fn, module, lanes, given, block }: Site): Method {
  const { a, b, N, K, aStride, bStride, scratch } = given
  const compute = dotFunction(module, lanes)
  const at = fn.local('i32', 'rowsOfB')
  // Where there are few columns, and all rows of B are in the first cache, a block of A joins them.
  const narrow = op('i32.le_s', get(N), i32(DOT_COLUMNS))
  return {
    mostColumns: i32(dotColumns(lanes)),
    mostRows: select(i32(NARROW_ROWS), i32(ALL_ROWS), narrow),
    prepareColumns: () => fn.set(at, add(get(b), mul(get(block.column), get(bStride)))),
    fillBlock: () =>
      fn.push(
        call(
          compute,
          add(get(a), mul(get(block.row), get(aStride))),
          get(aStride),
          get(at),
          get(bStride),
          get(scratch),
          get(block.outStride),
          get(block.rows),
          get(block.columns),
          get(K),
        ),
      ),
  }
}

/** One of two methods, by a test that is made once. */
export function either(site: Site, test: Code, yes: () => Method, no: () => Method): Method {
  const { fn } = site
  const chosen = fn.define('chosen', test)
  const mostColumns = fn.local('i32', 'mostColumns')
  const mostRows = fn.local('i32', 'mostRows')
  const methods: Method[] = []
  const setUp = (make: () => Method) => (): void => {
    const method = make()
    fn.set(mostColumns, method.mostColumns)
    fn.set(mostRows, method.mostRows)
    methods.push(method)
  }
  fn.branch(get(chosen), setUp(yes), setUp(no))
  const [first, second] = methods as [Method, Method]
  return {
    mostColumns: get(mostColumns),
    mostRows: get(mostRows),
    prepareColumns: () => fn.branch(get(chosen), first.prepareColumns, second.prepareColumns),
    fillBlock: () => fn.branch(get(chosen), first.fillBlock, second.fillBlock),
  }
}
