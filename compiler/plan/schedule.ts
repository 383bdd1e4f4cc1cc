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
import { nodeAt } from '../ir/operands.ts'
import type { Kernel, Kernels } from './kernels.ts'
import { classify, layoutOf, padded, sizeOf, type Layout } from './layout.ts'
import type { HostScalar, Operand, Work, WorkId, WorkValue } from './work.ts'

/** Where a value lies. Offsets are in elements; those of `example` are for each example. */
export type Place =
  | { readonly region: 'host'; readonly slot: number }
  | { readonly region: 'input'; readonly name: string }
  | { readonly region: 'storage'; readonly name: string }
  | { readonly region: 'program'; readonly offset: number }
  | { readonly region: 'example'; readonly offset: number }

export interface Step {
  readonly kernel: Kernel
  /** Whether all threads meet before it. */
  readonly barrier: boolean
}

export interface Schedule {
  readonly steps: readonly Step[]
  /** By value: where it lies, if it lies anywhere. */
  readonly places: readonly (Place | undefined)[]
  /** Done at the end. */
  readonly copies: readonly { readonly from: WorkId; readonly storage: string }[]
  /** Host scalars in the order of their slots. */
  readonly hosts: readonly HostScalar[]
  /** Elements of the arenas. */
  readonly programElements: number
  readonly exampleElements: number
}

export function schedule(work: Work, kernels: Kernels): Schedule {
  const inPlace = new InPlace(work, kernels)
  const { order, placed } = inPlace.result()
  const copies = work.stores
    .filter(({ value, storage }) => placed.get(value) !== storage)
    .map(({ value, storage }) => ({ from: value, storage }))
  const { places, hosts, programElements, exampleElements } = new Placement(
    work,
    kernels,
    order,
    placed,
    new Set(copies.map(({ from }) => from)),
  ).result()
  return {
    steps: withBarriers(work, kernels, order, places),
    places,
    copies,
    hosts,
    programElements,
    exampleElements,
  }
}

/** Every value that a kernel reads from memory, with how it reads it. */
export function readsOf(
  work: Work,
  kernel: Kernel,
): readonly { readonly operand: Operand; readonly by: WorkValue }[] {
  const own = new Set([...kernel.inner, ...kernel.members])
  if (kernel.producer !== undefined) own.add(kernel.producer)
  return [...own].flatMap((id) => {
    const by = nodeAt(work.values, id)
    return by.args.flatMap((operand) => (own.has(operand.value) ? [] : [{ operand, by }]))
  })
}

/** The values of a kernel that lie in memory. */
export function writesOf(kernel: Kernel, kernels: Kernels): readonly WorkId[] {
  const { producer, members } = kernel
  return [...(producer === undefined ? [] : [producer]), ...members].filter((id) =>
    kernels.stored.has(id),
  )
}

// --- order ------------------------------------------------------------------------------------------

class InPlace {
  readonly #work: Work
  readonly #kernels: Kernels
  /** By kernel, those that must run before. */
  readonly #before: Set<number>[]
  /** By storage, the kernels that read it, and whether each does so element by element alone. */
  readonly #readers = new Map<string, Map<number, boolean>>()
  readonly #placed = new Map<WorkId, string>()
  /** By kernel, its place in an order that keeps to `before`. */
  #position: readonly number[] = []

  constructor(work: Work, kernels: Kernels) {
    this.#work = work
    this.#kernels = kernels
    this.#before = kernels.kernels.map((kernel, index) => {
      const before = new Set<number>()
      for (const { operand, by } of readsOf(work, kernel)) {
        const source = kernels.kernelOf[operand.value]
        if (source !== undefined) before.add(source)
        const { making } = nodeAt(work.values, operand.value)
        if (making.kind === 'storage') this.#noteReader(making.name, index, operand, by)
      }
      return before
    })
    this.#settle()
    for (const { storage, value } of work.stores) this.#tryStore(storage, value)
  }

  result(): { readonly order: readonly number[]; readonly placed: ReadonlyMap<WorkId, string> } {
    const order = this.#sort()
    if (!order) throw new Error('kernels wait for each other')
    return { order, placed: this.#placed }
  }

  #tryStore(storage: string, value: WorkId): void {
    const writer = this.#kernels.kernelOf[value]
    if (writer === undefined || this.#placed.has(value)) return
    if (this.#isDraw(value)) return
    const readers = this.#readers.get(storage) ?? new Map<number, boolean>()
    if (readers.get(writer) === false) return
    const others = [...readers.keys()].filter((reader) => reader !== writer)
    if (this.#needs(others, writer)) return
    for (const reader of others) this.#before[writer]?.add(reader)
    this.#placed.set(value, storage)
    const at = nodeAt(this.#position, writer)
    if (others.some((reader) => nodeAt(this.#position, reader) > at)) this.#settle()
  }

  #noteReader(storage: string, kernel: number, operand: Operand, by: WorkValue): void {
    const readers = this.#readers.get(storage) ?? new Map<number, boolean>()
    readers.set(kernel, (readers.get(kernel) ?? true) && isElementwise(operand, by))
    this.#readers.set(storage, readers)
  }

  /** Finds places for an order that keeps to `before`. */
  #settle(): void {
    const position: number[] = []
    this.#sort()?.forEach((kernel, at) => {
      position[kernel] = at
    })
    this.#position = position
  }

  /** Whether one of the kernels must run after `earlier`. Only those placed after it can. */
  #needs(kernels: readonly number[], earlier: number): boolean {
    const least = nodeAt(this.#position, earlier)
    const seen = new Set<number>()
    const pending = [...kernels]
    for (let kernel = pending.pop(); kernel !== undefined; kernel = pending.pop()) {
      if (kernel === earlier) return true
      if (seen.has(kernel) || nodeAt(this.#position, kernel) < least) continue
      seen.add(kernel)
      pending.push(...nodeAt(this.#before, kernel))
    }
    return false
  }

  #isDraw(value: WorkId): boolean {
    const { making } = nodeAt(this.#work.values, value)
    return making.kind === 'other' && making.node.op === 'random'
  }

  /** Kernels in an order that keeps to `before`, the first ones first; none if there is none. */
  #sort(): readonly number[] | undefined {
    const order: number[] = []
    const state = this.#before.map(() => 'new' as 'new' | 'open' | 'done')
    for (let start = 0; start < state.length; start++) {
      if (state[start] !== 'new') continue
      const path: { readonly kernel: number; readonly rest: number[] }[] = []
      const enter = (kernel: number): void => {
        state[kernel] = 'open'
        path.push({ kernel, rest: [...(this.#before[kernel] ?? [])].toSorted((a, b) => b - a) })
      }
      enter(start)
      for (let top = path.at(-1); top; top = path.at(-1)) {
        const next = top.rest.pop()
        if (next === undefined) {
          state[top.kernel] = 'done'
          order.push(top.kernel)
          path.pop()
        } else if (state[next] === 'open') return undefined
        else if (state[next] === 'new') enter(next)
      }
    }
    return order
  }
}

function isElementwise(operand: Operand, by: WorkValue): boolean {
  return by.making.kind === 'map' && classify(operand.shape, by.shape) === 'full'
}

// --- memory -----------------------------------------------------------------------------------------

interface Life {
  readonly value: WorkId
  readonly from: number
  readonly to: number
}

class Placement {
  readonly #work: Work
  readonly #places: (Place | undefined)[]
  readonly #hosts: HostScalar[] = []
  #program = 0
  #example = 0

  constructor(
    work: Work,
    kernels: Kernels,
    order: readonly number[],
    placed: ReadonlyMap<WorkId, string>,
    copied: ReadonlySet<WorkId>,
  ) {
    this.#work = work
    this.#places = work.values.map(({ making }) => {
      switch (making.kind) {
        case 'host':
          return { region: 'host', slot: this.#hosts.push(making) - 1 }
        case 'input':
        case 'storage':
          return { region: making.kind, name: making.name }
        case 'map':
        case 'other':
          return undefined
      }
    })
    for (const [value, name] of placed) this.#places[value] = { region: 'storage', name }
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
    }
  }

  /** First fit, in the order in which values begin; gives the size of the arena. */
  #allocate(lives: readonly Life[], region: 'program' | 'example'): number {
    // Those that still live, by where they lie: all live at once, so none lies over another.
    let living: { readonly to: number; readonly start: number; readonly end: number }[] = []
    let size = 0
    for (const life of lives.toSorted((a, b) => a.from - b.from || a.value - b.value)) {
      const { elements, per } = sizeOf(layoutOf(nodeAt(this.#work.values, life.value).shape))
      if (per !== region) continue
      const room = padded(Math.max(elements, 1))
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
  order: readonly number[],
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
    const from = position.get(kernels.kernelOf[value] ?? -1) ?? 0
    return { value, from, to: Math.max(from, last.get(value) ?? from) }
  })
}

// --- barriers ---------------------------------------------------------------------------------------

/** How threads share the touching of some memory. */
interface Access {
  readonly region: string
  readonly start: number
  readonly end: number
  readonly writes: boolean
  /** Accesses with the same share and start are each thread's own. */
  readonly share: string
}

function withBarriers(
  work: Work,
  kernels: Kernels,
  order: readonly number[],
  places: readonly (Place | undefined)[],
): readonly Step[] {
  // By region: accesses since the threads last met.
  const since = new Map<string, Access[]>()
  return order.map((index) => {
    const kernel = nodeAt(kernels.kernels, index)
    const accesses = accessesOf(work, kernels, kernel, places)
    const barrier = accesses.some((access) =>
      since.get(access.region)?.some((earlier) => clash(access, earlier)),
    )
    if (barrier) since.clear()
    for (const access of accesses) {
      const others = since.get(access.region)
      if (others) others.push(access)
      else since.set(access.region, [access])
    }
    return { kernel, barrier }
  })
}

function clash(a: Access, b: Access): boolean {
  if (!a.writes && !b.writes) return false
  if (a.end <= b.start || b.end <= a.start) return false
  if (a.share !== b.share || a.share === 'all') return true
  return a.share !== 'first thread' && a.start !== b.start
}

/** By columns, by rows, in a way of the kernel's own, or not at all. */
export type Share = 'columns' | 'rows' | 'parts' | 'first thread'

/** How the work of a kernel is shared. */
export function shareOf(work: Work, kernel: Kernel): Share {
  switch (kernel.kind) {
    case 'map':
    case 'product':
    case 'columns':
      return 'columns'
    case 'rows':
      return 'rows'
    case 'convolution':
      return 'parts'
    case 'total':
      return 'first thread'
    case 'single': {
      const { making } = nodeAt(work.values, kernel.producer ?? -1)
      return making.kind === 'other' && making.node.op === 'random' ? 'rows' : 'first thread'
    }
  }
}

function accessesOf(
  work: Work,
  kernels: Kernels,
  kernel: Kernel,
  places: readonly (Place | undefined)[],
): readonly Access[] {
  const how = shareOf(work, kernel)
  const own = ({ rows, columns }: Layout): string => {
    if (how === 'first thread') return how
    if (how === 'parts') return 'all'
    // Rows of another length begin elsewhere.
    return how === 'columns' ? `columns ${columns}` : `rows ${rows} of ${columns}`
  }
  const reads = readsOf(work, kernel).flatMap(({ operand, by }) => {
    const place = places[operand.value]
    const layout = layoutOf(operand.shape)
    const isAlone = how === 'first thread' || how === 'parts'
    const share = isAlone ? own(layout) : readShare(operand, by, how, own)
    return extent(place, layout, false, share)
  })
  const writes = writesOf(kernel, kernels).flatMap((value) => {
    const { shape } = nodeAt(work.values, value)
    const layout = layoutOf(shape)
    const isVector = how === 'rows' && layout.rows === 1
    const share = isVector ? `numbers ${layout.columns}` : own(layout)
    return extent(places[value], layout, true, share)
  })
  return [...reads, ...writes]
}

function readShare(
  operand: Operand,
  by: WorkValue,
  how: 'columns' | 'rows',
  own: (layout: Layout) => string,
): string {
  if (by.making.kind === 'map') {
    const lies = classify(operand.shape, by.shape)
    const isOwn = lies === 'full' || (lies === 'row' && how === 'columns')
    return isOwn ? own(layoutOf(operand.shape)) : 'all'
  }
  if (by.making.kind === 'other' && by.making.node.op === 'reduce') {
    return own(layoutOf(operand.shape))
  }
  return 'all'
}

function extent(
  place: Place | undefined,
  layout: Layout,
  writes: boolean,
  share: string,
): readonly Access[] {
  switch (place?.region) {
    case undefined:
    case 'host':
      return []
    case 'input':
    case 'storage':
      return [{ region: `${place.region} ${place.name}`, start: 0, end: 1, writes, share }]
    case 'program':
    case 'example': {
      const { region, offset } = place
      const end = offset + padded(Math.max(1, sizeOf(layout).elements))
      return [{ region, start: offset, end, writes, share }]
    }
  }
}
