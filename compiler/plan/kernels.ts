/**
 * Which values are computed in one loop. A kernel makes values of one space (rows by columns): a
 * matrix product, or the sum over the rows of a matrix, and the element-wise functions of what it
 * gives, computed while the numbers are in registers; or element-wise functions alone; or one
 * operation of any other kind.
 *
 * An element-wise function joins the latest kernel of its space that one of its operands comes from,
 * unless something else that it needs is computed from that kernel's results. What is computed from
 * leaves alone (the decay of a weight) waits for its reader, and is computed in the same loop. What only
 * a reduction reads is computed inside of the reduction's loop (`inner`).
 */
import { entriesOf, nextId, type KernelId, type Table } from '../ir/ids.ts'
import { nodeAt } from '../ir/operands.ts'
import { asConvolution } from './cost.ts'
import { liesOf, layoutOf, sameLayout, type Layout } from './layout.ts'
import type { Machine } from './machine.ts'
import { Numbers } from './numbers.ts'
import type { Operand, Work, WorkValue } from './values.ts'
import type { WorkId } from '../ir/ids.ts'

export type KernelKind =
  /** Element-wise functions alone. */
  | 'map'
  /** A matrix product and what follows element by element. */
  | 'product'
  /** A reduction over the rows (the first axis) and what follows. */
  | 'columns'
  /** A reduction of every row to a number. */
  | 'rows'
  /** A reduction of everything to a number. */
  | 'total'
  /** A convolution or one of its gradients. */
  | 'convolution'
  /** Any other operation by itself. */
  | 'single'

export interface Kernel {
  readonly kind: KernelKind
  /** What its element-wise functions range over. */
  readonly space: Layout
  /** The product, reduction or other operation; none in a map. */
  readonly producer?: WorkId
  /** Element-wise values in order, computed from the reduction's operand on. */
  readonly inner: readonly WorkId[]
  /** Element-wise values that follow, in order. */
  readonly members: readonly WorkId[]
}

export interface Kernels {
  readonly kernels: Table<KernelId, Kernel>
  /** Of every value, the kernel that makes it; none for leaves and inner values. */
  readonly kernelOf: Table<WorkId, KernelId | undefined>
  /** Values that must lie in memory. */
  readonly stored: ReadonlySet<WorkId>
}

/** The value that a kernel is named for: that of a kernel other than a map. */
export function producerOf({ kind, producer }: Kernel): WorkId {
  if (producer === undefined) throw new Error(`a kernel of kind ${kind} has nothing that it is for`)
  return producer
}

/** The kernels of a program, in the order of its values. */
export function kernelsOf(machine: Machine, work: Work): Kernels {
  const inner = innerValues(machine, work)
  const builder = new KernelBuilder(machine, work, inner, waitingValues(work, inner))
  for (const [id, value] of entriesOf(work.values)) {
    if (isComputed(value) && !inner.has(id)) builder.place(value, id)
  }
  return builder.result()
}

/** The same kernels found again: which values they make, and which of these must lie in memory. */
export function readKernels(work: Work, kernels: Table<KernelId, Kernel>): Kernels {
  const kernelOf: (KernelId | undefined)[] = work.values.map(() => undefined)
  const ownOf = ({ producer, members }: Kernel): readonly WorkId[] =>
    producer === undefined ? members : [producer, ...members]
  for (const [index, kernel] of entriesOf(kernels)) {
    for (const id of ownOf(kernel)) kernelOf[id] = index
  }
  const stored = new Set<WorkId>()
  for (const [index, kernel] of entriesOf(kernels)) {
    for (const id of [...kernel.inner, ...ownOf(kernel)]) {
      for (const { value } of nodeAt(work.values, id).args) {
        if (kernelOf[value] !== undefined && kernelOf[value] !== index) stored.add(value)
      }
    }
  }
  for (const value of wantedValues(work)) if (kernelOf[value] !== undefined) stored.add(value)
  return { kernels, kernelOf, stored }
}

export function isComputed({ making }: WorkValue): boolean {
  return making.kind === 'map' || making.kind === 'other'
}

/** How a reduction goes about it: over rows, within rows, over everything; else undefined. */
export function reductionOf(value: WorkValue): 'columns' | 'rows' | 'total' | undefined {
  const { making, args } = value
  if (making.kind !== 'other' || making.node.op !== 'reduce') return undefined
  const { axes } = making.node
  const { shape } = operandAt(args, 0)
  const kept = shape.flatMap((dim, axis) => (axes.includes(axis) || dim === 1 ? [] : [axis]))
  if (kept.length === 0) return 'total'
  if (shape.length < 2) return undefined
  const reduced = shape.flatMap((dim, axis) => (axes.includes(axis) && dim !== 1 ? [axis] : []))
  if (reduced.length === 1 && reduced[0] === 0) {
    // Without the first axis, what was one row of several axes may be rows itself.
    const { columns } = layoutOf(shape)
    return sameLayout(layoutOf(value.shape), { rows: 1, columns }) ? 'columns' : undefined
  }
  return kept.every((axis) => axis === 0) ? 'rows' : undefined
}

function operandAt(args: readonly Operand[], index: number): Operand {
  const operand = args[index]
  if (!operand) throw new Error(`operand ${index} is missing`)
  return operand
}

/** Of every value, those that read it, once for each time that they do. */
function readersOf(work: Work): readonly (readonly WorkId[])[] {
  const readers: WorkId[][] = work.values.map(() => [])
  for (const [id, { args }] of entriesOf(work.values)) {
    for (const { value } of args) readers[value]?.push(id)
  }
  return readers
}

/** Values that are results. */
function wantedValues({ outputs, stores }: Work): ReadonlySet<WorkId> {
  return new Set([
    ...outputs.map(({ operand }) => operand.value),
    ...stores.map(({ value }) => value),
  ])
}

/** Element-wise values of leaves alone that one element-wise value of the same space reads. */
function waitingValues(work: Work, inner: ReadonlySet<WorkId>): ReadonlySet<WorkId> {
  const readers = readersOf(work)
  const wanted = wantedValues(work)
  return new Set(
    entriesOf(work.values).flatMap(([id, { making, args, shape }]) => {
      const [reader, ...others] = readers[id] ?? []
      if (making.kind !== 'map' || wanted.has(id) || inner.has(id)) return []
      if (reader === undefined || others.length > 0 || inner.has(reader)) return []
      if (args.some(({ value }) => isComputed(nodeAt(work.values, value)))) return []
      const reading = nodeAt(work.values, reader)
      const seen = reading.args.find((each) => each.value === id)
      const joins =
        reading.making.kind === 'map' &&
        sameLayout(layoutOf(reading.shape), layoutOf(shape)) &&
        seen !== undefined &&
        !seen.from &&
        liesOf(seen, reading.shape) === 'full'
      return joins ? [id] : []
    }),
  )
}

/** Element-wise values that one reduction reads and nothing else does. */
function innerValues({ mostInner }: Machine, work: Work): ReadonlySet<WorkId> {
  const readers = readersOf(work)
  const wanted = wantedValues(work)
  const inner = new Set<WorkId>()
  /** Of every inner value, the reduction; of every reduction, how many it has. */
  const reductions = new Map<WorkId, WorkId>()
  const counts = new Map<WorkId, number>()
  for (const [id, value] of entriesOf(work.values).toReversed()) {
    const [reader, ...others] = readers[id] ?? []
    if (value.making.kind !== 'map' || wanted.has(id)) continue
    if (reader === undefined || others.length > 0) continue
    const reading = nodeAt(work.values, reader)
    const seen = reading.args.find((each) => each.value === id)
    if (!seen || seen.from || !sameLayout(layoutOf(seen.shape), layoutOf(value.shape))) continue
    const byReduction = reductionOf(reading) !== undefined
    const byInner = inner.has(reader) && liesOf(seen, reading.shape) === 'full'
    const reduction = byReduction ? reader : byInner ? reductions.get(reader) : undefined
    if (reduction === undefined) continue
    const count = (counts.get(reduction) ?? 0) + 1
    if (count > mostInner) continue
    counts.set(reduction, count)
    reductions.set(id, reduction)
    inner.add(id)
  }
  return inner
}

interface Draft {
  readonly kind: KernelKind
  readonly space: Layout
  readonly producer?: WorkId
  readonly inner: readonly WorkId[]
  readonly members: WorkId[]
  /** Every kernel that it needs, and those that they need. */
  readonly needs: Numbers
  /** What it reads from memory. */
  readonly reads: Set<WorkId>
}

class KernelBuilder {
  readonly #machine: Machine
  readonly #work: Work
  readonly #inner: ReadonlySet<WorkId>
  readonly #waiting: ReadonlySet<WorkId>
  readonly #drafts: Table<KernelId, Draft> & Draft[] = []
  readonly #kernelOf: (KernelId | undefined)[]
  readonly #stored = new Set<WorkId>()

  constructor(
    machine: Machine,
    work: Work,
    inner: ReadonlySet<WorkId>,
    waiting: ReadonlySet<WorkId>,
  ) {
    this.#machine = machine
    this.#work = work
    this.#inner = inner
    this.#waiting = waiting
    this.#kernelOf = work.values.map(() => undefined)
  }

  place(value: WorkValue, id: WorkId): void {
    if (this.#waiting.has(id)) return
    if (value.making.kind === 'map') this.#placeMap(value, id)
    else this.#open(this.#kindOf(value), value, id)
  }

  result(): Kernels {
    for (const { operand } of this.#work.outputs) this.#store(operand.value)
    for (const { value } of this.#work.stores) this.#store(value)
    return { kernels: this.#drafts, kernelOf: this.#kernelOf, stored: this.#stored }
  }

  #kindOf(value: WorkValue): KernelKind {
    const { making } = value
    if (making.kind === 'other' && making.node.op === 'matmul') return 'product'
    if (making.kind === 'other' && asConvolution(making.node)) return 'convolution'
    return reductionOf(value) ?? 'single'
  }

  #open(kind: KernelKind, value: WorkValue, id: WorkId): void {
    const inner = this.#innerOf(value)
    const index = nextId(this.#drafts)
    const isMap = kind === 'map'
    const members = isMap ? [...this.#waitingFor(value), id] : []
    const draft: Draft = {
      kind,
      space: layoutOf(value.shape),
      ...(!isMap && { producer: id }),
      inner,
      members,
      needs: new Numbers(),
      reads: new Set(),
    }
    this.#drafts.push(draft)
    for (const each of [...members, id]) this.#kernelOf[each] = index
    for (const each of new Set([...inner, ...members, id]))
      this.#read(index, nodeAt(this.#work.values, each))
  }

  /** The inner values that a value is computed from, in order. */
  #innerOf(value: WorkValue): WorkId[] {
    const found: WorkId[] = []
    const visit = ({ args }: WorkValue): void => {
      for (const { value: arg } of args) {
        if (!this.#inner.has(arg)) continue
        visit(nodeAt(this.#work.values, arg))
        found.push(arg)
      }
    }
    visit(value)
    return found
  }

  /** What a value reads that has waited for it. */
  #waitingFor({ args }: WorkValue): WorkId[] {
    return [...new Set(args.map(({ value }) => value))].filter((each) => this.#waiting.has(each))
  }

  #placeMap(value: WorkValue, id: WorkId): void {
    const home = this.#homeFor(value)
    if (home === undefined) {
      this.#open('map', value, id)
      return
    }
    for (const each of [...this.#waitingFor(value), id]) {
      this.#drafts[home]?.members.push(each)
      this.#kernelOf[each] = home
      this.#read(home, nodeAt(this.#work.values, each))
    }
  }

  /** The kernel that a map can join. */
  #homeFor(value: WorkValue): KernelId | undefined {
    const space = layoutOf(value.shape)
    const sources = value.args.map(({ value: arg }) => this.#kernelOf[arg])
    const candidates = [...new Set(sources)].filter((each) => each !== undefined)
    return candidates
      .toSorted((a, b) => b - a)
      .find((candidate) => {
        const draft = this.#drafts[candidate]
        if (!draft || !['map', 'product', 'columns'].includes(draft.kind)) return false
        if (!sameLayout(draft.space, space)) return false
        if (draft.reads.size + draft.members.length >= this.#machine.mostAddresses) return false
        return value.args.every((operand, i) => {
          const source = sources[i]
          if (source === undefined) return true
          if (source === candidate) return !operand.from && liesOf(operand, value.shape) === 'full'
          return !this.#drafts[source]?.needs.has(candidate)
        })
      })
  }

  /** Notes what a kernel reads: operands of other kernels must lie in memory. */
  #read(index: KernelId, value: WorkValue): void {
    const draft = this.#drafts[index]
    if (!draft) return
    for (const { value: arg } of value.args) {
      const source = this.#kernelOf[arg]
      if (source === index) continue
      draft.reads.add(arg)
      if (source === undefined) continue
      this.#stored.add(arg)
      this.#need(draft, index, source)
    }
  }

  #need(draft: Draft, index: KernelId, source: KernelId): void {
    if (draft.needs.has(source)) return
    const more = new Numbers()
    more.add(source)
    const needed = this.#drafts[source]?.needs
    if (needed) more.addAll(needed)
    draft.needs.addAll(more)
    // Nothing needs the last one yet.
    if (index === this.#drafts.length - 1) return
    for (const other of this.#drafts) if (other.needs.has(index)) other.needs.addAll(more)
  }

  #store(value: WorkId): void {
    if (this.#kernelOf[value] !== undefined) this.#stored.add(value)
  }
}
