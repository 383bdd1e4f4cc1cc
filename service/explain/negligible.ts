/** Whether numbers are rounding beside what they are made of. */
import type { Algebra } from '../../compiler/analysis/algebra.ts'
import type { Evaluator } from '../../compiler/analysis/evaluate.ts'
import type { Expression } from '../../compiler/analysis/expressions.ts'
import { magnitudesWith } from '../../compiler/analysis/magnitude.ts'
import type { Tensor } from '../../compiler/ir/evaluate.ts'

/** A value that is this much of what it is made of is no rounding, however its terms are counted. */
const certainly = 1e-4

/** Whether a value is rounding beside the terms that it is made of. */
export function isNegligible(trial: Evaluator, value: Expression, algebra: Algebra): boolean {
  const largest = ({ data }: Tensor): number =>
    data.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const size = (each: Expression): number => largest(trial.value(each))
  const whole = size(value)
  if (whole === 0) return true
  // Term by term takes long where there are many of large matrices.
  const made = largest(magnitudesWith(trial).of(value))
  if (whole > certainly * made) return false
  // One term large enough shows it; the others need not be looked at.
  const parts = algebra.expanded(value)?.map((term) => algebra.ofTerm(term))
  return parts ? parts.some((each) => whole < 1e-12 * size(each)) : whole < 1e-12
}
