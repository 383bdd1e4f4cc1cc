/**
 * `continuous refines rates when settled { ... }`: what a file says of limits between its circuits. The
 * circuits are the file as it stands, by its model's name, and its variants.
 */
import type { Expression, Identifier, RefinementItem, Span } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { didYouMean, evaluateNumber } from './evaluate.ts'
import type { Model } from './model.ts'

/** A circuit of a file: a variant, or the file as it stands. */
export interface CircuitName {
  readonly name: string
  /** Absent of the file as it stands. */
  readonly variant?: string
  readonly experiment?: string
}

/** A refinement, with its names resolved. */
export interface Refinement {
  readonly left: CircuitName
  readonly right: CircuitName
  /** A parameter, or the length of the run. */
  readonly limit:
    { readonly param: string; readonly grows: boolean; readonly text: string } | 'settled'
  /** Values on the way to the limit, as text and in SI units. */
  readonly over: readonly { readonly value: Expression; readonly number: number }[]
  readonly seeds: number
  readonly pairs: readonly { readonly left: Expression; readonly right: Expression }[]
  readonly span: Span
}

/** How many values it takes to measure an order. */
const least = 3

type Known = Pick<Model, 'name' | 'params' | 'scope'> & {
  readonly variants: readonly string[]
  readonly experiments: readonly string[]
}

/** The refinements of a file; what is wrong with one is reported, and it is left out. */
export function resolveRefinements(
  context: Context,
  items: readonly RefinementItem[],
  known: Known,
): readonly Refinement[] {
  return items.flatMap((item) => resolve(context, item, known) ?? [])
}

function resolve(context: Context, item: RefinementItem, known: Known): Refinement | undefined {
  const { members, limit, span } = item
  const bad = (place: Span, what: string, expected: string, found: string): undefined =>
    context.report('badValue', place, { what, expected, found })
  const overs = members.filter((each) => each.kind === 'Over')
  const runs = members.filter((each) => each.kind === 'RunAgainst')
  const counts = members.filter((each) => each.kind === 'Seeds')
  for (const [what, list] of [
    ['over', overs],
    ['run', runs],
    ['seeds', counts],
  ] as const) {
    const [before, again] = list
    if (before && again) {
      const related = [{ span: before.span, message: 'It is said here first.' }]
      return context.report('saidTwice', again.span, { what: `\`${what}\`` }, { related })
    }
  }
  const [run] = runs
  const left = circuitOf(context, item.left, run?.left, known)
  const right = left && circuitOf(context, item.right, run?.right, known)
  if (!left || !right) return undefined
  if (left.name === right.name)
    return bad(item.right.span, 'What a circuit refines', 'another one', 'the same')
  if (limit && !known.params.some(({ name }) => name === limit.param.name)) {
    const names = known.params.map(({ name }) => name)
    const { name } = limit.param
    const hint = didYouMean(name, names)
    return context.report('unknownName', limit.param.span, { kind: 'parameter', name }, { hint })
  }
  const [over] = overs
  if (!over || over.values.length < least)
    return bad(
      over?.span ?? item.left.span,
      '`over`',
      `at least ${least} values on the way to the limit`,
      over ? String(over.values.length) : 'nothing',
    )
  const values: { value: Expression; number: number }[] = []
  const grows = !limit?.word.startsWith('shrink')
  for (const value of over.values) {
    const number = evaluateNumber(context, known.scope, value)?.value
    if (number === undefined) return undefined
    const before = values.at(-1)?.number
    if (!(number > 0)) return bad(value.span, 'A value of `over`', 'above 0', String(number))
    if (before !== undefined && (grows ? number <= before : number >= before))
      return bad(
        value.span,
        'A value of `over`',
        grows ? 'larger than the one before' : 'smaller than the one before',
        String(number),
      )
    values.push({ value, number })
  }
  const [count] = counts
  const seeds = count ? evaluateNumber(context, known.scope, count.count)?.value : 1
  if (seeds === undefined) return undefined
  if (!Number.isInteger(seeds) || seeds < 1)
    return bad(count!.span, '`seeds`', 'a whole number above 0', String(seeds))
  const pairs = members.filter((each) => each.kind === 'Correspondence')
  if (pairs.length === 0)
    return bad(item.left.span, 'What corresponds', 'at least one pair as `h.e = h.e`', 'nothing')
  return {
    left,
    right,
    limit: limit
      ? { param: limit.param.name, grows, text: `as ${limit.param.name} ${limit.word}` }
      : 'settled',
    over: values,
    seeds,
    pairs: pairs.map((each) => ({ left: each.left, right: each.right })),
    span,
  }
}

function circuitOf(
  context: Context,
  { name, span }: Identifier,
  experiment: Identifier | undefined,
  { name: own, variants, experiments }: Known,
): CircuitName | undefined {
  if (experiment && !experiments.includes(experiment.name)) {
    const hint = didYouMean(experiment.name, experiments)
    const parameters = { kind: 'experiment', name: experiment.name }
    return context.report('unknownName', experiment.span, parameters, { hint })
  }
  const run = experiment && { experiment: experiment.name }
  if (variants.includes(name)) return { name, variant: name, ...run }
  if (name === own) return { name, ...run }
  const hint =
    didYouMean(name, [...variants, own]) ??
    `a circuit is a variant, or \`${own}\`, the file as it stands`
  return context.report('unknownName', span, { kind: 'variant', name }, { hint })
}
