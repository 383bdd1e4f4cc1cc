/** Plain statements of an experiment: `batch`, `epochs`, `seed`, `replicate`, `step`, `duration`. */
import { mostCopies } from '../../../contract/copies.ts'
import type { Expression } from '../../../grammar/ast.ts'
import type { Context } from '../context.ts'
import type { Resolving } from './context.ts'
import { variedOf } from './copies.ts'
import { evaluateInteger, evaluateNumber } from '../evaluate.ts'
import type { Experiment } from '../model.ts'
import { describeDimension, sameDimension, unitHint } from '../units.ts'
import { statementsOf } from './statements.ts'
import { quantityText } from '../quantity-text.ts'

export interface Values {
  readonly batch: number
  readonly evaluate: number
  readonly seed: number
  /** Copies of the circuit, with seeds from `seed` on. */
  readonly replicate: number
  /** Parameters that copies set, as they are written. */
  readonly varied?: readonly Readonly<Record<string, string>>[]
  /** Absent where it is not said and the protocol tells how long a run is. */
  readonly epochs?: number
}

/** The most examples that are computed at once: as many as a population may have units. */
const mostExamples = 16_777_216

/** The whole numbers that statements say, and from where to where they may be. */
const bounds = {
  batch: [1, mostExamples],
  evaluate: [1, mostExamples],
  seed: [0, Number.MAX_SAFE_INTEGER],
  epochs: [0, Number.MAX_SAFE_INTEGER],
  replicate: [1, mostCopies],
} as const

/** What the statements say, or what holds where they say nothing. */
export function resolveValues(
  context: Resolving,
  experiment: Experiment,
  isClocked: boolean,
  hasProtocol: boolean,
): Values {
  const { diagnostics } = context
  const values: { -readonly [Name in keyof Values]: Values[Name] } = {
    batch: isClocked ? 1 : 32,
    evaluate: 1000,
    seed: 1,
    replicate: 1,
  }
  const checkBounded = (name: keyof typeof bounds, written: Expression): void => {
    const value = evaluateInteger(diagnostics, experiment.scope, written)
    if (value === undefined) return
    const [least, most] = bounds[name]
    if (value < least || value > most)
      diagnostics.report('badValue', written.span, {
        what: `\`${name}\``,
        expected: value < least ? `at least ${least}` : `at most ${most.toLocaleString('en')}`,
        found: value,
      })
    else values[name] = value
  }
  const seen = new Set<string>()
  for (const statement of statementsOf(experiment, 'Value')) {
    const name = statement.name.name
    if (seen.has(name))
      diagnostics.report('repeatedStatement', statement.span, {
        statement: name,
        experiment: experiment.item.name.name,
      })
    seen.add(name)
    if (isBounded(name)) checkBounded(name, statement.value)
  }
  for (const { seeds, span, values: own } of statementsOf(experiment, 'Replicate')) {
    if (seen.has('replicate'))
      diagnostics.report('repeatedStatement', span, {
        statement: 'replicate',
        experiment: experiment.item.name.name,
      })
    seen.add('replicate')
    if (seeds) checkBounded('replicate', seeds)
    const varied = variedOf(context, experiment, { values: own })
    if (varied) values.varied = varied
  }
  if (isClocked) delete values.epochs
  else if (!hasProtocol) values.epochs ??= 1
  return values
}

const isBounded = (name: string): name is keyof typeof bounds => Object.hasOwn(bounds, name)

/**
 * Whether `step` and `duration` are times above 0, where they are said; what is not is reported, whether or
 * not it is used.
 */
export function areTimes(diagnostics: Context, experiment: Experiment): boolean {
  let right = true
  for (const { name, value } of statementsOf(experiment, 'Value')) {
    const text = `\`${name.name}\``
    if (name.name === 'step' || name.name === 'duration')
      right = isTime(diagnostics, experiment, value, text, name.name === 'duration') && right
  }
  return right
}

function isTime(
  context: Context,
  { scope }: Experiment,
  value: Expression,
  what: string,
  steps: boolean,
): boolean {
  const found = evaluateNumber(context, scope, value)
  if (!found) return false
  const { dimension } = found
  if (!sameDimension(dimension, { time: 1 }) && !(steps && sameDimension(dimension, { step: 1 }))) {
    const expected = steps ? 'a time or a number of steps' : 'a time'
    context.report(
      'unitExpected',
      value.span,
      { what, expected, found: describeDimension(dimension) },
      { hint: unitHint(value, { time: 1 }) },
    )
    return false
  }
  if (found.value > 0 && found.value !== Infinity) return true
  const expected = found.value === Infinity ? 'finite' : 'above 0'
  context.report('badValue', value.span, { what, expected, found: quantityText(found, value) })
  return false
}
