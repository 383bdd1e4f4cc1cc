/**
 * Matrix products C [M, N] with fused element-wise work. All operands are rows of memory (see
 * `ProductForm`), the row stride in bytes; what lies in the padding at the end of a row (even NaN)
 * reaches no result, and up to 64 bytes behind an operand are read.
 *
 * A product fills a block of results in the calling thread's scratch memory, by functions that all
 * products of a module share, then hands the block to its epilogue, vector by vector. Each element
 * is summed in an order that depends on K (and for NT on whether M is small) alone, so however
 * rows and columns are shared out between threads, results have the same bits.
 */
import {
  access,
  add,
  brIf,
  call,
  get,
  i32,
  mul,
  op,
  select,
  sub,
  type Code,
  type FunctionType,
  type Local,
  type ValueType,
} from '../encoder/code.ts'
import { FunctionBuilder } from '../encoder/function.ts'
import type { ModuleBuilder } from '../encoder/module.ts'
import type { Lanes } from '../lanes.ts'
import {
  BLOCK_COLUMNS,
  BLOCK_ROWS,
  COLUMN_UNIT,
  PACKED_ELEMENTS,
  panelWidth,
  TILE_ROWS,
} from './blocking.ts'
import { dotFunction } from './dot.ts'
import { copyFunction, packFunction, packTransposedFunction } from './pack.ts'
import { blockFunction, minimum } from './tiles.ts'

/**
 * How the operands lie in memory: NN: A [M, K], B [K, N]; NT: A [M, K], B [N, K], C = A B^T;
 * TN: A [K, M], B [K, N], C = A^T B.
 */
export type ProductForm = 'NN' | 'NT' | 'TN'

/**
 * Emits what becomes of a finished vector, C[row, column .. column + lanes.count). It is called at
 * one place, for every vector of the part once, row by row within a block. The last vector of a row
 * may hold padding in its upper lanes; storing it whole is right.
 */
export type Epilogue = (
  fn: FunctionBuilder,
  sum: Local,
  row: Local,
  column: Local,
  extra: readonly Local[],
) => void

export interface ProductOptions {
  readonly name: string
  readonly form: ProductForm
  readonly epilogue: Epilogue
  /** Parameters behind those of every product, for the epilogue. */
  readonly extraParameters?: readonly (readonly [name: string, type: ValueType])[]
  readonly exported?: boolean
}

const parameters = [
  ['a', 'i32'],
  ['b', 'i32'],
  ['M', 'i32'],
  ['N', 'i32'],
  ['K', 'i32'],
  ['aStride', 'i32'],
  ['bStride', 'i32'],
  ['m0', 'i32'],
  ['m1', 'i32'],
  ['n0', 'i32'],
  ['n1', 'i32'],
  ['scratch', 'i32'],
] as const

/** Above so many rows, NT packs the transpose of B instead of taking dot products. */
const DOT_ROWS = 47
/** From so many rows (of the part) on, B is packed. */
const PACK_ROWS = 13
/** From so many columns (of the part) on, TN copies A. */
const COPY_COLUMNS = 48
/** Values of k of a block: rows of A in use stay in the first cache. */
const DEPTH = 384
/** The same where B is not packed: lines of B that two panels share stay there too. */
const PLAIN_DEPTH = 64

/**
 * Bytes of scratch memory, 16-byte aligned, that a thread needs for a product with that K, whatever
 * M, N and the part are.
 */
export function productScratchBytes(lanes: Lanes, K: number): number {
  return blockBytes(lanes) + packedBytes(lanes, K) + copiedElements(K) * lanes.bytes
}

const blockBytes = (lanes: Lanes): number =>
  BLOCK_ROWS * (BLOCK_COLUMNS + COLUMN_UNIT) * lanes.bytes

function packedBytes(lanes: Lanes, K: number): number {
  const spare = 4 * panelWidth(lanes)
  return (Math.max(PACKED_ELEMENTS, COLUMN_UNIT * K) + spare) * lanes.bytes
}

/** Rows of a block of TN, fewer where K is large: [most K, rows], the last for any K. */
const copiedRows = [
  [256, BLOCK_ROWS],
  [1024, 3 * TILE_ROWS],
  [Infinity, 2 * TILE_ROWS],
] as const

const copiedElements = (K: number): number => Math.max(256 * BLOCK_ROWS, 1024 * 12, K * 8)

/** A function that computes C[m0..m1, n0..n1); n0 is a multiple of 16, n1 that or N. */
export function emitProduct(
  module: ModuleBuilder,
  lanes: Lanes,
  { name, form, epilogue, extraParameters = [], exported = false }: ProductOptions,
): FunctionType {
  const fn = new FunctionBuilder(name, [...parameters, ...extraParameters], 'void', {
    exported,
    comment: `matrix product, form ${form}`,
  })
  const given = Object.fromEntries(parameters.map(([each], i) => [each, fn.parameter(i)])) as Given
  const extra = extraParameters.map((_, i) => fn.parameter(parameters.length + i))
  const emitBlocks = emitBlocksOf[form]
  emitBlocks(fn, module, lanes, given, (row, column, rows, columns, outStride) =>
    emitEpilogue(fn, lanes, given.scratch, { row, column, rows, columns, outStride }, (...at) =>
      epilogue(fn, ...at, extra),
    ),
  )
  return module.add(fn.build())
}

type Given = Readonly<Record<(typeof parameters)[number][0], Local>>

type Finish = (row: Local, column: Local, rows: Local, columns: Local, outStride: Local) => void

type EmitBlocks = (
  fn: FunctionBuilder,
  module: ModuleBuilder,
  lanes: Lanes,
  given: Given,
  finish: Finish,
) => void

const emitBlocksOf: Readonly<Record<ProductForm, EmitBlocks>> = {
  NN: (fn, module, lanes, given, finish) => emitNN(fn, module, lanes, given, finish, 'plain'),
  NT(fn, module, lanes, given, finish) {
    fn.branch(
      op('i32.gt_s', get(given.M), i32(DOT_ROWS)),
      () => emitNN(fn, module, lanes, given, finish, 'transposed'),
      () => emitDot(fn, module, lanes, given, finish),
    )
  },
  TN: emitTN,
}

/** Hands a block to the epilogue. */
function emitEpilogue(
  fn: FunctionBuilder,
  lanes: Lanes,
  scratch: Local,
  block: Readonly<Record<'row' | 'column' | 'rows' | 'columns' | 'outStride', Local>>,
  epilogue: (sum: Local, row: Local, column: Local) => void,
): void {
  const row = fn.define('row', get(block.row))
  const rowEnd = fn.define('rowEnd', add(get(block.row), get(block.rows)))
  const columnEnd = fn.define('columnEnd', add(get(block.column), get(block.columns)))
  const line = fn.define('line', get(scratch))
  const at = fn.local('i32', 'at')
  const column = fn.local('i32', 'column')
  const sum = fn.local('v128', 'sum')
  fn.continueCount(row, get(rowEnd), 1, () => {
    fn.set(at, get(line))
    fn.count(column, get(block.column), get(columnEnd), lanes.count, () => {
      fn.set(sum, access('v128.load', 0, get(at)))
      fn.set(at, add(get(at), i32(16)))
      epilogue(sum, row, column)
    })
    fn.set(line, add(get(line), get(block.outStride)))
  })
}

/** The locals of the loops over blocks. */
function blockLocals(fn: FunctionBuilder) {
  return {
    row: fn.local('i32', 'm'),
    column: fn.local('i32', 'n'),
    rows: fn.local('i32', 'rows'),
    columns: fn.local('i32', 'columns'),
    outStride: fn.local('i32', 'outStride'),
  }
}

/** Loops over blocks of columns, in steps of `most`. */
function forColumns(
  fn: FunctionBuilder,
  lanes: Lanes,
  { n0, n1 }: Given,
  locals: ReturnType<typeof blockLocals>,
  most: Local | number,
  build: () => void,
): void {
  const { column, columns, outStride } = locals
  fn.set(column, get(n0))
  fn.while(
    () => op('i32.lt_s', get(column), get(n1)),
    () => {
      fn.set(columns, sub(get(n1), get(column)))
      fn.set(columns, typeof most === 'number' ? minimum(columns, most) : smaller(columns, most))
      // Whole panels, and not a power of two bytes.
      fn.set(
        outStride,
        add(
          mul(
            op('i32.and', add(get(columns), i32(COLUMN_UNIT - 1)), i32(-COLUMN_UNIT)),
            i32(lanes.bytes),
          ),
          i32(COLUMN_UNIT * lanes.bytes),
        ),
      )
      build()
      fn.set(column, add(get(column), get(columns)))
    },
  )
}

/** Loops over blocks of rows, in steps of `most`. */
function forRows(
  fn: FunctionBuilder,
  { m0, m1 }: Given,
  { row, rows }: ReturnType<typeof blockLocals>,
  most: Local | number,
  build: () => void,
): void {
  fn.set(row, get(m0))
  fn.while(
    () => op('i32.lt_s', get(row), get(m1)),
    () => {
      fn.set(rows, sub(get(m1), get(row)))
      fn.set(rows, typeof most === 'number' ? minimum(rows, most) : smaller(rows, most))
      build()
      fn.set(row, add(get(row), get(rows)))
    },
  )
}

const smaller = (a: Local, b: Local): Code => select(get(a), get(b), op('i32.lt_s', get(a), get(b)))

/** As many columns as the packed part of B may have. */
function emitMostColumns(fn: FunctionBuilder, K: Local): Local {
  const most = fn.define('most', i32(BLOCK_COLUMNS))
  fn.branch(op('i32.gt_s', get(K), i32(PACKED_ELEMENTS / BLOCK_COLUMNS)), () => {
    fn.set(most, op('i32.and', op('i32.div_u', i32(PACKED_ELEMENTS), get(K)), i32(-COLUMN_UNIT)))
    fn.branch(op('i32.eqz', get(most)), () => fn.set(most, i32(COLUMN_UNIT)))
  })
  return most
}

/** Where and how tiles read B. */
interface PanelLocals {
  readonly at: Local
  readonly step: Local
  readonly panel: Local
}

function panelLocals(fn: FunctionBuilder): PanelLocals {
  return {
    at: fn.local('i32', 'bAt'),
    step: fn.local('i32', 'bStep'),
    panel: fn.local('i32', 'bPanel'),
  }
}

function emitNN(
  fn: FunctionBuilder,
  module: ModuleBuilder,
  lanes: Lanes,
  given: Given,
  finish: Finish,
  layoutOfB: 'plain' | 'transposed',
): void {
  const { a, b, K, aStride, bStride, m0, m1, scratch } = given
  const compute = blockFunction(module, lanes, 'rows')
  const locals = blockLocals(fn)
  const panels = panelLocals(fn)
  const width = i32(panelWidth(lanes) * lanes.bytes)
  const most = emitMostColumns(fn, K)
  const depth = fn.define('depthMost', i32(DEPTH))
  const packed = fn.define('packed', i32(1))
  if (layoutOfB === 'plain') {
    fn.set(packed, op('i32.ge_s', sub(get(m1), get(m0)), i32(PACK_ROWS)))
    fn.branch(op('i32.eqz', get(packed)), () => {
      fn.set(most, i32(BLOCK_COLUMNS))
      fn.set(depth, i32(PLAIN_DEPTH))
    })
  }
  const k = fn.local('i32', 'k')
  const taken = fn.local('i32', 'taken')
  forColumns(fn, lanes, given, locals, most, () => {
    const usePacked = (): void => {
      fn.set(panels.at, add(get(scratch), i32(blockBytes(lanes))))
      fn.set(panels.step, width)
      fn.set(panels.panel, mul(get(K), width))
    }
    if (layoutOfB === 'plain') {
      const from = add(get(b), mul(get(locals.column), i32(lanes.bytes)))
      fn.branch(
        get(packed),
        () => {
          usePacked()
          fn.push(
            call(
              packFunction(module, lanes),
              from,
              get(bStride),
              get(panels.at),
              get(K),
              get(locals.columns),
            ),
          )
        },
        () => {
          fn.set(panels.at, from)
          fn.set(panels.step, get(bStride))
          fn.set(panels.panel, width)
        },
      )
    } else {
      usePacked()
      fn.push(
        call(
          packTransposedFunction(module, lanes),
          add(get(b), mul(get(locals.column), get(bStride))),
          get(bStride),
          get(panels.at),
          get(K),
          get(locals.columns),
        ),
      )
    }
    forRows(fn, given, locals, BLOCK_ROWS, () => {
      fn.set(k, i32(0))
      fn.loop((again) => {
        fn.set(taken, sub(get(K), get(k)))
        fn.set(taken, smaller(taken, depth))
        fn.push(
          call(
            compute,
            add(add(get(a), mul(get(locals.row), get(aStride))), mul(get(k), i32(lanes.bytes))),
            get(aStride),
            add(get(panels.at), mul(get(k), get(panels.step))),
            get(panels.step),
            get(panels.panel),
            get(scratch),
            get(locals.outStride),
            get(locals.rows),
            get(locals.columns),
            get(taken),
            get(k),
          ),
        )
        fn.set(k, add(get(k), get(taken)))
        fn.push(brIf(again, op('i32.lt_s', get(k), get(K))))
      })
      finishBlock(finish, locals)
    })
  })
}

const finishBlock = (
  finish: Finish,
  { row, column, rows, columns, outStride }: ReturnType<typeof blockLocals>,
): void => finish(row, column, rows, columns, outStride)

function emitDot(
  fn: FunctionBuilder,
  module: ModuleBuilder,
  lanes: Lanes,
  given: Given,
  finish: Finish,
): void {
  const { a, b, K, aStride, bStride, scratch } = given
  const compute = dotFunction(module, lanes)
  const locals = blockLocals(fn)
  forColumns(fn, lanes, given, locals, BLOCK_COLUMNS, () =>
    forRows(fn, given, locals, BLOCK_ROWS, () => {
      fn.push(
        call(
          compute,
          add(get(a), mul(get(locals.row), get(aStride))),
          get(aStride),
          add(get(b), mul(get(locals.column), get(bStride))),
          get(bStride),
          get(scratch),
          get(locals.outStride),
          get(locals.rows),
          get(locals.columns),
          get(K),
        ),
      )
      finishBlock(finish, locals)
    }),
  )
}

function emitTN(
  fn: FunctionBuilder,
  module: ModuleBuilder,
  lanes: Lanes,
  given: Given,
  finish: Finish,
): void {
  const { a, b, K, aStride, bStride, m0, m1, n0, n1, scratch } = given
  const compute = blockFunction(module, lanes, 'columns')
  const locals = blockLocals(fn)
  const panels = panelLocals(fn)
  const width = i32(panelWidth(lanes) * lanes.bytes)
  const most = emitMostColumns(fn, K)
  const packed = fn.define('packed', op('i32.ge_s', sub(get(m1), get(m0)), i32(PACK_ROWS)))
  const copied = fn.define('copied', op('i32.ge_s', sub(get(n1), get(n0)), i32(COPY_COLUMNS)))
  fn.branch(op('i32.eqz', get(packed)), () => fn.set(most, i32(BLOCK_COLUMNS)))
  const mostRows = fn.local('i32', 'mostRows')
  const copyStride = fn.local('i32', 'copyStride')
  for (const [limit, rows] of copiedRows.toReversed()) {
    const choose = (): void => {
      fn.set(mostRows, i32(rows))
      fn.set(copyStride, i32(((rows + 3) & -4) * lanes.bytes))
    }
    if (limit === Infinity) choose()
    else fn.branch(op('i32.le_s', get(K), i32(limit)), choose)
  }
  const copy = fn.define(
    'copy',
    add(
      add(get(scratch), i32(blockBytes(lanes) + 4 * panelWidth(lanes) * lanes.bytes)),
      mul(
        i32(lanes.bytes),
        select(
          i32(PACKED_ELEMENTS),
          mul(get(K), i32(COLUMN_UNIT)),
          op('i32.lt_s', get(K), i32(PACKED_ELEMENTS / COLUMN_UNIT)),
        ),
      ),
    ),
  )
  const aAt = fn.local('i32', 'aAt')
  const aStep = fn.local('i32', 'aStep')
  forColumns(fn, lanes, given, locals, most, () => {
    const from = add(get(b), mul(get(locals.column), i32(lanes.bytes)))
    fn.branch(
      get(packed),
      () => {
        fn.set(panels.at, add(get(scratch), i32(blockBytes(lanes))))
        fn.set(panels.step, width)
        fn.set(panels.panel, mul(get(K), width))
        fn.push(
          call(
            packFunction(module, lanes),
            from,
            get(bStride),
            get(panels.at),
            get(K),
            get(locals.columns),
          ),
        )
      },
      () => {
        fn.set(panels.at, from)
        fn.set(panels.step, get(bStride))
        fn.set(panels.panel, width)
      },
    )
    forRows(fn, given, locals, mostRows, () => {
      fn.set(aAt, add(get(a), mul(get(locals.row), i32(lanes.bytes))))
      fn.set(aStep, get(aStride))
      fn.branch(get(copied), () => {
        fn.push(
          call(
            copyFunction(module),
            get(aAt),
            get(aStride),
            get(copy),
            get(copyStride),
            get(K),
            mul(get(locals.rows), i32(lanes.bytes)),
          ),
        )
        fn.set(aAt, get(copy))
        fn.set(aStep, get(copyStride))
      })
      fn.push(
        call(
          compute,
          get(aAt),
          get(aStep),
          get(panels.at),
          get(panels.step),
          get(panels.panel),
          get(scratch),
          get(locals.outStride),
          get(locals.rows),
          get(locals.columns),
          get(K),
          i32(0),
        ),
      )
      finishBlock(finish, locals)
    })
  })
}
