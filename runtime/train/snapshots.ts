/**
 * Looks at all that a circuit keeps, every so many steps, and remembers it as it was then, so that a run
 * that is found to have gone wrong can be gone through again from before. The steps at which it looks
 * follow from the circuit alone, not from how fast the machine is.
 */
import type { NamedArray, Network } from '../engine/network.ts'
import { Ties } from './ties.ts'
import { findInArrays, type MayBeInfinite, type NonFinite } from './finite.ts'

/** A circuit at the moment before a step. */
export interface Snapshot {
  readonly step: number
  readonly storages: Readonly<Record<string, NamedArray>>
}

/** Steps between looks; small circuits take many steps in the time of one look. */
const FAR = 8192
const NEAR = 1024
/** Numbers that a small circuit keeps at most. */
const SMALL = 10_000

export class Snapshots {
  readonly #network: Network
  readonly #mayBeInfinite: MayBeInfinite
  readonly #states: readonly string[]
  readonly #ties: Ties
  #latest: Snapshot | undefined
  #every = NEAR
  /** The latest one before which all was fine of what is looked at at an interval. */
  readonly #fine = new Map<string, Snapshot>()

  constructor(network: Network, mayBeInfinite: MayBeInfinite, states: readonly string[]) {
    this.#network = network
    this.#mayBeInfinite = mayBeInfinite
    this.#states = states
    this.#ties = new Ties(network, mayBeInfinite)
  }

  /** The step before which to look next. */
  get next(): number {
    return this.#latest ? (Math.floor(this.#latest.step / this.#every) + 1) * this.#every : 0
  }

  /** The latest snapshot, in which all is finite. */
  get latest(): Snapshot | undefined {
    return this.#latest
  }

  /**
   * What is stored before `step`, kept as the latest snapshot if it is finite, or what in it is not; of a tied weight,
   * which is stored nowhere, its name is among `weights`.
   */
  look(step: number): {
    readonly storages: Snapshot['storages']
    readonly bad?: NonFinite
    readonly weights?: readonly string[]
  } {
    if (this.#latest?.step === step) return { storages: this.#latest.storages }
    const storages = this.#network.save()
    const bad = findInArrays(storages, 'weight', this.#mayBeInfinite, this.#states)
    if (bad) return { storages, bad }
    const tied = this.#ties.bad()
    if (tied) return { storages, bad: tied, weights: [tied.name] }
    const count = Object.values(storages).reduce((sum, { data }) => sum + data.length, 0)
    this.#every = count > SMALL ? NEAR : FAR
    this.#latest = { step, storages }
    return { storages }
  }

  /** Notes that all that is looked at at an interval was fine just now. */
  noteFine(interval: string): void {
    if (this.#latest) this.#fine.set(interval, this.#latest)
  }

  /** From where to look for the first step at which something of an interval was not fine. */
  before(interval: string): Snapshot | undefined {
    return this.#fine.get(interval) ?? this.#latest
  }
}
