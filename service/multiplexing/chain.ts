/**
 * The terminals of an ensemble of bursting cells in the steady state, and on the way to it. Events come at
 * random (Poisson, with a dead time behind each) or regularly; each becomes a burst with a probability. From
 * one event to the next the states are a Markov chain, whose transition is a smooth map: functions of the
 * states are polynomials on a Chebyshev grid, transitions matrices between its nodes, averages over gaps
 * quadratures. What comes of it is exact to the digits of the grid, without a draw.
 */
import { Chebyshev } from './chebyshev.ts'
import { flowOf } from './flow.ts'
import { gapsOf, gridOfGaps, type Train } from './gaps.ts'
import { solve, transposedTimes } from './linear.ts'
import { firstSpike, secondSpike, type State, type Terminal } from './terminal.ts'

/** Nodes along each axis, by the number of states. */
const nodesFor = [1, 20, 12, 7]

/** Most states that are solved so. */
export const mostStates = nodesFor.length - 1

/** Averages over the ensemble at an event. */
export interface AtEvent {
  /** What the first spike of an event transmits, and the second where there is one. */
  readonly first: number
  readonly second: number
}

/** From event to event, [node, node]. */
interface Transitions {
  readonly single: Float64Array
  readonly double: Float64Array
}

/** The states of a terminal as a Markov chain over events. */
export class Chain {
  readonly #terminal: Terminal
  readonly #basis: Chebyshev
  readonly #grid: readonly number[]
  /** What the nodes transmit at an event. */
  readonly #first: Float64Array
  readonly #second: Float64Array
  /** For each node and each time of the grid, the weights of the nodes that the states behind it are between. */
  readonly #single: readonly Float64Array[]
  readonly #double: readonly Float64Array[]
  readonly #transitions = new Map<string, Transitions>()

  constructor(terminal: Terminal, shape: Pick<Train, 'interval' | 'dead'>, regular?: number) {
    this.#terminal = terminal
    const { interval, dead } = shape
    this.#grid = regular === undefined ? gridOfGaps(dead) : [1 / regular]
    const flow = flowOf(terminal)
    const box = boxOf(terminal, shape)
    this.#basis = new Chebyshev(box, nodesFor[terminal.states.length]!)
    const nodes = this.#basis.nodes
    const behind = nodes.map((node) => {
      const one = terminal.spike(node, firstSpike)
      const [before] = flow(one.state, [interval])
      const two = terminal.spike(before!, secondSpike)
      return { one, two }
    })
    this.#first = Float64Array.from(behind, ({ one }) => one.sent)
    this.#second = Float64Array.from(behind, ({ two }) => two.sent)
    const later = this.#grid.map((t) => t - interval)
    const weigh = (states: readonly State[]): Float64Array => this.#basis.weights(states)
    this.#single = behind.map(({ one }) => weigh(flow(one.state, this.#grid)))
    this.#double = behind.map(({ two }) => weigh(flow(two.state, later)))
  }

  /** The transition from event to event, [node, node] row by row. */
  #transition(train: Train): Float64Array {
    const { single, double } = this.#averaged(train)
    const { probability: p } = train
    return single.map((each, i) => (1 - p) * each + p * double[i]!)
  }

  /** The transitions behind a single spike and behind a burst, averaged over the gaps of a rate. */
  #averaged(train: Train): Transitions {
    const key = `${train.rate} ${train.regular}`
    const known = this.#transitions.get(key)
    if (known) return known
    const gaps = gapsOf(train, this.#grid)
    const count = this.#basis.nodes.length
    const average = (rows: readonly Float64Array[]): Float64Array => {
      const matrix = new Float64Array(count * count)
      for (const [row, weights] of rows.entries())
        for (const [k, gap] of gaps.entries()) {
          // What is rarer than rounding.
          if (gap < 1e-17) continue
          const [to, from] = [row * count, k * count]
          for (let column = 0; column < count; column++)
            matrix[to + column]! += gap * weights[from + column]!
        }
      return matrix
    }
    const made = { single: average(this.#single), double: average(this.#double) }
    this.#transitions.set(key, made)
    return made
  }

  /** The distribution over the nodes that stays as it is. */
  stationary(train: Train): Float64Array {
    const count = this.#basis.nodes.length
    const matrix = this.#transition(train)
    // (M^T - 1) d = 0 and sum d = 1, of which the first is redundant in one row.
    const system = new Float64Array(count * count)
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        system[i * count + j] = matrix[j * count + i]! - (i === j ? 1 : 0) + 1 / count
    return solve(system, new Float64Array(count).fill(1 / count))
  }

  /** Averages at an event in the steady state. */
  steady(train: Train): AtEvent {
    return this.#at(this.stationary(train))
  }

  /** Averages at the events of a train that follows another which has settled: at the first, the second, ... */
  course(before: Train, train: Train, events: number): readonly AtEvent[] {
    const matrix = this.#transition(train)
    let now = this.stationary(before)
    return Array.from({ length: events }, () => {
      const found = this.#at(now)
      now = transposedTimes(matrix, now)
      return found
    })
  }

  /** The same of a train that begins with the terminals at rest. */
  onset(train: Train, events: number): readonly AtEvent[] {
    const matrix = this.#transition(train)
    let now = this.#basis.weights([this.#terminal.initial])
    return Array.from({ length: events }, () => {
      const found = this.#at(now)
      now = transposedTimes(matrix, now)
      return found
    })
  }

  #at(weights: Float64Array): AtEvent {
    const average = (values: Float64Array): number =>
      weights.reduce((sum, weight, i) => sum + weight * values[i]!, 0)
    return { first: average(this.#first), second: average(this.#second) }
  }
}

/**
 * Where the states can be, from walks through trains that are as dense and as sparse as they can be, in which
 * no event, every event, and every other event is a burst; a little wider.
 */
function boxOf(
  terminal: Terminal,
  { interval, dead }: Pick<Train, 'interval' | 'dead'>,
): readonly (readonly [number, number])[] {
  const flow = flowOf(terminal)
  const low = [...terminal.initial]
  const high = [...terminal.initial]
  const note = (state: State): void => {
    for (const [i, x] of state.entries()) {
      low[i] = Math.min(low[i]!, x)
      high[i] = Math.max(high[i]!, x)
    }
  }
  for (const bursts of [() => false, () => true, (k: number) => k % 2 === 0])
    for (const gap of [dead, 2 * dead, 0.1, 1]) {
      let state: State = terminal.initial
      for (let k = 0; k < 200; k++) {
        note(state)
        let spiked = terminal.spike(state, firstSpike).state
        note(spiked)
        const rest = Math.max(gap, dead)
        if (bursts(k)) {
          const [before] = flow(spiked, [interval])
          spiked = terminal.spike(before!, secondSpike).state
          note(spiked)
          state = flow(spiked, [Math.max(rest - interval, 1e-6)])[0]!
        } else state = flow(spiked, [rest])[0]!
      }
    }
  return low.map((from, i) => {
    const to = high[i]!
    const pad = 0.02 * (to - from) + 1e-6
    return [from - pad, to + pad]
  })
}
