/**
 * Modulators: what each is made of has one number in each example, and is there in this step. What has a past or
 * is drawn belongs into a cell, which the modulator then reads.
 */
import type { Expression } from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'
import { walk } from '../../grammar/walk.ts'
import type { Environment } from '../model/bind/environment.ts'
import { builtinsOf } from '../model/bind/function-bodies.ts'
import type { Bound } from '../model/bind/index.ts'
import { draws, reductions, temporal } from '../model/builtins.ts'
import type { Context } from '../model/context.ts'
import type { Model } from '../model/model.ts'

/** Reports modulators that are more than one number, look back, or draw. */
export function checkModulators(context: Context, model: Model, bound: Bound): void {
  for (const { name, value, scope } of model.modulators) {
    const environment = bound.environments.modulator(scope)
    const found = offence(bound, value, environment)
    if (!found) continue
    const { reason, hint, node } = found
    context.report('modulatorForm', node.span, { name, reason }, { hint })
  }
}

interface Offence {
  readonly node: Expression
  readonly reason: string
  readonly hint: string
}

/** The first part of an expression that a modulator cannot be made of. */
function offence(
  { references }: Bound,
  value: Expression,
  environment: Environment,
): Offence | undefined {
  let found: Offence | undefined
  walk(value, (node) => {
    if (found) return false
    if (node.kind === 'Call' && !references.has(environment, node.callee)) return true
    if (node.kind === 'Call') {
      const reference = references.of(environment, node.callee)
      if (reference.kind !== 'function') return true
      const { fn } = reference
      const names = fn.kind === 'builtin' ? [fn.name] : [...builtinsOf(fn)]
      if (names.some((each) => draws.has(each) || temporal.has(each))) {
        const does = names.some((each) => draws.has(each)) ? 'draws' : 'looks back'
        found = {
          node,
          reason: `${does} (\`${printExpression(node)}\`)`,
          hint: 'let a cell compute it, and read that',
        }
      }
      // A statistic over the units is one number.
      return !found && !(fn.kind === 'builtin' && reductions.has(fn.name))
    }
    if (node.kind !== 'Member' || !references.has(environment, node)) return true
    const reference = references.of(environment, node)
    if (reference.kind !== 'path') return true
    const { isArray, elements } = reference.path
    const [first] = elements
    const units = first?.population.size ?? 1
    const text = printExpression(node)
    if (isArray)
      found = {
        node,
        reason: `reads \`${text}\`, an array of populations`,
        hint: `name one of them, as in \`${text.replace('.', '[0].')}\``,
      }
    else if (units > 1 && first && first.of.kind !== 'number' && first.of.kind !== 'boolean')
      found = {
        node,
        reason: `reads \`${text}\`, which has ${units} units`,
        hint: `take their mean or sum, \`mean(${text})\``,
      }
    return false
  })
  return found
}
