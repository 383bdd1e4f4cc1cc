/**
 * The dimension of an expression, as far as it is known.
 *
 * Known are numbers with units, parameters, and what is computed from them; forward only: a state
 * variable has the dimension of its initial value. What arrives at a compartment, what an
 * experiment presents, draws, and the number 0 have none that is known. The unknown fits everything,
 * so that no model is wrong for what it does not say.
 */
import type { BinaryExpression, CallExpression, Expression, Span } from '../../grammar/ast.ts'
import type { DiagnosticName } from '../../grammar/diagnostics/codes.ts'
import type { DiagnosticParameters } from '../../grammar/diagnostics/create.ts'
import { builtinNames, elementwise, reductions, runTimeName } from '../model/builtins.ts'
import type { Entry, FunctionValue, Value } from '../model/model.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  lookUpUnit,
  power,
  sameDimension,
  unitHint,
  type Dimension,
} from '../model/units.ts'
import type { Environment, Variable } from './environment.ts'

/** Takes what is found wrong. */
export type Reporter = (
  name: DiagnosticName,
  span: Span,
  parameters: DiagnosticParameters,
  extra: { readonly hint?: string | undefined },
) => void

const silent: Reporter = () => undefined

/** How deep functions are followed into the functions that they call. */
const callLimit = 8
/** How many variables are followed into what they are computed from. */
const variableLimit = 200
/** How many steps one question may take before its answer is "unknown". */
const workLimit = 20_000

const wantPlainNumber: ReadonlySet<string> = new Set([
  'exp',
  'log',
  'sigmoid',
  'tanh',
  'softplus',
  'sin',
  'cos',
])
const keepDimension: ReadonlySet<string> = new Set([
  'abs',
  'floor',
  'prev',
  'sum',
  'mean',
  'std',
  'max_of',
  'min_of',
])

/** Infers dimensions; remembers those of variables. */
export class Dimensions {
  readonly #variables = new Map<Variable, Dimension | undefined>()
  readonly #running = new Set<Variable>()
  #work = 0

  /** The dimension of an expression; mismatches inside of it go to `report`. */
  of(expression: Expression, environment: Environment, report: Reporter): Dimension | undefined {
    this.#work = 0
    return this.#infer(expression, environment, report, 0)
  }

  /** The dimension of a variable. */
  ofVariable(variable: Variable): Dimension | undefined {
    if (this.#variables.has(variable)) return this.#variables.get(variable)
    if (this.#running.has(variable) || this.#running.size > variableLimit) return undefined
    this.#running.add(variable)
    const found = this.#fromSource(variable)
    this.#running.delete(variable)
    this.#variables.set(variable, found)
    return found
  }

  #fromSource(variable: Variable): Dimension | undefined {
    const { kind, value, environment } = variable
    switch (kind) {
      case 'equation':
      case 'binding':
        if (variable.detected) return dimensionless
        return value && environment && this.#infer(value, environment, silent, 0)
      case 'state':
        return value && environment && this.#infer(value, environment, silent, 0)
      case 'bias': {
        const found = value && environment && this.#infer(value, environment, silent, 0)
        return found && sameDimension(found, dimensionless) ? undefined : found
      }
      case 'compartment':
      case 'input':
      case 'given':
        return undefined
    }
  }

  #infer(
    expression: Expression,
    environment: Environment,
    report: Reporter,
    depth: number,
  ): Dimension | undefined {
    if (this.#work++ > workLimit) return undefined
    const infer = (each: Expression): Dimension | undefined =>
      this.#infer(each, environment, report, depth)
    switch (expression.kind) {
      case 'NumberLiteral': {
        const unit = expression.unit && lookUpUnit(expression.unit.name)
        if (unit) return unit.dimension
        return expression.value === 0 ? undefined : dimensionless
      }
      case 'Name':
        return this.#name(expression.name, environment)
      case 'Member':
        return this.#member(expression, environment)
      case 'Index': {
        const entry =
          expression.object.kind === 'Name'
            ? environment.scope.lookUp(expression.object.name)
            : undefined
        return dimensionOf(entry)
      }
      case 'Unary': {
        const operand = infer(expression.operand)
        return expression.operator === '-' ? operand : dimensionless
      }
      case 'Binary':
        return this.#binary(expression, infer(expression.left), infer(expression.right), report)
      case 'Conditional': {
        infer(expression.test)
        const { then, otherwise, span } = expression
        return this.#same('`if`', span, [then, otherwise], [infer(then), infer(otherwise)], report)
      }
      case 'Call':
        return this.#call(expression, environment, report, depth)
      case 'List':
      case 'Spread':
      case 'Range':
      case 'StringLiteral':
      case 'ErrorExpression':
        return undefined
      case 'BooleanLiteral':
        return dimensionless
    }
  }

  #name(name: string, environment: Environment): Dimension | undefined {
    const variable = environment.variables.get(name)
    if (variable) return this.ofVariable(variable)
    const entry = environment.scope.lookUp(name)
    if (entry) return dimensionOf(entry)
    if (environment.scope.knows(name)) return undefined
    return name === runTimeName ? { time: 1 } : lookUpUnit(name)?.dimension
  }

  #member(
    { object, member }: Expression & { readonly kind: 'Member' },
    environment: Environment,
  ): Dimension | undefined {
    const { sides, variables, self, phases, scope } = environment
    const inner = object.kind === 'Member' ? object : undefined
    const side =
      object.kind === 'Name'
        ? sides.get(object.name)
        : inner && inner.object.kind === 'Name' && phases.has(inner.object.name)
          ? sides.get(inner.member.name)
          : undefined
    if (side) {
      const found = side.variables.get(member.name)
      return found ? this.ofVariable(found) : dimensionOf(side.cell.scope.lookUp(member.name))
    }
    if (object.kind !== 'Name') return undefined
    const within = variables.get(object.name)?.members?.get(member.name)
    const other = phases.has(object.name) ? self?.get(member.name) : undefined
    const found = within ?? other
    if (found) return this.ofVariable(found)
    const entry = scope.lookUp(object.name)
    return entry?.kind === 'population'
      ? dimensionOf(entry.population.cell.scope.lookUp(member.name))
      : undefined
  }

  #binary(
    expression: BinaryExpression,
    left: Dimension | undefined,
    right: Dimension | undefined,
    report: Reporter,
  ): Dimension | undefined {
    const { operator } = expression
    switch (operator) {
      case '*':
      case '/':
        return left && right && combine(left, right, operator === '*' ? 1 : -1)
      case '^':
        if (!left || expression.right.kind !== 'NumberLiteral') {
          return left && sameDimension(left, dimensionless) ? left : undefined
        }
        return power(left, expression.right.value)
      case '+':
      case '-':
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=': {
        const parts = [expression.left, expression.right]
        const found = this.#same(`\`${operator}\``, expression.span, parts, [left, right], report)
        return operator === '+' || operator === '-' ? found : dimensionless
      }
      case 'and':
      case 'or':
        return dimensionless
      case '@':
        return undefined
    }
  }

  /** The dimension that values must share; unknown where they do not. */
  #same(
    operation: string,
    span: Span,
    parts: readonly Expression[],
    found: readonly (Dimension | undefined)[],
    report: Reporter,
  ): Dimension | undefined {
    const [left, right] = found
    const [first, second] = parts
    if (!left || !right) return left ?? right
    if (sameDimension(left, right)) return left
    report(
      'unitMismatch',
      span,
      { operation, left: describeDimension(left), right: describeDimension(right) },
      { hint: (first && unitHint(first, right)) ?? (second && unitHint(second, left)) },
    )
    return undefined
  }

  #call(
    call: CallExpression,
    environment: Environment,
    report: Reporter,
    depth: number,
  ): Dimension | undefined {
    const { callee } = call
    const entry = callee.kind === 'Name' ? environment.scope.lookUp(callee.name) : undefined
    const args = call.args.map((each) => this.#infer(each.value, environment, report, depth))
    if (entry?.kind === 'function') return this.#defined(entry, args, depth)
    const name = entry?.kind === 'builtin' ? entry.name : callee.kind === 'Name' ? callee.name : ''
    if (!builtinNames.has(name) || (entry && entry.kind !== 'builtin')) return undefined
    const [first, second] = args
    if (wantPlainNumber.has(name)) {
      if (first && !sameDimension(first, dimensionless)) {
        const what = `\`${name}\``
        const span = call.args[0]?.value.span ?? call.span
        const parameters = {
          what,
          expected: 'a number without a unit',
          found: describeDimension(first),
        }
        report('unitExpected', span, parameters, {
          hint: 'divide by a scale of the same unit',
        })
      }
      return dimensionless
    }
    if (name === 'prev' && call.args.length > 1) {
      const values = call.args.map((each) => each.value)
      return this.#same('`prev`', call.span, values, args, report)
    }
    if (keepDimension.has(name)) return first
    if (name === 'since') return { time: 1 }
    if (name === 'count') {
      for (const [i, found] of args.slice(1).entries()) {
        if (!found || sameDimension(found, { time: 1 }) || sameDimension(found, { step: 1 }))
          continue
        const value = call.args[i + 1]?.value ?? call
        const parameters = {
          what: 'The window of `count`',
          expected: 'a time or a number of steps',
          found: describeDimension(found),
        }
        report('unitExpected', value.span, parameters, { hint: unitHint(value, { time: 1 }) })
      }
      return dimensionless
    }
    if (name === 'sqrt') return first && power(first, 0.5)
    if (name === 'variance') return first && power(first, 2)
    if (name === 'min' || name === 'max' || name === 'clip') {
      const values = call.args.map((each) => each.value)
      const shared = this.#same(`\`${name}\``, call.span, values, [first, second], report)
      return shared ?? args[2]
    }
    return elementwise.has(name) || reductions.has(name) ? dimensionless : undefined
  }

  /** The result of a function written in .ccn; what is wrong inside of it is said there. */
  #defined(
    fn: FunctionValue,
    args: readonly (Dimension | undefined)[],
    depth: number,
  ): Dimension | undefined {
    if (depth >= callLimit) return undefined
    const { definition, scope } = fn
    const known = new Map<string, Variable>()
    const environment: Environment = {
      scope,
      variables: known,
      sides: new Map(),
      phases: new Set(),
    }
    for (const [i, { name }] of definition.parameters.entries()) {
      const parameter: Variable = { kind: 'given', name: name.name }
      known.set(name.name, parameter)
      this.#variables.set(parameter, args[i])
    }
    for (const { name, value } of definition.bindings) {
      known.set(name.name, { kind: 'binding', name: name.name, value, environment })
    }
    const result = this.#infer(definition.result, environment, silent, depth + 1)
    for (const variable of known.values()) this.#variables.delete(variable)
    return result
  }
}

/** The dimension of a value: of a list, that of its first number. */
function dimensionOf(entry: Entry | Value | undefined): Dimension | undefined {
  if (entry?.kind === 'number')
    return entry.value === 0 && sameDimension(entry.dimension, dimensionless)
      ? undefined
      : entry.dimension
  if (entry?.kind === 'boolean') return dimensionless
  return entry?.kind === 'list' ? dimensionOf(entry.elements[0]) : undefined
}
