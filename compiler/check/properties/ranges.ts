/**
 * Which numbers weights and signals can be, by intervals: weights from how they begin, what they are tied
 * to, and what they are clipped to after every change; signals from the equations of their cell. Parameters
 * are as they are, but those that a phase sets can be anything in their range.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import type { Environment } from '../../model/bind/environment.ts'
import type { Bound } from '../../model/bind/index.ts'
import type { CellVariable } from '../../model/bind/reference.ts'
import type { WeightElement } from '../../model/bind/elements.ts'
import type {
  BooleanValue,
  Connection,
  Experiment,
  Model,
  NumberValue,
  Population,
  ScalarSymbol,
  WeightExpression,
} from '../../model/model.ts'
import { operatorFunctions } from '../../model/operators.ts'
import { lookUpUnit } from '../../model/units.ts'
import { paramsOf } from '../../model/values.ts'
import {
  anything,
  atLeastZero,
  exactly,
  hull,
  intervalOf,
  isAtLeastZero,
  isAtMostZero,
  isBelowZero,
  made,
  negative,
  ofValue,
  truths,
  type Interval,
} from './interval.ts'

/** How an interval of a node is found where arithmetic alone does not say it. */
interface Leaves {
  readonly name: (node: Expression) => Interval
  readonly call: (node: CallExpression) => Interval
  /** The part of a conditional that counts, if that is known. */
  readonly taken?: (node: Expression) => Expression | undefined
}

/** See the module's head. */
export class Ranges {
  readonly #model: Model
  readonly #bound: Bound
  readonly #changing: ReadonlySet<string>
  readonly #weights = new Map<string, Interval | 'pending'>()
  readonly #variables = new Map<CellVariable, Interval | 'pending'>()

  constructor(model: Model, bound: Bound, experiment: Experiment | undefined) {
    this.#model = model
    this.#bound = bound
    this.#changing = settingsOf(model, experiment)
  }

  /** Of a weight as it is stored, or tied, without the sign of its synapse: at the start, and always. */
  weight(
    connection: Connection,
    isPerturbed = false,
  ): { readonly start: Interval; readonly always: Interval } {
    const { tied, init, rule, copied, bounds, sign } = connection
    if (tied) {
      const found = this.#joined(connection, this.expression(tied))
      return { start: found, always: found }
    }
    const begins = init ?? copied?.value
    const start = begins ? this.#joined(connection, this.expression(begins)) : exactly(0)
    if (!rule && !copied && !isPerturbed) return { start, always: start }
    // What is kept after every change (`bounded` in compiler/lower/plasticity/updates.ts; `PerturbPlan`).
    const low = bounds?.from?.value ?? (sign === 'unsigned' ? -Infinity : 0)
    const changed = { low, high: bounds?.to?.value ?? Infinity }
    return { start, always: hull(start, this.#joined(connection, changed)) }
  }

  /** Where single pairs have no synapse, the weight is 0. */
  #joined({ connectivity }: Connection, found: Interval): Interval {
    return connectivity === 'pattern' || connectivity === 'mask' ? hull(found, exactly(0)) : found
  }

  #element(element: WeightElement): Interval {
    const { name } = element
    const known = this.#weights.get(name)
    if (known !== undefined) return known === 'pending' ? anything : known
    this.#weights.set(name, 'pending')
    const found =
      element.kind === 'connection'
        ? this.weight(element.connection).always
        : this.expression(
            element.kind === 'matrix' ? element.matrix.init : element.definition.value,
          )
    this.#weights.set(name, found)
    return found
  }

  /** Of an expression of weights. */
  expression(expression: WeightExpression): Interval {
    const { weights } = this.#bound
    const leaves: Leaves = {
      name: (node) => {
        const reference = weights.find(expression, node)
        if (reference?.kind === 'value') return this.#number(reference.value)
        if (reference?.kind === 'weights')
          return reference.elements.map((each) => this.#element(each)).reduce(hull)
        return reference?.kind === 'pair' && reference.quantity === 'distance'
          ? atLeastZero
          : anything
      },
      taken: (node) => {
        const reference = weights.find(expression, node)
        return reference?.kind === 'branch' ? reference.taken : undefined
      },
      call: (node) => {
        const reference = weights.find(expression, node)
        if (reference?.kind === 'initialiser')
          return this.#initialiser(reference.name, reference.numbers)
        const args = node.args.map(({ value }) => this.#of(value, leaves))
        const name = node.callee.kind === 'Name' ? node.callee.name : ''
        switch (name) {
          case 'norm':
            return atLeastZero
          case 'transpose':
            return args[0] ?? anything
          case 'row_sum':
          case 'column_sum':
            return summed(args[0] ?? anything)
          case 'spectral':
            return isAtLeastZero(args[0] ?? anything) ? atLeastZero : anything
          case 'left_factor':
          case 'right_factor':
            return anything
          default:
            return elementwise(name, args)
        }
      },
    }
    return this.#of(expression.value, leaves)
  }

  #initialiser(name: string, numbers: ReadonlyMap<string, NumberValue>): Interval {
    const of = (option: string, standard: number): Interval => {
      const value = numbers.get(option)
      return value ? this.#number(value) : exactly(standard)
    }
    switch (name) {
      case 'uniform':
        return hull(of('low', 0), of('high', 1))
      case 'truncated_normal':
        return around(of('mean', 0), of('std', 1), of('within', 2))
      case 'identity':
        return hull(exactly(0), of('scale', 1))
      case 'lognormal':
      case 'gamma':
        return atLeastZero
      case 'exponential':
        return isAtLeastZero(of('mean', 1)) ? atLeastZero : anything
      default:
        return anything
    }
  }

  /** Of what the terminals of a connection send, but for the amplitude of short-term plasticity. */
  sent({ source, transmit }: Connection): Interval {
    const { population, signal } = source
    const emitted = this.signal(population, signal)
    if (!transmit) return emitted
    const environment = this.#bound.environments.transmit(transmit, population)
    return this.#inCell(transmit.value, environment, new Map([['signal', emitted]]))
  }

  /** Of the amplitude of short-term plasticity; undefined where the terminals have none. */
  amplitude({ stp, source }: Connection): Interval | undefined {
    if (!stp?.item.amplitude) return undefined
    return this.#inCell(stp.item.amplitude, this.#bound.environments.stp(stp, source.population))
  }

  /**
   * Whether a target feels the other sign than that of the weight: where a signal is emitted that is never above 0,
   * or terminals send what is never above 0 of signals that are 0 or more.
   */
  isTurned(connection: Connection): boolean {
    const { source, transmit } = connection
    const emitted = this.signal(source.population, source.signal)
    const terminal = transmit
      ? this.#inCell(
          transmit.value,
          this.#bound.environments.transmit(transmit, source.population),
          new Map([['signal', isAtLeastZero(emitted) ? emitted : atLeastZero]]),
        )
      : atLeastZero
    const turning = [emitted, terminal, this.amplitude(connection) ?? atLeastZero]
    return turning.filter(isBelowZero).length % 2 === 1
  }

  /** Of what a population emits, or of another variable of its cell. */
  signal({ cell }: Population, name: string): Interval {
    const variable = this.#bound.environments.variables(cell).get(name)
    return variable ? this.#variable(variable) : anything
  }

  #variable(variable: CellVariable): Interval {
    const known = this.#variables.get(variable)
    if (known !== undefined) return known === 'pending' ? anything : known
    this.#variables.set(variable, 'pending')
    const found = this.#ofVariable(variable)
    this.#variables.set(variable, found)
    return found
  }

  #ofVariable(variable: CellVariable): Interval {
    if (variable.kind !== 'equation') return anything
    const { equation, environment } = variable
    if (equation.detected) return truths
    return environment ? this.#inCell(equation.value, environment) : anything
  }

  #inCell(
    expression: Expression,
    environment: Environment,
    given: ReadonlyMap<string, Interval> = new Map(),
    depth = 0,
  ): Interval {
    const { references } = this.#bound
    const of = (node: Expression) =>
      references.has(environment, node) ? references.of(environment, node) : undefined
    const leaves: Leaves = {
      name: (node) => {
        const reference = of(node)
        if (reference?.kind === 'value') return this.#number(reference.value)
        if (reference?.kind === 'time') return atLeastZero
        if (reference?.kind === 'presented' || reference?.kind === 'evaluating') return truths
        if (reference?.kind === 'cell') return this.#variable(reference.variable)
        if (reference?.kind !== 'local') return anything
        const { variable } = reference
        if (variable.kind === 'binding' && variable.value && depth < deepest)
          return this.#inCell(variable.value, environment, given, depth + 1)
        return given.get(variable.name) ?? anything
      },
      call: (node) => {
        const reference = of(node.callee)
        if (reference?.kind !== 'function') return anything
        const { fn } = reference
        const args = node.args.map(({ value }) => this.#of(value, leaves))
        if (fn.kind === 'builtin') return ofFunction(fn.name, args)
        if (depth >= deepest || node.args.some((each) => each.name)) return anything
        const { parameters, result } = fn.definition
        const named = parameters.map(({ name }, i) => [name.name, args[i] ?? anything] as const)
        const { body } = this.#bound.environments.function(fn)
        return this.#inCell(result, body, new Map(named), depth + 1)
      },
    }
    return this.#of(expression, leaves)
  }

  #of(node: Expression, leaves: Leaves): Interval {
    switch (node.kind) {
      case 'NumberLiteral':
        return exactly(node.value * (node.unit ? (lookUpUnit(node.unit.name)?.scale ?? 1) : 1))
      case 'BooleanLiteral':
        return exactly(Number(node.value))
      case 'Unary':
        return node.operator === '-' ? negative(this.#of(node.operand, leaves)) : truths
      case 'Binary': {
        const [a, b] = [this.#of(node.left, leaves), this.#of(node.right, leaves)]
        if (node.operator === '@') return summed(intervalOf('mul', [a, b]))
        const isSame = sameText(node.left, node.right)
        if (isSame && node.operator === '*') return intervalOf('square', [a])
        return intervalOf(operatorFunctions[node.operator], [a, b])
      }
      case 'Conditional': {
        const taken = leaves.taken?.(node)
        if (taken) return this.#of(taken, leaves)
        return hull(this.#of(node.then, leaves), this.#of(node.otherwise, leaves))
      }
      case 'Call':
        return leaves.call(node)
      default:
        return leaves.name(node)
    }
  }

  #number(value: NumberValue | BooleanValue): Interval {
    const { symbol } = value
    const changes = symbol && paramsOf(symbol).some((name) => this.#changing.has(rootOf(name)))
    return changes ? this.#symbol(symbol) : ofValue(value)
  }

  #symbol(symbol: ScalarSymbol): Interval {
    switch (symbol.kind) {
      case 'number':
        return exactly(symbol.value)
      case 'apply':
        return intervalOf(
          symbol.fn,
          symbol.args.map((each) => this.#symbol(each)),
        )
      case 'param': {
        const name = rootOf(symbol.name)
        const param = this.#model.params.find((each) => each.name === name)
        if (!param) return anything
        if (
          !this.#changing.has(name) &&
          (param.value.kind === 'number' || param.value.kind === 'boolean')
        )
          return ofValue(param.value)
        return { low: param.range?.from ?? -Infinity, high: param.range?.to ?? Infinity }
      }
    }
  }
}

/** How deep functions are looked into. */
const deepest = 16

/** Of a function of the language in an equation. */
function ofFunction(name: string, args: readonly Interval[]): Interval {
  const [first = anything] = args
  switch (name) {
    case 'prev':
      return hull(first, args[1] ?? exactly(0))
    case 'since':
    case 'count':
    case 'poisson':
    case 'binomial':
    case 'std':
    case 'variance':
    case 'batch_variance':
    case 'batch_count':
      return atLeastZero
    case 'bernoulli':
    case 'uniform':
      return truths
    case 'sum':
      return summed(first)
    case 'mean':
    case 'batch_mean':
    case 'max_of':
    case 'min_of':
      return first
    default:
      return elementwise(name, args)
  }
}

const rootOf = (name: string): string => name.replace(/\[.*$/, '')

/** Of a sum of any number of them. */
function summed(each: Interval): Interval {
  if (isAtLeastZero(each)) return isAtMostZero(each) ? exactly(0) : atLeastZero
  return isAtMostZero(each) ? negative(atLeastZero) : anything
}

const elementwise = (name: string, args: readonly Interval[]): Interval =>
  name === 'clip'
    ? intervalOf('min', [intervalOf('max', args.slice(0, 2)), args[2] ?? anything])
    : (name === 'min' || name === 'max') && args.length > 2
      ? args.reduce((a, b) => intervalOf(name, [a, b]))
      : intervalOf(name, args)

const sameText = (a: Expression, b: Expression): boolean =>
  a.kind === 'Name' && b.kind === 'Name' && a.name === b.name

/** Parameters that a phase sets, of the model or of the experiment's protocol. */
function settingsOf(model: Model, experiment: Experiment | undefined): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { settings } of model.phases) for (const { name } of settings) names.add(name.name)
  for (const statement of experiment?.statements ?? [])
    if (statement.kind === 'Protocol' || statement.kind === 'Evaluate')
      walk(statement, (node) => {
        if (node.kind === 'Setting') names.add(node.name.name)
      })
  return names
}

/** What is no farther from `mean` than so many standard deviations. */
const around = (mean: Interval, std: Interval, within: Interval): Interval =>
  made([mean, std, within], ({ low, high }, deviation, times) => {
    const most = deviation.high * times.high
    return { low: low - most, high: high + most }
  })
