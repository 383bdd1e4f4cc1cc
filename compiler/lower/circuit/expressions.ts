/**
 * Equations of cells, synapses and functions as nodes of a graph. A value of a population has the
 * shape [batch, units]; what is the same for all units [batch, 1]; what is the same for all examples
 * [units]; arithmetic over parameters alone is a host scalar, []. Broadcasting does the rest.
 *
 * What a name refers to was found when the model was bound; a place says what value that has here.
 */
import type { BinaryExpression, CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import { GraphBuilder } from '../../ir/builder.ts'
import { pullback } from '../../ir/gradient.ts'
import type { Graph, Shape, ValueId } from '../../ir/ir.ts'
import { operatorFunctions } from '../../model/operators.ts'
import type { Environment } from '../../model/bind/environment.ts'
import { bindingsBelow } from '../../model/bind/local-bindings.ts'
import type {
  FunctionReference,
  LocalVariable,
  Reference,
  Variable,
} from '../../model/bind/reference.ts'
import { batchFunctions, draws, temporal } from '../../model/builtins.ts'
import type { FunctionValue } from '../../model/model.ts'
import { takenBy } from '../../model/named-arguments.ts'
import { numberValue } from '../../model/values.ts'
import { lookUpUnit } from '../../model/units.ts'
import { noLowering, type LowerContext } from '../context.ts'
import { staysZero } from '../../model/freedom.ts'
import { equationScalar } from '../scalars.ts'
import { lowerBatch, type Cells } from './batch.ts'
import { applyBuiltin, type Drawing } from './builtins.ts'
import { comparedSince, functionOf } from './compared-since.ts'
import { evaluatingNow } from './evaluating.ts'
import { isPresented, presentedNow, sincePresented } from './presented.ts'
import { knownScalar, mapCounted, runTime } from './step-counts.ts'

/** A reference to something that is computed. */
export type ComputedReference = Extract<Reference, { kind: 'cell' | 'local' | 'path' }>

/** How many bindings may wait for one another before they are computed in order. */
export const deepestBinding = 64

/** How an expression is lowered: where it was bound, and what stands for what it reads. */
export interface Reading extends Drawing {
  /** Where it was bound. */
  readonly environment: Environment
  /** The value of what is referred to; undefined after a report. */
  readonly read: (reference: ComputedReference, span: Span) => ValueId | undefined
  /** `prev`, `since` and `count`, where there is a past. */
  readonly temporal?: (call: CallExpression) => ValueId | undefined
  /** White noise of this step, where a state equation is lowered: another draw for each place. */
  readonly noise?: () => ValueId
  /** The cells of which statistics over a batch are taken, where there are any. */
  readonly cells?: Cells
  /** `since` as a plain number of steps, exact below 2^24. */
  readonly stepsSince?: (of: Expression) => ValueId | undefined
}

export function lowerExpression(
  context: LowerContext,
  place: Reading,
  expression: Expression,
): ValueId | undefined {
  const { builder } = context
  const lower = (each: Expression): ValueId | undefined => lowerExpression(context, place, each)
  switch (expression.kind) {
    case 'NumberLiteral': {
      const unit = expression.unit && lookUpUnit(expression.unit.name)
      const value = numberValue(expression.value * (unit?.scale ?? 1), unit?.dimension)
      return equationScalar(context, value)
    }
    case 'BooleanLiteral':
      return builder.constant(Number(expression.value))
    case 'Name':
    case 'Member':
    case 'Index':
    case 'List':
    case 'StringLiteral':
    case 'Spread':
    case 'Range':
      return lowerReference(context, place, expression)
    case 'Call':
      return lowerCall(context, place, expression)
    case 'Unary': {
      const operand = lower(expression.operand)
      if (operand === undefined) return undefined
      const fn = expression.operator === '-' ? 'neg' : 'not'
      return mapCounted(builder, context.clock?.step, fn, [operand])
    }
    case 'Binary':
      return lowerBinary(context, place, expression)
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
    case 'ErrorExpression':
      return undefined
  }
}

function lowerReference(
  context: LowerContext,
  place: Reading,
  expression: Expression,
): ValueId | undefined {
  const reference = context.bound.references.of(place.environment, expression)
  switch (reference.kind) {
    case 'cell':
    case 'local':
    case 'path':
      return place.read(reference, expression.span)
    case 'value':
      return equationScalar(context, reference.value)
    case 'time':
      return timeOf(context, place, expression)
    case 'presented':
      return presentedNow(context, place.environment, expression)
    case 'evaluating':
      return evaluatingNow(context, place.environment)
    case 'noise':
      return place.noise?.()
    // A function without arguments was reported, and so was what means nothing.
    case 'function':
    case 'unknown':
      return undefined
  }
}

/** The run's time; before the first step none has passed. */
export function timeOf(
  context: LowerContext,
  { environment }: Pick<Reading, 'environment'>,
  { span }: Expression,
): ValueId | undefined {
  if (environment.initial) return context.builder.constant(0)
  return context.clock
    ? runTime(context.builder, context.clock)
    : noLowering(context, span, '`t` in a circuit without a past')
}

function lowerBinary(
  context: LowerContext,
  place: Reading,
  expression: BinaryExpression,
): ValueId | undefined {
  const { builder } = context
  const { operator } = expression
  // A product of weights has no place here; that was reported.
  if (operator === '@') return undefined
  if (operator === '*' && scalesNoDraw(context, place, expression)) return builder.constant(0)
  const short = comparedSince(context, place, expression, (inner, each) =>
    lowerExpression(inner, place, each),
  )
  if (short !== undefined) return short
  const left = lowerExpression(context, place, expression.left)
  const right = lowerExpression(context, place, expression.right)
  if (left === undefined || right === undefined) return undefined
  if (operator === '+' && isZero(builder, right)) return left
  if (operator === '^') {
    const exponent = builder.nodeOf(right)
    if (exponent.op === 'const' && exponent.value === 2) return builder.map('square', left)
  }
  return mapCounted(builder, context.clock?.step, operatorFunctions[operator], [left, right])
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
  { bound, freedom }: LowerContext,
  { environment }: Reading,
  { left, right }: BinaryExpression,
): boolean {
  const isDraw = (each: Expression): boolean =>
    each.kind === 'Call' && each.callee.kind === 'Name' && draws.has(each.callee.name)
  const isNothing = (each: Expression): boolean => {
    if (each.kind === 'NumberLiteral') return each.value === 0
    if (each.kind !== 'Name') return false
    const reference = bound.references.of(environment, each)
    return (
      reference.kind === 'value' &&
      reference.value.kind === 'number' &&
      staysZero(freedom, reference.value)
    )
  }
  return (isDraw(right) && isNothing(left)) || (isDraw(left) && isNothing(right))
}

// --- calls -----------------------------------------------------------------------------------------

function lowerCall(
  context: LowerContext,
  place: Reading,
  call: CallExpression,
): ValueId | undefined {
  const fn = functionOf(context, place, call.callee)
  if (!fn) return undefined
  if (fn.kind === 'builtin' && fn.name === 'pullback') return lowerPullback(context, place, call)
  if (fn.kind === 'builtin' && temporal.has(fn.name)) {
    const of = call.args[0]?.value
    return fn.name === 'since' && of && isPresented(context, place.environment, of)
      ? sincePresented(context, place.environment, of)
      : place.temporal?.(call)
  }
  if (fn.kind === 'builtin' && batchFunctions.has(fn.name))
    return lowerBatch(context, place.cells, call, fn.name, (each) =>
      lowerExpression(context, place, each),
    )
  const given =
    fn.kind === 'function' ? takenBy(call, fn.definition).map((each) => each?.argument) : call.args
  const args: (ValueId | undefined)[] = []
  for (const argument of given) {
    const value = argument && lowerExpression(context, place, argument.value)
    if (argument && value === undefined) return undefined
    args.push(value)
  }
  return applyFunction(context, place, fn, args)
}

function applyFunction(
  context: LowerContext,
  place: Reading,
  fn: FunctionReference,
  /** Of a function written in .ccn, undefined where its own default stands. */
  args: readonly (ValueId | undefined)[],
): ValueId | undefined {
  if (fn.kind === 'function') return applyDefined(context, place, fn, args)
  const given = args.filter((each) => each !== undefined)
  return applyBuiltin(context.builder, place, fn.name, given, context.clock?.step)
}

function applyDefined(
  context: LowerContext,
  place: Reading,
  fn: FunctionValue,
  args: readonly (ValueId | undefined)[],
): ValueId | undefined {
  const { definition } = fn
  const { body } = context.bound.environments.function(fn)
  const values = parameterValues(fn, args, body)
  const inner = functionPlace(context, place, body, values)
  const result = lowerExpression(context, inner, definition.result)
  const [argument] = args
  if (result === undefined || !definition.pullback || argument === undefined) return result
  const { builder } = context
  const graph = pullbackGraph(
    context,
    place,
    fn,
    builder.shapeOf(argument),
    builder.shapeOf(result),
  )
  return graph && builder.custom(result, argument, graph)
}

/** What each parameter of a function is in one call. */
function parameterValues(
  { definition }: FunctionValue,
  args: readonly (ValueId | undefined)[],
  { variables }: Environment,
): Map<Variable, ValueId | undefined> {
  const values = new Map<Variable, ValueId | undefined>()
  for (const [i, { name }] of definition.parameters.entries()) {
    const variable = variables.get(name.name)
    if (variable && args[i] !== undefined) values.set(variable, args[i])
  }
  return values
}

/** The inside of a function: bindings, and defaults, are computed when first read. */
function functionPlace(
  context: LowerContext,
  { drawShape, stream, cells }: Pick<Reading, 'drawShape' | 'stream' | 'cells'>,
  environment: Environment,
  values: Map<Variable, ValueId | undefined>,
): Reading {
  const running = new Set<LocalVariable>()
  const { references } = context.bound
  const inner: Reading = {
    environment,
    drawShape,
    stream,
    ...(cells && { cells }),
    read: (reference, span) => {
      if (reference.kind !== 'local') return undefined
      const { variable } = reference
      if (values.has(variable)) return values.get(variable)
      // What needs itself was reported.
      const isComputed = variable.kind === 'binding' || variable.kind === 'parameter'
      if (!isComputed || !variable.value || running.has(variable)) return undefined
      running.add(variable)
      // However many stand on one another, the stack does not have to hold them.
      if (running.size === deepestBinding)
        for (const each of bindingsBelow(references, environment, variable))
          inner.read({ kind: 'local', variable: each }, span)
      const value = lowerExpression(context, inner, variable.value)
      running.delete(variable)
      values.set(variable, value)
      return value
    },
  }
  return inner
}

/** The function's own pullback as a graph with inputs `z` and `g`. */
function pullbackGraph(
  context: LowerContext,
  place: Reading,
  fn: FunctionValue,
  argumentShape: Shape,
  resultShape: Shape,
): Graph | undefined {
  const { definition } = fn
  const { pullback: environment } = context.bound.environments.function(fn)
  if (!definition.pullback || !environment) return undefined
  const builder = new GraphBuilder(`pullback of ${definition.name.name}`)
  const inner: LowerContext = { ...context, builder }
  const values = parameterValues(fn, [builder.input('z', argumentShape)], environment)
  const gradient = environment.variables.get(definition.pullback.gradient.name)
  const g = builder.input('g', resultShape)
  if (gradient) values.set(gradient, g)
  const body = functionPlace(inner, place, environment, values)
  const result = lowerExpression(inner, body, definition.pullback.result)
  if (result === undefined) return undefined
  builder.output('result', builder.broadcast(result, argumentShape))
  return builder.build()
}

/** `pullback(f, z, g)`: what the gradient g of f(z) is at z. */
function lowerPullback(
  context: LowerContext,
  place: Reading,
  call: CallExpression,
): ValueId | undefined {
  const [of, at, gradient] = call.args
  if (!of || !at || !gradient) return undefined
  const fn = functionOf(context, place, of.value)
  const argument = lowerExpression(context, place, at.value)
  const g = lowerExpression(context, place, gradient.value)
  if (!fn || argument === undefined || g === undefined) return undefined
  const { builder } = context
  // An own node for the argument, so that only this use of it is differentiated.
  const [atShape, shape] = [builder.shapeOf(argument), builder.shapeOf(g)]
  const wide = atShape.length < shape.length ? builder.broadcast(argument, shape) : argument
  const point = builder.point(wide)
  const result = applyFunction(context, place, fn, [point])
  if (result === undefined) return undefined
  const isWhole = shape.length === builder.shapeOf(result).length
  return pullback(
    builder,
    result,
    point,
    isWhole ? g : builder.broadcast(g, builder.shapeOf(result)),
  )
}
