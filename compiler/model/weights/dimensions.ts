/**
 * Units across connections. What arrives at a compartment has the unit that the equations of its cell
 * give it, and what is sent that of the signal after its terminals; so the weight has that of the
 * quotient. What a weight begins with, is tied to and is bounded by is held against that; a wire
 * passes the unit on.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import { initialisers, weightFunctions } from '../builtins.ts'
import type { Bound } from '../bind/index.ts'
import type { Variable } from '../bind/reference.ts'
import type { Bias, Connection, NumberValue, Population, WeightExpression } from '../model.ts'
import { combine, dimensionless, power, type Dimension } from '../units.ts'
import { silent } from '../unit-messages.ts'

import { dimensionOf, dimensionOfLiteral, type Dimensions, type Reporter } from '../dimensions.ts'
import type { Elements, WeightElement } from '../bind/elements.ts'

/** Where a weight has its unit from, for messages. */
interface Ends {
  readonly target: string
  readonly source: string
}

/** What the check of units found out about the weights of a model, for whoever tells them. */
export const checkedWeights = new WeakMap<Bound, WeightDimensions>()

export class WeightDimensions {
  readonly #dimensions: Dimensions
  readonly #environments: Bound['environments']
  readonly #references: Bound['weights']
  /** By name: of connections, matrices and `let`s. */
  readonly #known = new Map<string, Dimension | undefined>()
  readonly #sent = new Map<string, Dimension | undefined>()

  constructor(dimensions: Dimensions, { environments, weights }: Bound) {
    this.#dimensions = dimensions
    this.#environments = environments
    this.#references = weights
  }

  /** The dimension of a connection's weights. */
  of({ name }: Connection): Dimension {
    return this.#weight(name)
  }

  /** The dimension of the weights or values of that name, if all of it is known. */
  ofElement(element: WeightElement): Dimension | undefined {
    return this.#dimensions.known(this.#element(element, () => undefined))
  }

  /** The dimension of a bias, if all of it is known. */
  ofBias({ cell }: Population, { name }: Bias): Dimension | undefined {
    const variable = this.#environments.variables(cell).get(name)
    return this.#dimensions.known(variable && this.#dimensions.ofVariable(variable))
  }

  /** The dimension of what the terminals of a connection send. */
  sent(connection: Connection): Dimension | undefined {
    const { name } = connection
    if (!this.#sent.has(name)) this.#sent.set(name, this.#fromTerminals(connection))
    return this.#sent.get(name)
  }

  /** Joins what a connection delivers to what its target takes; wires are judged at once. */
  join(connection: Connection, report: Reporter): void {
    const sent = this.sent(connection)
    const taken = this.#taken(connection)
    if (!sent || !taken) return
    const { wire, name, source, target, span } = connection
    if (!wire) {
      this.#dimensions.unknowns.equate(combine(sent, this.#weight(name), 1), taken)
      return
    }
    if (this.#dimensions.unknowns.equate(sent, taken)) return
    const from = `${source.population.family}.${source.signal}`
    const to = `${target.population.family}.${target.compartment}`
    const parameters = {
      operation: `The connection of \`${from}\` to \`${to}\``,
      left: this.#dimensions.describe(sent),
      right: this.#dimensions.describe(taken),
    }
    report('unitMismatch', span, parameters, {})
  }

  /** Holds initial values, ties and bounds of a weight against its unit. */
  judge(connection: Connection, report: Reporter): void {
    const { init, tied, copied, bounds, delays, name, span, wire } = connection
    if (wire) return
    this.#fromTerminals(connection, report)
    if (delays) this.expression(delays, report)
    const weight = this.#weight(name)
    for (const [what, value] of [
      ['`init`', init],
      ['The tie', tied],
      ['The tie', copied?.value],
    ] as const) {
      if (!value) continue
      const found = this.expression(value, report)
      this.#compare(connection, `${what} of`, value.value, found, weight, report)
    }
    for (const bound of [bounds?.from, bounds?.to]) {
      const found = bound && boundDimension(bound)
      this.#compare(connection, 'A bound of', span, found, weight, report)
    }
  }

  /** Looks into matrices and `let`s, whether or not some weight is made of them. */
  judgeValues(elements: Elements, report: Reporter): void {
    for (const element of [...elements.values()].flat())
      if (element.kind !== 'connection') this.#element(element, report)
  }

  /** Holds the initial value of a bias, and what it is tied to, against its unit. */
  judgeBias({ cell, family }: Population, bias: Bias, report: Reporter): void {
    const variable = this.#environments.variables(cell).get(bias.name)
    const own = variable && this.#dimensions.ofVariable(variable)
    if (!own) return
    for (const value of [bias.initial, bias.tied]) {
      if (!value) continue
      const found = this.expression(value, report)
      if (!found || this.#dimensions.unknowns.equate(found, own)) continue
      const parameters = {
        operation: `The value of \`${family}.${bias.name}\``,
        left: this.#dimensions.describe(found),
        right: `${this.#dimensions.describe(own)} (in the equations of its cell)`,
      }
      report('unitMismatch', value.value.span, parameters, { hint: this.#hint(value.value, own) })
    }
  }

  /** The dimension of an expression of weights; mismatches inside of it go to `report`. */
  expression(within: WeightExpression, report: Reporter): Dimension | undefined {
    // Of what does not fit by its shape no more is said.
    return this.#references.hasFailed(within)
      ? undefined
      : this.#infer(within, within.value, report)
  }

  #infer(
    within: WeightExpression,
    expression: Expression,
    report: Reporter,
  ): Dimension | undefined {
    const infer = (each: Expression): Dimension | undefined => this.#infer(within, each, report)
    switch (expression.kind) {
      case 'NumberLiteral':
        return dimensionOfLiteral(expression)
      case 'Name':
      case 'Member':
      case 'Index':
        return this.#named(within, expression, report)
      case 'Unary': {
        const operand = infer(expression.operand)
        return expression.operator === '-' ? operand : dimensionless
      }
      case 'Binary': {
        const { left, right, operator } = expression
        const [a, b] = [infer(left), infer(right)]
        switch (operator) {
          case '*':
          case '@':
            return a && b && combine(a, b, 1)
          case '/':
            return a && b && combine(a, b, -1)
          case '^':
            this.#dimensions.exponent(right, b, report)
            return a && right.kind === 'NumberLiteral' ? power(a, right.value) : undefined
          case '+':
          case '-':
            return this.#dimensions.shared(`\`${operator}\``, expression.span, [a, b], report)
          default:
            this.#dimensions.shared(`\`${operator}\``, expression.span, [a, b], report)
            return dimensionless
        }
      }
      case 'Conditional': {
        infer(expression.test)
        const found = [infer(expression.then), infer(expression.otherwise)]
        return this.#dimensions.shared('`if`', expression.span, found, report)
      }
      case 'Call':
        return this.#call(within, expression, report)
      case 'List':
        return expression.elements[0] && infer(expression.elements[0])
      case 'BooleanLiteral':
        return dimensionless
      case 'Spread':
      case 'Range':
      case 'StringLiteral':
      case 'ErrorExpression':
        return undefined
    }
  }

  #weight(name: string): Dimension {
    const known = this.#known.get(name)
    if (known) return known
    const made = this.#dimensions.unknowns.fresh()
    this.#known.set(name, made)
    return made
  }

  #taken({ target }: Connection): Dimension | undefined {
    const { population, compartment } = target
    const variable = this.#environments.variables(population.cell).get(compartment)
    return variable && this.#dimensions.ofVariable(variable)
  }

  /** What terminals make of the signal that their cell emits; mismatches in it go to `report`. */
  #fromTerminals(connection: Connection, report: Reporter = silent): Dimension | undefined {
    const { source, stp, transmit } = connection
    const { population, signal } = source
    const variable = this.#environments.variables(population.cell).get(signal)
    const emitted = variable && this.#dimensions.ofVariable(variable)
    let sent = emitted
    const environment = stp && this.#environments.stp(stp, population)
    if (stp?.item.amplitude && environment) {
      this.#give(environment.variables, emitted)
      const amplitude = this.#dimensions.of(stp.item.amplitude, environment, report)
      sent = sent && amplitude && combine(sent, amplitude, 1)
    }
    if (!transmit) return sent
    const place = this.#environments.transmit(transmit, population)
    this.#give(place.variables, sent)
    return this.#dimensions.of(transmit.value, place, report)
  }

  /** Says what `signal` is. */
  #give(variables: ReadonlyMap<string, Variable>, value?: Dimension): void {
    const signal = variables.get('signal')
    if (signal) this.#dimensions.assume(signal, value)
  }

  #named(
    within: WeightExpression,
    expression: Expression,
    report: Reporter,
  ): Dimension | undefined {
    const reference = this.#references.find(within, expression)
    switch (reference?.kind) {
      case 'weights': {
        const [element] = reference.elements
        return element && this.#element(element, report)
      }
      case 'bias': {
        const { population, bias } = reference
        const variable = this.#environments.variables(population.cell).get(bias.name)
        return variable && this.#dimensions.ofVariable(variable)
      }
      case 'value':
        return dimensionOf(reference.value)
      case 'pair':
        return reference.dimension
      case 'index':
        return dimensionless
      default:
        return undefined
    }
  }

  #element(element: WeightElement, report: Reporter): Dimension | undefined {
    if (element.kind === 'connection') return this.#weight(element.name)
    if (this.#known.has(element.name)) return this.#known.get(element.name)
    // Of what is made of itself nothing is known; the circle is said elsewhere.
    this.#known.set(element.name, undefined)
    const value = element.kind === 'matrix' ? element.matrix.init : element.definition.value
    const found = this.expression(value, report)
    this.#known.set(element.name, found)
    return found
  }

  #call(within: WeightExpression, call: CallExpression, report: Reporter): Dimension | undefined {
    const args = call.args.map((each) => this.#infer(within, each.value, report))
    const callee = this.#references.find(within, call.callee)
    const name = callee?.kind === 'function' ? callee.name : ''
    if (name === 'file') return undefined
    if (initialisers.has(name)) {
      // The shape of `gamma` is a plain number, whatever it is a draw of.
      const given = call.args.flatMap(({ name: option }, i) =>
        option?.name === 'fan' ||
        // How many standard deviations a range is wide is a plain number.
        (name === 'truncated_normal' && (option ? option.name === 'within' : i === 2)) ||
        (name === 'gamma' && (option?.name ?? i) === (option ? 'shape' : 0))
          ? []
          : [i],
      )
      const found = given.map((i) => args[i])
      // What is not said is a plain number: the other end of a range, the spread, the gain.
      const isLeftOut = given.length === 0 || leavesOut(call, name)
      const values = isLeftOut ? [...found, dimensionless] : found
      return this.#dimensions.shared(`\`${name}\``, call.span, values, report)
    }
    // Scaled to the radius, whatever it was before.
    if (name === 'spectral') return args[1]
    if (!weightFunctions.has(name)) return this.#dimensions.ofCall(name, call, args, report)
    if (name.endsWith('_factor')) return undefined
    return this.#dimensions.shared(`\`${name}\``, call.span, args, report)
  }

  #compare(
    connection: Connection,
    what: string,
    where: Expression | Span,
    found: Dimension | undefined,
    weight: Dimension,
    report: Reporter,
  ): void {
    if (!found || this.#dimensions.unknowns.equate(found, weight)) return
    const { target, source } = endsIn(connection)
    const parameters = {
      operation: `${what} \`${connection.family ?? connection.name}\``,
      left: this.#dimensions.describe(found),
      right: `${this.#dimensions.describe(weight)} (of what \`${target}\` takes, for \`${source}\`)`,
    }
    const isExpression = 'kind' in where
    const hint = isExpression ? this.#hint(where, weight) : undefined
    report('unitMismatch', isExpression ? where.span : where, parameters, { hint })
  }

  /** What to write in place of a plain number. */
  #hint(value: Expression, wanted: Dimension): string | undefined {
    if (value.kind !== 'Call') return this.#dimensions.hint(value, wanted)
    for (const { value: argument } of value.args) {
      const hint = this.#dimensions.hint(argument, wanted)
      if (hint !== undefined) return hint
    }
    return undefined
  }
}

const endsIn = ({ target, source }: Connection): Ends => ({
  target: `${target.population.family}.${target.compartment}`,
  source: `${source.population.family}.${source.signal}`,
})

/** Of a bound; 0 fits every unit, and so does what has no end. */
function boundDimension(bound: NumberValue): Dimension | undefined {
  return Number.isFinite(bound.value) ? dimensionOf(bound) : undefined
}

/** Whether an option keeps a value that is not 0: the spread of `normal`, the upper end of `uniform`. */
function leavesOut({ args }: CallExpression, name: string): boolean {
  const option =
    name === 'normal' || name === 'truncated_normal'
      ? 'std'
      : name === 'uniform'
        ? 'high'
        : undefined
  if (option === undefined || args.some((each) => each.name?.name === option)) return false
  const positional = args.filter((each) => !each.name).length
  return positional < (name === 'uniform' ? 2 : 1)
}
