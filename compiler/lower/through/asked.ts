/** What an experiment asks of the gradient through time: which weights follow it, and how long a window is. */
import type { ProtocolPart } from '../../../contract/plan.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { learnsByGradient } from '../plasticity/gradient-rule.ts'
import { shapeOf } from '../plasticity/updates.ts'
import type { Through } from './index.ts'
import type { Followed } from './learn.ts'

/** Undefined where nothing learns through time. */
export function throughTime(
  circuit: CircuitLowering,
  { optimisers, clock, phases }: ResolvedExperiment,
): Through | undefined {
  if (!circuit.context.clock || !clock) return undefined
  const followed = optimisers
    .flatMap(({ targets }) => targets)
    .filter((target) => learnsByGradient(circuit, target))
    .map((target): Followed => ({ storage: target.storage, shape: shapeOf(target), target }))
  if (followed.length === 0) return undefined
  const all = allPhases(phases)
  return {
    followed,
    length: clock.window ?? clock.hold,
    params: new Set(all.flatMap(({ settings }) => Object.keys(settings))),
    perturbed: new Set(all.flatMap(({ perturb }) => perturb?.map(({ storage }) => storage) ?? [])),
  }
}

type Phase = Extract<ProtocolPart, { readonly kind: 'phase' }>

const allPhases = (parts: readonly ProtocolPart[]): readonly Phase[] =>
  parts.flatMap((part) => (part.kind === 'repeat' ? allPhases(part.phases) : [part]))
