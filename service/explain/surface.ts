/** Changes in the variables' names, as the file says them. */
import { isZero, NotClosed, type Expression } from '../../compiler/analysis/expressions.ts'
import type { GraphReader } from '../../compiler/analysis/from-graph.ts'
import type { ValueId } from '../../compiler/ir/ir.ts'

/** By what number a change is gradient descent, both in the variables' names. */
export function descentsIn(
  surface: GraphReader,
  change: Expression,
  descent: ValueId | undefined,
): { readonly descents?: number } {
  if (descent === undefined || isZero(change)) return {}
  try {
    const { algebra } = surface
    const mine = algebra.asTerm(change)
    const theirs = algebra.asTerm(surface.read(descent).series.coefficients[0]!)
    const one = algebra.ofTerm({ ...mine, coefficient: 1 })
    return one === algebra.ofTerm({ ...theirs, coefficient: 1 })
      ? { descents: mine.coefficient / theirs.coefficient }
      : {}
  } catch (error) {
    if (error instanceof NotClosed) return {}
    throw error
  }
}
