/** `replicate with g = [0.5, 1], tau = [5 ms, 10 ms]`: what copies of a circuit set, value by value. */
import type { Expression, ReplicateStatement } from '../../../grammar/ast.ts'
import { didYouMean, evaluate } from '../evaluate.ts'
import type { Experiment, Param, Value } from '../model.ts'
import { describeDimension, sameDimension } from '../units.ts'
import { describeEntry } from '../values.ts'
import type { Resolving } from './context.ts'
import { textOf } from './text.ts'

/** The most copies with values of their own. */
const most = 1000

/** What each copy sets, as it is written; undefined after a report. */
export function variedOf(
  context: Resolving,
  experiment: Experiment,
  { values }: Pick<ReplicateStatement, 'values'>,
): readonly Readonly<Record<string, string>>[] | undefined {
  const { diagnostics, model } = context
  const lists: (readonly [name: string, texts: readonly string[]])[] = []
  for (const { name, value } of values) {
    const param = model.params.find((each) => each.name === name.name)
    if (!param) {
      // One whose value was refused is none any more.
      if (diagnostics.hasErrors && model.scope.knows(name.name)) return undefined
      const names = model.params.map((each) => each.name)
      const hint =
        didYouMean(name.name, names) ??
        (names.length > 0 ? `the parameters are ${names.join(', ')}` : undefined)
      return diagnostics.report(
        'unknownName',
        name.span,
        { kind: 'parameter', name: name.name },
        { hint },
      )
    }
    if (lists.some(([each]) => each === name.name))
      return diagnostics.report('repeatedStatement', name.span, {
        statement: name.name,
        experiment: experiment.item.name.name,
      })
    const elements = value.kind === 'List' ? value.elements : []
    const expected = lists[0]?.[1].length
    const wrong =
      elements.length === 0 ||
      elements.length > most ||
      (expected ?? elements.length) !== elements.length
    if (wrong)
      return diagnostics.report('badValue', value.span, {
        what: `What copies set \`${name.name}\` to`,
        expected:
          expected === undefined
            ? `a list of values, one for each copy, at most ${most}, as in \`with ${name.name} = [1, 2]\``
            : `a list of as many values as that of \`${lists[0]![0]}\`, ${expected}`,
        found: elements.length === 0 ? textOf(context, value) : `one of ${elements.length}`,
      })
    if (!elements.every((each) => fits(context, experiment, param, each))) return undefined
    const texts = elements.map((each) => textOf(context, each))
    lists.push([name.name, texts])
  }
  const count = lists[0]?.[1].length ?? 0
  const found = Array.from({ length: count }, (_, i) =>
    Object.fromEntries(lists.map(([name, texts]) => [name, texts[i]!])),
  )
  const twice = found.findIndex((each, i) =>
    found.slice(0, i).some((other) => JSON.stringify(other) === JSON.stringify(each)),
  )
  if (twice < 0) return found
  return diagnostics.report('repeatedStatement', values[0]!.value.span, {
    statement: Object.entries(found[twice]!)
      .map(([name, text]) => `${name} = ${text}`)
      .join(', '),
    experiment: experiment.item.name.name,
  })
}

/** Whether a parameter may have a value; reports one that it may not. */
function fits(
  { diagnostics }: Resolving,
  { scope }: Experiment,
  { name, value: standard, range }: Param,
  expression: Expression,
): boolean {
  const given = evaluate(diagnostics, scope, expression)
  if (!given) return false
  const { span } = expression
  if (given.kind !== standard.kind) {
    diagnostics.report('wrongKind', span, {
      name,
      found: `set to ${describeEntry(given)}`,
      expected: describeEntry(standard),
    })
    return false
  }
  if (given.kind !== 'number' || standard.kind !== 'number') return true
  if (!sameDimension(given.dimension, standard.dimension)) {
    diagnostics.report('unitExpected', span, {
      what: `\`${name}\``,
      expected: describeDimension(standard.dimension),
      found: describeDimension(given.dimension),
    })
    return false
  }
  if (!range || isWithin(given, range)) return true
  diagnostics.report('badValue', span, {
    what: `\`${name}\``,
    expected: 'in its range',
    found: given.value,
  })
  return false
}

function isWithin(
  { value }: Extract<Value, { readonly kind: 'number' }>,
  { from = -Infinity, to = Infinity, fromOpen, toOpen }: NonNullable<Param['range']>,
): boolean {
  return (fromOpen ? value > from : value >= from) && (toOpen ? value < to : value <= to)
}
