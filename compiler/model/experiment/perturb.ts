/** `perturb Y by flip(0.001)`: what the beginning of a phase does to weights, as plain data. */
import type { Expression, ProtocolAction, RuleReference } from '../../../grammar/ast.ts'
import type { PerturbPlan } from '../../../contract/plan.ts'
import { didYouMean, evaluateNumber } from '../evaluate.ts'
import type { Connection, NumberValue, Scope } from '../model.ts'
import { describeDimension, dimensionless, sameDimension } from '../units.ts'
import type { Resolving } from './context.ts'
import { findLearnables, type Learnable } from './learnables.ts'
import { isMasked, maskName } from '../weights/targets.ts'
import { quantityText } from '../quantity-text.ts'

type Change = PerturbPlan['by']

/** Each perturbation's argument, and what it must be. */
const perturbations = {
  normal: { argument: 'std', expected: 'at least 0', fits: (value: number) => value >= 0 },
  flip: {
    argument: 'fraction',
    expected: 'from 0 to 1',
    fits: (value: number) => value >= 0 && value <= 1,
  },
  scale: { argument: 'factor', expected: 'finite', fits: Number.isFinite },
} as const

/** Noise that is added to a weight or bias, which must have its unit. */
export interface Spread {
  readonly target: Learnable
  readonly std: NumberValue
  readonly written: Expression
}

/** What a `perturb` does to each of the weights and biases that it names. */
export function resolvePerturb(
  context: Resolving,
  scope: Scope,
  action: ProtocolAction,
  spreads: Spread[],
): readonly PerturbPlan[] {
  const { by, targets } = action
  const found = by && resolveChange(context, scope, by)
  return targets.flatMap((target) => {
    const learnables = findLearnables(context, scope, target) ?? []
    if (found?.change.kind === 'normal')
      for (const each of learnables)
        spreads.push({ target: each, std: found.given, written: found.written })
    return learnables.flatMap(
      (each) => (found && perturb(context, action, each, found.change)) ?? [],
    )
  })
}

interface Given {
  readonly change: Change
  readonly given: NumberValue
  readonly written: Expression
}

function resolveChange(
  { diagnostics }: Resolving,
  scope: Scope,
  { name, args, span }: RuleReference,
): Given | undefined {
  const kind = name.name
  if (kind !== 'normal' && kind !== 'flip' && kind !== 'scale') {
    const known = Object.keys(perturbations)
    return diagnostics.report(
      'unknownName',
      name.span,
      { kind: 'perturbation', name: kind },
      { hint: didYouMean(kind, known) ?? `the perturbations are ${known.join(', ')}` },
    )
  }
  const { argument, expected, fits } = perturbations[kind]
  const owner = `\`${kind}\``
  const [given, second] = args
  if (second) {
    return diagnostics.report('tooManyArguments', second.span, {
      owner,
      expected: 1,
      found: args.length,
    })
  }
  if (!given) return diagnostics.report('missingArgument', span, { owner, name: argument })
  if (given.name && given.name.name !== argument) {
    return diagnostics.report(
      'unknownOption',
      given.span,
      { owner, name: given.name.name },
      { hint: didYouMean(given.name.name, [argument]) },
    )
  }
  const number = evaluateNumber(diagnostics, scope, given.value)
  if (!number) return undefined
  const { value, dimension } = number
  if (kind !== 'normal' && !sameDimension(dimension, dimensionless)) {
    const found = describeDimension(dimension)
    const parameters = { what: owner, expected: 'a number without a unit', found }
    return diagnostics.report('unitExpected', given.value.span, parameters)
  }
  if (!fits(value)) {
    const what = `\`${argument}\``
    return diagnostics.report('badValue', given.span, {
      what,
      expected,
      found: quantityText(number, given.value),
    })
  }
  return { change: changeOf(kind, value), given: number, written: given.value }
}

function changeOf(kind: Change['kind'], value: number): Change {
  switch (kind) {
    case 'normal':
      return { kind, std: value }
    case 'flip':
      return { kind, fraction: value }
    case 'scale':
      return { kind, factor: value }
  }
}

function perturb(
  { diagnostics }: Resolving,
  { span }: ProtocolAction,
  learnable: Learnable,
  by: Change,
): PerturbPlan | undefined {
  const { storage } = learnable
  const tied = learnable.kind === 'bias' ? learnable.bias.tied : learnable.connection.tied
  if (tied) {
    return diagnostics.report(
      'badValue',
      span,
      { what: `\`${storage}\``, expected: 'a weight of its own', found: 'tied to others' },
      { hint: 'perturb what it is tied to, and it follows' },
    )
  }
  if (learnable.kind === 'bias') return { storage, by }
  const { connection } = learnable
  const { sign } = connection
  const turns = by.kind === 'flip' || (by.kind === 'scale' && by.factor < 0)
  if (sign !== 'unsigned' && turns) {
    return diagnostics.report('negativeWeight', span, {
      weight: storage,
      sign,
      reason: `\`${by.kind}\` turns their sign`,
    })
  }
  return {
    storage,
    by,
    ...(isMasked(connection) ? { mask: maskName(connection) } : {}),
    ...boundsOf(connection),
  }
}

function boundsOf({ bounds, sign }: Connection): Pick<PerturbPlan, 'minimum' | 'maximum'> {
  const minimum = bounds?.from?.value ?? (sign === 'unsigned' ? undefined : 0)
  const maximum = bounds?.to?.value
  return {
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  }
}
