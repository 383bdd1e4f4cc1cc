/**
 * The ways to compute blocks of a product: outer products of packed or plain operands, or dot
 * products. A method emits, in this order: its set-up, what a block of columns needs (packing), and
 * the call that fills a block of results.
 */
import { add, brIf, call, get, int, mul, op, select, sub, type Code } from '../tree.ts'
import type { FunctionBuilder } from '../function.ts'
import type { ModuleBuilder } from '../module.ts'
import type { Lanes } from '../lanes.ts'
import {
  blockColumns,
  dotColumns,
  packedElements,
  packedAOffset,
  packedBOffset,
  panelWidth,
  shallowColumns,
  allRows,
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
  const elements = (count: Code): Code => mul(count, int(lanes.bytes))
  const panelRow = int(panelWidth(lanes) * lanes.bytes)
  const tileRow = lanes.blocking.tileRows * lanes.bytes

  // Where tiles read B: in scratch memory, or, for few rows, where it is.
  const bAt = fn.local('int', 'bAt')
  const bStep = fn.define('bStep', panelRow)
  const bPanel = fn.define('bPanel', mul(get(K), panelRow))
  const packedB = fn.define('packedB', add(get(scratch), packedBOffset(lanes, K)))
  const depth = fn.define('depth', int(lanes.blocking.depth))
  const mostColumns = fn.define('mostColumns', int(blockColumns(lanes)))
  const mostRows = fn.define('mostRows', int(lanes.blocking.blockRows))
  const packsB = fn.define(
    'packsB',
    form === 'NT' ? int(1) : op('int.ge', sub(get(m1), get(m0)), int(lanes.blocking.packRows)),
  )
  fn.branch(
    get(packsB),
    () =>
      // As many columns as the room has, at least a unit.
      fn.branch(op('int.gt', get(K), int(packedElements(lanes) / blockColumns(lanes))), () => {
        const fit = op('int.div', int(packedElements(lanes)), get(K))
        fn.set(mostColumns, op('int.and', fit, int(-lanes.blocking.columnUnit)))
        fn.branch(op('int.isZero', get(mostColumns)), () =>
          fn.set(mostColumns, int(lanes.blocking.columnUnit)),
        )
      }),
    () => {
      fn.set(bStep, get(bStride))
      fn.set(bPanel, panelRow)
      fn.set(depth, int(lanes.blocking.plainDepth))
    },
  )
  if (form === 'TN') {
    const isShallow = op('int.and', get(packsB), op('int.le', get(K), int(lanes.blocking.shallow)))
    fn.branch(isShallow, () => {
      const fit = op('int.div', int(packedElements(lanes)), get(K))
      fn.set(mostColumns, op('int.and', fit, int(-lanes.blocking.columnUnit)))
      const widest = fn.define('widest', int(shallowColumns(lanes)))
      fn.set(mostColumns, smaller(mostColumns, widest))
      fn.set(mostRows, int(lanes.blocking.shallowRows))
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
      fn.push(
        call(
          packFunction(module, lanes, panelWidth(lanes) * lanes.bytes),
          get(bAt),
          get(bStride),
          get(packedB),
          get(K),
          bytes,
        ),
      )
      fn.set(bAt, get(packedB))
    })
  }

  // Where tiles read A: by columns also in scratch memory, unless there are few columns of C.
  const aAt = fn.local('int', 'aAt')
  const aStep = fn.define('aStep', get(aStride))
  const aPanel = fn.define(
    'aPanel',
    byColumns ? int(tileRow) : mul(get(aStride), int(lanes.blocking.tileRows)),
  )
  const aDepth = byColumns ? get(aStep) : int(lanes.bytes)
  const packedA = fn.local('int', 'packedA')
  const packsA = fn.local('int', 'packsA')
  if (byColumns) {
    fn.set(packsA, op('int.ge', sub(get(n1), get(n0)), int(lanes.blocking.packColumns)))
    fn.branch(get(packsA), () => {
      fn.set(packedA, add(get(scratch), packedAOffset(lanes)))
      fn.set(aStep, int(tileRow))
      fn.set(aPanel, mul(get(K), int(tileRow)))
    })
  }
  const prepareRows = (): void => {
    if (!byColumns) {
      fn.set(aAt, add(get(a), mul(get(block.row), get(aStride))))
      return
    }
    fn.set(aAt, add(get(a), elements(get(block.row))))
    fn.branch(get(packsA), () => {
      const pack = packFunction(module, lanes, tileRow)
      const bytes = elements(get(block.rows))
      fn.push(call(pack, get(aAt), get(aStride), get(packedA), get(K), bytes))
      fn.set(aAt, get(packedA))
    })
  }

  const k = fn.local('int', 'k')
  const taken = fn.local('int', 'taken')
  const fillBlock = (): void => {
    prepareRows()
    fn.set(k, int(0))
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
      fn.push(brIf(again, op('int.lt', get(k), get(K))))
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
  const at = fn.local('int', 'rowsOfB')
  // Where there are few columns, and all rows of B are in the first cache, a block of A joins them.
  const narrow = op('int.le', get(N), int(lanes.blocking.dotColumns))
  return {
    mostColumns: int(dotColumns(lanes)),
    mostRows: select(int(lanes.blocking.narrowRows), int(allRows(lanes)), narrow),
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
  const mostColumns = fn.local('int', 'mostColumns')
  const mostRows = fn.local('int', 'mostRows')
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
