/**
 * Kernels that are loops over the elements of their space: element-wise functions alone, and
 * reductions with what is computed on the way in and from the result. Each is one function, whose
 * parameters are the size, the part that this thread does, and addresses.
 */
import { assertNever } from '../ir/operands.ts'
import {
  access,
  add,
  brIf,
  get,
  int,
  mul,
  onLane,
  op,
  select,
  shuffle32,
  shuffle64,
  type Code,
  type FunctionType,
  type Local,
  type ValueType,
} from './tree.ts'
import { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import type { Lanes } from './lanes.ts'
import type { KernelKind } from '../plan/kernels.ts'
import type { Body } from './body.ts'
import { BodyEmitter, strideOf, type Base, type Position, type TableOf } from './body-emitter.ts'

type Reduction = 'sum' | 'mean' | 'max' | 'min'

/** So many numbers are added up in single precision: a multiple of every vector's. */
const PART_OF_SUM = 8192

/**
 * Names of the parameters in front of the addresses. A reduction of rows is not told how many there
 * are, but in `rows` how many bytes its results are apart.
 */
export const loopParameters = ['rows', 'columns', 'from', 'to'] as const

interface Frame {
  readonly fn: FunctionBuilder
  readonly rows: Local
  readonly columns: Local
  /** The part that this thread does: columns or rows. */
  readonly from: Local
  readonly to: Local
  readonly sources: readonly Base[]
  readonly outputs: readonly Base[]
  readonly tables: TableOf
}

/** Addresses of a body's sources and results, as far as they are known when it is compiled. */
export interface KnownAddresses {
  readonly sources: readonly (number | undefined)[]
  readonly outputs: readonly (number | undefined)[]
}

const nothingKnown: KnownAddresses = { sources: [], outputs: [] }

/** A function of a body under construction, and its parameters. */
export function frame(name: string, body: Body, known: KnownAddresses, tables: TableOf): Frame {
  const unknown = (each: KnownAddresses[keyof KnownAddresses], count: number, stem: string) =>
    Array.from({ length: count }, (_, i) => i)
      .filter((i) => each[i] === undefined)
      .map((i) => `${stem}${i}`)
  const sources = unknown(known.sources, body.sources.length, 'source')
  const outputs = unknown(known.outputs, body.written.length, 'result')
  const addresses = [...sources, ...outputs]
  const fn = new FunctionBuilder(
    name,
    [...loopParameters, ...addresses].map((each): [string, ValueType] => [each, 'int']),
    'void',
    body.comment === '' ? {} : { comment: body.comment },
  )
  const parameter = (each: string): Local =>
    fn.parameter(loopParameters.length + addresses.indexOf(each))
  return {
    fn,
    tables,
    rows: fn.parameter(0),
    columns: fn.parameter(1),
    from: fn.parameter(2),
    to: fn.parameter(3),
    sources: body.sources.map((_, i) => known.sources[i] ?? parameter(`source${i}`)),
    outputs: body.written.map((_, i) => known.outputs[i] ?? parameter(`result${i}`)),
  }
}

/** The function of a kernel of that kind. */
export function loopFunction(
  module: ModuleBuilder,
  lanes: Lanes,
  kind: Exclude<KernelKind, 'product' | 'convolution' | 'single'>,
  name: string,
  body: Body,
  reduction: { readonly fn: Reduction; readonly inner: number } | undefined,
  tables: TableOf,
): FunctionType {
  const f = frame(name, body, nothingKnown, tables)
  const emitter = new BodyEmitter(module, f.fn, lanes, body, f)
  emitter.hoist()
  switch (kind) {
    case 'map':
      emitMapLoop(f, lanes, emitter, body)
      break
    case 'columns':
      emitColumns(f, lanes, emitter, body, required(reduction))
      break
    case 'rows':
      emitRows(f, lanes, emitter, required(reduction))
      break
    case 'total':
      emitTotal(f, lanes, emitter, required(reduction))
      break
    default:
      assertNever(kind)
  }
  return module.add(f.fn.build())
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a reduction says what it does')
  return value
}

/** Byte offsets of a place in a matrix, kept in locals while loops run. */
class Cursor implements Position {
  /** Of the row's start, of the column in its row, of the number of a column vector. */
  readonly rowOffset: Local
  readonly columnOffset: Local
  readonly numberOffset: Local
  readonly #apart: number

  constructor(fn: FunctionBuilder, lanes: Lanes) {
    this.#apart = lanes.machine.rowUnit * lanes.bytes
    this.rowOffset = fn.local('int', 'rowOffset')
    this.columnOffset = fn.local('int', 'columnOffset')
    this.numberOffset = fn.local('int', 'numberOffset')
  }

  full = (): Code => add(get(this.rowOffset), get(this.columnOffset))
  row = (): Code => get(this.columnOffset)
  column = (): Code => get(this.numberOffset)
  rowNumber = (): Code => op('int.div', get(this.numberOffset), int(this.#apart))
}

/** Loops over rows; offsets of the cursor follow. */
function overRows(
  fn: FunctionBuilder,
  lanes: Lanes,
  cursor: Cursor,
  range: { readonly from: Code; readonly to: Local; readonly columns: Local },
  build: (row: Local) => void,
): void {
  const row = fn.local('int', 'row')
  const stride = fn.define('stride', strideOf(lanes, get(range.columns)))
  fn.set(cursor.rowOffset, mul(range.from, get(stride)))
  fn.set(cursor.numberOffset, mul(range.from, int(lanes.machine.rowUnit * lanes.bytes)))
  fn.count(row, range.from, get(range.to), 1, () => {
    build(row)
    fn.set(cursor.rowOffset, add(get(cursor.rowOffset), get(stride)))
    fn.set(
      cursor.numberOffset,
      add(get(cursor.numberOffset), int(lanes.machine.rowUnit * lanes.bytes)),
    )
  })
}

function emitMapLoop(f: Frame, lanes: Lanes, emitter: BodyEmitter, body: Body): void {
  const { fn } = f
  const cursor = new Cursor(fn, lanes)
  const start = fn.define('start', mul(get(f.from), int(lanes.bytes)))
  const end = fn.define('end', mul(get(f.to), int(lanes.bytes)))
  overRows(fn, lanes, cursor, { from: int(0), to: f.rows, columns: f.columns }, () => {
    fn.count(cursor.columnOffset, get(start), get(end), lanes.vectorBytes, () => {
      emitter.write(emitter.values(0, body.own.length, new Map(), cursor), cursor)
    })
  })
}

/** One vector of columns after the other, down all rows. */
function emitColumns(
  f: Frame,
  lanes: Lanes,
  emitter: BodyEmitter,
  body: Body,
  { fn: reduction, inner }: { readonly fn: Reduction; readonly inner: number },
): void {
  const { fn } = f
  const cursor = new Cursor(fn, lanes)
  const start = fn.define('start', mul(get(f.from), int(lanes.bytes)))
  const end = fn.define('end', mul(get(f.to), int(lanes.bytes)))
  const stride = fn.define('stride', strideOf(lanes, get(f.columns)))
  const share = reduction === 'mean' ? inverseCount(f, lanes, get(f.rows)) : undefined
  const row = fn.local('int', 'row')
  fn.count(cursor.columnOffset, get(start), get(end), lanes.vectorBytes, () => {
    const total = fn.define('total', neutral(lanes, reduction))
    fn.set(cursor.rowOffset, int(0))
    fn.set(cursor.numberOffset, int(0))
    fn.count(row, int(0), get(f.rows), 1, () => {
      fn.set(total, combine(lanes, reduction, get(total), get(reduced(emitter, inner, cursor))))
      fn.set(cursor.rowOffset, add(get(cursor.rowOffset), get(stride)))
      fn.set(
        cursor.numberOffset,
        add(get(cursor.numberOffset), int(lanes.machine.rowUnit * lanes.bytes)),
      )
    })
    if (share) fn.set(total, lanes.binary('mul', get(total), lanes.splat(get(share))))
    fn.set(cursor.rowOffset, int(0))
    fn.set(cursor.numberOffset, int(0))
    const known = emitter.values(inner + 1, body.own.length, new Map([[inner, total]]), cursor)
    emitter.write(known, cursor)
  })
}

/** What is reduced, at a position: the last inner value, or the operand as it lies. */
function reduced(emitter: BodyEmitter, inner: number, position: Position): Local {
  if (inner === 0) return emitter.load(0, position)
  const value = emitter.values(0, inner, new Map(), position).get(inner - 1)
  if (!value) throw new Error('what is reduced is a number')
  return value
}

/** The address of the only result. */
function resultOf({ outputs: [result] }: Frame): Local {
  if (result === undefined || typeof result === 'number') {
    throw new Error('a reduction is given where its result lies')
  }
  return result
}

/** Every row to one number. */
function emitRows(
  f: Frame,
  lanes: Lanes,
  emitter: BodyEmitter,
  { fn: reduction, inner }: { readonly fn: Reduction; readonly inner: number },
): void {
  const { fn } = f
  const cursor = new Cursor(fn, lanes)
  // Results lie as a column of a matrix, or side by side as a vector.
  const result = resultOf(f)
  const share = reduction === 'mean' ? inverseCount(f, lanes, get(f.columns)) : undefined
  overRows(fn, lanes, cursor, { from: get(f.from), to: f.to, columns: f.columns }, () => {
    const total = rowTotal(f, lanes, emitter, cursor, { fn: reduction, inner })
    const scaled = share ? op(`${lanes.precision}.mul`, get(total), get(share)) : get(total)
    fn.push(access(lanes.scalarStore, 0, get(result), scaled))
    fn.set(result, add(get(result), get(f.rows)))
  })
}

/**
 * The reduction of the row that the cursor is in, as a scalar: lanes first, then across. The last
 * vector's padding is replaced by what changes nothing. Long sums of single precision are added up by parts in
 * double: a lane that has grown large would lose what is added to it.
 */
function rowTotal(
  f: Frame,
  lanes: Lanes,
  emitter: BodyEmitter,
  cursor: Cursor,
  { fn: reduction, inner }: { readonly fn: Reduction; readonly inner: number },
): Local {
  const { fn } = f
  const total = fn.define('total', neutral(lanes, reduction))
  const whole = fn.define(
    'whole',
    mul(op('int.and', get(f.columns), int(-lanes.count)), int(lanes.bytes)),
  )
  const { columnOffset } = cursor
  const take = (value: Code): void => fn.set(total, combine(lanes, reduction, get(total), value))
  const upTo = (to: Local): void =>
    fn.continueCount(columnOffset, get(to), lanes.vectorBytes, () =>
      take(get(reduced(emitter, inner, cursor))),
    )
  const rest = (): void =>
    fn.branch(op('int.and', get(f.columns), int(lanes.count - 1)), () => {
      fn.set(columnOffset, get(whole))
      const value = get(reduced(emitter, inner, cursor))
      const count = op('int.and', get(f.columns), int(lanes.count - 1))
      take(lanes.choose(value, neutral(lanes, reduction), lanes.first(count)))
    })
  fn.set(columnOffset, int(0))
  if (lanes.precision === 'f64' || reduction === 'max' || reduction === 'min') {
    upTo(whole)
    rest()
    return fn.define('across', across(fn, lanes, reduction, total))
  }
  const sum = fn.define('sum', { kind: 'const', type: 'f64', value: 0 })
  const until = fn.local('int', 'until')
  fn.loop((again) => {
    fn.set(total, neutral(lanes, reduction))
    fn.set(until, add(get(columnOffset), int(PART_OF_SUM * lanes.bytes)))
    fn.set(until, select(get(until), get(whole), op('int.lt', get(until), get(whole))))
    upTo(until)
    fn.branch(op('int.ge', get(until), get(whole)), rest)
    const part = op('f64.ofF32', across(fn, lanes, reduction, total))
    fn.set(sum, op('f64.add', get(sum), part))
    fn.push(brIf(again, op('int.lt', get(until), get(whole))))
  })
  return fn.define('across', op('f32.ofF64', get(sum)))
}

/** Row after row; sums of rows are added in double precision. Done by one thread. */
function emitTotal(
  f: Frame,
  lanes: Lanes,
  emitter: BodyEmitter,
  reduction: { readonly fn: Reduction; readonly inner: number },
): void {
  const { fn } = f
  const cursor = new Cursor(fn, lanes)
  const result = resultOf(f)
  const adds = reduction.fn === 'sum' || reduction.fn === 'mean'
  const start = adds ? 0 : reduction.fn === 'max' ? -Infinity : Infinity
  const total = fn.define('sum', { kind: 'const', type: 'f64', value: start })
  overRows(fn, lanes, cursor, { from: int(0), to: f.rows, columns: f.columns }, () => {
    const row = rowTotal(f, lanes, emitter, cursor, reduction)
    const wide = lanes.precision === 'f32' ? op('f64.ofF32', get(row)) : get(row)
    const name = adds ? 'f64.add' : reduction.fn === 'max' ? 'f64.max' : 'f64.min'
    fn.set(total, op(name, get(total), wide))
  })
  if (reduction.fn === 'mean') {
    const count = mul(get(f.rows), get(f.columns))
    fn.set(total, op('f64.div', get(total), op('f64.ofInt', count)))
  }
  const narrow = lanes.precision === 'f32' ? op('f32.ofF64', get(total)) : get(total)
  fn.push(access(lanes.scalarStore, 0, get(result), narrow))
}

function inverseCount({ fn }: Frame, lanes: Lanes, count: Code): Local {
  const wide = op('f64.div', { kind: 'const', type: 'f64', value: 1 }, op('f64.ofInt', count))
  return fn.define('share', lanes.precision === 'f32' ? op('f32.ofF64', wide) : wide)
}

function neutral(lanes: Lanes, reduction: Reduction): Code {
  switch (reduction) {
    case 'sum':
    case 'mean':
      return lanes.constant(0)
    case 'max':
      return lanes.constant(-Infinity)
    case 'min':
      return lanes.constant(Infinity)
  }
}

function combine(lanes: Lanes, reduction: Reduction, a: Code, b: Code): Code {
  return lanes.binary(reduction === 'sum' || reduction === 'mean' ? 'add' : reduction, a, b)
}

/** The reduction of the lanes of a vector: of its halves, then of theirs, down to one lane. */
function across(fn: FunctionBuilder, lanes: Lanes, reduction: Reduction, vector: Local): Code {
  const swap = lanes.precision === 'f32' ? shuffle32 : shuffle64
  for (let distance = lanes.count / 2; distance >= 1; distance /= 2) {
    const other = Array.from({ length: lanes.count }, (_, lane) => lane ^ distance)
    const swapped = swap(get(vector), get(vector), other)
    fn.set(vector, combine(lanes, reduction, get(vector), swapped))
  }
  return onLane(`${lanes.shape}.lane`, 0, get(vector))
}
