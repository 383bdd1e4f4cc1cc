/**
 * Dale's law. The weights of an excitatory or inhibitory connection are magnitudes, so that nothing
 * may make them negative; and a cell excites or inhibits, not both. Only what is known when the
 * model is compiled is judged: a constant, a bound, a draw that has both signs.
 */
import type { Expression } from '../../grammar/ast.ts'
import { Context } from '../model/context.ts'
import { evaluate } from '../model/evaluate.ts'
import type { Connection, Model, NumberValue, Population, Scope } from '../model/model.ts'
import { observed } from '../model/watch.ts'
import { quantityText } from '../model/quantity-text.ts'

/** Reports signed connections whose weights can be negative, and cells of both signs. */
export function checkDale(context: Context, model: Model): void {
  const signed = model.connections.filter((each) => each.sign !== 'unsigned')
  for (const connection of signed) checkSign(context, connection)
  remarkMixed(context, signed)
}

function checkSign(context: Context, connection: Connection): void {
  const { sign, bounds, init, name, family, span } = connection
  const report = (reason: string, hint?: string): void => {
    context.report('negativeWeight', span, { weight: family ?? name, sign, reason }, { hint })
  }
  if (bounds?.from && bounds.from.value < 0)
    report(`their lower bound is ${quantityText(bounds.from)}`)
  else if (bounds?.to && bounds.to.value < 0)
    report(`their upper bound is ${quantityText(bounds.to)}`)
  const reason = init && negativeStart(init.value, init.scope)
  if (!reason) return
  context.report(
    'negativeWeight',
    init.value.span,
    { weight: family ?? name, sign, reason: reason.text },
    { hint: reason.hint },
  )
}

/** Why an initial value is negative, or can be; undefined where it is not known to be. */
function negativeStart(
  value: Expression,
  scope: Scope,
): { readonly text: string; readonly hint?: string } | undefined {
  if (
    value.kind === 'Call' &&
    value.callee.kind === 'Name' &&
    drawsOfBothSigns.has(value.callee.name)
  ) {
    const { name } = value.callee
    return {
      text: `\`${name}\` draws negative numbers too`,
      hint: `write \`abs(...)\` or \`max(..., 0)\` around it`,
    }
  }
  if (value.kind === 'Call' && value.callee.kind === 'Name' && value.callee.name === 'uniform') {
    const low = value.args.find((each, i) => (each.name ? each.name.name === 'low' : i === 0))
    const number = low && numberOf(low.value, scope)
    if (!number || !isNegative(number)) return undefined
    return { text: `\`uniform\` draws numbers from ${quantityText(number)} on` }
  }
  const number = numberOf(value, scope)
  if (!number || !isNegative(number)) return undefined
  return {
    text: `they start at ${quantityText(number)}`,
    hint: 'an inhibitory weight subtracts by itself',
  }
}

/** The value of plain arithmetic, if that is what an expression is. */
function numberOf(value: Expression, scope: Scope): NumberValue | undefined {
  if (!isArithmetic(value)) return undefined
  const number = evaluate(new Context(), scope, value)
  return number?.kind === 'number' ? number : undefined
}

const isNegative = (number: NumberValue): boolean => observed([number], () => number.value < 0)

const drawsOfBothSigns: ReadonlySet<string> = new Set([
  'normal',
  'xavier_normal',
  'xavier_uniform',
  'kaiming_normal',
  'kaiming_uniform',
])

/** Whether an expression can be asked for its value without naming a weight. */
function isArithmetic(value: Expression): boolean {
  switch (value.kind) {
    case 'NumberLiteral':
    case 'Name':
      return true
    case 'Unary':
      return isArithmetic(value.operand)
    case 'Binary':
      return isArithmetic(value.left) && isArithmetic(value.right)
    default:
      return false
  }
}

/** Remarks populations whose connections excite and inhibit, once for each family. */
function remarkMixed(context: Context, signed: readonly Connection[]): void {
  const bySource = new Map<
    string,
    { population: Population; excite: Set<string>; inhibit: Set<string> }
  >()
  for (const { source, sign, family, name } of signed) {
    const { population } = source
    const known = bySource.get(population.name)
    const found = known ?? { population, excite: new Set(), inhibit: new Set() }
    if (!known) bySource.set(population.name, found)
    const weights = sign === 'excitatory' ? found.excite : found.inhibit
    weights.add(family ?? name)
  }
  for (const { population, excite, inhibit } of bySource.values()) {
    if (excite.size === 0 || inhibit.size === 0) continue
    const weights = [...excite, ...inhibit].map((each) => `\`${each}\``).join(', ')
    context.report('mixedSigns', population.span, { population: population.family, weights })
  }
}
