/**
 * Names for what stands between the teacher and the weights, where formulas would be too long to read without: the
 * first order of the circuit's variables without its numbers, `h[0].r_t.δ̃`.
 */
import { isScalar, isZero } from '../../compiler/analysis/expressions.ts'
import type { Simplifier } from '../../compiler/analysis/simplified.ts'
import { mathText } from '../typeset/text.ts'
import type { Derivation, Derived } from './derive.ts'
import type { Scribe } from './scribe.ts'
import { depthOf, type Signal } from './statements.ts'

/** Formulas of more characters than this are not read. */
const longest = 160

/** What is made of fewer atoms is read without a name. */
const fewest = 4

/** Whether a formula of the circuit's changes is too long for its reader. */
export const isLong = (scribe: Scribe, all: readonly Derived[]): boolean =>
  all.some(({ update }) => {
    const first = update?.coefficients[1]
    return (
      first !== undefined && mathText(scribe.write(first, undefined, 'circuit')).length > longest
    )
  }) || scribe.definitions().some(({ formula }) => mathText(formula).length > longest)

/** The first orders of variables without their numbers, where they are more than a few factors; each value once. */
export function firstOrders(
  derivation: Derivation,
  variables: Iterable<string>,
  signals: readonly Signal[],
  simpler: Simplifier,
): readonly Signal[] {
  const { algebra } = derivation
  const known = new Set(signals.map(({ value }) => value.id))
  const named: Signal[] = []
  for (const variable of variables) {
    // Changes are no variables of the circuit.
    if (variable.includes('(')) continue
    const found = derivation.firstOf(variable)
    if (!found || isZero(found) || found.shape.length === 0) continue
    const first = simpler.of(found)
    const { kept: value } = algebra.split(algebra.asTerm(first), (atom) => !isScalar(atom))
    if (depthOf(value) < fewest || known.has(value.id)) continue
    known.add(value.id)
    const population = variable.slice(0, variable.lastIndexOf('.'))
    named.push({ name: `${variable}.δ̃`, population, value, of: 'circuit', between: true })
  }
  return named
}
