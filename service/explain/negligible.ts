/** Whether numbers are rounding beside what they are made of. */
import type { Algebra } from '../../compiler/analysis/algebra.ts'
import type { Evaluator } from '../../compiler/analysis/evaluate.ts'
import type { Expression } from '../../compiler/analysis/expressions.ts'

/** Whether a value is rounding beside the terms that it is made of. */
export function isNegligible(trial: Evaluator, value: Expression, algebra: Algebra): boolean {
  const size = (each: Expression): number =>
    trial.value(each).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const whole = size(value)
  if (whole === 0) return true
  const parts = algebra.expanded(value)?.map((term) => size(algebra.ofTerm(term))) ?? [1]
  return whole < 1e-12 * Math.max(...parts)
}
