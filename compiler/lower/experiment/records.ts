/**
 * What an experiment records, and how often it looks: `record h.e, W every 10 steps`. Variables are
 * outputs of the step's graph; weights and biases are what is stored, or follows from it.
 */
import type { RecordPlan } from '../../../contract/plan.ts'
import type { BoundRecord, BoundTarget } from '../../model/experiment/records.ts'
import type { Scope } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { LowerContext } from '../context.ts'
import { FigureUnits, type FigureUnit } from './figure-units.ts'

/** The plan of a `record` statement. */
export function planRecord(
  context: LowerContext,
  scope: Scope,
  { every, targets }: BoundRecord,
): RecordPlan {
  const figures = new FigureUnits(context)
  const variables = new Set<string>()
  const weights = new Set<string>()
  const units: (readonly [string, FigureUnit])[] = []
  for (const target of targets) {
    const found = namesOf(context, target)
    const unit =
      target.kind === 'path' && found.variables.length > 0
        ? figures.of(target.expression, scope)
        : undefined
    const connections = found.weights.map((name) => context.index.connections.get(name))
    const ofWeights = figures.ofWeights(connections)
    for (const name of found.variables) {
      variables.add(name)
      if (unit) units.push([name, unit])
    }
    for (const name of found.weights) {
      weights.add(name)
      if (ofWeights) units.push([name, ofWeights])
    }
  }
  return {
    variables: [...variables],
    weights: [...weights],
    ...(units.length > 0 && { units: Object.fromEntries(units) }),
    every,
  }
}

/** What a target is stored or computed as. */
function namesOf(
  { model }: LowerContext,
  target: BoundTarget,
): Pick<RecordPlan, 'variables' | 'weights'> {
  if (target.kind === 'weights')
    return { variables: [], weights: target.elements.map(({ name }) => name) }
  const { phase, elements } = target.path
  const last = model.phases.at(-1)?.name.name
  const prefix = phase === undefined || phase === last ? '' : `${phase}.`
  const variables: string[] = []
  const weights: string[] = []
  for (const { population, of } of elements) {
    if (of.kind === 'bias') weights.push(of.bias.storage)
    else if (of.kind !== 'number' && of.kind !== 'boolean')
      variables.push(`${prefix}${population.name}.${of.name}`)
  }
  return { variables, weights }
}

/** Computes what is recorded and nothing else reads: an input that only the record names. */
export function lowerRecorded(circuit: CircuitLowering, records: readonly BoundRecord[]): void {
  const { context } = circuit
  for (const { targets } of records)
    for (const target of targets) {
      if (target.kind !== 'path') continue
      const { phase, elements } = target.path
      const { span } = target.expression
      const seen = phase === undefined ? circuit : context.phase?.circuit(phase, span)
      for (const { population, of } of elements)
        if (of.kind !== 'number' && of.kind !== 'boolean' && of.kind !== 'bias')
          seen?.value(population, of)
    }
}
