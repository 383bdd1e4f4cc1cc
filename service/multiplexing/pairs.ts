/**
 * Whether a type of short-term plasticity facilitates or depresses, as it is measured in a slice: by the second of
 * two spikes 50 ms apart beside the first (the paired-pulse ratio; Zucker and Regehr, 2002, Annu. Rev. Physiol. 64).
 * What follows a rate is asked for what it settles at, beside its start.
 */
import type { Instance } from '../../compiler/model/model.ts'
import type { StpItem } from '../../grammar/ast.ts'
import { Unsolvable } from './equations.ts'
import { flowOf } from './flow.ts'
import { settled } from './gains.ts'
import { firstSpike, terminalOf } from './terminal.ts'

/** Of two spikes: more comes of the second, or less. */
export type PairedPulse = 'facilitating' | 'depressing'

const apart = 0.05
/** A smaller change is none. */
const least = 0.01

const known = new WeakMap<object, PairedPulse | undefined>()

/** See the module's head; undefined where nothing changes, or where that cannot be said outside of a run. */
export function pairedPulse(stp: Instance<StpItem>): PairedPulse | undefined {
  if (stp.item.members.length === 0) return undefined
  if (!known.has(stp.scope)) known.set(stp.scope, measured(stp))
  return known.get(stp.scope)
}

function measured(stp: Instance<StpItem>): PairedPulse | undefined {
  try {
    const [first, second] = pairOf(stp)
    if (!Number.isFinite(first) || !Number.isFinite(second)) return undefined
    if (Math.abs(second - first) <= least * Math.abs(first)) return undefined
    return second > first ? 'facilitating' : 'depressing'
  } catch (error) {
    if (error instanceof Unsolvable) return undefined
    throw error
  }
}

function pairOf(stp: Instance<StpItem>): readonly [number, number] {
  const terminal = terminalOf(stp)
  if (terminal.isOfRates)
    return [terminal.amplitude(terminal.initial), terminal.amplitude(settled(terminal, 1 / apart))]
  const first = terminal.spike(terminal.initial, firstSpike)
  const [before] = flowOf(terminal)(first.state, [apart])
  return [first.sent, terminal.spike(before!, firstSpike).sent]
}
