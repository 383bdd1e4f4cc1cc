/** Code of lists of detections: noting the cells of a vector, and going through those of all threads in order. */
import { job } from '../../contract/control.ts'
import { WORDS } from '../plan/sent-lists.ts'
import type { FunctionBuilder } from './function.ts'
import type { Lanes } from './lanes.ts'
import { partStart } from './parts.ts'
import { access, add, get, int, mul, op, sub, type Code, type Local } from './tree.ts'

/** A list of cells; `alone` if nothing else keeps what was found. */
export interface ListPlace {
  readonly address: number
  readonly cells: number
  readonly alone: boolean
}

/** The list that a thread writes while it goes through its part. */
export class ListWriter {
  readonly #fn: FunctionBuilder
  readonly #lanes: Lanes
  readonly #place: ListPlace
  /** Where the list of this part begins, and the address behind its last cell. */
  readonly #start: Local
  readonly #end: Local

  constructor(fn: FunctionBuilder, lanes: Lanes, place: ListPlace, from: Local) {
    this.#fn = fn
    this.#lanes = lanes
    this.#place = place
    this.#start = fn.define('list', mul(get(from), int(WORDS * lanes.intBytes)))
    this.#end = fn.define('listed', get(this.#start))
  }

  /** Notes the cells of a vector whose lanes are set in the mask; its first one is given. */
  note(mask: Code, first: Code): void {
    const { shape, count, intBytes } = this.#lanes
    const fn = this.#fn
    const signs = op(shape === 'f32s' ? 'ints.signs' : 'longs.signs', mask)
    const bits = fn.define('bits', signs)
    fn.branch(get(bits), () => {
      const cell = fn.define('cell', first)
      for (let lane = 0; lane < count; lane++) {
        const isSet = op('int.and', get(bits), int(1 << lane))
        fn.branch(isSet, () => {
          // What is behind the last cell is none.
          fn.branch(op('int.lt', get(cell), int(this.#place.cells)), () => {
            fn.push(access('int.store', this.#place.address + intBytes, get(this.#end), get(cell)))
            fn.set(this.#end, add(get(this.#end), int(intBytes)))
          })
        })
        fn.set(cell, add(get(cell), int(1)))
      }
    })
  }

  /** At the end of a part that is not empty. */
  close(from: Local, to: Local): void {
    const { address } = this.#place
    this.#fn.branch(op('int.lt', get(from), get(to)), () => {
      const bytes = sub(get(this.#end), get(this.#start))
      this.#fn.push(access('int.store', address, get(this.#start), bytes))
    })
  }
}

/** Calls back for each listed cell that is one of `count` cells from `first` on, with its number among these. */
export function forListed(
  fn: FunctionBuilder,
  lanes: Lanes,
  { address, cells }: ListPlace,
  { first, count }: { readonly first: number; readonly count: number },
  build: (cell: Local) => void,
): void {
  const { intBytes, blocking } = lanes
  const threads = fn.define('threads', access('int.load', job.threads, int(0)))
  const start = (thread: Code): Code =>
    mul(partStart(blocking.columnUnit, int(cells), thread, get(threads)), int(WORDS * intBytes))
  const thread = fn.local('int', 'thread')
  const at = fn.define('at', int(0))
  const next = fn.local('int', 'next')
  const end = fn.local('int', 'end')
  const cell = fn.local('int', 'cell')
  fn.count(thread, int(0), get(threads), 1, () => {
    fn.set(next, start(add(get(thread), int(1))))
    fn.branch(op('int.lt', get(at), get(next)), () => {
      fn.set(end, add(get(at), access('int.load', address, get(at))))
      fn.continueCount(at, get(end), intBytes, () => {
        fn.set(cell, sub(access('int.load', address + intBytes, get(at)), int(first)))
        const isIn = op('int.ltUnsigned', get(cell), int(count))
        if (first === 0 && count === cells) build(cell)
        else fn.branch(isIn, () => build(cell))
      })
    })
    fn.set(at, get(next))
  })
}
