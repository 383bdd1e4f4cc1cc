/** Code of the values of a body at a place that a loop is at: reads, functions, and what is written. */
import type { MapFunction } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import type { Through } from '../plan/layout.ts'
import { neededAsNumbers, type Body, type Reference } from './body.ts'
import type { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'
import { emitMask, maskOf, truthOf } from './logic.ts'
import { emitMap } from './math/index.ts'
import type { ModuleBuilder } from './module.ts'
import type { OperationName } from './operations.ts'
import { access, accessLane, add, get, int, mul, op, type Code, type Local } from './tree.ts'

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
  /** Offsets of cells that are known at this position, by the table that they are from. */
  #cells = new Map<number, readonly Local[]>()
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

  /**
   * Computes the own values `from` up to before `to`; `given` are those that are known. Gives all that
   * are needed as numbers. With `unusual` they are right but in the lanes of the masks that are added to it.
   */
  values(
    from: number,
    to: number,
    given: ReadonlyMap<number, Local>,
    position: Position,
    unusual?: Code[],
  ): ReadonlyMap<number, Local> {
    const known = new Map(given)
    const masks = new Map<number, Local>()
    const loaded = new Map<number, Local>()
    const loadedMasks = new Map<number, Local>()
    this.#cells = new Map()
    const ownNumber = (own: number): Local => {
      const local = known.get(own)
      if (!local) throw new Error('a value is read before it is computed')
      return local
    }
    const number = (reference: Reference): Code => {
      if ('own' in reference) return get(ownNumber(reference.own))
      const local = loaded.get(reference.source) ?? this.load(reference.source, position)
      loaded.set(reference.source, local)
      return get(local)
    }
    const mask = (reference: Reference): Code => {
      const [cache, key] =
        'own' in reference ? [masks, reference.own] : [loadedMasks, reference.source]
      const local =
        cache.get(key) ?? this.#fn.define('mask', maskOf(this.#lanes, number(reference)))
      cache.set(key, local)
      return get(local)
    }
    for (let own = from; own < to; own++) {
      const computed = this.#body.computed[own]
      if (!computed) continue
      const { fn, bound, references } = computed
      const at = (index: number): Reference => nodeAt(references, index)
      const truth = emitMask(this.#lanes, fn, {
        number: (index) => number(at(index)),
        mask: (index) => mask(at(index)),
      })
      if (truth) {
        const local = this.#fn.define('mask', truth)
        masks.set(own, local)
        if (this.#asNumbers.has(own))
          known.set(own, this.#fn.define('value', truthOf(this.#lanes, get(local))))
      } else if (fn === 'select') {
        const chosen = this.#lanes.choose(number(at(1)), number(at(2)), mask(at(0)))
        known.set(own, this.#fn.define('value', chosen))
      } else if ((fn === 'min' || fn === 'max') && bound) {
        known.set(own, this.#fn.define('value', this.#bounded(fn, bound, references.map(number))))
      } else {
        known.set(own, this.#fn.define('value', this.#applied(fn, references.map(number), unusual)))
      }
    }
    return known
  }

  /** A source at a position. */
  load(number: number, position: Position): Local {
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
        return this.#gather(number, position)
    }
  }

  /** A vector of what the cells of as many synapses have. */
  #gather(number: number, position: Position): Local {
    const { through } = nodeAt(this.#body.sources, number)
    if (!through) throw new Error('no pattern')
    const lanes = this.#lanes
    const base = nodeAt(this.#sources, number)
    const same = position.cells?.[through.side]
    if (same && !through.hasRows) {
      const [offset, at] = addressed(base, mul(get(same), int(lanes.bytes)))
      return this.#fn.define('same', access(lanes.loadSplat, offset, at))
    }
    const cells = this.#cellsAt(this.#tables(through), position)
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
  #cellsAt(table: number, position: Position): readonly Local[] {
    const found = this.#cells.get(table)
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
    this.#cells.set(table, cells)
    return cells
  }

  /** Writes what is to be written of the values that are known. */
  write(known: ReadonlyMap<number, Local>, position: Position): void {
    this.#body.written.forEach(({ own }, output) => {
      const local = known.get(own)
      if (!local) return
      const base = nodeAt(this.#outputs, output)
      const [offset, address] = addressed(base, position.full())
      const place = offset + (position.shift ?? 0)
      this.#fn.push(access('lanes.store', place, address, get(local)))
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

  /** `pmin` and `pmax` give the first of equals and NaN: the larger of -0 and 0 has to be made 0. */
  #bounded(fn: 'min' | 'max', bound: 'zero' | 'other', [x, limit]: readonly Code[]): Code {
    if (!x || !limit) throw new Error(`${fn} lacks an operand`)
    const found = this.#lanes.binary(fn === 'min' ? 'pmin' : 'pmax', x, limit)
    if (fn === 'min' || bound === 'other') return found
    return this.#lanes.binary('add', found, this.#lanes.constant(0))
  }

  #applied(fn: MapFunction | 'copy', args: readonly Code[], unusual?: Code[]): Code {
    if (fn === 'copy') return nodeAt(args, 0)
    return emitMap(this.#module, this.#fn, this.#lanes, fn, args, unusual)
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
