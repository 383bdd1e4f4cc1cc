/**
 * Probabilities and conditions of pairs, `exp(-distance / 200 um)`, as a list of steps that is gone through
 * for each pair when a pattern is drawn. Numbers in it are those of the compilation.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import { walk } from '../../../grammar/walk.ts'
import type { ElementaryFunction } from '../../../contract/elementary.ts'
import type { PairProgram, PairStep } from '../../../contract/pattern.ts'
import { elementwise, elementwiseOfWeights } from '../builtins.ts'
import type { Context } from '../context.ts'
import { didYouMean, evaluate } from '../evaluate.ts'
import { functionUnits, judgedCall } from '../function-units.ts'
import type { FunctionValue, Population, Positions, Scope } from '../model.ts'
import { checkPlaces, checkTaken, takenBy } from '../named-arguments.ts'
import { operatorFunctions } from '../operators.ts'
import { startOf, wholeOf } from '../slices.ts'
import {
  combine,
  describeDimension,
  dimensionless,
  power,
  sameDimension,
  unitHint,
  type Dimension,
} from '../units.ts'
import { describeEntry, paramsOf } from '../values.ts'
import { isOfSpace, pairQuantitiesIn, pairQuantityOf } from './pair-names.ts'

/** The two sides of a pattern. */
export interface Sides {
  readonly source: Population
  readonly target: Population
}

const isTime = (dimension: Dimension): boolean => sameDimension(dimension, { time: 1 })

/** A step and what it is of; a written 0 is of every dimension. */
interface Part {
  readonly step: number
  readonly dimension: Dimension
  readonly isZero?: boolean
}

/** What expressions read of pairs stands where both sides have positions; undefined after a report. */
export function spaceOf(
  context: Context,
  { source, target }: Sides,
  span: Span,
): Positions | undefined {
  const [pre, post] = [source, target].map((each) => wholeOf(each).positions)
  const without = pre ? target : source
  if (!pre || !post) {
    const { name } = wholeOf(without)
    if (context.isBroken(wholeOf(without).family)) return undefined
    return context.report(
      'withoutPositions',
      span,
      { name },
      {
        hint: `say where they are, as in \`population ${name}[...] : ... at line(spacing = 10 um)\``,
      },
    )
  }
  if (!sameDimension(pre.dimension, post.dimension)) {
    return context.report('unitMismatch', span, {
      operation: 'A distance',
      left: describeDimension(pre.dimension),
      right: describeDimension(post.dimension),
    })
  }
  const differs = [0, 1].some((axis) => {
    const [a = 0, b = 0] = [pre.plan.period[axis], post.plan.period[axis]]
    return Math.abs(a - b) > 1e-9 * Math.max(a, b)
  })
  if (!differs) return pre
  return context.report('spacesDiffer', span, {
    source: source.name,
    target: target.name,
    sourcePeriod: periodText(pre),
    targetPeriod: periodText(post),
  })
}

const periodText = ({ plan, dimension }: Positions): string => {
  const [x, y] = plan.period
  const unit = sameDimension(dimension, dimensionless) ? '' : ' m'
  const text = (each: number): string => `${Number(each.toPrecision(6))}${unit}`
  if (x === 0 && y === 0) return 'never'
  return y === 0 || x === y
    ? `after ${text(x)}`
    : x === 0
      ? `after ${text(y)}`
      : `after ${text(x)} and ${text(y)}`
}

/** The steps of an expression for each pair; undefined after a report. */
export function pairProgram(
  context: Context,
  scope: Scope,
  expression: Expression,
  sides: Sides,
): PairProgram | undefined {
  const quantities = [...pairQuantitiesIn(scope, expression)]
  const space = quantities.some(isOfSpace) ? spaceOf(context, sides, expression.span) : undefined
  if (quantities.some(isOfSpace) && !space) return undefined
  const program = new Program(context, scope, sides, space?.dimension ?? dimensionless)
  const part = program.part(expression)
  if (!part) return undefined
  if (!sameDimension(part.dimension, dimensionless)) {
    return context.report('unitExpected', expression.span, {
      what: 'A probability or condition',
      expected: 'a plain number',
      found: describeDimension(part.dimension),
    })
  }
  return program.steps
}

/** How deep functions may call one another. */
const deepestCall = 60

const operationOf = (node: Expression): string =>
  node.kind === 'Binary'
    ? `\`${node.operator}\``
    : node.kind === 'Call' && node.callee.kind === 'Name'
      ? `\`${node.callee.name}\``
      : 'A choice'

class Program {
  readonly steps: PairStep[] = []
  readonly #context: Context
  /** Where names are looked up, and what parameters and bindings of a function stand for; none outside of one. */
  #scope: Scope
  #locals: ReadonlyMap<string, Part> = new Map()
  #depth = 0
  readonly #sides: Sides
  readonly #length: Dimension

  constructor(context: Context, scope: Scope, sides: Sides, length: Dimension) {
    this.#context = context
    this.#scope = scope
    this.#sides = sides
    this.#length = length
  }

  part(node: Expression): Part | undefined {
    const local = node.kind === 'Name' ? this.#locals.get(node.name) : undefined
    if (local) return local
    // A function knows of pairs what it is handed.
    const quantity = this.#depth === 0 ? pairQuantityOf(this.#scope, node) : undefined
    if (quantity) {
      const step = this.#push({ kind: 'pair', quantity })
      if (isOfSpace(quantity)) return { step, dimension: this.#length }
      const { source, target } = this.#sides
      const first = startOf(quantity === 'pre.index' ? source : target)
      const sum = first === 0 ? step : this.#apply('add', [step, this.#constant(first)])
      return { step: sum, dimension: dimensionless }
    }
    if (!this.#varies(node)) return this.#known(node)
    switch (node.kind) {
      case 'Unary': {
        const operand = this.part(node.operand)
        if (!operand) return undefined
        const fn = node.operator === 'not' ? 'not' : 'neg'
        return { step: this.#apply(fn, [operand.step]), dimension: operand.dimension }
      }
      case 'Binary':
        return this.#binary(node)
      case 'Conditional': {
        const [test, then, otherwise] = [node.test, node.then, node.otherwise].map((each) =>
          this.part(each),
        )
        if (!test || !then || !otherwise) return undefined
        const dimension = this.#same(node, [node.then, then], [node.otherwise, otherwise])
        return (
          dimension && {
            step: this.#apply('select', [test.step, then.step, otherwise.step]),
            dimension,
          }
        )
      }
      case 'Call':
        return this.#call(node)
      default:
        return this.#context.report('wrongExpression', node.span, {
          found: 'something else',
          expected: 'a number for each pair',
        })
    }
  }

  /** Whether it is made of what pairs have, or calls what is written in .ccn. */
  #varies(node: Expression): boolean {
    if (this.#depth === 0 && pairQuantitiesIn(this.#scope, node).size > 0) return true
    let found = false
    walk(node, (each) => {
      if (each.kind !== 'Name') return !found
      found ||= this.#locals.has(each.name) || this.#scope.lookUp(each.name)?.kind === 'function'
      return false
    })
    return found
  }

  /** What is known when the model is compiled. */
  #known(node: Expression): Part | undefined {
    const value = evaluate(this.#context, this.#scope, node)
    if (!value) return undefined
    if (value.kind !== 'number' && value.kind !== 'boolean') {
      return this.#context.report('expectedNumber', node.span, {
        expected: 'number',
        found: describeEntry(value),
      })
    }
    for (const name of paramsOf(value.symbol)) this.#context.structural.add(name)
    const number = Number(value.value)
    return {
      step: this.#constant(number),
      dimension: value.kind === 'number' ? value.dimension : dimensionless,
      isZero: node.kind === 'NumberLiteral' && number === 0 && !node.unit,
    }
  }

  #binary(node: Expression & { readonly kind: 'Binary' }): Part | undefined {
    const { operator } = node
    const [left, right] = [this.part(node.left), this.part(node.right)]
    const fn = operator === '@' ? undefined : operatorFunctions[operator]
    if (!left || !right) return undefined
    if (!fn) {
      return this.#context.report('wrongExpression', node.span, {
        found: 'a product of weights',
        expected: 'a number for each pair',
      })
    }
    const step = this.#apply(fn, [left.step, right.step])
    switch (operator) {
      case '*':
      case '/':
        return {
          step,
          dimension: combine(left.dimension, right.dimension, operator === '*' ? 1 : -1),
        }
      case '^': {
        const exponent = this.steps[right.step]
        if (!sameDimension(right.dimension, dimensionless))
          return this.#wantPlain('An exponent', node.right, right)
        const isPlain = sameDimension(left.dimension, dimensionless)
        if (isPlain || exponent?.kind !== 'const') return { step, dimension: left.dimension }
        return { step, dimension: power(left.dimension, exponent.value) }
      }
      case 'and':
      case 'or':
        return { step, dimension: dimensionless }
      default: {
        const dimension = this.#same(node, [node.left, left], [node.right, right])
        const isSum = operator === '+' || operator === '-'
        return dimension && { step, dimension: isSum ? dimension : dimensionless }
      }
    }
  }

  #call(call: CallExpression): Part | undefined {
    const name = call.callee.kind === 'Name' ? call.callee.name : ''
    const entry = this.#scope.lookUp(name)
    if (entry?.kind === 'function') return this.#inlined(call, entry)
    const found = elementwise.get(name)
    if (!found && name !== 'clip') {
      return this.#context.report(
        'unknownName',
        call.callee.span,
        { kind: 'function of pairs', name },
        { hint: didYouMean(name, [...elementwiseOfWeights]) },
      )
    }
    if (!checkPlaces(this.#context, call, name)) return undefined
    const parts: Part[] = []
    for (const { value } of call.args) {
      const part = this.part(value)
      if (!part) return undefined
      parts.push(part)
    }
    const [first, second, third] = parts
    const folds = (name === 'min' || name === 'max') && parts.length > 1
    const expected = name === 'clip' ? 3 : (found?.arity ?? 1)
    if (!first || (!folds && parts.length !== expected)) {
      return this.#context.report('tooManyArguments', call.span, {
        owner: `\`${name}\``,
        expected,
        found: parts.length,
      })
    }
    const dimension = this.#dimensionOfCall(call, name, parts)
    if (!dimension) return undefined
    if (name === 'clip' && second && third) {
      const raised = this.#apply('max', [first.step, second.step])
      return { step: this.#apply('min', [raised, third.step]), dimension }
    }
    if (!found) return undefined
    const step =
      parts.length === 1
        ? this.#apply(found.fn, [first.step])
        : parts.slice(1).reduce((sum, each) => this.#apply(found.fn, [sum, each.step]), first.step)
    return { step, dimension }
  }

  /** The dimension of what a function gives; undefined after a report. */
  #dimensionOfCall(
    call: CallExpression,
    name: string,
    parts: readonly Part[],
  ): Dimension | undefined {
    const asked = functionUnits.get(name)
    if (!asked) return dimensionless
    const found = parts.map((each) => (each.isZero ? undefined : each.dimension))
    const { clashes, gives } = judgedCall(asked, found, { same: sameDimension, isTime })
    const [clash] = clashes
    if (!clash) return gives ?? parts[0]?.dimension ?? dimensionless
    if (clash.kind === 'alike') {
      const [first, other] = [parts[clash.first], parts[clash.other]]
      const [one, two] = [call.args[clash.first]?.value, call.args[clash.other]?.value]
      return first && other && one && two && this.#same(call, [one, first], [two, other])
    }
    return this.#wantPlain(`\`${name}\``, call.args[clash.at]?.value ?? call, parts[clash.at])
  }

  #wantPlain(what: string, { span }: Expression, part: Part | undefined): undefined {
    const found = describeDimension(part?.dimension ?? dimensionless)
    const expected = 'a number without a unit'
    return this.#context.report('unitExpected', span, { what, expected, found })
  }

  /** A function written in .ccn: its body, of these arguments. */
  #inlined(call: CallExpression, { definition, scope }: FunctionValue): Part | undefined {
    const { parameters, bindings, result } = definition
    // That a function never ends is told where it is declared.
    if (this.#depth > deepestCall || !checkTaken(this.#context, call, definition)) return undefined
    const given = new Map<string, Part>()
    for (const [i, taken] of takenBy(call, definition).entries()) {
      const name = parameters[i]?.name.name
      if (!taken || name === undefined) return undefined
      const { argument, standard } = taken
      const part = argument
        ? this.part(argument.value)
        : standard && this.#within(scope, given, standard)
      if (!part) return undefined
      given.set(name, part)
    }
    for (const binding of bindings) {
      const part = this.#within(scope, given, binding.value)
      if (!part) return undefined
      given.set(binding.name.name, part)
    }
    return this.#within(scope, given, result)
  }

  /** An expression of a function's body. */
  #within(scope: Scope, locals: ReadonlyMap<string, Part>, node: Expression): Part | undefined {
    const before = [this.#scope, this.#locals] as const
    this.#scope = scope
    this.#locals = locals
    this.#depth++
    const part = this.part(node)
    ;[this.#scope, this.#locals] = before
    this.#depth--
    return part
  }

  /** The one dimension of two parts; undefined after a report. */
  #same(
    node: Expression,
    [left, a]: readonly [Expression, Part],
    [right, b]: readonly [Expression, Part],
  ): Dimension | undefined {
    if (a.isZero || sameDimension(a.dimension, b.dimension)) return b.dimension
    if (b.isZero) return a.dimension
    return this.#context.report(
      'unitMismatch',
      node.span,
      {
        operation: operationOf(node),
        left: describeDimension(a.dimension),
        right: describeDimension(b.dimension),
      },
      { hint: unitHint(left, b.dimension) ?? unitHint(right, a.dimension) },
    )
  }

  #constant(value: number): number {
    return this.#push({ kind: 'const', value })
  }

  #apply(fn: ElementaryFunction, args: readonly number[]): number {
    return this.#push({ kind: 'apply', fn, args })
  }

  #push(step: PairStep): number {
    return this.steps.push(step) - 1
  }
}
