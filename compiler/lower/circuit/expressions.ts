/**
 * Equations of cells, synapses and functions as nodes of a graph. A value of a population has the
 * shape [batch, units]; what is the same for all units [batch, 1]; what is the same for all examples
 * [units]; arithmetic over parameters alone is a host scalar, []. Broadcasting does the rest.
 */
import type {
  BinaryExpression,
  CallExpression,
  Expression,
  FunctionItem,
  Span,
} from '../../../grammar/ast.ts'
import { GraphBuilder } from '../../ir/builder.ts'
import { pullback } from '../../ir/gradient.ts'
import type { Graph, MapFunction, Shape, ValueId } from '../../ir/ir.ts'
import { builtinNames, draws, elementwise, runTimeName, temporal } from '../../model/builtins.ts'
import { didYouMean, evaluate } from '../../model/evaluate.ts'
import type { FunctionValue, Scope, Value } from '../../model/model.ts'
import { lookUpUnit } from '../../model/units.ts'
import { describeEntry, isValue } from '../../model/values.ts'
import { noLowering, type LowerContext } from '../context.ts'
import { scalarValue, staysZero } from '../scalars.ts'
import { countIn, isComparison, knownScalar, mapCounted, runTime } from './step-counts.ts'

/** What names mean where an expression stands. */
export interface Environment {
  readonly scope: Scope
  /** Variables of the place: 'unknown' if there is none of that name; undefined after a report. */
  readonly variable: (name: string, span: Span) => ValueId | undefined | 'unknown'
  /** `object.member` where the object is no value: `pre.e`. */
  readonly member?: (
    object: Expression,
    name: string,
    span: Span,
  ) => ValueId | undefined | 'unknown'
  /** Shape of a draw made here. */
  readonly drawShape: Shape
  /** A stream name for the next draw of a distribution. */
  readonly stream: (distribution: string) => string
  /** `prev`, `since` and `count`, where there is a past. */
  readonly temporal?: (call: CallExpression, environment: Environment) => ValueId | undefined
  /** `since` as a plain number of steps, exact below 2^24. */
  readonly stepsSince?: (of: Expression) => ValueId | undefined
  /** Every name that could be meant, for suggestions. */
  readonly names: () => readonly string[]
}

/** What the operators of the language are, element by element. */
export const binaryFunctions: Readonly<Record<string, MapFunction>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  and: 'and',
  or: 'or',
}

export function lowerExpression(
  context: LowerContext,
  environment: Environment,
  expression: Expression,
): ValueId | undefined {
  const { builder } = context
  const lower = (each: Expression): ValueId | undefined =>
    lowerExpression(context, environment, each)
  switch (expression.kind) {
    case 'NumberLiteral':
    case 'BooleanLiteral':
      return constantOf(context, environment.scope, expression)
    case 'Name':
      return lowerName(context, environment, expression.name, expression.span)
    case 'Member': {
      const found = environment.member?.(expression.object, expression.member.name, expression.span)
      if (environment.member && found !== 'unknown') return found
      return constantOf(context, environment.scope, expression)
    }
    case 'Index':
    case 'List':
    case 'StringLiteral':
      return constantOf(context, environment.scope, expression)
    case 'Call':
      return lowerCall(context, environment, expression)
    case 'Unary': {
      const operand = lower(expression.operand)
      if (operand === undefined) return undefined
      const fn = expression.operator === '-' ? 'neg' : 'not'
      return mapCounted(builder, context.clock?.step, fn, [operand])
    }
    case 'Binary': {
      if (expression.operator === '@') {
        return context.diagnostics.report('notConstant', expression.span, {
          reason: '`@` is a product of weights, which have no place in an equation',
        })
      }
      if (expression.operator === '*' && scalesNoDraw(context, environment, expression))
        return builder.constant(0)
      const short = comparedSince(context, environment, expression)
      if (short !== undefined) return short
      const left = lower(expression.left)
      const right = lower(expression.right)
      if (left === undefined || right === undefined) return undefined
      if (expression.operator === '+' && isZero(builder, right)) return left
      if (expression.operator === '^') {
        const exponent = builder.nodeOf(right)
        if (exponent.op === 'const' && exponent.value === 2) return builder.map('square', left)
      }
      const fn = binaryFunctions[expression.operator] ?? 'add'
      return mapCounted(builder, context.clock?.step, fn, [left, right])
    }
    case 'Conditional': {
      const test = lower(expression.test)
      const known = context.phase && test !== undefined ? knownScalar(builder, test) : undefined
      // What a phase does not take it does not compute: it may read a phase that is still to come.
      if (known !== undefined) return lower(known === 0 ? expression.otherwise : expression.then)
      const then = lower(expression.then)
      const otherwise = lower(expression.otherwise)
      if (test === undefined || then === undefined || otherwise === undefined) return undefined
      return mapCounted(builder, context.clock?.step, 'select', [test, then, otherwise])
    }
    case 'Spread':
    case 'Range':
      return constantOf(context, environment.scope, expression)
    case 'ErrorExpression':
      return undefined
  }
}

/** `since(s) >= 2 ms`, for which a plain number of steps is enough; undefined for all else. */
function comparedSince(
  context: LowerContext,
  environment: Environment,
  { operator, left, right }: BinaryExpression,
): ValueId | undefined {
  const { builder, clock } = context
  const fn = binaryFunctions[operator]
  if (!clock || !fn || !isComparison(fn) || !environment.stepsSince) return undefined
  const sides = [left, right].map((each) => signalOf(environment, each))
  const of = sides[0] ?? sides[1]
  const other = sides[0] ? right : left
  if (!of || (sides[0] && sides[1])) return undefined
  // Looked at aside: what turns out to be no constant is lowered in its own place.
  const aside: LowerContext = { ...context, builder: new GraphBuilder('aside') }
  if (other.kind !== 'NumberLiteral' && !isConstant(environment, other)) return undefined
  const value = lowerExpression(aside, environment, other)
  const steps = value === undefined ? undefined : countIn(aside.builder, value, clock.step).rest
  const known = steps === undefined ? undefined : knownScalar(aside.builder, steps)
  if (known === undefined || Math.abs(known) >= 2 ** 23) return undefined
  const count = environment.stepsSince(of)
  if (count === undefined) return undefined
  const swapped = sides[0] === undefined
  const [down, up] = [Math.floor(known), Math.ceil(known)]
  const isUp = (fn === 'ge' || fn === 'lt') !== swapped
  const isOrder = fn !== 'eq' && fn !== 'ne'
  // Whole steps reach 20.5 at 21.
  const border = builder.constant(!isOrder ? known : isUp ? up : down)
  return swapped ? builder.map(fn, border, count) : builder.map(fn, count, border)
}

/** The signal of a `since(signal)`. */
function signalOf(environment: Environment, expression: Expression): Expression | undefined {
  if (expression.kind !== 'Call' || expression.callee.kind !== 'Name') return undefined
  const { name } = expression.callee
  const entry = environment.scope.lookUp(name)
  const isOwn = !entry || (entry.kind === 'builtin' && entry.name === name)
  return name === 'since' && isOwn ? expression.args[0]?.value : undefined
}

/** Whether an expression is made of numbers and of names that are no variables. */
function isConstant(environment: Environment, expression: Expression): boolean {
  switch (expression.kind) {
    case 'NumberLiteral':
      return true
    case 'Name': {
      const entry = environment.scope.lookUp(expression.name)
      return (
        entry?.kind === 'number' &&
        environment.variable(expression.name, expression.span) === 'unknown'
      )
    }
    case 'Unary':
      return isConstant(environment, expression.operand)
    case 'Binary':
      return isConstant(environment, expression.left) && isConstant(environment, expression.right)
    default:
      return false
  }
}

const isZero = (builder: GraphBuilder, value: ValueId): boolean => {
  const node = builder.nodeOf(value)
  return node.op === 'const' && node.value === 0
}

/**
 * Noise of strength 0 (`noise * normal()` with noise = 0) is not drawn at all, unless a phase
 * changes that.
 */
function scalesNoDraw(
  { freedom }: LowerContext,
  environment: Environment,
  { left, right }: BinaryExpression,
): boolean {
  const isDraw = (each: Expression): boolean =>
    each.kind === 'Call' && each.callee.kind === 'Name' && draws.has(each.callee.name)
  const isNothing = (each: Expression): boolean => {
    if (each.kind === 'NumberLiteral') return each.value === 0
    if (each.kind !== 'Name' || environment.variable(each.name, each.span) !== 'unknown')
      return false
    const entry = environment.scope.lookUp(each.name)
    return entry?.kind === 'number' && staysZero(freedom, entry)
  }
  return (isDraw(right) && isNothing(left)) || (isDraw(left) && isNothing(right))
}

function constantOf(
  context: LowerContext,
  scope: Scope,
  expression: Expression,
): ValueId | undefined {
  const value = evaluate(context.diagnostics, scope, expression)
  return value && fromValue(context, value, expression.span)
}

function fromValue(context: LowerContext, value: Value, span: Span): ValueId | undefined {
  if (value.kind === 'number' || value.kind === 'boolean')
    return scalarValue(context.builder, context.freedom, value)
  return context.diagnostics.report('expectedNumber', span, {
    expected: 'number',
    found: describeEntry(value),
  })
}

function lowerName(
  context: LowerContext,
  environment: Environment,
  name: string,
  span: Span,
): ValueId | undefined {
  const variable = environment.variable(name, span)
  if (variable !== 'unknown') return variable
  const entry = environment.scope.lookUp(name)
  if (entry && isValue(entry)) {
    if (entry.kind === 'number' || entry.kind === 'boolean') {
      return constantOf(context, environment.scope, { kind: 'Name', name, span })
    }
    return fromValue(context, entry, span)
  }
  if (!entry && lookUpUnit(name))
    return constantOf(context, environment.scope, { kind: 'Name', name, span })
  if (!entry && environment.scope.knows(name)) return undefined
  if (!entry && name === runTimeName && context.clock)
    return runTime(context.builder, context.clock.step)
  return context.diagnostics.report(
    'unknownName',
    span,
    { kind: 'variable or parameter', name },
    { hint: didYouMean(name, environment.names()) },
  )
}

/** A function by its name here: one of the language, or one written in .ccn. */
function resolveFunction(
  context: LowerContext,
  environment: Environment,
  expression: Expression,
): FunctionValue | { readonly kind: 'builtin'; readonly name: string } | undefined {
  if (expression.kind === 'Name') {
    const { name, span } = expression
    const entry = environment.scope.lookUp(name)
    if (entry?.kind === 'function' || entry?.kind === 'builtin') return entry
    if (!entry && builtinNames.has(name)) return { kind: 'builtin', name }
    if (entry) {
      return context.diagnostics.report('wrongKind', span, {
        name,
        found: describeEntry(entry),
        expected: 'a function',
      })
    }
    if (environment.scope.knows(name)) return undefined
    const names = [...builtinNames, ...environment.scope.names()]
    return context.diagnostics.report(
      'unknownName',
      span,
      { kind: 'function', name },
      { hint: didYouMean(name, names) },
    )
  }
  return context.diagnostics.report('wrongKind', expression.span, {
    name: 'this',
    found: 'an expression',
    expected: 'the name of a function',
  })
}

function lowerCall(
  context: LowerContext,
  environment: Environment,
  call: CallExpression,
): ValueId | undefined {
  const fn = resolveFunction(context, environment, call.callee)
  if (!fn) return undefined
  if (fn.kind === 'builtin' && fn.name === 'pullback')
    return lowerPullback(context, environment, call)
  if (fn.kind === 'builtin' && temporal.has(fn.name))
    return environment.temporal
      ? environment.temporal(call, environment)
      : noLowering(context, call.span, `\`${fn.name}\` here`)
  const args: ValueId[] = []
  for (const argument of call.args) {
    const value = lowerExpression(context, environment, argument.value)
    if (value === undefined) return undefined
    args.push(value)
  }
  return applyFunction(context, environment, fn, args, call.span)
}

function arityError(
  context: LowerContext,
  name: string,
  expected: number,
  found: number,
  span: Span,
): undefined {
  return context.diagnostics.report('tooManyArguments', span, {
    owner: `\`${name}\``,
    expected,
    found,
  })
}

function applyFunction(
  context: LowerContext,
  environment: Environment,
  fn: FunctionValue | { readonly kind: 'builtin'; readonly name: string },
  args: readonly ValueId[],
  span: Span,
): ValueId | undefined {
  if (fn.kind === 'function') return applyDefined(context, environment, fn, args, span)
  const { builder } = context
  const step = context.clock?.step
  const map = elementwise.get(fn.name)
  if (map) {
    if (args.length !== map.arity) return arityError(context, fn.name, map.arity, args.length, span)
    return mapCounted(builder, step, map.fn, args)
  }
  const [first, second, third] = args
  switch (fn.name) {
    case 'clip':
      if (first === undefined || second === undefined || third === undefined || args.length > 3) {
        return arityError(context, 'clip', 3, args.length, span)
      }
      return mapCounted(builder, step, 'min', [
        mapCounted(builder, step, 'max', [first, second]),
        third,
      ])
    case 'normal':
    case 'uniform':
      if (args.length > 0) return arityError(context, fn.name, 0, args.length, span)
      return builder.random(fn.name, environment.stream(fn.name), environment.drawShape)
    case 'bernoulli':
      if (first === undefined || args.length > 1)
        return arityError(context, fn.name, 1, args.length, span)
      return builder.random('bernoulli', environment.stream(fn.name), environment.drawShape, first)
    case 'poisson':
      return noLowering(context, span, `\`${fn.name}\``)
    default:
      if (first === undefined || args.length > 1)
        return arityError(context, fn.name, 1, args.length, span)
      return lowerReduction(builder, fn.name, first)
  }
}

/** Over the units, keeping the axis, so that the result broadcasts against values of the units. */
export function lowerReduction(builder: GraphBuilder, name: string, value: ValueId): ValueId {
  const axis = builder.shapeOf(value).length - 1
  if (axis < 0) return name === 'variance' || name === 'std' ? builder.constant(0) : value
  const reduce = (fn: 'sum' | 'mean' | 'max' | 'min', of: ValueId): ValueId =>
    builder.reduce(fn, of, [axis], true)
  switch (name) {
    case 'sum':
    case 'mean':
      return reduce(name, value)
    case 'max_of':
      return reduce('max', value)
    case 'min_of':
      return reduce('min', value)
    case 'variance':
    case 'std': {
      const centred = builder.map('sub', value, reduce('mean', value))
      const variance = reduce('mean', builder.map('square', centred))
      return name === 'std' ? builder.map('sqrt', variance) : variance
    }
    default:
      throw new Error(`${name} is no reduction`)
  }
}

/** How deep functions may call functions. */
const callLimit = 64

function applyDefined(
  context: LowerContext,
  environment: Environment,
  fn: FunctionValue,
  args: readonly ValueId[],
  span: Span,
): ValueId | undefined {
  const { definition } = fn
  const name = definition.name.name
  if (args.length !== definition.parameters.length) {
    return arityError(context, name, definition.parameters.length, args.length, span)
  }
  if (context.calls.depth >= callLimit) {
    return context.diagnostics.report('definitionCycle', span, {
      cycle: `\`${name}\` calls itself`,
    })
  }
  context.calls.depth++
  try {
    const parameters = new Map(
      definition.parameters.map((each, i) => [each.name.name, args[i] ?? 0]),
    )
    const body = functionEnvironment(context, environment, fn, definition.bindings, parameters)
    const result = lowerExpression(context, body, definition.result)
    const [argument] = args
    if (result === undefined || !definition.pullback || argument === undefined) return result
    const graph = pullbackGraph(
      context,
      environment,
      fn,
      context.builder.shapeOf(argument),
      context.builder.shapeOf(result),
    )
    return graph && context.builder.custom(result, argument, graph)
  } finally {
    context.calls.depth--
  }
}

function functionEnvironment(
  context: LowerContext,
  environment: Environment,
  fn: FunctionValue,
  bindings: FunctionItem['bindings'],
  parameters: ReadonlyMap<string, ValueId>,
): Environment {
  const values = new Map<string, ValueId | undefined>()
  const running = new Set<string>()
  const inner: Environment = {
    scope: fn.scope,
    variable: (name, span) => {
      if (parameters.has(name)) return parameters.get(name)
      const binding = bindings.find((each) => each.name.name === name)
      if (!binding) return 'unknown'
      if (values.has(name)) return values.get(name)
      if (running.has(name)) {
        return context.diagnostics.report('cycle', span, { cycle: `\`${name}\` needs itself` })
      }
      running.add(name)
      const value = lowerExpression(context, inner, binding.value)
      values.set(name, value)
      return value
    },
    drawShape: environment.drawShape,
    stream: environment.stream,
    names: () => [
      ...parameters.keys(),
      ...bindings.map((each) => each.name.name),
      ...fn.scope.names(),
    ],
  }
  return inner
}

/** The function's own pullback as a graph with inputs `z` and `g`. */
function pullbackGraph(
  context: LowerContext,
  environment: Environment,
  fn: FunctionValue,
  argumentShape: Shape,
  resultShape: Shape,
): Graph | undefined {
  const { definition } = fn
  if (!definition.pullback) return undefined
  const builder = new GraphBuilder(`pullback of ${definition.name.name}`)
  const inner: LowerContext = { ...context, builder }
  const parameter = definition.parameters[0]?.name.name ?? 'z'
  const values = new Map([
    [parameter, builder.input('z', argumentShape)],
    [definition.pullback.gradient.name, builder.input('g', resultShape)],
  ])
  const bindings = [...definition.bindings, ...definition.pullback.bindings]
  const body = functionEnvironment(inner, environment, fn, bindings, values)
  const result = lowerExpression(inner, body, definition.pullback.result)
  if (result === undefined) return undefined
  builder.output('result', builder.broadcast(result, argumentShape))
  return builder.build()
}

/** `pullback(f, z, g)`: what the gradient g of f(z) is at z. */
function lowerPullback(
  context: LowerContext,
  environment: Environment,
  call: CallExpression,
): ValueId | undefined {
  const [of, at, gradient] = call.args
  if (!of || !at || !gradient || call.args.length > 3)
    return arityError(context, 'pullback', 3, call.args.length, call.span)
  const fn = resolveFunction(context, environment, of.value)
  const argument = lowerExpression(context, environment, at.value)
  const g = lowerExpression(context, environment, gradient.value)
  if (!fn || argument === undefined || g === undefined) return undefined
  const { builder } = context
  // An own node for the argument, so that only this use of it is differentiated.
  const point = builder.stop(argument)
  const result = applyFunction(context, environment, fn, [point], call.span)
  if (result === undefined) return undefined
  return pullback(builder, result, point, g)
}
