/**
 * What a type of short-term plasticity passes of the two messages of a spike train, event rate e and burst
 * probability p. With A1 and A2 transmitted by the first and the second spike of an event in the steady state,
 * T = e (A1 + p A2) is transmitted in all; its gains are dT/de and dT/dp.
 *
 * T of the ideal event filter is c e, that of the ideal burst filter c p e. So p/T dT/dp, the relative change
 * of T for that of p, is 0 for the one and 1 for the other: how far it is from the nearer of them says how much
 * the channels mix. Synapses that follow rates hear of the one that they pass alone.
 */
import { Chain } from './chain.ts'
import { flowOf } from './flow.ts'
import type { Train } from './gaps.ts'
import { solve } from './linear.ts'
import type { Terminal } from './terminal.ts'

/** The steady state at one rate. */
export interface Gains {
  /** Of events, in Hz. */
  readonly rate: number
  /** Transmitted for each event, by its first spike and by the second of a burst, on average. */
  readonly first: number
  readonly second: number
  /** Transmitted in all, for each second. */
  readonly transmitted: number
  /** dT/de: for each event more. */
  readonly toEvents: number
  /** dT/dp, for each second. */
  readonly toBursts: number
  /** e/T dT/de: 1 where nothing saturates. */
  readonly ofEvents: number
  /** p/T dT/dp: 0 of an event filter, 1 of a burst filter. */
  readonly ofBursts: number
  readonly nearest: 'events' | 'bursts'
  /** How far it is from the nearer filter: from 0, to 1/2 where it is as near to the other. */
  readonly mixing: number
}

/** Gains at the events that follow a small step of what is sent. */
export interface CoursePoint {
  /** Since the step, in s: as many mean gaps as events. */
  readonly time: number
  readonly toEvents: number
  readonly toBursts: number
}

/** What each event transmits of a train that begins at rest. */
export interface OnsetPoint {
  /** From 1. */
  readonly event: number
  readonly first: number
  readonly second: number
}

export type Shape = Omit<Train, 'rate' | 'regular'>

/** Relative step of differences, central ones. */
const small = 1e-4

/** A terminal, and the chain of its states, which serves all rates and probabilities. */
export interface Solver {
  readonly terminal: Terminal
  /** Of what follows single spikes. */
  readonly chain?: Chain
}

export function solverOf(terminal: Terminal, shape: Pick<Shape, 'interval' | 'dead'>): Solver {
  return { terminal, ...(!terminal.isOfRates && { chain: new Chain(terminal, shape) }) }
}

/** The gains at each rate. */
export function gainsOf(
  { terminal, chain }: Solver,
  shape: Shape,
  rates: readonly number[],
): readonly Gains[] {
  if (!chain) return rates.map((rate) => gainsOfRates(terminal, shape, rate))
  return rates.map((rate) => {
    const { probability } = shape
    const at = (e: number, p: number): number => {
      const { first, second } = chain.steady({ ...shape, rate: e, probability: p, regular: false })
      return e * (first + p * second)
    }
    const { first, second } = chain.steady({ ...shape, rate, regular: false })
    return gains({ rate, probability, first, second, at })
  })
}

function gainsOfRates(terminal: Terminal, { probability }: Shape, rate: number): Gains {
  const isOfBursts = terminal.passes === 'burst'
  // A rate of spikes has both in it.
  const signal = (e: number, p: number): number =>
    isOfBursts ? p * e : terminal.passes === 'event' ? e : e * (1 + p)
  const at = (e: number, p: number): number => {
    const s = signal(e, p)
    return s * terminal.amplitude(settled(terminal, s))
  }
  const amplitude = terminal.amplitude(settled(terminal, signal(rate, probability)))
  const isBoth = !isOfBursts && terminal.passes !== 'event'
  return gains({
    rate,
    probability,
    first: isOfBursts ? 0 : amplitude,
    second: isOfBursts || isBoth ? amplitude : 0,
    at,
  })
}

/** Where the states of a terminal settle that follows a rate: from rest on, then by Newton's method. */
export function settled(terminal: Terminal, rate: number): readonly number[] {
  const flow = flowOf(terminal, rate)
  let state: readonly number[] = terminal.initial
  for (let time = 1; time <= 64; time *= 2) {
    const [next] = flow(state, [time])
    const moved = Math.max(0, ...next!.map((x, i) => Math.abs(x - state[i]!)))
    state = next!
    if (moved <= 1e-6) break
  }
  for (let turn = 0; turn < 8; turn++) {
    const slopes = terminal.derivative(state, rate)
    const count = state.length
    const jacobian = new Float64Array(count * count)
    for (const [j, x] of state.entries()) {
      const step = 1e-6 * (1 + Math.abs(x))
      const moved = terminal.derivative(
        state.map((each, i) => (i === j ? each + step : each)),
        rate,
      )
      for (let i = 0; i < count; i++) jacobian[i * count + j] = (moved[i]! - slopes[i]!) / step
    }
    const by = solve(jacobian, Float64Array.from(slopes))
    if (by.some((each) => !Number.isFinite(each))) break
    state = state.map((x, i) => x - by[i]!)
  }
  return state
}

function gains(found: {
  readonly rate: number
  readonly probability: number
  readonly first: number
  readonly second: number
  readonly at: (e: number, p: number) => number
}): Gains {
  const { rate, probability, first, second, at } = found
  const transmitted = at(rate, probability)
  const [de, dp] = [small * rate, small]
  const toEvents = (at(rate + de, probability) - at(rate - de, probability)) / (2 * de)
  const toBursts = (at(rate, probability + dp) - at(rate, probability - dp)) / (2 * dp)
  const ofBursts = (probability * toBursts) / transmitted
  const share = Math.min(Math.max(ofBursts, 0), 1)
  return {
    rate,
    first,
    second,
    transmitted,
    toEvents,
    toBursts,
    ofEvents: (rate * toEvents) / transmitted,
    ofBursts,
    nearest: share < 0.5 ? 'events' : 'bursts',
    mixing: Math.min(share, 1 - share),
  }
}

/** Gains along time, after a small step of the event rate and one of the burst probability. */
export function courseOf(
  { chain }: Solver,
  shape: Shape,
  rate: number,
  events: number,
): readonly CoursePoint[] {
  if (!chain) return []
  const train: Train = { ...shape, rate, regular: false }
  const step = 1e-3
  const sent = (
    { rate: e, probability: p }: Train,
    at: { first: number; second: number },
  ): number => e * (at.first + p * at.second)
  const steady = sent(train, chain.steady(train))
  const faster: Train = { ...train, rate: rate * (1 + step) }
  const burstier: Train = { ...train, probability: shape.probability + step }
  const ofEvents = chain.course(train, faster, events)
  const ofBursts = chain.course(train, burstier, events)
  return ofEvents.map((each, i) => ({
    time: i / rate,
    toEvents: (sent(faster, each) - steady) / (rate * step),
    toBursts: (sent(burstier, ofBursts[i]!) - steady) / step,
  }))
}

/** What the events of a train transmit that begins at rest. */
export function onsetOf(
  { chain }: Solver,
  shape: Shape,
  rate: number,
  events: number,
): readonly OnsetPoint[] {
  const found = chain?.onset({ ...shape, rate, regular: false }, events) ?? []
  return found.map((each, i) => ({ event: i + 1, ...each }))
}
