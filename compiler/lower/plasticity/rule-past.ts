/** Looks of a rule at earlier steps: `prev`, `since` and `count` of what lives on one side of the synapse. */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { scalarValue } from '../scalars.ts'
import { partShape, type Learner } from './learner.ts'
import { pairPart, valueIn } from './pairwise.ts'
import { partsOf, singlePart, type Part, type Term } from './terms.ts'

/** Where a look back stands. */
export interface RulePlace {
  readonly circuit: CircuitLowering
  readonly learner: Learner
  readonly environment: Environment
  /** False where only the parts of terms are asked for, and nothing is to be kept. */
  readonly keeps: boolean
}

/**
 * What a state of one of the two cells, or a trace, was at the end of the step before, which in the first step is
 * what it begins with; undefined for all else. `past` says it of traces.
 */
export function stateBefore(
  { circuit, environment, learner }: Omit<RulePlace, 'keeps'>,
  of: Expression,
  past: ((name: string) => readonly Term[] | undefined) | undefined,
):
  | { readonly terms: readonly Term[] }
  | { readonly of: 'pre' | 'post'; readonly value: Value }
  | undefined {
  const { references } = circuit.context.bound
  if (!references.has(environment, of)) return undefined
  const found = references.of(environment, of)
  if (found.kind === 'local' && found.variable.kind === 'trace') {
    const terms = found.phase === undefined ? past?.(found.variable.name) : undefined
    return terms && { terms }
  }
  if (found.kind !== 'cell' || found.of === 'self' || found.phase !== undefined) return undefined
  const population = found.of === 'pre' ? learner.pre : learner.post
  if (found.variable.kind !== 'state' || !population) return undefined
  const value = circuit.dynamics(population)?.before(found.variable.name)
  return value === undefined ? undefined : { of: found.of, value }
}

/** What `prev`, `since` or `count` is of its first argument, given as terms; undefined after a report. */
export function lookBack(
  place: RulePlace,
  name: string,
  call: CallExpression,
  terms: readonly Term[],
): readonly Term[] | undefined {
  const { context } = place.circuit
  const isPrev = name === 'prev'
  const single = singlePart([terms])
  const part =
    isPrev && !single && !place.learner.convolution ? pairPart(context, place.learner) : single
  if (!part || !context.clock || ((part === 'weight' || part === 'synapse') && !isPrev)) {
    return context.diagnostics.report('ruleForm', call.span, { name, parts: partsOf([terms]) })
  }
  // What is one for all is kept for each postsynaptic cell.
  const side = part === 'scalar' ? 'post' : part
  const value = valueIn(context, place.learner, terms, part)
  if (!place.keeps) return [{ [side]: value }]
  if (isPrev) return [{ [side]: previous(place, call, side, value) }]
  const kept = since(place, call, side, { value, isScalar: part === 'scalar' })
  return kept === undefined ? undefined : [{ [side]: kept }]
}

type Side = Exclude<Part, 'scalar'>
type Value = ReturnType<typeof valueIn>

/** What it was a step ago, of what is no state; at first 0, or what is given. */
function previous(
  { circuit, learner, environment }: RulePlace,
  call: CallExpression,
  side: Side,
  value: Value,
): Value {
  const { context, memories } = circuit
  const first = call.args[1]
  const begin = first && context.bound.references.of(environment, first.value)
  const { start, end } = call.span
  return memories.keep(
    `${learner.name}, ${start} to ${end} before`,
    partShape(circuit, learner, side),
    ({ builder, freedom }) =>
      begin?.kind === 'value' ? scalarValue(builder, freedom, begin.value) : builder.constant(0),
    () => value,
  )
}

function since(
  { circuit, learner, environment }: RulePlace,
  call: CallExpression,
  side: Side,
  { value, isScalar }: { readonly value: Value; readonly isScalar: boolean },
): Value | undefined {
  const { post, pre, range, name, rule, synapses } = learner
  const of = call.args[0]!.value
  const { references } = circuit.context.bound
  const reference = references.has(environment, of) ? references.of(environment, of) : undefined
  const population = side === 'pre' ? pre : post
  // What a cell looks back at itself in the same way is kept once.
  const variable =
    reference?.kind === 'cell' && reference.phase === undefined && (!range || synapses) && !isScalar
      ? reference.variable
      : undefined
  const { start, end } = call.span
  return circuit.temporal(call, {
    name: variable && population ? population.name : `${name}, ${start} to ${end}`,
    units: Number(partShape(circuit, learner, side)[1] ?? 1),
    variableOf: () => variable,
    before: () => undefined,
    atEnd: () => value,
    initial: () => () => undefined,
    isCounted: () => false,
    scope: rule.scope,
  })
}
