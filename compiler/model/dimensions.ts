/**
 * The dimension of an expression, as far as it is known.
 *
 * Known are numbers with units, parameters, and what is computed from them: a state variable has the
 * dimension of its initial value. What arrives at a compartment or an input, and what begins at 0, has the
 * dimension that the equations of the cell give it, unknown until one of them says (`unknown-dimensions.ts`).
 * Draws and the number 0 have none, and fit everything: no model is wrong for what it does not say.
 */
import type { BinaryExpression, CallExpression, Expression, Span } from '../../grammar/ast.ts'
import { functionUnits, judgedCall } from './function-units.ts'
import type { FunctionValue } from './model.ts'
import { takenBy } from './named-arguments.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  lookUpUnit,
  power,
  sameDimension,
  unitHint,
  asTime,
  type Dimension,
} from './units.ts'
import type { Environment } from './bind/environment.ts'
import type { Bound } from './bind/index.ts'
import type { Variable } from './bind/reference.ts'
import { noiseHint } from './noise-hint.ts'
import { inferredBody, reportNotPlain, reportNotTime, silent } from './unit-messages.ts'
import { isKnown, knownPart, UnknownDimensions } from './unknown-dimensions.ts'
import { dimensionOf, type Reporter } from './value-dimensions.ts'

export { dimensionOf, dimensionOfLiteral, type Reporter } from './value-dimensions.ts'

/** How deep functions are followed into the functions that they call. */
const callLimit = 8
/** How many variables are followed into what they are computed from, and steps one question may take: then it is unknown. */
const [variableLimit, workLimit] = [200, 20_000]

/** What the check of units found out about a model, for whoever tells its figures. */
export const checkedDimensions = new WeakMap<Bound, Dimensions>()

/** Infers dimensions; remembers those of variables. */
export class Dimensions {
  readonly unknowns = new UnknownDimensions()
  readonly #variables = new Map<Variable, Dimension | undefined>()
  readonly #running = new Set<Variable>()
  readonly #references: Bound['references']
  readonly #environments: Bound['environments']
  #work = 0
  /** Whether variables of populations, which experiments name, are looked into. */
  #observes = false

  constructor({ references, environments }: Pick<Bound, 'references' | 'environments'>) {
    this.#references = references
    this.#environments = environments
  }

  /**
   * The dimension of an expression, which may hold unknowns; undefined fits everything. Mismatches
   * inside of it go to `report`.
   */
  of(expression: Expression, environment: Environment, report: Reporter): Dimension | undefined {
    this.#work = 0
    return this.#infer(expression, environment, report, 0)
  }

  /** The dimension of what is measured, recorded or a modulator, if all of it is known; mismatches go to `report`. */
  observed(
    expression: Expression,
    environment: Environment,
    report: Reporter = silent,
  ): Dimension | undefined {
    const before = this.#observes
    this.#observes = true
    const found = this.known(this.of(expression, environment, report))
    this.#observes = before
    return found
  }

  /** The dimension of a variable, which may hold unknowns. */
  ofVariable(variable: Variable): Dimension | undefined {
    if (this.#variables.has(variable)) return this.#variables.get(variable)
    if (this.#running.size > variableLimit) return undefined
    // What is computed from itself, by way of the past, is found out when the circle closes.
    if (this.#running.has(variable)) {
      const made = this.unknowns.fresh()
      this.#variables.set(variable, made)
      return made
    }
    this.#running.add(variable)
    const found = this.#fromSource(variable)
    this.#running.delete(variable)
    const assumed = this.#variables.get(variable)
    if (assumed && found) this.unknowns.equate(assumed, found)
    else this.#variables.set(variable, found)
    return found
  }

  /** Says what the dimension of a variable is that stands for something given. */
  assume(variable: Variable, dimension: Dimension | undefined): void {
    this.#variables.set(variable, dimension)
  }

  /** A dimension in which nothing is unknown; undefined if something is. */
  known(dimension: Dimension | undefined): Dimension | undefined {
    const resolved = dimension && this.unknowns.resolve(dimension)
    return resolved && isKnown(resolved) ? resolved : undefined
  }

  /** For messages. */
  describe(dimension: Dimension): string {
    return describeDimension(knownPart(this.unknowns.resolve(dimension)))
  }

  #fromSource(variable: Variable): Dimension | undefined {
    const { kind, value, environment } = variable
    if (kind === 'modulator') return value && environment && this.observed(value, environment)
    switch (kind) {
      case 'equation':
      case 'binding':
        if (variable.detected) return dimensionless
        return value && environment && this.#infer(value, environment, silent, 0)
      case 'state':
      case 'trace':
        return (
          (value && environment && this.#infer(value, environment, silent, 0)) ??
          this.unknowns.fresh()
        )
      case 'bias':
      case 'compartment':
      case 'input':
        return this.unknowns.fresh()
      case 'given':
        return variable.of && this.ofVariable(variable.of)
      case 'role':
      case 'parameter':
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
    const infer = (each: Expression) => this.#infer(each, environment, report, depth)
    switch (expression.kind) {
      case 'NumberLiteral': {
        const unit = expression.unit && lookUpUnit(expression.unit.name)
        if (unit) return asTime(unit.dimension)
        return expression.value === 0 ? undefined : dimensionless
      }
      case 'Name':
      case 'Member':
      case 'Index':
        return this.#reference(expression, environment)
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

  /** Reports an exponent that is no plain number. */
  exponent(expression: Expression, found: Dimension | undefined, report: Reporter): void {
    if (found && !this.unknowns.equate(found, dimensionless))
      reportNotPlain('An exponent', expression, this.describe(found), report)
  }

  #reference(expression: Expression, environment: Environment): Dimension | undefined {
    if (!this.#references.has(environment, expression)) return undefined
    const reference = this.#references.of(environment, expression)
    switch (reference.kind) {
      case 'cell':
      case 'local':
        return this.ofVariable(reference.variable)
      case 'path': {
        const of = this.#observes ? reference.path.elements[0]?.of : undefined
        if (!of) return undefined
        return of.kind === 'number' || of.kind === 'boolean' ? dimensionOf(of) : this.ofVariable(of)
      }
      case 'value':
        return asTime(dimensionOf(reference.value))
      case 'time':
        return { time: 1 }
      case 'presented':
      case 'evaluating':
        return dimensionless
      case 'noise':
        return { time: -0.5 }
      case 'function':
      case 'unknown':
        return undefined
    }
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
        this.exponent(expression.right, right, report)
        if (!left || expression.right.kind !== 'NumberLiteral') {
          return left && sameDimension(this.unknowns.resolve(left), dimensionless)
            ? left
            : undefined
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
    if (!left || !right || !first || !second) return this.shared(operation, span, found, report)
    return this.shared(operation, span, found, report, () => ({
      hint:
        this.hint(first, right) ??
        this.hint(second, left) ??
        noiseHint(
          parts,
          found.map((each) => each && this.unknowns.resolve(each)),
        ),
      sides: [
        [first, left],
        [second, right],
      ],
    }))
  }

  /** The dimension that values share, those that fit everything left out; undefined after a report. */
  shared(
    operation: string,
    span: Span,
    values: readonly (Dimension | undefined)[],
    report: Reporter,
    beside: () => Parameters<Reporter>[3] = () => ({}),
  ): Dimension | undefined {
    const [first, ...rest] = values.filter((each) => each !== undefined)
    if (!first) return undefined
    const other = rest.find((each) => !this.unknowns.equate(first, each))
    if (!other) return first
    const parameters = {
      operation,
      left: this.describe(first),
      right: this.describe(other),
    }
    report('unitMismatch', span, parameters, beside())
    return undefined
  }

  /** Whether it is a time or a number of steps; what is not known is a time. */
  isTime(dimension: Dimension): boolean {
    const resolved = this.unknowns.resolve(dimension)
    return sameDimension(resolved, { step: 1 }) || this.unknowns.equate(resolved, { time: 1 })
  }

  /** Advice for a plain number that stands where a quantity is needed. */
  hint(expression: Expression, wanted: Dimension): string | undefined {
    const known = this.known(wanted)
    return known && unitHint(expression, known)
  }

  #call(
    call: CallExpression,
    environment: Environment,
    report: Reporter,
    depth: number,
  ): Dimension | undefined {
    const called = this.#references.has(environment, call.callee)
      ? this.#references.of(environment, call.callee)
      : undefined
    const args = call.args.map((each) => this.#infer(each.value, environment, report, depth))
    if (called?.kind !== 'function') return undefined
    const { fn } = called
    if (fn.kind === 'function') return this.#defined(fn, call, args, depth, report)
    return this.ofCall(fn.name, call, args, report)
  }

  /** What a function of the language gives; which of its arguments do not fit goes to `report`. */
  ofCall(
    name: string,
    call: CallExpression,
    found: readonly (Dimension | undefined)[],
    report: Reporter,
  ): Dimension | undefined {
    const asked = functionUnits.get(name)
    if (!asked) return undefined
    const { clashes, gives } = judgedCall(asked, found, {
      same: (one, other) => this.unknowns.equate(one, other),
      isTime: (dimension) => this.isTime(dimension),
    })
    const operation = `\`${name}\``
    for (const clash of clashes) {
      if (clash.kind === 'alike') {
        const { first, other } = clash
        const parts = [first, other].flatMap((i) => call.args[i]?.value ?? [])
        this.#same(operation, call.span, parts, [found[first], found[other]], report)
        continue
      }
      const value = call.args[clash.at]?.value
      const dimension = found[clash.at]
      if (!value || !dimension) continue
      const text = this.describe(dimension)
      if (clash.kind === 'time') reportNotTime(name, value, text, report)
      else reportNotPlain(operation, value, text, report, name)
    }
    return gives
  }

  /**
   * The result of a function written in .ccn. What is wrong inside of it whatever it is handed is said there; what
   * is wrong for these arguments is said of the call.
   */
  #defined(
    fn: FunctionValue,
    call: CallExpression,
    args: readonly (Dimension | undefined)[],
    depth: number,
    report: Reporter,
  ): Dimension | undefined {
    if (depth >= callLimit) return undefined
    const { body } = this.#environments.function(fn)
    const { definition } = fn
    for (const [i, taken] of takenBy(call, definition).entries()) {
      const parameter = body.variables.get(definition.parameters[i]?.name.name ?? '')
      const { argument, standard } = taken ?? {}
      const of = argument
        ? args[call.args.indexOf(argument)]
        : standard && this.#infer(standard, body, silent, depth + 1)
      if (parameter) this.#variables.set(parameter, of)
    }
    const infer = (to: Reporter): Dimension | undefined => this.#body(definition, body, to, depth)
    return inferredBody(infer, report, call, definition.name.name)
  }

  /** The result of a body, with what its parameters are said to be, which is forgotten then. */
  #body(
    { bindings, result }: FunctionValue['definition'],
    body: Environment,
    report: Reporter,
    depth: number,
  ): Dimension | undefined {
    if (report !== silent)
      for (const { value } of bindings) this.#infer(value, body, report, depth + 1)
    const found = this.#infer(result, body, report, depth + 1)
    for (const variable of body.variables.values()) this.#variables.delete(variable)
    return found
  }
}
