/**
 * In which order kernels run, and which values are computed right into their storages: those of which
 * everything that reads what was there before can run earlier.
 */
import { entriesOf, idsOf, type KernelId, type Table } from '../ir/ids.ts'
import { nodeAt } from '../ir/operands.ts'
import { readsOf } from './accesses.ts'
import type { Kernels } from './kernels.ts'
import { liesOf } from './layout.ts'
import type { Ordered } from './merge.ts'
import type { Operand, Work, WorkValue } from './values.ts'
import type { WorkId } from '../ir/ids.ts'

export class InPlace {
  readonly #work: Work
  readonly #kernels: Kernels
  /** By kernel, those that must run before. */
  readonly #before: Table<KernelId, Set<KernelId>>
  /** By storage, the kernels that read it, and whether each does so element by element alone. */
  readonly #readers = new Map<string, Map<KernelId, boolean>>()
  readonly #placed = new Map<WorkId, string>()
  /** By kernel, its place in an order that keeps to `before`. */
  #position: Table<KernelId, number> = []

  constructor(work: Work, kernels: Kernels) {
    this.#work = work
    this.#kernels = kernels
    this.#before = entriesOf(kernels.kernels).map(([index, kernel]) => {
      const before = new Set<KernelId>()
      for (const { operand, by } of readsOf(work, kernel)) {
        const source = kernels.kernelOf[operand.value]
        if (source !== undefined) before.add(source)
        const { making } = nodeAt(work.values, operand.value)
        if (making.kind === 'storage') this.#noteReader(making.name, index, operand, by)
        // The oldest row of a ring is the one that is pushed to.
        if (making.kind === 'recall' && making.lag === making.ring)
          this.#noteReader(making.name, index, operand, by)
      }
      return before
    })
    this.#settle()
    const shown = new Set(work.outputs.map(({ operand }) => operand.value))
    for (const { storage, value, ring } of work.stores) {
      // What is shown has one place, which the row of a ring is not.
      if (ring === undefined || !shown.has(value)) this.#tryStore(storage, value)
    }
  }

  result(): Ordered {
    const order = this.#sort()
    if (!order) throw new Error('kernels wait for each other')
    return { order, before: this.#before, placed: this.#placed }
  }

  #tryStore(storage: string, value: WorkId): void {
    const writer = this.#kernels.kernelOf[value]
    if (writer === undefined || this.#placed.has(value)) return
    if (this.#isDraw(value)) return
    const readers = this.#readers.get(storage) ?? new Map<KernelId, boolean>()
    if (readers.get(writer) === false) return
    const others = [...readers.keys()].filter((reader) => reader !== writer)
    if (this.#needs(others, writer)) return
    for (const reader of others) this.#before[writer]?.add(reader)
    this.#placed.set(value, storage)
    const at = nodeAt(this.#position, writer)
    if (others.some((reader) => nodeAt(this.#position, reader) > at)) this.#settle()
  }

  #noteReader(storage: string, kernel: KernelId, operand: Operand, by: WorkValue): void {
    const readers = this.#readers.get(storage) ?? new Map<KernelId, boolean>()
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
  #needs(kernels: readonly KernelId[], earlier: KernelId): boolean {
    const least = nodeAt(this.#position, earlier)
    const seen = new Set<KernelId>()
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
  #sort(): readonly KernelId[] | undefined {
    const order: KernelId[] = []
    const state = this.#before.map(() => 'new' as 'new' | 'open' | 'done')
    for (const start of idsOf(this.#before)) {
      if (state[start] !== 'new') continue
      const path: { readonly kernel: KernelId; readonly rest: KernelId[] }[] = []
      const enter = (kernel: KernelId): void => {
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
  return by.making.kind === 'map' && !operand.from && liesOf(operand, by.shape) === 'full'
}
