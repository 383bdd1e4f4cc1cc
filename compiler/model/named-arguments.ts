/**
 * Which argument of a call goes to which parameter. Functions written in .ccn take arguments by name or in order, and what is
 * left out as the function says; those of the language take them in order, and a name can only say what stands there anyway.
 */
import type { Argument, CallExpression, Expression, FunctionItem } from '../../grammar/ast.ts'
import { suggest } from '../../grammar/diagnostics/suggest.ts'
import type { Context } from './context.ts'
import { decimalComma } from './statement-hints.ts'

/** What a parameter is in a call: an argument, or else the function's own default; undefined of one without. */
export interface Taken {
  readonly argument?: Argument
  readonly standard?: Expression
}

/** What each parameter of a function is in a call, in their order. */
export function takenBy(
  { args }: Pick<CallExpression, 'args'>,
  { parameters }: FunctionItem,
): readonly (Taken | undefined)[] {
  const inOrder = args.filter(({ name }) => !name)
  const byName = new Map(args.flatMap((each) => (each.name ? [[each.name.name, each]] : [])))
  return parameters.map(({ name, value }, i) => {
    const argument = inOrder[i] ?? byName.get(name.name)
    return argument ? { argument } : value && { standard: value }
  })
}

/** Whether a function written in .ccn can be called so. */
export function fits(call: Pick<CallExpression, 'args'>, definition: FunctionItem): boolean {
  const inOrder = call.args.filter(({ name }) => !name).length
  const names = definition.parameters.map(({ name }) => name.name)
  const given = call.args.flatMap(({ name }) => (name ? [names.indexOf(name.name)] : []))
  const areFree = inOrder <= names.length && given.every((each) => each >= inOrder)
  return areFree && takenBy(call, definition).every((each) => each !== undefined)
}

/** Reports arguments that a function written in .ccn does not have, or has twice, and those that it lacks. */
export function checkTaken(
  context: Context,
  call: CallExpression,
  definition: FunctionItem,
): boolean {
  const { args, span } = call
  const names = definition.parameters.map(({ name }) => name.name)
  const owner = `\`${definition.name.name}\``
  const inOrder = args.filter(({ name }) => !name)
  const least = definition.parameters.filter(({ value }) => !value).length
  const isInOrder = inOrder.length === args.length
  if (inOrder.length > names.length || (isInOrder && args.length < least)) {
    const isFew = args.length < least && least < names.length
    const expected = isFew ? `${least} to ${names.length}` : names.length
    const hint = decimalComma(args, names.length)
    context.report('tooManyArguments', span, { owner, expected, found: args.length }, { hint })
    return false
  }
  const given = new Set(names.slice(0, inOrder.length))
  let isRight = true
  for (const { name } of args) {
    if (!name) continue
    if (!names.includes(name.name)) {
      const near = suggest(name.name, names)
      const hint = near === undefined ? undefined : `did you mean \`${near}\`?`
      context.report('unknownOption', name.span, { owner, name: name.name }, { hint })
      return false
    }
    if (names.indexOf(name.name) < inOrder.length) {
      context.report('saidTwice', name.span, { what: `\`${name.name}\`` })
      isRight = false
    }
    given.add(name.name)
  }
  for (const { name, value } of definition.parameters) {
    if (given.has(name.name) || value) continue
    context.report('missingArgument', span, { owner, name: name.name })
    isRight = false
  }
  return isRight
}

/** Parameters of functions of the language, by which they may be told where they stand; of others there are none. */
const places: Readonly<Record<string, readonly string[]>> = {
  clip: ['x', 'low', 'high'],
  prev: ['x', 'first'],
  running: ['x', 'momentum', 'initial'],
  pullback: ['f', 'z', 'g'],
  atan2: ['y', 'x'],
  mod: ['a', 'b'],
  min: ['a', 'b'],
  max: ['a', 'b'],
  binomial: ['n', 'p'],
  bernoulli: ['p'],
  poisson: ['mean'],
  left_factor: ['A', 'rank'],
  right_factor: ['A', 'rank'],
  spectral: ['A', 'radius'],
}

/** Reports an argument that is told by a name which does not belong to its place: those of the language go in order. */
export function checkPlaces(context: Context, { args }: CallExpression, name: string): boolean {
  const known =
    name === 'count' ? (args.length > 2 ? ['s', 'from', 'to'] : ['s', 'window']) : places[name]
  for (const [i, argument] of args.entries()) {
    if (!argument.name || argument.name.name === known?.[i]) continue
    const hint = known
      ? `write \`${name}(${known.join(', ')})\`, without names`
      : 'leave the name out'
    const parameters = { owner: `\`${name}\``, name: argument.name.name }
    context.report('placedArgument', argument.name.span, parameters, { hint })
    return false
  }
  return true
}
