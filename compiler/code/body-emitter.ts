/** Code of the values of a body at a place that a loop is at: reads, functions, and what is written. */
import { nodeAt } from '../ir/operands.ts'
import type { Through } from '../plan/layout.ts'
import { neededAsNumbers, type Body } from './body.ts'
import type { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'
import type { ModuleBuilder } from './module.ts'
import type { OperationName } from './operations.ts'
import { access, accessLane, add, get, int, mul, op, type Code, type Local } from './tree.ts'
import { VectorValues, type CellOffsets } from './vector-values.ts'

/** Where a loop stands, in bytes from the start of the operands that lie so. */
export interface Position {
  /** Of element-by-element operands. */
  readonly full: () => Code
  /** Of rows. */
  readonly row: () => Code
  /** Of columns; a column's numbers are as far apart as its rows. */
  readonly column: () => Code
  /** The number of the row. */
  readonly rowNumber: () => Code
  /** Bytes that are added to where elements lie, full or of rows. */
  readonly shift?: number
  /** Whether only the first lane counts. */
  readonly single?: boolean
  /** The cell on a side that all synapses here have, where it is known. */
  readonly cells?: { readonly pre?: Local; readonly post?: Local }
}

/** The address of the table with the cell of each synapse, on that side. */
export type TableOf = (through: Through) => number

/** Where an operand begins: a variable, or an address that is known. */
export type Base = Local | number

/** Emits the values of a body at one position. */
export class BodyEmitter {
  readonly #module: ModuleBuilder
  readonly #fn: FunctionBuilder
  readonly #lanes: Lanes
  readonly #body: Body
  readonly #sources: readonly Base[]
  readonly #outputs: readonly Base[]
  readonly #tables: TableOf
  /** Numbers that are the same in the whole loop, loaded before it. */
  readonly #hoisted = new Map<number, Local>()
  /** Own values that are needed as numbers, not as truth alone. */
  readonly #asNumbers: ReadonlySet<number>

  constructor(
    module: ModuleBuilder,
    fn: FunctionBuilder,
    lanes: Lanes,
    body: Body,
    addresses: {
      readonly sources: readonly Base[]
      readonly outputs: readonly Base[]
      /** Of the table of cells of a pattern's synapses. */
      readonly tables: TableOf
    },
  ) {
    this.#module = module
    this.#fn = fn
    this.#lanes = lanes
    this.#body = body
    this.#sources = addresses.sources
    this.#outputs = addresses.outputs
    this.#tables = addresses.tables
    this.#asNumbers = neededAsNumbers(body)
  }

  /** Loads, before a loop, what is the same in all of it. */
  hoist(): void {
    this.#body.sources.forEach(({ lies }, number) => {
      if (lies !== 'scalar') return
      this.#hoisted.set(
        number,
        this.#fn.define('scalar', this.#read(this.#lanes.loadSplat, number)),
      )
    })
  }

  /** Another body of the same sources and results. */
  for(body: Body): BodyEmitter {
    const other = new BodyEmitter(this.#module, this.#fn, this.#lanes, body, {
      sources: this.#sources,
      outputs: this.#outputs,
      tables: this.#tables,
    })
    for (const [number, local] of this.#hoisted) other.#hoisted.set(number, local)
    return other
  }

  /**
   * Computes the own values `from` up to before `to`; `given` are those that are known. Gives all that
   * are needed as numbers.
   */
  values(
    from: number,
    to: number,
    given: ReadonlyMap<number, Local>,
    position: Position,
  ): ReadonlyMap<number, Local> {
    const vector = this.at(position, given)
    for (let own = from; own < to; own++) vector.compute(own)
    return vector.known
  }

  /** Values at a position that another body has begun with: of some own values what it knows. */
  after(values: VectorValues, own: readonly number[]): VectorValues {
    return values.continued(this.#body, this.#asNumbers, own)
  }

  /** The values at a position, each computed when that is said. */
  at(position: Position, given: ReadonlyMap<number, Local> = new Map()): VectorValues {
    const load = (source: number, cells: CellOffsets): Local => this.load(source, position, cells)
    const site = { module: this.#module, fn: this.#fn, lanes: this.#lanes, load }
    return new VectorValues(site, this.#body, this.#asNumbers, given)
  }

  /** A source at a position; `cells` are offsets of cells that are known there, by the table that they are from. */
  load(number: number, position: Position, cells: CellOffsets = new Map()): Local {
    const hoisted = this.#hoisted.get(number)
    if (hoisted) return hoisted
    const { lies } = nodeAt(this.#body.sources, number)
    switch (lies) {
      case 'full':
        return this.#fn.define(
          'full',
          this.#read('lanes.load', number, position.full(), position.shift),
        )
      case 'row':
        return this.#fn.define(
          'row',
          this.#read('lanes.load', number, position.row(), position.shift),
        )
      case 'column': {
        const offset = position.column()
        return this.#fn.define('column', this.#read(this.#lanes.loadSplat, number, offset))
      }
      case 'scalar':
        return this.#fn.define('scalar', this.#read(this.#lanes.loadSplat, number))
      case 'through':
        return this.#gather(number, position, cells)
    }
  }

  /** A vector of what the cells of as many synapses have. */
  #gather(number: number, position: Position, known: CellOffsets): Local {
    const { through } = nodeAt(this.#body.sources, number)
    if (!through) throw new Error('no pattern')
    const lanes = this.#lanes
    const base = nodeAt(this.#sources, number)
    const same = position.cells?.[through.side]
    if (same && !through.hasRows) {
      const [offset, at] = addressed(base, mul(get(same), int(lanes.bytes)))
      return this.#fn.define('same', access(lanes.loadSplat, offset, at))
    }
    const cells = this.#cellsAt(this.#tables(through), position, known)
    const stride = lanes.padded(through.pattern[through.side]) * lanes.bytes
    const row = through.hasRows
      ? this.#fn.define('line', mul(position.rowNumber(), int(stride)))
      : undefined
    const address = (cell: Local): readonly [number, Code] =>
      addressed(base, row ? add(get(row), get(cell)) : get(cell))
    const vector = this.#fn.local('lanes', 'gathered')
    cells.forEach((cell, lane) => {
      const [offset, at] = address(cell)
      const value =
        lane === 0
          ? access(lanes.loadSplat, offset, at)
          : accessLane(lanes.loadLane, offset, lane, at, get(vector))
      this.#fn.set(vector, value)
    })
    return vector
  }

  /** Offsets of the cells of the synapses at a position. */
  #cellsAt(table: number, position: Position, known: CellOffsets): readonly Local[] {
    const found = known.get(table)
    if (found) return found
    const { bytes, count, intBytes } = this.#lanes
    const place = position.row()
    const shifted = ((position.shift ?? 0) / bytes) * intBytes
    const wanted = position.single ? 1 : count
    const at = this.#fn.define(
      'cellsAt',
      bytes === intBytes ? place : mul(op('int.shr', place, int(Math.log2(bytes))), int(intBytes)),
    )
    const cells = Array.from({ length: wanted }, (_, lane) =>
      this.#fn.define(
        'cell',
        mul(access('int.load', table + shifted + lane * intBytes, get(at)), int(bytes)),
      ),
    )
    known.set(table, cells)
    return cells
  }

  /** Writes what is to be written of the values that are known. */
  write(known: ReadonlyMap<number, Local>, position: Position): void {
    this.#body.written.forEach(({ own }, output) => {
      const local = known.get(own)
      if (!local) return
      this.writeOne(output, get(local), position)
    })
  }

  /** The same of so many values alone, the rest of the vectors as it is; of the first where that is not told. */
  writeFirst(known: ReadonlyMap<number, Local>, position: Position, count?: Local): void {
    const { storeLane, bytes } = this.#lanes
    this.#body.written.forEach(({ own }, output) => {
      const local = known.get(own)
      if (!local) return
      const [offset, address] = addressed(nodeAt(this.#outputs, output), position.full())
      const store = (lane: number): void =>
        this.#fn.push(accessLane(storeLane, offset + lane * bytes, lane, address, get(local)))
      store(0)
      if (!count) return
      for (let lane = 1; lane < this.#lanes.count - 1; lane++)
        this.#fn.branch(op('int.gt', get(count), int(lane)), () => store(lane))
    })
  }

  #read(operation: OperationName, source: number, at: Code = int(0), shift = 0): Code {
    const [offset, address] = addressed(nodeAt(this.#sources, source), at)
    return access(operation, offset + shift, address)
  }

  /** Writes a result at a position. */
  writeOne(output: number, value: Code, position: Position): void {
    const [offset, address] = addressed(nodeAt(this.#outputs, output), position.full())
    this.#fn.push(access('lanes.store', offset + (position.shift ?? 0), address, value))
  }

  /** Whether a source may lie where a result is written, as far as addresses are known. */
  mayBe(source: number, output: number): boolean {
    const [from, to] = [nodeAt(this.#sources, source), nodeAt(this.#outputs, output)]
    const { lies } = nodeAt(this.#body.sources, source)
    if (lies === 'scalar') return false
    return typeof from !== 'number' || typeof to !== 'number' || from === to
  }
}

/** What is added to an address, and the address, of a place so many bytes behind a base. */
function addressed(base: Base, at: Code): readonly [offset: number, address: Code] {
  return typeof base === 'number' ? [base, at] : [0, add(get(base), at)]
}

/** Bytes of a row of so many elements. */
export function strideOf(lanes: Lanes, columns: Code): Code {
  if (columns.kind === 'const') {
    return int(lanes.padded(Number(columns.value)) * lanes.bytes)
  }
  return mul(lanes.paddedCode(columns), int(lanes.bytes))
}
