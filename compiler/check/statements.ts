/**
 * Statements of the chosen experiment that name a way to run it: step, solver, duration, precision,
 * augmentation. What they name must exist, what they say must have the right unit. A circuit without
 * time has no use for the first three, one with a past none for epochs.
 */
import type { Expression, Span } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import { didYouMean } from '../model/evaluate.ts'
import type { Bound } from '../model/bind/index.ts'
import type { ResolvedExperiment } from '../model/experiment/resolve.ts'
import { isOfGradient, learnsByGradient } from '../model/experiment/which-gradient.ts'
import type { Model } from '../model/model.ts'
import { isRunByClock, solvers } from '../model/past.ts'

const precisions = ['f32', 'f64']
const timeless = 'nothing in the circuit goes on in time'
/** Checks the statements of the chosen experiment that say how it is run. */
export function checkStatements(
  context: Context,
  model: Model,
  bound: Bound,
  resolved: ResolvedExperiment,
): void {
  const { experiment } = resolved
  const timed = isRunByClock(model, experiment)
  const hasProtocol = experiment.statements.some(({ kind }) => kind === 'Protocol')
  const noEffect = (statement: string, span: Span, reason: string): void => {
    if (!context.hasErrors) context.report('noEffect', span, { statement, reason })
  }
  for (const statement of experiment.statements) {
    if (statement.kind === 'Present' && statement.duration && !timed)
      noEffect('for', statement.duration.span, timeless)
    if (statement.kind === 'Present' && statement.once && !timed)
      noEffect('once', statement.span, timeless)
    if (statement.kind === 'Present' && statement.fit && !timed)
      noEffect(statement.fit, statement.span, timeless)
    if (statement.kind !== 'Value') continue
    const { name, value, span } = statement
    switch (name.name) {
      case 'solver':
        oneOf(context, value, 'solver', solvers)
        break
      case 'precision':
        oneOf(context, value, 'precision', precisions)
        continue
      case 'step':
        break
      case 'unroll':
        if (timed && !learnsByGradient(bound, resolved))
          noEffect('unroll', span, notUnrolled(resolved))
        break
      case 'duration':
        // One that is inherited cannot be left out.
        if (timed && hasProtocol && experiment.item.statements.includes(statement))
          noEffect('duration', span, 'the protocol says how long the run is')
        break
      case 'epochs':
      case 'evaluate':
        if (timed) noEffect(name.name, span, 'a circuit with a past is run by a clock')
        continue
      default:
        continue
    }
    if (!timed) noEffect(name.name, span, timeless)
  }
}

const notUnrolled = ({ measures }: ResolvedExperiment): string => {
  const nothing = 'nothing that is optimised learns by `backprop`'
  return measures.some(isOfGradient)
    ? `${nothing}, and the \`backprop\` that is measured is then that within each step`
    : nothing
}

function oneOf(context: Context, value: Expression, kind: string, known: readonly string[]): void {
  const name = value.kind === 'Name' ? value.name : 'this'
  if (value.kind === 'Name' && known.includes(name)) return
  const hint = didYouMean(name, known) ?? `write ${known.map((each) => `\`${each}\``).join(' or ')}`
  context.report('unknownName', value.span, { kind, name }, { hint })
}
