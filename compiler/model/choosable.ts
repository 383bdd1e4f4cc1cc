/**
 * What a conditional chooses by a switch that some phase sets: it cannot be settled when the model is compiled, and
 * where it is between two numbers it need not be.
 */
import type { Expression } from '../../grammar/ast.ts'
import { Context } from './context.ts'
import type { BooleanValue, NumberValue, Value } from './model.ts'
import { applyBoolean, applyNumber } from './operators.ts'
import { dimensionless, sameDimension } from './units.ts'
import { paramsOf } from './values.ts'

/**
 * The number, or the switch, that is chosen while the run goes on; undefined where no phase sets what the choice is
 * made by, or it is between anything but two numbers of one unit, or two switches: then it decides the structure.
 */
export function choosable(
  context: Context,
  test: BooleanValue,
  branches: readonly [Expression, Expression],
  evaluate: (branch: Expression, context: Context) => Value | undefined,
): Value | undefined {
  if (!paramsOf(test.symbol).some((name) => context.phased.has(name))) return undefined
  // The branch that is not taken now may be wrong as it is: then it is never to be taken.
  const aside = new Context()
  aside.phased = context.phased
  const tried = branches.map((each) => evaluate(each, aside))
  if (aside.hasErrors || !tried.every((each) => each !== undefined)) return undefined
  const [a, b] = branches.map((each) => evaluate(each, context))
  if (a?.kind === 'boolean' && b?.kind === 'boolean')
    return applyBoolean(context, 'select', test.value ? a.value : b.value, [test, a, b])
  if (a?.kind !== 'number' || b?.kind !== 'number') return undefined
  if (!sameDimension(a.dimension, b.dimension) && !isPlainZero(a) && !isPlainZero(b))
    return undefined
  const { dimension } = isPlainZero(a) ? b : a
  const chosen = test.value ? a : b
  return applyNumber(context, 'select', () => chosen.value, dimension, [test, a, b])
}

/** A 0 that fits every unit. */
const isPlainZero = ({ value, symbol, dimension }: NumberValue): boolean =>
  value === 0 && !symbol && sameDimension(dimension, dimensionless)
