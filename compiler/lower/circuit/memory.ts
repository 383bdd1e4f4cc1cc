/**
 * What a circuit keeps from one step to the next: each is a storage of the role `state`, read as it is
 * before the step, and written with what it will be after it. What it will be is found late, when
 * everything of the step is known, so that a cell may read its own past.
 */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { Origin, StorageInfo, StorageShape, ValueId } from '../../ir/ir.ts'
import type { LowerContext } from '../context.ts'
import type { Weights } from './weights.ts'

/** The value before the first step, in the graph `init`. */
export type Initial = (context: LowerContext, weights: Weights) => ValueId | undefined

export interface Memory {
  readonly info: StorageInfo
  readonly initial: Initial
}

export class Memories {
  readonly #builder: GraphBuilder
  readonly #all = new Map<string, Memory>()
  readonly #pending: {
    readonly name: string
    readonly next: () => ValueId | undefined
  }[] = []

  /** What was written so far: what each will be after the step; of a ring what is pushed. */
  readonly written = new Map<string, ValueId>()

  constructor(builder: GraphBuilder) {
    this.#builder = builder
  }

  get all(): readonly Memory[] {
    return [...this.#all.values()]
  }

  /** What is kept under this name, as it is before the step; kept from now on if it was not yet. */
  keep(
    name: string,
    shape: StorageShape,
    initial: Initial,
    next: () => ValueId | undefined,
    origin?: Origin,
    role: 'state' | 'average' = 'state',
  ): ValueId {
    if (!this.#all.has(name)) {
      const info = { name, shape, role, ...(origin ? { origin } : {}) }
      this.#all.set(name, { info, initial })
      this.#pending.push({ name, next })
    }
    return this.#builder.load(name, shape)
  }

  /** The last so many values, each [examples, units], of what `next` is in each step: a ring. */
  keepRing(
    name: string,
    ring: number,
    [examples, units]: readonly [number, number],
    initial: Initial,
    next: () => ValueId | undefined,
  ): ValueId {
    const shape = [ring * examples, units]
    if (!this.#all.has(name)) {
      this.#all.set(name, { info: { name, shape, role: 'state', ring }, initial })
      this.#pending.push({ name, next })
    }
    return this.#builder.load(name, shape)
  }

  /** Writes all that is kept, and what comes to be kept on the way. */
  write(): void {
    for (let each = this.#pending.shift(); each; each = this.#pending.shift()) {
      const { shape = [], ring } = this.#all.get(each.name)?.info ?? {}
      const value = each.next()
      if (value === undefined) continue
      if (ring === undefined) {
        const next = this.#builder.broadcast(value, shape)
        this.#builder.store(each.name, next)
        this.written.set(each.name, next)
      } else {
        const row = [Number(shape[0]) / ring, ...shape.slice(1)]
        const pushed = this.#builder.broadcast(value, row)
        this.#builder.push(each.name, pushed)
        this.written.set(each.name, pushed)
      }
    }
  }
}
