/**
 * Measures of weights in the last step of a window of learning through time: what they are after the window's end has
 * moved the weights, as in every other step they are after what the step does. They are outputs of the graph `derived`.
 */
import { afterWindowName } from '../../../contract/plan.ts'
import type { StorageShape } from '../../ir/ir.ts'
import type { BoundMeasure, WeightSide } from '../../model/experiment/measures.ts'
import type { ResolvedExperiment } from '../../model/experiment/resolve.ts'
import { CircuitLowering } from '../circuit/circuit.ts'
import type { LowerContext } from '../context.ts'
import type { Followed } from '../through/learn.ts'
import { followedChange, type Updates } from '../plasticity/updates.ts'
import { MeasureLowering } from './measures.ts'

/** Whether a measure is of weights, and of nothing that one step alone knows. */
export function isOfWindow({ body }: BoundMeasure, following: ReadonlySet<string>): boolean {
  const isKnown = (side: WeightSide): boolean => {
    switch (side.kind) {
      case 'negative':
        return isKnown(side.of)
      case 'update':
        return side.elements.every(({ name }) => following.has(name))
      case 'weights':
      case 'backprop':
        return true
    }
  }
  if (body.kind === 'norm') return isKnown(body.side)
  return (
    (body.kind === 'angle' || body.kind === 'ratio') && isKnown(body.left) && isKnown(body.right)
  )
}

/** Lowers those measures to outputs of `context`'s graph. */
export function lowerAfterWindow(
  context: LowerContext,
  experiment: ResolvedExperiment,
  followed: readonly Followed[],
): void {
  const { builder } = context
  const read = (name: string, shape: StorageShape) => builder.load(name, shape)
  const circuit = new CircuitLowering(context, read, false)
  const asked = new Map(
    followed.flatMap(({ storage, target }) => {
      const change = followedChange(circuit, target)
      return change === undefined ? [] : [[storage, change] as const]
    }),
  )
  const following = new Set(followed.map(({ storage }) => storage))
  const updates: Updates = { asked, stored: new Map(), slots: [], following }
  const lowering = new MeasureLowering(circuit, updates, experiment, circuit, {
    named: afterWindowName,
  })
  for (const measure of experiment.measures)
    if (isOfWindow(measure, following)) lowering.lower(measure)
}
