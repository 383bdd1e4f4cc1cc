/** Calls of a form of their own: `total(x, pre)` in rules, statistics over a batch and averages in cells. */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import { channelName } from '../builtins.ts'
import type { Context } from '../context.ts'
import { arityOf } from './calls.ts'
import type { Environment } from './environment.ts'
import { isSideName } from './name-parts.ts'

/** Reports a call with fewer or more arguments than a function takes. */
export function checkArity(
  context: Context,
  call: CallExpression,
  name: string,
  least: number,
  most: number,
  found: number = call.args.length,
): void {
  if (found >= least && found <= most) return
  const expected = found < least ? least : most
  context.report('tooManyArguments', call.span, { owner: `\`${name}\``, expected, found })
}

/** `total(x)`, `total(x, pre)`: over the synapses of the cell on one side. */
export function bindTotal(
  context: Context,
  call: CallExpression,
  environment: Environment,
  bind: (expression: Expression) => void,
): void {
  const [of, side] = call.args
  if (of) bind(of.value)
  checkArity(context, call, 'total', ...arityOf('total'))
  if (!environment.sides.has('pre')) {
    const found = 'a sum over synapses'
    const expected = 'what a bias and its cell have'
    context.report('wrongExpression', call.span, { found, expected })
  }
  if (!side || (side.value.kind === 'Name' && isSideName(side.value.name))) return
  const found = 'something else'
  const expected = 'the cell of whose synapses the total is, `pre` or `post`,'
  context.report('wrongExpression', side.value.span, { found, expected })
}

/** `batch_mean(x)`, `batch_mean(x, channel)`, `batch_count(channel)`, `running(x, momentum, initial)`. */
export function bindBatch(
  context: Context,
  call: CallExpression,
  name: string,
  bind: (expression: Expression, isInitial?: true) => void,
): void {
  const [least, most] = name === 'batch_mean' ? [1, 2] : arityOf(name)
  checkArity(context, call, name, least, most)
  const values = call.args.map(({ value }) => value)
  for (const value of values.slice(0, least)) bind(value)
  if (name === 'running' && values[2]) bind(values[2], true)
  for (const value of values.slice(least, most)) {
    if (value.kind === 'Name' && value.name === channelName) continue
    const expected = 'what it is taken over besides the examples, `channel`,'
    context.report('wrongExpression', value.span, { found: 'something else', expected })
  }
}
