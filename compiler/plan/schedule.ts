/**
 * When kernels run and where their values lie.
 *
 * A value that is stored is computed right into its storage, if everything that reads what was there
 * before can run earlier (or reads it element by element in the same loop); else it gets memory of
 * its own and is copied at the end. Other values share memory as their lives allow: one arena for
 * sizes that are known, one for sizes that grow with the batch, in which every offset is a multiple
 * of the batch. Draws keep their memory through the whole program, so that recorded ones can be
 * given instead.
 *
 * Threads take the same columns of every matrix of a width, so that element-wise work follows a
 * product without waiting. They meet (`barrier`) before a kernel that touches memory which another
 * thread may not have finished with.
 */
import type { KernelId } from '../ir/ids.ts'
import { nodeAt } from '../ir/operands.ts'
import { readsOf } from './accesses.ts'
import { withBarriers } from './barriers.ts'
import type { Kernel, Kernels } from './kernels.ts'
import { layoutOf, sizeOf } from './layout.ts'
import { padded, type Machine } from './machine.ts'
import { InPlace } from './order.ts'
import { noPieces, PIECE, piecesOf } from './pieces.ts'
import type { HostScalar, Work, WorkStore } from './values.ts'
import type { WorkId } from '../ir/ids.ts'

/** Where a value lies. Offsets are in elements; those of `example` are for each example. */
export type Place =
  | { readonly region: 'host'; readonly slot: number }
  | { readonly region: 'input'; readonly name: string }
  | { readonly region: 'storage'; readonly name: string }
  /** In a ring of so many rows, what was pushed some steps ago; 0: what is pushed in this step. */
  | {
      readonly region: 'ring'
      readonly name: string
      readonly ring: number
      readonly lag: number
    }
  /** In each thread's scratch memory, of one piece at a time. */
  | { readonly region: 'piece'; readonly offset: number }
  | { readonly region: 'program'; readonly offset: number }
  | { readonly region: 'example'; readonly offset: number }

export interface Step {
  readonly kernel: Kernel
  /** Whether all threads meet before it. */
  readonly barrier: boolean
  /** So many kernels from this one on go together, piece by piece (`pieces.ts`). */
  readonly together?: number
}

export interface Schedule {
  readonly steps: readonly Step[]
  /** By value: where it lies, if it lies anywhere. */
  readonly places: readonly (Place | undefined)[]
  /** Done at the end. */
  readonly copies: readonly { readonly from: WorkId; readonly to: Place }[]
  /** Host scalars in the order of their slots. */
  readonly hosts: readonly HostScalar[]
  /** Elements of the arenas. */
  readonly programElements: number
  readonly exampleElements: number
  /** Elements of each thread's scratch memory. */
  readonly pieceElements: number
}

/** `inPieces` says whether long draws go piece by piece. */
export function schedule(
  machine: Machine,
  work: Work,
  kernels: Kernels,
  inPieces = false,
): Schedule {
  const inPlace = new InPlace(work, kernels)
  const { order, placed } = inPlace.result()
  const copies = work.stores
    .filter(({ value, storage }) => placed.get(value) !== storage)
    .map((store) => ({ from: store.value, to: placeOf(store) }))
  const copied = new Set(copies.map(({ from }) => from))
  const wanted = new Set([
    ...copied,
    ...placed.keys(),
    ...work.outputs.map(({ operand }) => operand.value),
  ])
  const { units, kept } = inPieces
    ? piecesOf(machine, work, kernels, order, wanted)
    : noPieces(order)
  const { places, ...sizes } = new Placement(
    machine,
    work,
    kernels,
    units.flat(),
    placed,
    copied,
    kept,
  ).result()
  return { steps: withBarriers(machine, work, kernels, units, places), places, copies, ...sizes }
}

/** Where a value is to be when it is stored. */
function placeOf({ storage: name, ring }: WorkStore): Place {
  return ring === undefined ? { region: 'storage', name } : { region: 'ring', name, ring, lag: 0 }
}

interface Life {
  readonly value: WorkId
  readonly from: number
  readonly to: number
}

class Placement {
  readonly #machine: Machine
  readonly #work: Work
  readonly #places: (Place | undefined)[]
  readonly #hosts: HostScalar[] = []
  #program = 0
  #example = 0
  #piece = 0

  constructor(
    machine: Machine,
    work: Work,
    kernels: Kernels,
    order: readonly KernelId[],
    placed: ReadonlyMap<WorkId, string>,
    copied: ReadonlySet<WorkId>,
    kept: ReadonlySet<WorkId>,
  ) {
    this.#machine = machine
    this.#work = work
    this.#places = work.values.map(({ making }) => {
      switch (making.kind) {
        case 'host':
          return { region: 'host', slot: this.#hosts.push(making) - 1 }
        case 'input':
        case 'storage':
          return { region: making.kind, name: making.name }
        case 'recall': {
          const { name, ring, lag } = making
          return { region: 'ring', name, ring, lag }
        }
        case 'map':
        case 'other':
          return undefined
      }
    })
    for (const store of work.stores) {
      if (placed.get(store.value) === store.storage) this.#places[store.value] = placeOf(store)
    }
    for (const value of kept) {
      this.#places[value] = { region: 'piece', offset: this.#piece }
      this.#piece += PIECE
    }
    const lives = livesOf(work, kernels, order, copied).filter(
      ({ value }) => this.#places[value] === undefined,
    )
    this.#program = this.#allocate(lives, 'program')
    this.#example = this.#allocate(lives, 'example')
  }

  result() {
    return {
      places: this.#places,
      hosts: this.#hosts,
      programElements: this.#program,
      exampleElements: this.#example,
      pieceElements: this.#piece,
    }
  }

  /** First fit, in the order in which values begin; gives the size of the arena. */
  #allocate(lives: readonly Life[], region: 'program' | 'example'): number {
    // Those that still live, by where they lie: all live at once, so none lies over another.
    let living: { readonly to: number; readonly start: number; readonly end: number }[] = []
    let size = 0
    for (const life of lives.toSorted((a, b) =>
      a.from === b.from ? a.value - b.value : a.from - b.from,
    )) {
      const { elements, per } = sizeOf(
        this.#machine,
        layoutOf(nodeAt(this.#work.values, life.value).shape),
        this.#work.capacities,
      )
      if (per !== region) continue
      const room = padded(this.#machine, Math.max(elements, 1))
      if (living.some(({ to }) => to < life.from)) {
        living = living.filter(({ to }) => to >= life.from)
      }
      let start = 0
      let at = 0
      for (; at < living.length; at++) {
        const other = nodeAt(living, at)
        if (start + room <= other.start) break
        start = other.end
      }
      living.splice(at, 0, { to: life.to, start, end: start + room })
      size = Math.max(size, start + room)
      this.#places[life.value] = { region, offset: start }
    }
    return size
  }
}

function livesOf(
  work: Work,
  kernels: Kernels,
  order: readonly KernelId[],
  copied: ReadonlySet<WorkId>,
): readonly Life[] {
  const position = new Map(order.map((kernel, at) => [kernel, at]))
  const end = order.length
  const last = new Map<WorkId, number>()
  for (const [kernel, at] of position) {
    for (const { operand } of readsOf(work, nodeAt(kernels.kernels, kernel))) {
      last.set(operand.value, Math.max(last.get(operand.value) ?? 0, at))
    }
  }
  for (const { operand } of work.outputs) last.set(operand.value, end)
  for (const value of copied) last.set(value, end)
  return [...kernels.stored].map((value) => {
    const { making } = nodeAt(work.values, value)
    if (making.kind === 'other' && making.node.op === 'random') return { value, from: 0, to: end }
    const kernel = kernels.kernelOf[value]
    const from = kernel === undefined ? 0 : (position.get(kernel) ?? 0)
    return { value, from, to: Math.max(from, last.get(value) ?? from) }
  })
}
