/**
 * Patterns of synapses: what a connectivity says about which units are joined, checked and known in
 * numbers. It is drawn when a network is made; here it is known how.
 */
import type { ConnectivityProperty, Expression, Identifier, Span } from '../../../grammar/ast.ts'
import {
  capacityOf,
  turnedPlan,
  type PatternPlan,
  type PatternRule,
} from '../../../contract/pattern.ts'
import type { Context } from '../context.ts'
import { evaluate, evaluateInteger } from '../evaluate.ts'
import { expectNumber } from '../operators.ts'
import { limits } from '../families.ts'
import type { Connection, Pattern, Population, Scope } from '../model.ts'
import { startOf, wholeOf } from '../slices.ts'
import { describeDimension, dimensionless, sameDimension } from '../units.ts'
import { counted, paramsOf } from '../values.ts'
import { expectedSynapses } from './expected.ts'
import { keptAs, keptForDelays } from './kept.ts'
import { pairQuantitiesIn } from './pair-names.ts'
import { pairProgram, type Sides } from './pair-program.ts'
import { planOf } from './positions.ts'

type Connectivity = ConnectivityProperty['connectivity']

/** The options of a connectivity, its flags, and whether it takes a condition. */
const forms: Readonly<
  Record<
    Connectivity,
    { readonly options: readonly string[]; readonly flags: readonly string[]; readonly when?: true }
  >
> = {
  all_to_all: { options: [], flags: ['no_self'], when: true },
  one_to_one: { options: [], flags: [] },
  random: {
    options: ['probability', 'in_degree', 'out_degree', 'synapses'],
    flags: ['no_self', 'repeats'],
  },
  pairs: { options: [], flags: [] },
  pattern: { options: [], flags: [] },
  mask: { options: [], flags: [] },
  conv: { options: ['stride', 'padding', 'dilation', 'groups'], flags: [] },
  conv_transpose: { options: ['stride', 'padding', 'dilation', 'groups'], flags: [] },
}

/** What a connectivity does not have would have no effect. */
export function checkForm(
  context: Context,
  { connectivity, options, flags, when }: ConnectivityProperty,
): void {
  const form = forms[connectivity]
  const known = [...form.options, ...form.flags, ...(form.when ? ['when'] : [])]
  const hint = known.length > 0 ? `its options are ${known.join(', ')}` : 'it has no options'
  const unknown = (name: string, span: Span): undefined =>
    context.report('unknownOption', span, { owner: `\`${connectivity}\``, name }, { hint })
  for (const { name } of options)
    if (!form.options.includes(name.name)) unknown(name.name, name.span)
  for (const { name, span } of flags) if (!form.flags.includes(name)) unknown(name, span)
  if (when && !form.when) unknown('when', when.span)
}

/** Whether a connectivity is one of a pattern, rather than of a matrix, of a kernel or of pairs of equals. */
export const isPattern = ({ connectivity, flags, when }: ConnectivityProperty): boolean =>
  connectivity === 'random' ||
  connectivity === 'pairs' ||
  connectivity === 'pattern' ||
  (connectivity === 'all_to_all' && (flags.length > 0 || when !== undefined))

/** What a pattern is made of. */
interface Asked extends Sides {
  readonly name: string
  readonly property: ConnectivityProperty
  readonly span: Span
}

/** The pattern that a connectivity says; undefined after a report. */
export function buildPattern(context: Context, scope: Scope, asked: Asked): Pattern | undefined {
  const { name, source, target, span } = asked
  const rule = ruleOf(context, scope, asked)
  if (!rule) return undefined
  const rows = rule.kind === 'file' ? context.pairsIn(rule.file.path, rule.file.from) : undefined
  const plan = planFor(name, asked, rule, rows)
  if (rule.kind === 'pairs') tellSame(context, asked, plan.expected)
  const said = asked.property.span
  const pattern = { name, source, target, span, said, ...plan, ...keptAs(plan) }
  // The size of a population that could not be made as it says is not known.
  if (context.isBroken(wholeOf(source).family) || context.isBroken(wholeOf(target).family))
    return pattern
  if (plan.plan.capacity <= limits.weights) return pattern
  return context.report('tooLarge', span, {
    what: `The pattern \`${name}\``,
    count: counted(plan.plan.capacity, 'synapse'),
    limit: counted(limits.weights, 'synapse'),
  })
}

/** Warns of a probability that is the same for every pair, as one of distances with a sign that is wrong is. */
function tellSame(context: Context, asked: Asked, expected: number | undefined): void {
  const { name, property, source, target } = asked
  const value = property.options.find((each) => each.name.name === 'probability')?.value
  const isSelf = !property.flags.some((each) => each.name === 'no_self')
  const shift = startOf(source) - startOf(target)
  const pairs = capacityOf({ kind: 'all', self: isSelf }, source.size, target.size, { shift })
  if (!value || pairs < 2 || expected === undefined) return
  if (expected === 0) {
    const what = 'none is joined'
    context.report('sameChance', value.span, { name, value: '0 or less', what })
  } else if (expected === pairs) {
    const what = 'all are joined'
    context.report('sameChance', value.span, { name, value: '1 or more', what })
  }
}

function planFor(
  name: string,
  { source, target }: Sides,
  rule: PatternRule,
  rows: number | undefined,
): { readonly plan: PatternPlan; readonly expected: number | undefined } {
  const [pre, post] = [source.size, target.size]
  const isOne = wholeOf(source).name === wholeOf(target).name
  const shift = isOne ? startOf(source) - startOf(target) : 0
  const from = planOf(source)
  const to = planOf(target)
  const positions = from && to ? { pre: from, post: to } : undefined
  const expected = expectedSynapses(rule, { pre, post, shift, ...(positions && { positions }) })
  const told = rule.kind === 'pairs' ? expected : { ...(rows !== undefined && { rows }) }
  const plan: PatternPlan = {
    name,
    pre,
    post,
    capacity: capacityOf(rule, pre, post, { ...told, shift }),
    rule,
    ...(shift === 0 ? {} : { shift }),
    ...(positions && { positions }),
  }
  return { plan, expected: expected?.mean ?? rows }
}

function ruleOf(context: Context, scope: Scope, asked: Asked): PatternRule | undefined {
  const { property, source, target } = asked
  const flag = (name: string): Identifier | undefined =>
    forms[property.connectivity].flags.includes(name)
      ? property.flags.find((each) => each.name === name)
      : undefined
  const noSelf = flag('no_self')
  if (noSelf && wholeOf(source).name !== wholeOf(target).name) {
    return context.report('selfApart', noSelf.span, { source: source.name, target: target.name })
  }
  const self = noSelf === undefined
  switch (property.connectivity) {
    case 'one_to_one':
      if (source.size === target.size) return { kind: 'one_to_one' }
      return context.report('sizeMismatch', property.span, {
        left: `\`${source.name}\``,
        leftSize: source.size,
        right: `\`${target.name}\``,
        rightSize: target.size,
        connectivity: 'a one-to-one pattern',
      })
    case 'all_to_all': {
      if (!property.when) return { kind: 'all', self }
      const program = pairProgram(context, scope, property.when, asked)
      return program && { kind: 'pairs', program, self }
    }
    case 'pairs': {
      const { file } = property
      return file && { kind: 'file', file: { path: file.value, from: file.span.file } }
    }
    case 'random':
      return randomRule(context, scope, asked, self)
    case 'pattern':
    case 'mask':
    case 'conv':
    case 'conv_transpose':
      return context.report('wrongExpression', property.span, {
        found: `\`${property.connectivity}\``,
        expected: 'a connectivity that joins single pairs, as `random probability 0.1`,',
      })
  }
}

function randomRule(
  context: Context,
  scope: Scope,
  asked: Asked,
  self: boolean,
): PatternRule | undefined {
  const { property } = asked
  const known = property.options.filter(({ name }) => forms.random.options.includes(name.name))
  const [option, second] = known
  if (!option) {
    return context.report(
      'missingArgument',
      property.span,
      { owner: '`random`', name: 'probability' },
      { hint: 'or say `in_degree`, `out_degree` or `synapses` and a number' },
    )
  }
  if (second) {
    // The same one said twice is reported of the text.
    if (second.name.name === option.name.name) return undefined
    return context.report('saidTwice', second.name.span, {
      what: 'How many pairs are joined at random',
    })
  }
  const repeated = property.flags.find((each) => each.name === 'repeats')
  const repeats = repeated !== undefined
  const { name, value } = option
  if (name.name === 'probability') {
    if (repeated) {
      return context.report(
        'unknownOption',
        repeated.span,
        { owner: '`random probability`', name: 'repeats' },
        {
          hint: 'a pair is joined or not; `synapses`, `in_degree` and `out_degree` may repeat pairs',
        },
      )
    }
    return probabilityRule(context, scope, asked, value, self)
  }
  const count = evaluateInteger(context, scope, value)
  if (count === undefined) return undefined
  if (count < 0) {
    return context.report('badValue', value.span, {
      what: `\`${name.name}\``,
      expected: 'a whole number from 0',
      found: count,
    })
  }
  const degree = name.name
  const kind = degree === 'in_degree' ? degree : degree === 'out_degree' ? degree : 'number'
  const rule = { kind, count, repeats, self } as const
  return fits(context, asked, value, rule) ? rule : undefined
}

/** Whether there are as many pairs as are asked for. */
function fits(
  context: Context,
  { source, target }: Asked,
  value: Expression,
  rule: {
    readonly kind: 'in_degree' | 'out_degree' | 'number'
    readonly count: number
    readonly repeats: boolean
    readonly self: boolean
  },
): boolean {
  const { kind, count, repeats, self } = rule
  const isKnown = ![source, target].some((each) => context.isBroken(wholeOf(each).family))
  if (!isKnown) return true
  const all = { kind: 'all', self } as const
  const shift = startOf(source) - startOf(target)
  const pairs = capacityOf(all, source.size, target.size, { shift })
  const others = kind === 'in_degree' ? source : target
  const each = kind === 'in_degree' ? target : source
  // A unit that is not among those on the other side has itself to leave out nowhere.
  const meetsItself = !self && pairs < source.size * target.size
  const most = kind === 'number' ? pairs : others.size - (meetsItself ? 1 : 0)
  if (count <= most || (repeats && (most > 0 || count === 0))) return true
  const asks =
    kind === 'number'
      ? `${counted(count, 'synapse')} between \`${source.name}\` and \`${target.name}\``
      : `${counted(count, 'synapse')} for each unit of \`${each.name}\``
  context.report(
    'tooFewPairs',
    value.span,
    { asks, most: counted(most, kind === 'number' ? 'pair' : 'unit') },
    { hint: most > 0 ? 'with `repeats`, a pair may be joined several times' : undefined },
  )
  return false
}

function probabilityRule(
  context: Context,
  scope: Scope,
  asked: Asked,
  value: Expression,
  self: boolean,
): PatternRule | undefined {
  if (pairQuantitiesIn(scope, value).size > 0) {
    const program = pairProgram(context, scope, value, asked)
    return program && { kind: 'pairs', program, self }
  }
  const found = evaluate(context, scope, value)
  const truth = found?.kind === 'boolean' ? Number(found.value) : undefined
  const number = truth === undefined ? found && expectNumber(context, found, value.span) : undefined
  if (truth === undefined && !number) return undefined
  for (const name of paramsOf(number?.symbol)) context.structural.add(name)
  if (number && !sameDimension(number.dimension, dimensionless)) {
    return context.report('unitExpected', value.span, {
      what: '`probability`',
      expected: 'a plain number',
      found: describeDimension(number.dimension),
    })
  }
  const p = truth ?? number?.value ?? 0
  if (p >= 0 && p <= 1) return { kind: 'probability', p, self }
  return context.report('badValue', value.span, {
    what: '`probability`',
    expected: 'from 0 to 1',
    found: p,
  })
}

/** What a connection has of a pattern. */
export type Shared = Required<Pick<Connection, 'pattern'>> & Pick<Connection, 'transposed'>

/**
 * The pattern that a connection shares, and which way round; undefined after a report. `isDelayed`: its synapses
 * have delays of their own.
 */
export function sharedPattern(
  context: Context,
  pattern: Pattern,
  { source, target }: Sides,
  { span, isDelayed }: { readonly span: Span; readonly isDelayed: boolean },
): Shared | undefined {
  const joins = (pre: Population, post: Population): boolean =>
    pattern.source.name === pre.name && pattern.target.name === post.name
  if (joins(source, target)) return { pattern }
  if (joins(target, source)) {
    return isDelayed ? { pattern: turnedPattern(pattern) } : { pattern, transposed: true }
  }
  return context.report(
    'patternApart',
    span,
    {
      name: pattern.name,
      source: pattern.source.name,
      target: pattern.target.name,
      pre: source.name,
      post: target.name,
    },
    { related: [{ span: pattern.span, message: 'It is declared here.' }] },
  )
}

/** The same synapses in the order of the other side: so delays of their own are looked up. */
function turnedPattern(pattern: Pattern): Pattern {
  const { source, target } = pattern
  const plan = turnedPlan(pattern.plan)
  return { ...pattern, ...keptForDelays, plan, name: plan.name, source: target, target: source }
}
