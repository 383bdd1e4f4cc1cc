/** Arguments bound to parameters, for cells, rules, motifs and functions alike. */
import type { Argument, Expression, Span } from '../../grammar/ast.ts'
import type { Context } from './context.ts'
import { didYouMean } from './evaluate.ts'
import { decimalComma } from './statement-hints.ts'
import type { Value } from './model.ts'

/** Values for named parameters: positional first, then by name, then defaults; reports what is off. */
export function bindArguments(
  context: Context,
  owner: string,
  parameters: readonly { readonly name: { readonly name: string }; readonly value?: Expression }[],
  args: readonly Argument[],
  span: Span,
  evaluateArgument: (expression: Expression) => Value | undefined,
  evaluateDefault: (expression: Expression, bound: ReadonlyMap<string, Value>) => Value | undefined,
  /** Takes a parameter whose value is one for each cell. */
  takeEach: (name: string, argument: Argument) => void = () => undefined,
): ReadonlyMap<string, Value> {
  const names = parameters.map((parameter) => parameter.name.name)
  const known = new Set(names)
  const bound = new Map<string, Value>()
  const given = new Set<string>()
  const inOrder = new Set<string>()
  let position = 0
  let misspelt = 0
  const isUnsure = args.some(({ name }) => name && !known.has(name.name))
  for (const argument of args) {
    const name = argument.name?.name ?? names[position++]
    if (name === undefined) {
      context.report(
        'tooManyArguments',
        argument.span,
        {
          owner,
          expected: names.length,
          found: args.length,
        },
        { hint: decimalComma(args, args.indexOf(argument)) },
      )
      // Which of them is one too many is not known, nor then for which parameter the others stand.
      for (const each of inOrder) bound.delete(each)
      break
    }
    if (!known.has(name)) {
      context.report(
        'unknownOption',
        argument.name?.span ?? argument.span,
        { owner, name },
        { hint: didYouMean(name, names) },
      )
      misspelt++
      continue
    }
    // That two are named alike is told of the text.
    if (given.has(name) && (!argument.name || inOrder.has(name)))
      context.report('saidTwice', argument.span, { what: `\`${name}\`` })
    given.add(name)
    if (!argument.name) inOrder.add(name)
    if (argument.each) {
      takeEach(name, argument)
      continue
    }
    const value = evaluateArgument(argument.value)
    if (value) bound.set(name, value)
  }
  for (const parameter of parameters) {
    const name = parameter.name.name
    if (given.has(name)) continue
    if (!parameter.value) {
      // Whoever misspells a parameter has given it.
      if (misspelt-- > 0) continue
      context.report('missingArgument', span, { owner, name })
      continue
    }
    // It may be the one whose name is misspelt.
    if (isUnsure) continue
    const value = evaluateDefault(parameter.value, bound)
    if (value) bound.set(name, value)
  }
  return bound
}
