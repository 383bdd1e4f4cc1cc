/** The `data` statement of an experiment and the data set that it names, as plain data. */
import type { AugmentStatement, DataStatement, RuleReference, Span } from '../../../grammar/ast.ts'
import type { AugmentPlan, AugmentStep } from '../../../contract/augment.ts'
import type { DatasetPlan, FieldPlan } from '../../../contract/dataset.ts'
import { resolveDefinition } from '../definitions.ts'
import type { Context } from '../context.ts'
import { resolveDataset } from '../datasets.ts'
import { didYouMean, evaluateInteger, evaluateNumber } from '../evaluate.ts'
import type { Scope } from '../model.ts'

export interface DataPlan {
  readonly dataset: DatasetPlan
  readonly standardise: boolean
  readonly validation: number
  readonly smoothing: number
  readonly limit?: number
  readonly ordered?: true
  readonly once?: true
  readonly augment?: AugmentPlan
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** The data of an experiment, with its options. */
export function resolveData(
  diagnostics: Context,
  scope: Scope,
  statement: DataStatement,
): DataPlan | undefined {
  const reference = statement.dataset
  const definition = resolveDefinition(
    diagnostics,
    scope,
    reference.name.name,
    reference.name.span,
    'dataset',
  )
  if (!definition) return undefined
  const dataset = resolveDataset(diagnostics, definition.scope, definition.item)
  let standardise = false
  let ordered = false
  const numbers = { validation: 0, smoothing: 0, limit: Number.POSITIVE_INFINITY }
  const known = ['standardise', 'ordered', ...Object.keys(numbers)]
  for (const { name, value } of statement.options) {
    if (name.name === 'standardise') standardise = true
    else if (name.name === 'ordered') ordered = true
    else if (Object.hasOwn(numbers, name.name) && value) {
      const number = evaluateNumber(diagnostics, scope, value)
      const counts = name.name !== 'smoothing'
      if (number && counts && !isCount(number.value)) {
        diagnostics.report('badValue', value.span, {
          what: `\`${name.name}\``,
          expected: 'a number of examples',
          found: number.value,
        })
      } else if (number) numbers[name.name as keyof typeof numbers] = number.value
    } else {
      diagnostics.report(
        'unknownOption',
        name.span,
        { owner: '`data`', name: name.name },
        { hint: didYouMean(name.name, known) },
      )
    }
  }
  const { validation, smoothing, limit } = numbers
  if (!(smoothing >= 0 && smoothing < 1)) {
    diagnostics.report('badValue', statement.span, {
      what: 'The label smoothing',
      expected: 'at least 0 and below 1',
      found: smoothing,
    })
  }
  if (!dataset) return undefined
  return {
    dataset,
    standardise,
    validation,
    smoothing,
    ...(Number.isFinite(limit) ? { limit } : {}),
    ...(ordered ? { ordered } : {}),
  }
}

/** What `augment` statements say about the image fields that are presented. */
export function resolveAugment(
  diagnostics: Context,
  scope: Scope,
  statements: readonly AugmentStatement[],
  dataset: DatasetPlan | undefined,
  presented: readonly string[],
): AugmentPlan | undefined {
  const [first] = statements
  if (!first) return undefined
  const written = statements.flatMap((statement) => statement.steps)
  if (!dataset) {
    for (const step of written) resolveStep(diagnostics, scope, step, [])
    return undefined
  }
  const shown = dataset.fields.filter(
    ({ name, classes }) => (classes ?? 0) === 0 && presented.includes(name),
  )
  const images = shown.filter(({ shape }) => shape.length === 2 || shape.length === 3)
  const steps = written.map((step) => resolveStep(diagnostics, scope, step, images))
  const known = steps.filter((each) => each !== undefined)
  if (known.length < steps.length) return undefined
  if (images.length === 0) {
    return diagnostics.report('badValue', first.span, {
      what: 'What `augment` changes',
      expected: 'an image, [height, width] or [channels, height, width]',
      found: shown.map(({ name, shape }) => `${name}[${shape.join(', ')}]`).join(', ') || 'nothing',
    })
  }
  return { fields: images.map(({ name }) => name), steps: known }
}

const augmentations: Readonly<Record<AugmentStep['kind'], readonly string[]>> = {
  crop: ['size', 'padding'],
  flip: [],
}

function resolveStep(
  diagnostics: Context,
  scope: Scope,
  step: RuleReference,
  images: readonly FieldPlan[],
): AugmentStep | undefined {
  const kind = step.name.name
  if (kind !== 'crop' && kind !== 'flip') {
    const known = Object.keys(augmentations)
    return diagnostics.report(
      'unknownName',
      step.name.span,
      { kind: 'augmentation', name: kind },
      { hint: didYouMean(kind, known) ?? `the augmentations are ${known.join(', ')}` },
    )
  }
  const names = augmentations[kind]
  const given = new Map<string, { readonly value: number; readonly span: Span }>()
  for (const [i, argument] of step.args.entries()) {
    const name = argument.name?.name ?? names[i]
    if (name === undefined) {
      return diagnostics.report('tooManyArguments', argument.span, {
        owner: `\`${kind}\``,
        expected: names.length,
        found: step.args.length,
      })
    }
    if (!names.includes(name)) {
      return diagnostics.report(
        'unknownOption',
        argument.span,
        { owner: `\`${kind}\``, name },
        { hint: didYouMean(name, names) },
      )
    }
    if (!argument.name && given.has(name))
      return diagnostics.report('saidTwice', argument.span, { what: `\`${name}\`` })
    const value = evaluateInteger(diagnostics, scope, argument.value)
    if (value !== undefined) given.set(name, { value, span: argument.span })
  }
  if (kind === 'flip') return { kind }
  const size = given.get('size')
  for (const { name, shape } of images) {
    if (!size || shape.slice(-2).every((length) => length === size.value)) continue
    return diagnostics.report('badValue', size.span, {
      what: 'The size of a crop',
      expected: `that of \`${name}\`, ${shape.slice(-2).join(' by ')}`,
      found: size.value,
    })
  }
  const padding = given.get('padding')
  if (padding && padding.value >= 1) return { kind, padding: padding.value }
  if (step.args.some((argument, i) => (argument.name?.name ?? names[i]) === 'padding')) {
    if (!padding) return undefined
    return diagnostics.report('badValue', padding.span, {
      what: '`padding`',
      expected: 'at least 1',
      found: padding.value,
    })
  }
  return diagnostics.report(
    'missingArgument',
    step.span,
    { owner: '`crop`', name: 'padding' },
    { hint: 'without a border there is only one way to cut out the whole image' },
  )
}
