/**
 * The terminals of a synapse, made of the equations of its short-term plasticity: what happens to their states
 * between spikes and at one, and what a spike transmits.
 */
import type { Instance } from '../../compiler/model/model.ts'
import type { StpItem } from '../../grammar/ast.ts'
import { walk } from '../../grammar/walk.ts'
import { formulaOf, Unsolvable, type Formula, type Names } from './equations.ts'

/** What a cell emits at once: a spike that begins an event, or one that makes it a burst. */
export interface Emitted {
  readonly event: number
  readonly burst: number
  readonly spike: number
}

export const firstSpike: Emitted = { event: 1, burst: 0, spike: 1 }
export const secondSpike: Emitted = { event: 0, burst: 1, spike: 1 }
const silence: Emitted = { event: 0, burst: 0, spike: 0 }

/** States in the order of the text. */
export type State = readonly number[]

export interface Terminal {
  readonly states: readonly string[]
  readonly initial: State
  /** Which signal it passes. */
  readonly passes: string
  /** Whether its states follow a rate in time, and nothing reacts to single spikes. */
  readonly isOfRates: boolean
  /** dstate/dt, for a signal of this rate; without one while nothing is emitted. */
  readonly derivative: (state: State, rate?: number) => number[]
  /** What is transmitted for each unit of signal, before the states change. */
  readonly amplitude: (state: State) => number
  /** What a spike transmits, and the states behind it. */
  readonly spike: (state: State, emitted: Emitted) => { sent: number; state: number[] }
}

const roles = ['event', 'burst', 'spike'] as const

/** The terminals of a type. Throws Unsolvable for what reads more than its own states and its cell's spikes. */
export function terminalOf({ item, scope }: Instance<StpItem>): Terminal {
  const states = item.members.filter((each) => each.kind === 'State')
  const reactions = item.members.filter((each) => each.kind === 'Reaction')
  const equations = item.members.filter((each) => each.kind === 'Equation')
  const own = states.map(({ name }) => name.name)
  const names: Names = {
    scope,
    places: new Map([...own, 'signal', ...roles].map((name, i) => [name, i])),
    bindings: new Map(equations.map(({ name, value }) => [name.name, value])),
  }
  const count = own.length
  const valuesOf = (state: State, signal: number, emitted: Emitted): readonly number[] => [
    ...state,
    signal,
    ...roles.map((role) => emitted[role]),
  ]
  const derivatives = states.map(({ derivative }): Formula => {
    const value = formulaOf(derivative.value, names)
    const factor = derivative.factor ? formulaOf(derivative.factor, names) : undefined
    return factor ? (values) => value(values) / factor(values) : value
  })
  const initial = states.map((each) =>
    each.initial ? formulaOf(each.initial, { ...names, places: new Map() })([]) : 0,
  )
  const amplitude = item.amplitude ? formulaOf(item.amplitude, names) : () => 1
  const blocks = reactions.map(({ trigger, assignments }) => ({
    trigger: formulaOf(trigger, names),
    changes: assignments.map(({ target, operator, value }) => {
      const place = own.indexOf(target.name)
      if (place < 0) throw new Unsolvable(`it changes \`${target.name}\``)
      return { place, operator, value: formulaOf(value, names) }
    }),
  }))
  const followsRate = states.some(({ derivative }) => {
    let reads = false
    walk(derivative.value, (node) => {
      if (node.kind === 'Name' && (node.name === 'signal' || node.name in silence)) reads = true
    })
    return reads
  })
  if (followsRate && blocks.length > 0)
    throw new Unsolvable('its states follow a rate, and react to single spikes')
  const passes = item.passes.name
  const signalOf = (emitted: Emitted): number =>
    passes === 'event' || passes === 'burst' ? emitted[passes] : emitted.spike
  const rates = (rate: number): Emitted => ({ event: rate, burst: rate, spike: rate })
  return {
    states: own,
    initial,
    passes,
    isOfRates: blocks.length === 0,
    derivative: (state, rate = 0) => {
      const values = valuesOf(state, rate, rates(rate))
      return derivatives.map((each) => each(values))
    },
    amplitude: (state) => amplitude(valuesOf(state, 0, silence)),
    spike: (state, emitted) => {
      const signal = signalOf(emitted)
      const sent = signal * amplitude(valuesOf(state, signal, emitted))
      let now = state.slice(0, count)
      for (const { trigger, changes } of blocks) {
        const values = valuesOf(now, signal, emitted)
        if (trigger(values) === 0) continue
        const next = [...now]
        for (const { place, operator, value } of changes) {
          const by = value(values)
          if (operator === '=') next[place] = by
          else next[place] = now[place]! + (operator === '+=' ? by : -by)
        }
        now = next
      }
      return { sent, state: now }
    },
  }
}
