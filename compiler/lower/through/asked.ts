/** What an experiment asks of the gradient through time: which weights follow it, and how long a window is. */
import type { ProtocolPart } from '../../../contract/plan.ts'
import { learnableFollowsGradient } from '../../model/experiment/learnables.ts'
import { windowLength } from '../../model/experiment/which-gradient.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import { noLowering } from '../context.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { shapeOf } from '../plasticity/optimiser-step.ts'
import type { Through } from './index.ts'
import type { Followed } from './learn.ts'

/** Undefined where nothing learns through time. */
export function throughTime(
  circuit: CircuitLowering,
  { optimisers, clock, phases, experiment, data }: ResolvedExperiment,
): Through | undefined {
  const { diagnostics } = circuit.context
  if (!circuit.context.clock || !clock) return undefined
  const followed = optimisers
    .flatMap(({ targets }) => targets)
    .filter((target) => learnableFollowsGradient(circuit.context.bound, target))
    .map((target): Followed => ({ storage: target.storage, shape: shapeOf(target), target }))
  const { name, span } = experiment.item.name
  if (followed.length === 0) return undefined
  if (!data && clock.window === undefined) {
    const hint =
      'nothing is presented, so that there are no trials to go back through: say how long a window is, as in `unroll 50 steps`'
    return diagnostics.report(
      'missingStatement',
      span,
      { experiment: name, statement: 'unroll' },
      { hint },
    )
  }
  const following = new Set(followed.map(({ storage }) => storage))
  for (const { clip, targets } of optimisers) {
    const inside = targets.filter(({ storage }) => following.has(storage))
    if (clip && inside.length > 0 && inside.length < targets.length)
      return noLowering(
        circuit.context,
        span,
        'A `clip` over weights of which some learn through time, and others in each step,',
      )
  }
  const all = allPhases(phases)
  return {
    followed,
    length: windowLength(clock, data !== undefined),
    params: new Set(all.flatMap(({ settings }) => Object.keys(settings))),
    perturbed: new Set(all.flatMap(({ perturb }) => perturb?.map(({ storage }) => storage) ?? [])),
  }
}

type Phase = Extract<ProtocolPart, { readonly kind: 'phase' }>

const allPhases = (parts: readonly ProtocolPart[]): readonly Phase[] =>
  parts.flatMap((part) => (part.kind === 'repeat' ? allPhases(part.phases) : [part]))
