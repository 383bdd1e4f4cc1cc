/**
 * What an experiment records, and how often it looks: `record h.e, W every 10 steps`. Variables are
 * outputs of the step's graph, and so are slices of them and statistics over their units; of a signal's events there are lists.
 * Weights, biases and the states of terminals are what is stored, or follows from it.
 */
import type { Expression } from '../../../grammar/ast.ts'
import type { RecordPlan } from '../../../contract/plan.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { VariablePath } from '../../model/bind/reference.ts'
import type { BoundRecord, BoundTarget } from '../../model/experiment/records.ts'
import type { Scope } from '../../model/model.ts'
import { startOf } from '../../model/slices.ts'
import { lowerReduction } from '../circuit/builtins.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { LowerContext } from '../context.ts'
import { FigureUnits, type FigureUnit } from './figure-units.ts'
import { observedValue } from './observed.ts'

/** The plan of a `record` statement. */
export function planRecord(
  context: LowerContext,
  scope: Scope,
  { every, targets }: BoundRecord,
): RecordPlan {
  const figures = new FigureUnits(context)
  const ofWeights = figures.ofAllWeights(context.model)
  const variables = new Set<string>()
  const weights = new Set<string>()
  const times = new Set<string>()
  const units: (readonly [string, FigureUnit])[] = []
  for (const target of targets) {
    const found = namesOf(context, scope, target)
    const unit = found.variables.length > 0 ? unitOf(figures, scope, target) : undefined
    for (const name of found.variables) {
      variables.add(name)
      if (unit) units.push([name, unit])
    }
    for (const name of found.weights) {
      weights.add(name)
      const its = ofWeights.get(name)
      if (its) units.push([name, its])
    }
    for (const name of found.times) times.add(name)
  }
  return {
    variables: [...variables],
    weights: [...weights],
    ...synapsesOf(context, weights),
    ...(times.size > 0 && { times: [...times] }),
    ...(units.length > 0 && { units: Object.fromEntries(units) }),
    every,
  }
}

/** Of weights by synapse, what each synapse joins. */
function synapsesOf(
  context: LowerContext,
  weights: ReadonlySet<string>,
): Pick<RecordPlan, 'synapses'> {
  const found: NonNullable<RecordPlan['synapses']> = Object.fromEntries(
    [...weights].flatMap((name) => {
      const connection = context.index.connections.get(name)
      if (!connection?.pattern?.sparse) return []
      const { pattern, transposed, source, target } = connection
      const first = [startOf(source.population), startOf(target.population)] as const
      const pairs = { pattern: pattern.name, ...(transposed && { transposed }), first }
      return [[name, pairs] as const]
    }),
  )
  return Object.keys(found).length > 0 ? { synapses: found } : {}
}

function unitOf(figures: FigureUnits, scope: Scope, target: BoundTarget): FigureUnit | undefined {
  if (target.kind === 'path') return figures.of(target.expression, scope)
  return target.kind === 'statistic'
    ? figures.of(target.value, scope, target.name === 'variance' ? 2 : 1)
    : undefined
}

type Names = Readonly<Record<'variables' | 'weights' | 'times', readonly string[]>>
const none: Names = { variables: [], weights: [], times: [] }

/** What a target is stored or computed as. */
function namesOf(context: LowerContext, scope: Scope, target: BoundTarget): Names {
  switch (target.kind) {
    case 'weights':
      return { ...none, weights: target.elements.map(({ name }) => name) }
    case 'terminals':
      return { ...none, weights: target.names }
    case 'times':
      return { ...none, times: pathNames(context, target.path).variables }
    case 'statistic': {
      const labels = elementsIn(context, scope, target.value)
      return { ...none, variables: labels.map((each) => `${target.label}${each}`) }
    }
    case 'path':
      return { ...none, ...pathNames(context, target.path) }
  }
}

/** The names of the variables, or biases, that a path stands for. */
function pathNames(
  { model }: LowerContext,
  { phase, elements }: VariablePath,
): Pick<Names, 'variables' | 'weights'> {
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

/** `[0]`, `[1]`, ... of an expression of arrays, each of whose elements has a value; else nothing. */
function elementsIn(context: LowerContext, scope: Scope, value: Expression): readonly string[] {
  const count = observedValue.count(context, scope, value)
  return count === undefined ? [''] : Array.from({ length: count }, (_, i) => `[${i}]`)
}

/** Computes what is recorded and nothing else reads: inputs, slices, and statistics over units. */
export function lowerRecorded(
  circuit: CircuitLowering,
  scope: Scope,
  records: readonly BoundRecord[],
): void {
  // Two statements may record the same at intervals of their own.
  const statistics = new Set<string>()
  for (const target of records.flatMap((each) => each.targets)) {
    if (target.kind === 'statistic') {
      if (!statistics.has(target.label)) lowerStatistic(circuit, scope, target.label, target)
      statistics.add(target.label)
    } else if (target.kind === 'path' || target.kind === 'times')
      lowerPath(circuit, target.path, target.expression)
  }
}

function lowerPath(
  circuit: CircuitLowering,
  { phase, elements }: VariablePath,
  { span }: Expression,
): void {
  const seen = phase === undefined ? circuit : circuit.context.phase?.circuit(phase, span)
  for (const { population, of } of elements) {
    if (of.kind === 'number' || of.kind === 'boolean' || of.kind === 'bias') continue
    const value = seen?.value(population, of)
    if (population.slice && value !== undefined)
      seen?.publish(`${population.name}.${of.name}`, value)
  }
}

/** A statistic over the units, for each example: [examples]. */
function lowerStatistic(
  circuit: CircuitLowering,
  scope: Scope,
  label: string,
  { name, value }: { readonly name: string; readonly value: Expression },
): void {
  const { context } = circuit
  const { builder } = context
  for (const [i, element] of elementsIn(context, scope, value).entries()) {
    const found = observedValue.lower(circuit, scope, value, i)
    if (found === undefined) continue
    const whole = asMatrix(circuit, found)
    const reduced = lowerReduction(builder, name, whole)
    builder.output(
      `${label}${element}`,
      builder.reshape(reduced, builder.shapeOf(whole).slice(0, 1)),
    )
  }
}

/** A value of one number, or of each example or unit, as [examples, units]. */
function asMatrix({ context }: CircuitLowering, value: ValueId): ValueId {
  const { builder, clock } = context
  const shape = builder.shapeOf(value)
  const examples = clock?.examples ?? 'batch'
  return builder.broadcast(value, [examples, shape.length > 1 ? (shape.at(-1) ?? 1) : 1])
}
