/**
 * The steady state in closed form, where there is one: of states that relax by themselves and are changed by a
 * spike in proportion to what they are, under regular single spikes; and of states that follow a rate. What a
 * spike, or a rate, makes of a state must be affine in the state itself, with coefficients of other states.
 */
import type {
  Assignment,
  BinaryExpression,
  Expression,
  StpItem,
  UnaryExpression,
} from '../../grammar/ast.ts'
import { printExpression } from '../../grammar/print/expression.ts'

/** `state = text`, with names that stand for the other states as they settle. */
export interface ClosedForm {
  readonly state: string
  readonly text: string
}

/** What is known of the steady state in closed form; `E` names appear in `where`. */
export interface Analytic {
  readonly under: string
  readonly forms: readonly ClosedForm[]
  readonly where: readonly string[]
}

interface Affine {
  readonly slope: Expression
  readonly offset: Expression
}

/** The closed form of a type, if all its states have one. */
export function analyticOf(item: StpItem): Analytic | undefined {
  const states = item.members.filter((each) => each.kind === 'State')
  const reactions = item.members.filter((each) => each.kind === 'Reaction')
  if (states.length === 0 || item.members.some((each) => each.kind === 'Equation')) return undefined
  const own = new Set(states.map(({ name }) => name.name))
  const forms: ClosedForm[] = []
  const where: string[] = []
  for (const { name, derivative } of states) {
    const state = name.name
    const decay = affine(derivative.value, state)
    if (!decay || isZero(decay.slope)) return undefined
    if (reactions.length === 0) {
      const text = printExpression(quotient(decay.offset, negative(decay.slope)))
      forms.push({ state, text })
      continue
    }
    if (reads(decay.slope, own) || reads(decay.offset, own)) return undefined
    const changes = reactions.flatMap(({ assignments }) =>
      assignments.filter(({ target }) => target.name === state),
    )
    const jump = jumpOf(changes, state)
    if (!jump) return undefined
    const rest = quotient(decay.offset, negative(decay.slope))
    const pace = derivative.factor
      ? quotient(negative(decay.slope), derivative.factor)
      : negative(decay.slope)
    const e: Expression = nameOf(states.length === 1 ? 'E' : `E_${state}`)
    const top = sum(product(rest, difference(one, e)), product(jump.offset, e))
    const bottom = difference(one, product(jump.slope, e))
    forms.push({ state, text: printExpression(quotient(top, bottom)) })
    where.push(`${printExpression(e)} = exp(-${printExpression(overRate(pace))})`)
  }
  return {
    under:
      reactions.length === 0
        ? 'a constant `signal`'
        : 'regular single spikes at rate r, before each',
    forms,
    where,
  }
}

/** What the reactions make of a state: of one assignment at most. */
function jumpOf(changes: readonly Assignment[], state: string): Affine | undefined {
  const [change, second] = changes
  if (second) return undefined
  if (!change) return { slope: one, offset: zero }
  const by = affine(change.value, state)
  if (!by) return undefined
  if (change.operator === '=') return by
  return change.operator === '+='
    ? { slope: sum(one, by.slope), offset: by.offset }
    : { slope: difference(one, by.slope), offset: negative(by.offset) }
}

/** A pace for each event: of a time constant tau, 1 / (tau r). */
const overRate = (pace: Expression): Expression =>
  pace.kind === 'Binary' && pace.operator === '/'
    ? quotient(pace.left, product(pace.right, nameOf('r')))
    : quotient(pace, nameOf('r'))

const span = { file: '', start: 0, end: 0 }
const numberOf = (value: number): Expression => ({
  kind: 'NumberLiteral',
  value,
  text: String(value),
  span,
})
const nameOf = (name: string): Expression => ({ kind: 'Name', name, span })
const one = numberOf(1)
const zero = numberOf(0)
const isNumber = (e: Expression, value: number): boolean =>
  e.kind === 'NumberLiteral' && e.value === value && !e.unit
const isMinus = (e: Expression): e is UnaryExpression => e.kind === 'Unary' && e.operator === '-'
const isZero = (e: Expression): boolean => isNumber(e, 0)

const binary = (
  operator: BinaryExpression['operator'],
  left: Expression,
  right: Expression,
): Expression => ({ kind: 'Binary', operator, left, right, span })
const sum = (a: Expression, b: Expression): Expression => {
  if (isZero(a)) return b
  if (isZero(b)) return a
  return b.kind === 'Unary' && b.operator === '-' ? difference(a, b.operand) : binary('+', a, b)
}
const difference = (a: Expression, b: Expression): Expression => {
  if (isZero(b)) return a
  if (isZero(a)) return negative(b)
  return b.kind === 'Unary' && b.operator === '-' ? sum(a, b.operand) : binary('-', a, b)
}
const product = (a: Expression, b: Expression): Expression => {
  if (b.kind === 'Binary' && b.operator === '*') return product(product(a, b.left), b.right)
  if (isZero(a) || isZero(b)) return zero
  if (isNumber(a, 1)) return b
  if (isMinus(a)) return negative(product(a.operand, b))
  if (isMinus(b)) return negative(product(a, b.operand))
  return isNumber(b, 1) ? a : binary('*', a, b)
}
const quotient = (a: Expression, b: Expression): Expression => {
  if (isZero(a)) return zero
  return isNumber(b, 1) ? a : binary('/', a, b)
}
function negative(e: Expression): Expression {
  if (isZero(e)) return e
  if (e.kind === 'Unary' && e.operator === '-') return e.operand
  if (e.kind === 'Binary' && e.operator === '-') return sum(negative(e.left), e.right)
  return { kind: 'Unary', operator: '-', operand: e, span }
}

/** An expression as slope times a name plus offset; undefined where it is not so. */
function affine(e: Expression, name: string): Affine | undefined {
  if (!reads(e, new Set([name]))) return { slope: zero, offset: e }
  if (e.kind === 'Name') return { slope: one, offset: zero }
  if (e.kind === 'Unary' && e.operator === '-') {
    const inner = affine(e.operand, name)
    return inner && { slope: negative(inner.slope), offset: negative(inner.offset) }
  }
  if (e.kind !== 'Binary') return undefined
  const [left, right] = [affine(e.left, name), affine(e.right, name)]
  if (!left || !right) return undefined
  switch (e.operator) {
    case '+':
      return { slope: sum(left.slope, right.slope), offset: sum(left.offset, right.offset) }
    case '-':
      return {
        slope: difference(left.slope, right.slope),
        offset: difference(left.offset, right.offset),
      }
    case '*': {
      const [plain, other] = isZero(left.slope) ? [left.offset, right] : [right.offset, left]
      if (!isZero(left.slope) && !isZero(right.slope)) return undefined
      // In the order of the text, so that it is read again.
      const times = (of: Expression): Expression =>
        plain === left.offset ? product(plain, of) : product(of, plain)
      return { slope: times(other.slope), offset: times(other.offset) }
    }
    case '/':
      if (!isZero(right.slope)) return undefined
      return {
        slope: quotient(left.slope, right.offset),
        offset: quotient(left.offset, right.offset),
      }
    default:
      return undefined
  }
}

function reads(e: Expression, names: ReadonlySet<string>): boolean {
  switch (e.kind) {
    case 'Name':
      return names.has(e.name)
    case 'Unary':
      return reads(e.operand, names)
    case 'Binary':
      return reads(e.left, names) || reads(e.right, names)
    case 'Conditional':
      return [e.test, e.then, e.otherwise].some((each) => reads(each, names))
    case 'Call':
      return e.args.some(({ value }) => reads(value, names))
    default:
      return false
  }
}
