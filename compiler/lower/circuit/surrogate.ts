/**
 * Surrogate gradients: `spike s when v > theta pullback(g) = g / (1 + 10 * abs(v - theta)) ^ 2`. The signal is 0 or 1
 * as it is without; the gradient g that reaches it passes on to the difference of the two sides, as the pullback says
 * (Zenke and Ganguli 2018; Neftci, Mostafa and Zenke 2019). While a cell is refractory none passes.
 */
import type { Expression } from '../../../grammar/ast.ts'
import { GraphBuilder } from '../../ir/builder.ts'
import { isTruth } from '../../ir/operands.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { LocalVariable } from '../../model/bind/reference.ts'
import type { Compartment, Equation, Population } from '../../model/model.ts'
import type { LowerContext } from '../context.ts'
import { lowerExpression, type Reading } from './expressions.ts'

/** A detection: where its condition stands, what came of it, and whether the cell is refractory. */
export interface Detection {
  readonly place: Reading
  readonly population: Population
  readonly within: Compartment | undefined
  readonly equation: Equation
  readonly found: ValueId
  readonly held: ValueId | undefined
}

/** The two sides that a detection compares, the one that brings it about first; undefined if it compares nothing. */
export function sidesOf(condition: Expression): readonly [Expression, Expression] | undefined {
  if (condition.kind !== 'Binary') return undefined
  const { operator, left, right } = condition
  if (operator === '>' || operator === '>=') return [left, right]
  return operator === '<' || operator === '<=' ? [right, left] : undefined
}

/** 1 or 0, where a condition is a number. */
export const asTruth = (builder: GraphBuilder, value: ValueId): ValueId =>
  isTruth(builder.nodeOf(value)) ? value : builder.map('ne', value, builder.constant(0))

/** What the cell is handed: what arrives at a compartment, and modulators. */
const isOutside = ({ kind }: LocalVariable): boolean => kind === 'given' || kind === 'modulator'

/** The detected signal, with its gradient if one is said; undefined after a report. */
export function lowerSurrogate(
  context: LowerContext,
  { place, population, within, equation, found, held }: Detection,
): ValueId | undefined {
  const { pullback, scope } = equation
  if (!pullback) return found
  const sides = sidesOf(equation.value)
  const { builder, bound } = context
  const environment = bound.environments.surrogate(population.cell, scope, pullback, within)
  if (!sides) throw new Error(`${equation.name} compares nothing, which is checked`)
  const [over, under] = sides.map((each) => lowerExpression(context, place, each))
  if (over === undefined || under === undefined) return undefined
  const shape = [...place.drawShape]
  const difference = builder.broadcast(builder.map('sub', over, under), shape)
  const inside = new GraphBuilder(`pullback of ${equation.name}`)
  const captured: ValueId[] = []
  const capture = (value: ValueId): ValueId => {
    const known = captured.indexOf(value)
    const at = known < 0 ? captured.push(value) - 1 : known
    return inside.input(`c${at}`, builder.shapeOf(value))
  }
  const g = inside.input('g', shape)
  const inner: LowerContext = { ...context, builder: inside }
  const bindings = new Map<LocalVariable, ValueId | undefined>()
  const reading: Reading = {
    ...place,
    environment,
    read: (reference, span) => {
      const { kind } = reference
      if (kind !== 'local' || isOutside(reference.variable)) {
        const value = place.read(reference, span)
        return value === undefined ? undefined : capture(value)
      }
      const { variable } = reference
      if (variable.kind === 'parameter') return g
      if (variable.kind !== 'binding' || !variable.value) return undefined
      if (!bindings.has(variable))
        bindings.set(variable, lowerExpression(inner, reading, variable.value))
      return bindings.get(variable)
    },
  }
  const result = lowerExpression(inner, reading, pullback.result)
  if (result === undefined) return undefined
  const whole = inside.broadcast(result, shape)
  const passed =
    held === undefined ? whole : inside.map('select', capture(held), inside.constant(0), whole)
  inside.output('result', inside.broadcast(passed, shape))
  return builder.custom(builder.broadcast(found, shape), difference, inside.build(), captured)
}
