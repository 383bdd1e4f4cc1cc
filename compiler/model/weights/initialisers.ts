/** The options of initialisers, bound: `normal(0.1)`, `kaiming_uniform(fan = "out")`, `file("w.npy")`. */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import { initialisers } from '../builtins.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluate } from '../evaluate.ts'
import { expectNumber } from '../operators.ts'
import type { NumberValue, Scope } from '../model.ts'
import { numberValue, paramsOf } from '../values.ts'
import { observed } from '../watch.ts'
import type { Initialiser } from './reference.ts'
import type { WeightTarget } from './targets.ts'
import { shapeText } from './types.ts'
import { quantityText } from '../quantity-text.ts'

const standards: Readonly<Record<string, number>> = {
  gain: 1,
  mean: 0,
  std: 1,
  low: 0,
  high: 1,
  scale: 1,
  within: 2,
}

/** Beyond so many standard deviations single precision has no numbers of its own to draw. */
const farthest = 6

/** Draws that have no standard: what each of their numbers must be. */
const needed: Readonly<Record<string, Readonly<Record<string, 'above 0' | 'at least 0'>>>> = {
  lognormal: { mean: 'above 0', std: 'at least 0' },
  exponential: { mean: 'at least 0' },
  gamma: { shape: 'above 0', scale: 'at least 0' },
}

/** Where an initialiser stands. */
export interface Setting {
  readonly target: WeightTarget
  /** Whether it sets what a weight begins with; else what it always is. */
  readonly begins: boolean
}

/** An initialiser with its options; undefined after a report. */
export function bindInitialiser(
  context: Context,
  scope: Scope,
  call: CallExpression,
  name: string,
  { target, begins }: Setting,
): Initialiser | undefined {
  const names = parameterNames(name, call.args.length)
  const given = new Map<string, Expression>()
  const owner = `\`${name}\``
  for (const [i, argument] of call.args.entries()) {
    const parameter = argument.name?.name ?? names[i]
    if (parameter === undefined) {
      const [expected, found] = [names.length, call.args.length]
      return context.report('tooManyArguments', argument.span, { owner, expected, found })
    }
    if (!names.includes(parameter)) {
      const hint = didYouMean(parameter, names)
      return context.report('unknownOption', argument.span, { owner, name: parameter }, { hint })
    }
    if (!argument.name && given.has(parameter))
      return context.report('saidTwice', argument.span, { what: `\`${parameter}\`` })
    given.set(parameter, argument.value)
  }
  const isMatrix = target.shape.length === 2 || (name === 'orthogonal' && target.shape.length > 2)
  if ((name === 'identity' || name === 'orthogonal') && !isMatrix) {
    return context.report('shapeMismatch', call.span, {
      left: `\`${name}\``,
      leftShape: 'a matrix',
      right: `\`${target.name}\``,
      rightShape: shapeText(target.shape),
    })
  }
  const { connection } = target
  const isPart = connection?.pattern !== undefined || connection?.connectivity === 'mask'
  if (name === 'orthogonal' && isPart) {
    return context.report('partOfMatrix', call.span, { what: '`orthogonal`', name: target.name })
  }
  const numbers = new Map<string, NumberValue>()
  for (const parameter of names) {
    const range = needed[name]?.[parameter]
    const standard = range ? 0 : standards[parameter]
    if (standard === undefined) continue
    const expression = given.get(parameter)
    if (range && !expression)
      return context.report('missingArgument', call.span, { owner, name: parameter })
    const value = expression && evaluate(context, scope, expression)
    const number = expression
      ? value && expectNumber(context, value, expression.span)
      : numberValue(standard)
    if (!number) return undefined
    const isWithin = parameter === 'within'
    const least = range ?? (parameter === 'std' ? 'at least 0' : isWithin ? 'above 0' : undefined)
    const isFit = observed([number], () => {
      const { value: found } = number
      const isIn = found > 0 || (least === 'at least 0' && found === 0)
      return !(least && !isIn) && !(isWithin && !(found <= farthest))
    })
    if (!isFit) {
      return context.report('badValue', expression?.span ?? call.span, {
        what: `\`${parameter}\``,
        expected: isWithin ? `above 0 and at most ${farthest}` : (least ?? ''),
        found: quantityText(number, expression),
      })
    }
    // What the shape is decides how is drawn; how wide a range is, by which numbers.
    if (parameter === 'shape' || isWithin)
      for (const of of paramsOf(number.symbol)) context.structural.add(of)
    numbers.set(parameter, number)
  }
  const [low, high] = [numbers.get('low'), numbers.get('high')]
  if (low && high && !observed([low, high], () => low.value <= high.value)) {
    return context.report('badValue', call.span, {
      what: 'The lower end of `uniform`',
      expected: `at most the upper end, ${quantityText(high, given.get('high'))}`,
      found: quantityText(low, given.get('low')),
    })
  }
  const text = (parameter: string): string | undefined => {
    const expression = given.get(parameter)
    const value = expression && evaluate(context, scope, expression)
    return value?.kind === 'string' ? value.value : undefined
  }
  const mode = given.get('fan')
  const fan = mode ? text('fan') : 'in'
  if (mode && fan !== 'in' && fan !== 'out') {
    return context.report('badValue', mode.span, {
      what: '`fan`',
      expected: '"in" or "out"',
      found: fan === undefined ? 'no text' : `"${fan}"`,
    })
  }
  const bound: Initialiser = {
    kind: 'initialiser',
    name,
    numbers,
    fan: fan === 'out' ? 'out' : 'in',
  }
  if (name !== 'file') return bound
  const path = text('path')
  if (path === undefined) {
    return context.report(
      'missingArgument',
      call.span,
      { owner, name: 'path' },
      { hint: 'write it in quotes, as in `file("weights.npy")`' },
    )
  }
  if (!begins) return context.report('noLowering', call.span, { construct: '`file` in a tie' })
  const array = text('array')
  return { ...bound, path, ...(array === undefined ? {} : { array }) }
}

/** `normal(0.1)` is the standard deviation alone. */
function parameterNames(name: string, count: number): readonly string[] {
  if (name === 'normal' && count < 2) return ['std', 'mean']
  // The standard deviation alone, or both, as of `normal`.
  if (name === 'truncated_normal' && count < 2) return ['std', 'mean', 'within']
  return initialisers.get(name) ?? []
}
