/**
 * Tables of examples in a program's memory, from which it gathers the inputs of its steps.
 *
 * A table that is small enough lies there as a whole, for as long as the same table is used. Of a
 * larger one the rows of a block of steps are copied for each block.
 */
import type { ExampleTable, StepBlock } from '../network.ts'
import type { WasmArtifact } from '../../../contract/artifact.ts'
import { gatherBytes } from '../../../contract/control.ts'
import { countOf, shapeFor, type Elements } from './tensors.ts'

/** Bytes of a table that is still copied as a whole. */
const RESIDENT = 64 * 2 ** 20
/** Most examples of a block, unless a single step has more. */
const BLOCK_EXAMPLES = 65_536
/** Bytes of rows of a block that are copied at once. */
const STAGED = 4 * 2 ** 20

/** The memory that tables are laid out in. */
export interface TableMemory {
  /** Where there is room for `bytes` bytes, from a fixed start on; earlier views are void. */
  readonly reserve: (bytes: number) => number
  readonly words: () => Int32Array
  readonly elements: () => Elements
}

interface Columns {
  readonly name: string
  /** Elements of an example. */
  readonly width: number
}

export class Tables {
  readonly #artifact: WasmArtifact
  readonly #inputs: readonly Columns[]
  readonly #bytes: 4 | 8
  readonly #memory: TableMemory
  /** Examples that the lists of row numbers have room for. */
  #room = BLOCK_EXAMPLES
  /** The table that lies in memory as a whole, with the address of each input's rows. */
  #resident: { readonly table: ExampleTable; readonly rows: readonly number[] } | undefined

  constructor(artifact: WasmArtifact, inputs: readonly string[], memory: TableMemory) {
    this.#artifact = artifact
    this.#bytes = artifact.precision === 'f32' ? 4 : 8
    this.#memory = memory
    this.#inputs = artifact.inputs
      .filter(({ name }) => inputs.includes(name))
      .map(({ name, shape }) => ({ name, width: countOf(shapeFor(shape.slice(1), 1)) }))
  }

  /** What is there is no longer. */
  clear(): void {
    this.#resident = undefined
  }

  /** Most steps of a block that can be laid out at once. */
  blockSteps({ table, batch }: Pick<StepBlock, 'table' | 'batch'>): number {
    const most = Math.max(1, Math.floor(BLOCK_EXAMPLES / batch))
    if (this.#fits(table)) return most
    const row = this.#inputs.reduce((sum, { width }) => sum + width, 0) * this.#bytes
    return Math.max(1, Math.min(most, Math.floor(STAGED / (row * batch))))
  }

  /** Makes the program gather its inputs for steps that present these examples, in order. */
  layOut(table: ExampleTable, order: Uint32Array): void {
    for (const { name, width } of this.#inputs) requireRows(table, name, width)
    if (order.length > this.#room) {
      this.#room = order.length
      this.#resident = undefined
    }
    const indices = this.#memory.reserve(this.#indexBytes())
    if (this.#fits(table)) {
      const rows = this.#makeResident(table, indices + this.#indexBytes())
      this.#inputs.forEach(({ name }, i) => {
        const { rowOf } = input(table, name)
        const list = this.#indexList(indices, i, order.length)
        if (rowOf) for (const [at, example] of order.entries()) list[at] = rowOf[example] ?? 0
        else list.set(order)
        this.#enter(i, rows[i] ?? 0)
      })
      return
    }
    this.#resident = undefined
    this.#stage(table, order, indices)
  }

  /** Makes the program take its inputs as they lie. */
  withdraw(): void {
    const words = this.#memory.words()
    this.#artifact.inputs.forEach((_, i) => {
      words[(this.#artifact.memory.gather + i * gatherBytes) / 4] = 0
    })
  }

  #fits(table: ExampleTable): boolean {
    const elements = this.#inputs.reduce((sum, { name }) => sum + input(table, name).rows.length, 0)
    return elements * this.#bytes <= RESIDENT
  }

  #indexBytes(): number {
    return this.#inputs.length * this.#room * 4
  }

  #indexList(indices: number, number: number, length: number): Int32Array {
    const start = indices / 4 + number * this.#room
    return this.#memory.words().subarray(start, start + length)
  }

  #makeResident(table: ExampleTable, start: number): readonly number[] {
    if (this.#resident?.table === table) return this.#resident.rows
    const sizes = this.#inputs.map(({ name }) => input(table, name).rows.length * this.#bytes)
    this.#memory.reserve(this.#indexBytes() + sizes.reduce((sum, size) => sum + size + 64, 0))
    const elements = this.#memory.elements()
    let at = start
    const rows = this.#inputs.map(({ name }, i) => {
      const address = at
      elements.set(input(table, name).rows, address / this.#bytes)
      at = Math.ceil((at + (sizes[i] ?? 0)) / 64) * 64
      return address
    })
    this.#resident = { table, rows }
    return rows
  }

  /** Copies the rows of these examples, one after the other. */
  #stage(table: ExampleTable, order: Uint32Array, indices: number): void {
    const widths = this.#inputs.reduce((sum, { width }) => sum + width, 0)
    const bytes = order.length * widths * this.#bytes + this.#inputs.length * 64
    this.#memory.reserve(this.#indexBytes() + bytes)
    const elements = this.#memory.elements()
    let at = indices + this.#indexBytes()
    this.#inputs.forEach(({ name, width }, i) => {
      const { rows, rowOf } = input(table, name)
      const list = this.#indexList(indices, i, order.length)
      let to = at / this.#bytes
      for (const [number, example] of order.entries()) {
        const row = rowOf ? (rowOf[example] ?? 0) : example
        elements.set(rows.subarray(row * width, (row + 1) * width), to)
        list[number] = number
        to += width
      }
      this.#enter(i, at)
      at = Math.ceil((to * this.#bytes) / 64) * 64
    })
  }

  /** Writes the gather entry of an input. */
  #enter(number: number, rows: number): void {
    const { name, width } = this.#inputs[number] ?? { name: '', width: 0 }
    const position = this.#artifact.inputs.findIndex((each) => each.name === name)
    const indices = this.#memory.reserve(this.#indexBytes()) + number * this.#room * 4
    const entry = (this.#artifact.memory.gather + position * gatherBytes) / 4
    this.#memory.words().set([rows, indices, width * this.#bytes, 0], entry)
  }
}

function input(table: ExampleTable, name: string): ExampleTable['inputs'][string] {
  const found = table.inputs[name]
  if (!found) throw new RangeError(`${name} is not presented`)
  return found
}

function requireRows(table: ExampleTable, name: string, width: number): void {
  const { length } = input(table, name).rows
  if (length % width !== 0) {
    throw new RangeError(`${name} takes ${width} numbers an example; ${length} are no whole rows`)
  }
}
