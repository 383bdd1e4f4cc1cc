/**
 * Running averages of cells: `m = running(x, momentum, initial)` is kept from step to step, one number for each
 * unit. After a step of training it is (1 - momentum) times what it was, and momentum times x; a step reads it as
 * it was before, and a step of test examples leaves it alone. Where several phases pass each example, x is that of
 * the first, in which the circuit answers. No gradient goes through it.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { References } from '../../model/bind/reference.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { Equation, Population } from '../../model/model.ts'
import { originOf, type LowerContext } from '../context.ts'
import type { CircuitLowering } from './circuit.ts'
import { evaluatingNow } from './evaluating.ts'
import { lowerExpression, type Reading } from './expressions.ts'
import { initialValue } from './initial-value.ts'

/** The call of `running`, if an expression is one. */
export function averageIn(
  references: References,
  environment: Environment,
  expression: Expression,
): CallExpression | undefined {
  if (expression.kind !== 'Call' || !references.has(environment, expression.callee))
    return undefined
  const reference = references.of(environment, expression.callee)
  if (reference.kind !== 'function' || reference.fn.kind !== 'builtin') return undefined
  return reference.fn.name === 'running' ? expression : undefined
}

/** An average as it is before the step, [units], kept from now on. */
export function lowerAverage(
  circuit: CircuitLowering,
  population: Population,
  { name, scope, span }: Equation,
  call: CallExpression,
): ValueId {
  const { context, memories } = circuit
  const { builder, phase } = context
  const storage = `${population.name}.${name}`
  const { size } = population
  // What all phases share is kept by the last one.
  if (phase && phase.prefix !== '') return builder.load(storage, [size])
  const [, , first] = call.args
  const next = (): ValueId | undefined => {
    const place = (phase?.answer() ?? circuit).place(population, scope)
    return circuit.at(span, () => after(context, place, call, builder.load(storage, [size]), size))
  }
  return memories.keep(
    storage,
    [size],
    (inner, weights) => {
      if (!first) return undefined
      const stream = circuit.streamOf(`init ${population.name}`)
      const value = initialValue(population, scope, first.value, stream)(inner, weights)
      return value === undefined ? undefined : asUnits(inner, value, size, first.value)
    },
    next,
    originOf(context, span),
    'average',
  )
}

function after(
  context: LowerContext,
  place: Reading,
  { args }: CallExpression,
  before: ValueId,
  units: number,
): ValueId | undefined {
  const { builder } = context
  const [of, share] = args
  if (!of || !share) return undefined
  const value = lowerExpression(context, place, of.value)
  const momentum = lowerExpression(context, place, share.value)
  if (value === undefined || momentum === undefined) return undefined
  const next = asUnits(context, value, units, of.value)
  const part = asUnits(context, momentum, units, share.value)
  if (next === undefined || part === undefined) return undefined
  const kept = builder.map('mul', builder.map('sub', builder.constant(1), part), before)
  const sum = builder.map('add', kept, builder.map('mul', part, next))
  const isTested = evaluatingNow(context)
  const isTraining = builder.nodeOf(isTested).op === 'const'
  return builder.stop(isTraining ? sum : builder.map('select', isTested, before, sum))
}

/** A value that is the same for all examples, as one for each unit. */
function asUnits(
  context: LowerContext,
  value: ValueId,
  units: number,
  { span }: Expression,
): ValueId | undefined {
  const { builder } = context
  if (builder.shapeOf(value).length <= 1) return builder.broadcast(value, [units])
  return context.diagnostics.report(
    'averageOfExamples',
    span,
    {},
    { hint: 'average over the examples first, as in `running(batch_mean(x), 0.1, 0)`' },
  )
}
