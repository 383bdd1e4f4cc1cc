/**
 * Expressions of variables as an experiment writes them, `h.p - h.p0`: what a measure or a record is of. Where
 * such an expression names arrays, each of their elements has a value.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { Modulator, Scope } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { lowerExpression, type Reading } from '../circuit/expressions.ts'
import type { LowerContext } from '../context.ts'
import { scalarValue } from '../scalars.ts'

/** How many elements the arrays in an expression have; undefined where there are none. */
function count({ bound }: LowerContext, scope: Scope, expression: Expression): number | undefined {
  const environment = bound.environments.observed(scope)
  let found: number | undefined
  walk(expression, (node) => {
    if (node.kind !== 'Member' || !bound.references.has(environment, node)) return true
    const reference = bound.references.of(environment, node)
    if (reference.kind === 'path' && reference.path.isArray)
      found ??= reference.path.elements.length
    return false
  })
  return found
}

/** The value of an expression, an array standing for its element i; undefined after a report. */
function lower(
  circuit: CircuitLowering,
  scope: Scope,
  expression: Expression,
  i: number,
  environment: Environment = circuit.context.bound.environments.observed(scope),
): ValueId | undefined {
  const { context } = circuit
  const place: Reading = {
    environment,
    read: (reference, span) => {
      if (reference.kind === 'local' && reference.variable.kind === 'modulator')
        return modulator(circuit, reference.variable.modulator)
      if (reference.kind !== 'path') return undefined
      const { phase, isArray, elements } = reference.path
      const element = isArray ? elements[i] : elements[0]
      if (!element) return undefined
      const { population, of } = element
      if (of.kind === 'number' || of.kind === 'boolean')
        return scalarValue(context.builder, context.freedom, of)
      const seen = phase === undefined ? circuit : context.phase?.circuit(phase, span)
      return seen?.value(population, of)
    },
    drawShape: [],
    stream: (distribution) => `measure ${distribution}`,
  }
  return lowerExpression(context, place, expression)
}

/** What a modulator is in this step, a number of each example. */
function modulator(circuit: CircuitLowering, { value, scope }: Modulator): ValueId | undefined {
  const environment = circuit.context.bound.environments.modulator(scope)
  return lower(circuit, scope, value, 0, environment)
}

export const observedValue = { count, lower, modulator }
