/**
 * The function of a program under construction: where its values lie, how large they are, which part
 * of a kernel's work is this thread's, and the functions that programs share.
 */
import { isSynapseDim, patternOf } from '../../contract/pattern.ts'
import type { Dim, Shape } from '../ir/ir.ts'
import { nodeAt } from '../ir/operands.ts'
import { job } from '../../contract/control.ts'
import {
  access,
  add,
  call,
  get,
  int,
  mul,
  op,
  select,
  sub,
  type Code,
  type FunctionType,
  type Local,
} from './tree.ts'
import { FunctionBuilder } from './function.ts'
import type { ModuleBuilder } from './module.ts'
import type { Lanes } from './lanes.ts'
import { layoutOf, numberIn, sizeOf, type Layout } from '../plan/layout.ts'
import type { Place } from '../plan/schedule.ts'
import type { Operand, WorkValue } from '../plan/values.ts'
import type { WorkId } from '../ir/ids.ts'
import { strideOf, type TableOf } from './body-emitter.ts'
import type { MemoryMap } from '../plan/memory-map.ts'
import type { Planned } from '../plan/programs.ts'
import type { ListPlace } from './sent-lists.ts'
import { partStart } from './parts.ts'

/**
 * A program that is to be profiled: each of its kernels runs so often in a row, and then the host is
 * called with -1 for the first kernel, -2 for the second and so on, in the order of the schedule.
 */
export interface KernelProfile {
  readonly program: string
  readonly repeat: number
}

/** What the functions of all programs share. */
export interface Shared {
  readonly module: ModuleBuilder
  readonly lanes: Lanes
  readonly map: MemoryMap
  readonly barrier: FunctionType
  /** Calls the host for the operation of a number. */
  readonly host: FunctionType
  /** Numbers of host operations, by program and value. */
  readonly operations: ReadonlyMap<string, number>
  readonly functions: Map<string, FunctionType>
  readonly profile?: KernelProfile
}

export class ProgramFrame {
  readonly planned: Planned
  readonly shared: Shared
  /** The function `(thread, step, scalars)`. */
  readonly fn: FunctionBuilder
  readonly batch: Local
  readonly threads: Local
  /** Address of this thread's scratch memory. */
  readonly scratch: Local
  readonly #paddedBatch: Local
  /** By rows of a ring, the row that this step pushes to. */
  readonly #ringRows: ReadonlyMap<number, Local>
  /** The piece that is at hand in a loop over pieces. */
  #piece: { readonly from: Local; readonly to: Local } | undefined
  readonly #parts = new Map<string, { readonly from: Local; readonly to: Local }>()

  constructor(planned: Planned, shared: Shared) {
    this.planned = planned
    this.shared = shared
    this.fn = new FunctionBuilder(planned.name, [
      ['thread', 'int'],
      ['step', 'int'],
      ['scalars', 'int'],
    ])
    const word = (address: number): Code => access('int.load', address, int(0))
    this.batch = this.fn.define('batch', word(job.batch))
    this.#paddedBatch = this.fn.define('paddedBatch', shared.lanes.paddedCode(get(this.batch)))
    this.threads = this.fn.define('threads', word(job.threads))
    this.#ringRows = this.#rowsOfRings()
    this.scratch = this.fn.define(
      'scratch',
      add(word(job.scratch), mul(word(job.scratchBytes), this.thread)),
    )
  }

  /** The rows of rings: the host says where a job begins, by which no number of steps is too large. */
  #rowsOfRings(): ReadonlyMap<number, Local> {
    const { rings } = this.shared.map.tables
    return new Map(
      ringsIn(this.planned).map((rows) => {
        const { address } = known(rings, rows)
        const done = sub(this.step, access('int.load', job.firstStep, int(0)))
        const row = op('int.rem', add(access('int.load', address, int(0)), done), int(rows))
        return [rows, this.fn.define('ringRow', row)]
      }),
    )
  }

  /** In rings of so many rows, the row of what was pushed some steps ago. */
  ringRow(rows: number, lag: number): Code {
    const row = get(known(this.#ringRows, rows))
    return lag === 0 ? row : op('int.rem', add(row, int(rows - lag)), int(rows))
  }

  get thread(): Code {
    return get(this.fn.parameter(0))
  }

  /** Number of the step in the run. */
  get step(): Code {
    return get(this.fn.parameter(1))
  }

  value(id: WorkId): WorkValue {
    return nodeAt(this.planned.work.values, id)
  }

  size(dim: Dim): Code {
    if (dim === 'batch') return get(this.batch)
    return isSynapseDim(dim) ? this.synapses(patternOf(dim)) : int(numberIn(dim))
  }

  stride(layout: Layout): Code {
    return strideOf(this.shared.lanes, this.size(layout.columns))
  }

  /** How far apart the rows of a ring are: of synapses by as many as there are, as all that goes over them has it. */
  #rowBytes(layout: Layout): Code {
    const { rows, columns } = layout
    if (columns !== 'batch' && isSynapseDim(columns) && rows !== 'batch')
      return mul(int(numberIn(rows)), this.stride(layout))
    const { elements } = sizeOf(this.planned.machine, layout, this.planned.work.capacities)
    return int(elements * this.shared.lanes.bytes)
  }

  /** Where an operand begins. */
  operand({ value, from }: Pick<Operand, 'value' | 'from'>): Code {
    const start = this.addressOf(value)
    if (!from) return start
    const { bytes } = this.shared.lanes
    const row = mul(int(from.row), this.stride(layoutOf(this.value(value).shape)))
    return add(start, add(row, int(from.column * bytes)))
  }

  /** The number of synapses of a pattern. */
  synapses(pattern: string): Code {
    return access('int.load', known(this.shared.map.tables.patterns, pattern).count, int(0))
  }

  /** The table with the cell of each synapse. */
  readonly tableOf: TableOf = ({ pattern, side }) => {
    const { targets, sources } = known(this.shared.map.tables.patterns, pattern.name)
    const table = side === 'post' ? targets : sources
    if (table === undefined) throw new Error(`the pre cells of ${pattern.name} are in no table`)
    return table
  }

  addressOf(id: WorkId): Code {
    const place = this.planned.schedule.places[id]
    if (!place) throw new Error(`the value ${id} lies nowhere`)
    return this.address(place, this.value(id).shape)
  }

  /** The address of a place for values of that shape. */
  address(place: Place, shape: Shape): Code {
    const { map, lanes } = this.shared
    const { bytes } = lanes
    const ofExamples = (perExample: number): Code =>
      add(mul(get(this.#paddedBatch), int(perExample)), int(map.exampleBase))
    switch (place.region) {
      case 'host':
        return add(get(this.fn.parameter(2)), int(place.slot * bytes))
      case 'storage':
        return int(known(map.storages, place.name))
      case 'ring': {
        const layout = layoutOf(shape)
        const row = this.ringRow(place.ring, place.lag)
        return add(mul(row, this.#rowBytes(layout)), int(known(map.storages, place.name)))
      }
      case 'input': {
        // What comes from a file is an input of `init`, and always of the same size.
        if (this.planned.name === 'init') return int(known(map.files, place.name))
        return ofExamples(known(map.inputs, place.name))
      }
      case 'piece':
        // Where its first element would lie, if all were kept.
        if (!this.#piece) throw new Error('a piece is at hand in its loop alone')
        return op(
          'int.sub',
          add(get(this.scratch), int(place.offset * bytes)),
          mul(get(this.#piece.from), int(bytes)),
        )
      case 'program':
        return int(map.programBase + place.offset * bytes)
      case 'example':
        return ofExamples(map.exampleStart + place.offset * bytes)
    }
  }

  /** Where the list of a detection is, if it is listed, and of how many cells. */
  listOf(id: WorkId): ListPlace | undefined {
    const list = this.planned.lists.get(id)
    if (!list) return undefined
    const { machine } = this.planned
    const address = this.shared.map.listBase + list.offset * machine.addressBytes
    return { address, cells: list.cells, alone: list.alone }
  }

  /** The part of so many columns or rows that this thread does. */
  part(dim: Dim, axis: 'columns' | 'rows'): { readonly from: Local; readonly to: Local } {
    if (this.#piece) return this.#piece
    const key = `${axis} ${dim}`
    const before = this.#parts.get(key)
    if (before) return before
    const size = this.size(dim)
    const end = axis === 'rows' ? size : this.shared.lanes.paddedCode(size)
    const { columnUnit } = this.shared.lanes.blocking
    const start = (thread: Code): Code => partStart(columnUnit, size, thread, get(this.threads))
    const { thread } = this
    const from = this.fn.define('from', start(thread))
    const to = this.fn.define('to', start(add(thread, int(1))))
    this.fn.set(to, select(get(to), end, op('int.lt', get(to), end)))
    const part = { from, to }
    this.#parts.set(key, part)
    return part
  }

  /** Emits what goes over this thread's part of a row of so many columns piece by piece. */
  inPieces(dim: Dim, size: number, build: () => void): void {
    const { from, to } = this.part(dim, 'columns')
    const piece = { from: this.fn.local('int', 'piece'), to: this.fn.local('int', 'pieceEnd') }
    this.fn.count(piece.from, get(from), get(to), size, () => {
      const end = this.fn.define('end', add(get(piece.from), int(size)))
      this.fn.set(piece.to, select(get(end), get(to), op('int.lt', get(end), get(to))))
      this.#piece = piece
      build()
      this.#piece = undefined
    })
  }

  meet(): void {
    this.fn.branch(op('int.gtUnsigned', get(this.threads), int(1)), () => {
      this.fn.push(call(this.shared.barrier, get(this.threads)))
    })
  }

  onFirstThread(build: () => void): void {
    this.fn.branch(op('int.isZero', get(this.fn.parameter(0))), build)
  }

  /** The function of a structure, made at its first use. */
  function(key: string, stem: string, make: (name: string) => FunctionType): FunctionType {
    const { functions } = this.shared
    const before = functions.get(key)
    if (before) return before
    const made = make(`${stem}.${functions.size}`)
    functions.set(key, made)
    return made
  }
}

/** The numbers of rows of the rings that a program reads or pushes to. */
function ringsIn({ work }: Planned): readonly number[] {
  const read = work.values.flatMap(({ making }) => {
    if (making.kind === 'recall') return [making.ring]
    if (making.kind !== 'other' || !('ring' in making.node)) return []
    return making.node.ring === undefined ? [] : [making.node.ring]
  })
  const pushed = work.stores.flatMap(({ ring }) => (ring === undefined ? [] : [ring]))
  return [...new Set([...read, ...pushed])]
}

export function known<K, V>(map: ReadonlyMap<K, V>, name: K): V {
  const value = map.get(name)
  if (value === undefined) throw new Error(`there is nothing named ${name}`)
  return value
}
