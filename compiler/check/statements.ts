/**
 * Statements of the chosen experiment that name a way to run it: step, solver, duration, precision,
 * augmentation. What they name must exist, what they say must have the right unit. A circuit without
 * time has no use for the first three, one with a past none for epochs.
 */
import type { Expression, RuleReference, Span } from '../../grammar/ast.ts'
import type { Context } from '../model/context.ts'
import { didYouMean, evaluateNumber } from '../model/evaluate.ts'
import type { Experiment, Model } from '../model/model.ts'
import { hasPast, solvers } from '../model/past.ts'
import { describeDimension, sameDimension, unitHint } from '../model/units.ts'

const precisions = ['f32', 'f64']
const timeless = 'nothing in the circuit goes on in time'
/** Ways to change an image, with their options. */
const augmentations: ReadonlyMap<string, readonly string[]> = new Map([
  ['crop', ['size', 'padding']],
  ['flip', []],
])

/** Checks the statements of the chosen experiment that say how it is run. */
export function checkStatements(context: Context, model: Model, experiment: Experiment): void {
  const timed = hasPast(model)
  const hasProtocol = experiment.statements.some(({ kind }) => kind === 'Protocol')
  const noEffect = (statement: string, span: Span, reason: string): void => {
    if (!context.hasErrors) context.report('noEffect', span, { statement, reason })
  }
  for (const statement of experiment.statements) {
    if (statement.kind === 'Augment')
      for (const step of statement.steps) augmentation(context, step)
    if (statement.kind === 'Present' && statement.duration && !timed)
      noEffect('for', statement.duration.span, timeless)
    if (statement.kind === 'Present' && statement.once && !timed)
      noEffect('once', statement.span, timeless)
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
        duration(context, experiment, value, '`step`', false)
        break
      case 'duration':
        duration(context, experiment, value, '`duration`', true)
        if (timed && hasProtocol)
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

function oneOf(context: Context, value: Expression, kind: string, known: readonly string[]): void {
  const name = value.kind === 'Name' ? value.name : 'this'
  if (value.kind === 'Name' && known.includes(name)) return
  const hint = didYouMean(name, known) ?? `write ${known.map((each) => `\`${each}\``).join(' or ')}`
  context.report('unknownName', value.span, { kind, name }, { hint })
}

function duration(
  context: Context,
  { scope }: Experiment,
  value: Expression,
  what: string,
  steps: boolean,
): void {
  const found = evaluateNumber(context, scope, value)
  if (!found) return
  const { dimension } = found
  if (!sameDimension(dimension, { time: 1 }) && !(steps && sameDimension(dimension, { step: 1 }))) {
    const expected = steps ? 'a time or a number of steps' : 'a time'
    context.report(
      'unitExpected',
      value.span,
      { what, expected, found: describeDimension(dimension) },
      { hint: unitHint(value, { time: 1 }) },
    )
  } else if (!(found.value > 0) || found.value === Infinity) {
    const expected = found.value === Infinity ? 'finite' : 'above 0'
    context.report('badValue', value.span, { what, expected, found: found.value })
  }
}

function augmentation(context: Context, { name, args }: RuleReference): void {
  const options = augmentations.get(name.name)
  if (!options) {
    const known = [...augmentations.keys()]
    const hint = didYouMean(name.name, known) ?? `the augmentations are ${known.join(', ')}`
    context.report('unknownName', name.span, { kind: 'augmentation', name: name.name }, { hint })
    return
  }
  for (const [i, argument] of args.entries()) {
    const option = argument.name?.name ?? options[i]
    if (option !== undefined && options.includes(option)) continue
    context.report('unknownOption', argument.span, {
      owner: `\`${name.name}\``,
      name: option ?? String(i + 1),
    })
  }
}
