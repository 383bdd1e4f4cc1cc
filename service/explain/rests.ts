/**
 * What states, and weights that are copied at every step, settle at under a constant input: each where its step leaves it
 * as it is. One that depends on itself through others, or by an equation that is not solved, has a rest that is found by
 * running, and moves as its step says (`compiler/analysis/fixed-point.ts`).
 */
import type { Algebra } from '../../compiler/analysis/algebra.ts'
import {
  atomOf,
  isZero,
  NotClosed,
  visitAtoms,
  type Expression,
  type NamedAtom,
  type Shape,
} from '../../compiler/analysis/expressions.ts'
import { solved, unknown, type FixedPoint } from '../../compiler/analysis/fixed-point.ts'
import { GraphReader, type Reading, type ReadOptions } from '../../compiler/analysis/from-graph.ts'
import { constant, varies, type Series } from '../../compiler/analysis/series.ts'
import { holds, NoEquation, settledState } from '../../compiler/analysis/settling.ts'
import type { Tensor } from '../../compiler/ir/evaluate.ts'
import type { Graph, ValueId } from '../../compiler/ir/ir.ts'

/** What rests are derived from. */
export interface RestsOf {
  readonly algebra: Algebra
  readonly graph: Graph
  /** Next values of what is kept, by name. */
  readonly next: ReadonlyMap<string, ValueId>
  /** Where the states of each trial come to rest; undefined where they go on moving. */
  readonly found: readonly ((storage: string) => Tensor | undefined)[]
  /** How steps are read. */
  readonly options: () => ReadOptions
}

export class Rests {
  /** States that move by themselves. */
  readonly held = new Set<string>()
  /** States and copied weights with what they settle at. */
  readonly settled = new Map<string, Reading>()
  /** Names of states that were solved for. */
  readonly together = new Set<string>()
  /** States whose rest is a symbol. */
  readonly fixed = new Map<NamedAtom, FixedPoint>()
  /** Whether what is solved for turned out not to move. */
  isUnmoved = false
  readonly #algebra: Algebra
  readonly #graph: Graph
  readonly #next: ReadonlyMap<string, ValueId>
  readonly #found: RestsOf['found']
  readonly #options: () => ReadOptions
  readonly #settling = new Set<string>()
  /** The one whose step is being read. */
  #innermost: string | undefined
  /** States that are being solved for. */
  readonly #sought = new Map<string, Reading>()
  /** States that were being solved for when an answer was asked for: they hear of the teacher. */
  #hearing: ReadonlySet<string> = new Set()

  constructor({ algebra, graph, next, found, options }: RestsOf) {
    this.#algebra = algebra
    this.#graph = graph
    this.#next = next
    this.#found = found
    this.#options = options
  }

  /** Whether the step of a state is being read: there it is the state itself, elsewhere what it settles at. */
  isReading(storage: string): boolean {
    return storage === this.#innermost
  }

  /** Reads an answer, which may not depend on what is being solved for: that asked what the teacher says. */
  answering<T>(read: () => T): T {
    const outside = this.#hearing
    this.#hearing = new Set(this.#settling)
    try {
      return read()
    } finally {
      this.#hearing = outside
    }
  }

  /** What a state, or a weight that is copied at every step, settles at. */
  of(storage: string, shape: Shape, isWeight: boolean): Reading {
    const known = this.settled.get(storage)
    if (known) return known
    // Its step asks what the teacher says, which depends on it: how the teacher departs has no meaning then.
    if (this.#hearing.has(storage)) {
      throw new NotClosed(`an answer that hears of its teacher (by ${storage})`)
    }
    const sought = this.#sought.get(storage)
    if (sought) return sought
    const next = this.#next.get(storage)
    if (next === undefined) throw new NotClosed('states that move in time and are told by no step')
    // Met again on the way to its own rest: it settles together with others.
    if (this.#settling.has(storage)) throw new MetAgain(storage)
    const own = isWeight ? shape : shape.slice(1)
    const symbol = this.#algebra.symbol(storage, isWeight ? 'weight' : 'state', own)
    const rows = isWeight ? 'none' : 'first'
    const before = new Map(this.settled)
    const made = this.#within(storage, () => {
      try {
        const atom = atomOf(symbol) as NamedAtom
        const step = this.#stepOf(
          next,
          storage,
          { series: constant(this.#algebra, symbol), rows },
          atom,
        )
        return this.#settledOrHeld(storage, atom, step)
      } catch (error) {
        const isMine = error instanceof MetAgain && error.storage === storage
        if (isWeight || !(isMine || error instanceof NoEquation)) throw error
        this.#restore(before)
        return this.#together(storage, next, symbol)
      }
    })
    const reading = { series: made, rows } as const
    this.settled.set(storage, reading)
    return reading
  }

  #within<T>(storage: string, read: () => T): T {
    const outside = this.#innermost
    this.#settling.add(storage)
    this.#innermost = storage
    try {
      return read()
    } finally {
      this.#settling.delete(storage)
      this.#innermost = outside
    }
  }

  /** The step of a state, of which `itself` is read. */
  #stepOf(next: ValueId, storage: string, itself: Reading, unnamed?: NamedAtom): Series {
    const { state: other, ...options } = this.#options()
    const reader = new GraphReader(this.#algebra, this.#graph, {
      ...options,
      settle: (_, value) => value,
      ...(unnamed && { unnamed: (value: Expression) => holds(value, unnamed) }),
      state: (name, size) => (name === storage ? itself : other?.(name, size)),
    })
    return reader.read(next).series
  }

  /**
   * A state that settles with others, or by an equation that is not solved: its rest is a symbol, whose value is found by
   * running, and what moves it is solved for. Where it is 0 by the equations it is 0.
   */
  #together(storage: string, next: ValueId, symbol: Expression): Series {
    const algebra = this.#algebra
    const state = atomOf(symbol) as NamedAtom
    const before = new Map(this.settled)
    const attempt = (series: Series): Series => {
      this.#restore(before)
      const itself = { series, rows: 'first' } as const
      this.#sought.set(storage, itself)
      try {
        return this.#stepOf(next, storage, itself)
      } finally {
        this.#sought.delete(storage)
        this.#restore(before)
      }
    }
    // Whether it can be followed at all is known sooner than where it rests.
    const open = unknown(algebra, storage, symbol.shape, symbol)
    solved(algebra, open, attempt(open.series))
    const zero = algebra.number(0, symbol.shape)
    const rests = this.#found.every((each) => each(storage) !== undefined)
    if (!rests) {
      throw new NotClosed(`the rest of ${storage}, which goes on moving under a constant input`)
    }
    const isStill = this.#found.every((each) =>
      each(storage)!.data.every((x) => Math.abs(x) < 1e-12),
    )
    const isZeroAtRest =
      isStill && isZero(algebra.settled(attempt(constant(algebra, zero)).coefficients[0]!))
    const rest = isZeroAtRest ? zero : symbol
    const moves = varies(attempt(constant(algebra, rest)))
    const found = unknown(algebra, storage, symbol.shape, rest)
    const outside = this.isUnmoved
    this.isUnmoved = !moves
    try {
      const step = attempt(found.series)
      const { series, response } = solved(algebra, found, step)
      if (!isZeroAtRest) this.fixed.set(state, { state, step: step.coefficients[0]!, response })
      this.together.add(storage)
      return series
    } finally {
      this.isUnmoved = outside
    }
  }

  #restore(before: ReadonlyMap<string, Reading>): void {
    for (const name of this.settled.keys()) if (!before.has(name)) this.settled.delete(name)
  }

  /** What moves by itself, and hears of no weight, is held where it is: it is what the circuit is driven by. */
  #settledOrHeld(storage: string, atom: NamedAtom, step: Series): Series {
    try {
      return settledState(this.#algebra, atom, step)
    } catch (error) {
      if (!(error instanceof NotClosed) || varies(step)) throw error
      let hears = false
      visitAtoms(step.coefficients[0]!, (each) => {
        if (each.kind !== 'symbol' || each === atom) return
        if (each.role !== 'parameter' && !each.name.startsWith(storage.split('.')[0]!)) hears = true
      })
      if (hears) throw error
      this.held.add(storage)
      return constant(this.#algebra, this.#algebra.ofAtom(atom))
    }
  }
}

/** A state whose rest is asked for on the way to it. */
class MetAgain extends NotClosed {
  override readonly name = 'NotClosed'
  readonly storage: string

  constructor(storage: string) {
    super(`states that settle together (${storage})`)
    this.storage = storage
  }
}
