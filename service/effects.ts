/**
 * What a connection does that declares no sign: whether it brings cells closer to their threshold, or away from
 * it. Known where all its weights have one sign and stay so, and where the compartment that it reaches moves the
 * variable of the threshold in one direction, at the threshold: a conductance excites if its reversal potential
 * is above it. Where anything is not known, nothing is said.
 */
import type { Expression } from '../grammar/ast.ts'
import { Context } from '../compiler/model/context.ts'
import { evaluate } from '../compiler/model/evaluate.ts'
import type { CellInstance, Connection, Scope } from '../compiler/model/model.ts'

/** See the module's head. */
export type Effect = 'excitatory' | 'inhibitory'

/** Whether something grows with something else: 1, falls: -1, does not depend on it: 0; undefined if not known. */
type Trend = 1 | -1 | 0 | undefined

/** The effect of a connection. */
export function effectOf(connection: Connection): Effect | undefined {
  if (connection.wire || connection.sign !== 'unsigned' || connection.transmit) return undefined
  const { cell } = connection.target.population
  const trend = times(weightSign(connection), trendAtThreshold(cell, connection.target.compartment))
  if (trend === undefined || trend === 0) return undefined
  return trend > 0 ? 'excitatory' : 'inhibitory'
}

/** The sign of all weights, if they keep it. */
function weightSign({ init, tied, copied, rule, bounds }: Connection): Trend {
  if (!init || tied || copied) return undefined
  const start = numberIn(init.value, init.scope)
  if (start === undefined || start === 0) return undefined
  if (!rule) return start > 0 ? 1 : -1
  return start > 0 && bounds?.from && bounds.from.value >= 0 ? 1 : undefined
}

/** How what is compared with the threshold follows a compartment. */
function trendAtThreshold(cell: CellInstance, compartment: string): Trend {
  const [detection, ...others] = cell.equations.filter(({ detected }) => detected)
  if (!detection || others.length > 0) return undefined
  const { value, scope } = detection
  if (value.kind !== 'Binary' || value.left.kind !== 'Name') return undefined
  const isAbove = value.operator === '>' || value.operator === '>='
  const threshold = numberIn(value.right, scope)
  if (!isAbove || threshold === undefined) return undefined
  const potential = value.left.name
  const at: Place = { potential, threshold }
  // Trends grow along what follows from what, until nothing is new.
  const trends = new Map<string, Trend>([[compartment, 1]])
  for (let round = 0; round < cell.equations.length + cell.states.length + 2; round++) {
    for (const [name, found] of followed(cell, trends, at)) trends.set(name, found)
  }
  return trends.get(potential) ?? (trends.has(potential) ? undefined : 0)
}

/** Where trends are asked for: with the potential at its threshold. */
interface Place {
  readonly potential: string
  readonly threshold: number
}

/** Trends of the variables of a cell, from those that are known. */
function followed(
  cell: CellInstance,
  trends: ReadonlyMap<string, Trend>,
  at: Place,
): ReadonlyMap<string, Trend> {
  const sums = new Map<string, Trend>()
  const add = (name: string, value: Expression, scope: Scope, sign: 1 | -1 = 1): void => {
    // That a variable falls back by itself is no effect of others.
    const from = new Map([...trends].filter(([other]) => other !== name))
    const found = times(sign, trendOf(value, { scope, trends: from, at }))
    sums.set(name, sums.has(name) ? plus(sums.get(name), found) : found)
  }
  for (const { name, value, detected, role, scope } of cell.equations) {
    if (!detected && role !== 'loss') add(name, value, scope)
  }
  for (const { member, scope } of cell.states) {
    const { factor, value } = member.derivative
    const positive = factor === undefined || (numberIn(factor, scope) ?? 0) > 0
    if (positive) add(member.name.name, value, scope)
    else sums.set(member.name.name, undefined)
  }
  for (const { member, scope } of cell.reactions) {
    for (const { target, operator, value } of member.assignments) {
      add(target.name, value, scope, operator === '-=' ? -1 : 1)
    }
  }
  return new Map([...sums].filter(([name, trend]) => trend !== 0 || trends.has(name)))
}

interface Surrounding {
  readonly scope: Scope
  readonly trends: ReadonlyMap<string, Trend>
  readonly at: Place
}

/** How an expression follows what the trends are about. */
function trendOf(value: Expression, around: Surrounding): Trend {
  const of = (part: Expression): Trend => trendOf(part, around)
  switch (value.kind) {
    case 'NumberLiteral':
    case 'BooleanLiteral':
    case 'StringLiteral':
      return 0
    case 'Name':
      return around.trends.has(value.name) ? around.trends.get(value.name) : 0
    case 'Unary':
      return value.operator === '-' ? times(-1, of(value.operand)) : of(value.operand)
    case 'Binary':
      return trendOfBinary(value, around)
    case 'Conditional': {
      if (of(value.test) !== 0) return undefined
      const [then, otherwise] = [of(value.then), of(value.otherwise)]
      return then === otherwise ? then : undefined
    }
    case 'Call': {
      const trends = value.args.map((each) => of(each.value))
      if (trends.every((each) => each === 0)) return 0
      const isPast = value.callee.kind === 'Name' && value.callee.name === 'prev'
      return isPast ? trends[0] : undefined
    }
    default:
      return undefined
  }
}

function trendOfBinary(
  { operator, left, right }: Extract<Expression, { kind: 'Binary' }>,
  around: Surrounding,
): Trend {
  const [a, b] = [trendOf(left, around), trendOf(right, around)]
  if (a === 0 && b === 0) return 0
  switch (operator) {
    case '+':
      return plus(a, b)
    case '-':
      return plus(a, times(-1, b))
    case '*':
      if (b === 0) return times(a, signAt(right, around))
      return a === 0 ? times(signAt(left, around), b) : undefined
    case '/':
      return b === 0 ? times(a, signAt(right, around)) : undefined
    default:
      return undefined
  }
}

/** The sign of an expression with the potential at its threshold. */
function signAt(value: Expression, { scope, at }: Surrounding): Trend {
  const number = valueAt(value, scope, at)
  return number === undefined ? undefined : (Math.sign(number) as 1 | -1 | 0)
}

function valueAt(value: Expression, scope: Scope, at: Place): number | undefined {
  if (value.kind === 'Name' && value.name === at.potential) return at.threshold
  if (value.kind === 'Binary') {
    const [a, b] = [valueAt(value.left, scope, at), valueAt(value.right, scope, at)]
    if (a === undefined || b === undefined) return undefined
    return { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[value.operator as string]
  }
  if (value.kind === 'Unary' && value.operator === '-') {
    const number = valueAt(value.operand, scope, at)
    return number === undefined ? undefined : -number
  }
  return numberIn(value, scope)
}

/** The value of plain arithmetic of numbers and parameters, in SI units. */
function numberIn(value: Expression, scope: Scope): number | undefined {
  if (!isArithmetic(value, scope)) return undefined
  const number = evaluate(new Context(), scope, value)
  return number?.kind === 'number' ? number.value : undefined
}

function isArithmetic(value: Expression, scope: Scope): boolean {
  switch (value.kind) {
    case 'NumberLiteral':
      return true
    case 'Name':
      return scope.knows(value.name) && scope.lookUp(value.name)?.kind === 'number'
    case 'Unary':
      return isArithmetic(value.operand, scope)
    case 'Binary':
      return isArithmetic(value.left, scope) && isArithmetic(value.right, scope)
    default:
      return false
  }
}

function times(a: Trend, b: Trend): Trend {
  return a === undefined || b === undefined ? undefined : ((a * b) as 1 | -1 | 0)
}

/** Of a sum: known where its parts agree. */
function plus(a: Trend, b: Trend): Trend {
  if (a === undefined || b === undefined) return undefined
  if (a === 0) return b
  return b === 0 || a === b ? a : undefined
}
