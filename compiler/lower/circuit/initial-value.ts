/** Values before the first step. */
import type { Expression } from '../../../grammar/ast.ts'
import type { Shape } from '../../ir/ir.ts'
import type { Population, Scope } from '../../model/model.ts'
import { examplesOf } from '../context.ts'
import { spreadBias } from './convolution.ts'
import { lowerExpression, type Reading } from './expressions.ts'
import type { Initial } from './memory.ts'

/**
 * A value of a population's cells, or of none's, in that shape (that of terminals, or of what a rule keeps): of
 * parameters, biases and draws, of which each element has its own.
 */
export function initialValue(
  population: Population | undefined,
  scope: Scope,
  expression: Expression,
  stream: Reading['stream'],
  drawShape?: Shape,
): Initial {
  return (context, weights) => {
    const shape: Shape = drawShape ?? [examplesOf(context), population?.size ?? 1]
    const place: Reading = {
      environment: context.bound.environments.initial(population?.cell, scope),
      read: (reference) => {
        if (reference.kind !== 'cell' || reference.variable.kind !== 'bias') return undefined
        const { bias } = reference.variable
        const value = population && weights.bias(population, bias)
        return population && value !== undefined
          ? spreadBias(context.builder, population, bias, value)
          : undefined
      },
      drawShape: shape,
      stream,
    }
    return lowerExpression(context, place, expression)
  }
}
