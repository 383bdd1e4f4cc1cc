/**
 * Weights as values: what is stored, what is tied to it, and arithmetic over whole weights.
 *
 * A weight is [post, pre]. A family name in an expression means its element between the same two
 * populations as the weight that the expression is for, in either direction; axes are aligned by
 * population, or, where they are other populations, by position. A tied weight has no storage: its
 * value is its expression, wherever it is read.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import { parseName } from '../names.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import type { MapFunction, ValueId } from '../../ir/ir.ts'
import {
  compileTimeFunctions,
  elementwise,
  elementwiseOfWeights,
  initialisers,
  weightFunctions,
} from '../../model/builtins.ts'
import { calledByName } from '../../model/statement-hints.ts'
import { familyName } from '../../model/families.ts'
import { didYouMean, evaluate, evaluateBoolean } from '../../model/evaluate.ts'
import type { Bias, Connection, Population, Scope, WeightExpression } from '../../model/model.ts'
import { walk } from '../../../grammar/walk.ts'
import type { LowerContext, WeightElement } from '../context.ts'
import { biasNamed, type NamedBias } from './named-bias.ts'
import { lowerInitialiser } from '../init/initialisers.ts'
import { scalarValue } from '../scalars.ts'

/** A value with what its axes count: units of a population, by name. */
export interface WeightValue {
  readonly value: ValueId
  /** [post, pre] of a matrix, [population] of a vector, [] of a number. */
  readonly axes: readonly string[]
}

/** What an expression of weights is for: decides which elements names mean, and the final shape. */
export interface WeightTarget {
  /** Storage name, for random streams. */
  readonly name: string
  readonly axes: readonly string[]
  readonly shape: readonly number[]
  /** The kernel of a transposed convolution, which is stored [pre, post, height, width]. */
  readonly transposed?: boolean
}

/** Reads a stored or initial value of a weight by its storage name. */
export type ReadStorage = (name: string, shape: readonly number[]) => ValueId

export function connectionTarget(connection: Connection): WeightTarget {
  const post = connection.target.population.name
  const pre = connection.source.population.name
  const { name, shape, connectivity } = connection
  if (connectivity === 'conv_transpose') return { name, axes: [pre, post], shape, transposed: true }
  return { name, axes: connectivity === 'one_to_one' ? [post] : [post, pre], shape }
}

/** Whether only some of a connection's pairs of units are connected. */
export const isMasked = ({ connectivity }: Connection): boolean =>
  connectivity === 'pattern' || connectivity === 'mask'

/** The storage of a connection's mask: 1 where two units are connected, else 0. */
export const maskName = ({ name }: Connection): string => `${name}.mask`

/**
 * `value`, 0 where the connection has no synapse. Weights are stored so (`StorageInfo.mask`), and tied ones
 * are computed so: the circuit reads them as they are, at no cost. What a weight changes by, and its
 * reference gradient, pass through here.
 */
export function masked(builder: GraphBuilder, connection: Connection, value: ValueId): ValueId {
  if (!isMasked(connection)) return value
  return builder.map('mul', value, builder.load(maskName(connection), connection.shape))
}

/** Whether the units of a channel have one bias together. */
export const sharesBias = ({ shape }: Population, { perChannel }: Bias): boolean =>
  perChannel && shape.length > 1

export function biasTarget(population: Population, bias: Bias): WeightTarget {
  const { name, size, shape } = population
  const count = sharesBias(population, bias) ? (shape[0] ?? 1) : size
  return { name: bias.storage, axes: [name], shape: [count] }
}

export class Weights {
  readonly #context: LowerContext
  readonly #read: ReadStorage
  readonly #values = new Map<string, ValueId | undefined>()
  readonly #running: string[] = []
  #draws = 0

  constructor(context: LowerContext, read: ReadStorage) {
    this.#context = context
    this.#read = read
  }

  /** The weight of a connection, [post, pre] (or [units] one-to-one). */
  connection(connection: Connection): ValueId | undefined {
    const target = connectionTarget(connection)
    return this.#once(connection.name, connection.span, () => {
      if (!connection.tied) return this.#read(connection.name, connection.shape)
      const value = this.expression(connection.tied, target)
      if (value === undefined || !isMasked(connection)) return value
      return this.#context.builder.map('mul', value, this.mask(connection))
    })
  }

  /** The mask of a connection that has one, [post, pre]. */
  mask(connection: Connection): ValueId {
    const name = maskName(connection)
    const value = this.#values.get(name) ?? this.#read(name, connection.shape)
    this.#values.set(name, value)
    return value
  }

  bias(population: Population, bias: Bias): ValueId | undefined {
    const target = biasTarget(population, bias)
    return this.#once(bias.storage, bias.span, () =>
      bias.tied ? this.expression(bias.tied, target) : this.#read(bias.storage, target.shape),
    )
  }

  /** An element of any family: connection, matrix or `let`. */
  element(element: WeightElement): WeightValue | undefined {
    switch (element.kind) {
      case 'connection': {
        const value = this.connection(element.connection)
        return value === undefined
          ? undefined
          : { value, axes: connectionTarget(element.connection).axes }
      }
      case 'matrix': {
        const { rows, columns, name, span, init, tied } = element.matrix
        const axes = [rows.name, columns.name]
        const target = { name, axes, shape: [rows.size, columns.size] }
        const value = this.#once(name, span, () =>
          tied ? this.expression(init, target) : this.#read(name, target.shape),
        )
        return value === undefined ? undefined : { value, axes }
      }
      case 'let': {
        const { definition } = element
        const key = `let ${definition.name}`
        if (this.#running.includes(key)) return this.#cycle(key, definition.span)
        this.#running.push(key)
        const value = this.#lower(definition.value.value, definition.value.scope, undefined)
        this.#running.pop()
        return value
      }
    }
  }

  /** An expression's value in the shape of its target. */
  expression(expression: WeightExpression, target: WeightTarget): ValueId | undefined {
    const found = this.#lower(expression.value, expression.scope, target)
    if (!found) return undefined
    const { builder } = this.#context
    if (found.axes.length === 0) return builder.broadcast(found.value, target.shape)
    const aligned = this.#align(found, target, expression.value.span)
    return aligned === undefined ? undefined : aligned
  }

  /** An expression that is for no weight in particular: names must be of single elements. */
  value(expression: Expression, scope: Scope): WeightValue | undefined {
    return this.#lower(expression, scope, undefined)
  }

  /** A value with its axes in the order of another's; undefined (reported) if the shapes differ. */
  alignedTo(found: WeightValue, target: WeightValue, span: Span): ValueId | undefined {
    const shape = this.#context.builder.shapeOf(target.value).map(Number)
    return this.#align(found, { axes: target.axes, shape }, span)
  }

  #once(name: string, span: Span, make: () => ValueId | undefined): ValueId | undefined {
    if (this.#values.has(name)) return this.#values.get(name)
    if (this.#running.includes(name)) return this.#cycle(name, span)
    this.#running.push(name)
    const value = make()
    this.#running.pop()
    this.#values.set(name, value)
    return value
  }

  #cycle(name: string, span: Span): undefined {
    const cycle = [...this.#running.slice(this.#running.indexOf(name)), name]
    return this.#context.diagnostics.report('cycle', span, {
      cycle: cycle.map((each) => `\`${each.replace(/^let /, '')}\``).join(' -> '),
    })
  }

  /** `found` with its axes in the order of `target`; by position if they are other populations. */
  #align(
    found: WeightValue,
    target: { readonly axes: readonly string[]; readonly shape: readonly number[] },
    span: Span,
  ): ValueId | undefined {
    const { builder } = this.#context
    const [rows, columns] = found.axes
    const swapped =
      found.axes.length === 2 &&
      builder.shapeOf(found.value).length === 2 &&
      rows !== columns &&
      rows === target.axes[1] &&
      columns === target.axes[0]
    const value = swapped ? builder.transpose(found.value) : found.value
    const shape = builder.shapeOf(value)
    if (shape.length === target.shape.length && shape.every((size, i) => size === target.shape[i]))
      return value
    return this.#context.diagnostics.report('shapeMismatch', span, {
      left: 'What is needed here',
      leftShape: `[${target.shape.join(', ')}]`,
      right: 'this',
      rightShape: `[${shape.join(', ')}]`,
    })
  }

  #lower(
    expression: Expression,
    scope: Scope,
    target: WeightTarget | undefined,
  ): WeightValue | undefined {
    const { builder, diagnostics, freedom } = this.#context
    switch (expression.kind) {
      case 'Name':
      case 'Member':
      case 'Index': {
        const bias = biasNamed(expression, scope)
        if (bias) return this.#ofBias(bias)
        const element = this.#resolve(expression, scope, target)
        if (element === 'none') break
        return element && this.element(element)
      }
      case 'Unary': {
        const operand = this.#lower(expression.operand, scope, target)
        if (!operand) return undefined
        return {
          ...operand,
          value: builder.map(expression.operator === '-' ? 'neg' : 'not', operand.value),
        }
      }
      case 'Binary': {
        const fn = operators[expression.operator]
        // Comparisons are of numbers that are known now; there is none of weights.
        if (!fn && expression.operator !== '@') break
        const left = this.#lower(expression.left, scope, target)
        const right = this.#lower(expression.right, scope, target)
        if (!left || !right) return undefined
        return fn
          ? this.#elementwise(fn, left, right, expression.span)
          : this.#product(left, right, expression.span)
      }
      case 'Call':
        if (this.#isCountedNow(expression, scope)) break
        return this.#call(expression, scope, target)
      case 'Conditional': {
        const test = evaluateBoolean(diagnostics, scope, expression.test)
        return (
          test && this.#lower(test.value ? expression.then : expression.otherwise, scope, target)
        )
      }
      default:
        break
    }
    const value = evaluate(diagnostics, scope, expression)
    if (!value) return undefined
    if (value.kind === 'number' || value.kind === 'boolean') {
      return { value: scalarValue(builder, freedom, value), axes: [] }
    }
    return diagnostics.report('expectedNumber', expression.span, {
      expected: 'weight or number',
      found: 'something else',
    })
  }

  #ofBias({ population, bias }: NamedBias): WeightValue | undefined {
    const value = this.bias(population, bias)
    return value === undefined ? undefined : { value, axes: [population.name] }
  }

  /** The element that a name means here; 'none' if it names no weight at all. */
  #resolve(
    expression: Expression,
    scope: Scope,
    target: WeightTarget | undefined,
  ): WeightElement | undefined | 'none' {
    const bare = familyName(expression)
    if (bare !== undefined) {
      const entry = expression.kind === 'Name' ? scope.lookUp(bare) : undefined
      if (entry && entry.kind !== 'weight') return 'none'
      if (!entry && expression.kind === 'Name' && scope.knows(bare)) return undefined
    }
    const elements = parseName(this.#context, expression, scope)
    if (!elements)
      return expression.kind === 'Name' && bare !== undefined && !this.#isWeight(bare, scope)
        ? 'none'
        : undefined
    const [only] = elements
    if (elements.length === 1) return only
    const between = target && elements.filter((element) => this.#joins(element, target.axes))
    const [found] = between ?? []
    if (between?.length === 1) return found
    return this.#context.diagnostics.report(
      'wrongKind',
      expression.span,
      {
        name: bare ?? 'this',
        found: `a family of ${elements.length} weights`,
        expected: 'one weight',
      },
      {
        hint: `choose one by its number, as in \`${bare ?? 'W'}[0]\`; none of them is the only one between the same two populations`,
      },
    )
  }

  /** Whether an element joins the two populations; the axes of a `let` show when it is lowered. */
  #joins(element: WeightElement, axes: readonly string[]): boolean {
    if (element.kind !== 'let') return joins(element, axes)
    if (this.#running.includes(`let ${element.definition.name}`)) return false
    const [a, b] = this.element(element)?.axes ?? []
    return (a === axes[0] && b === axes[1]) || (a === axes[1] && b === axes[0])
  }

  /** An element-wise function of weights, draws and numbers; 'none' if `name` is none. */
  #mapped(
    call: CallExpression,
    name: string,
    args: readonly WeightValue[],
  ): WeightValue | undefined | 'none' {
    const { builder, diagnostics } = this.#context
    const [first, second, third] = args
    const map = elementwise.get(name)
    const arity = name === 'clip' ? 3 : map?.arity
    if (arity === undefined || !first) return 'none'
    const folds = (name === 'min' || name === 'max') && args.length > 1
    if (map && folds) {
      return args
        .slice(1)
        .reduce<WeightValue | undefined>(
          (left, right) => left && this.#elementwise(map.fn, left, right, call.span),
          first,
        )
    }
    if (args.length !== arity) {
      return diagnostics.report('tooManyArguments', call.span, {
        owner: `\`${name}\``,
        expected: arity,
        found: args.length,
      })
    }
    if (second && third) {
      const raised = this.#elementwise('max', first, second, call.span)
      return raised && this.#elementwise('min', raised, third, call.span)
    }
    if (!map) return 'none'
    if (second) return this.#elementwise(map.fn, first, second, call.span)
    return { ...first, value: builder.map(map.fn, first.value) }
  }

  /** Whether a call is of numbers alone: `size(h)`, `round(n / 2)`, but not `log(uniform())`. */
  #isCountedNow(call: CallExpression, scope: Scope): boolean {
    const { callee } = call
    if (callee.kind !== 'Name' || !compileTimeFunctions.has(callee.name)) return false
    if (!elementwiseOfWeights.has(callee.name)) return true
    let isOfNumbers = true
    for (const argument of call.args) {
      walk(argument.value, (node) => {
        if (node.kind !== 'Name') return
        const { name } = node
        const isFunction = initialisers.has(name) || weightFunctions.has(name)
        if (isFunction || this.#isWeight(name, scope)) isOfNumbers = false
      })
    }
    return isOfNumbers
  }

  #isWeight(name: string, scope: Scope): boolean {
    return scope.lookUp(name)?.kind === 'weight' || this.#context.index.families.has(name)
  }

  #product(left: WeightValue, right: WeightValue, span: Span): WeightValue | undefined {
    const { builder, diagnostics } = this.#context
    const a = builder.shapeOf(left.value)
    const b = builder.shapeOf(right.value)
    if (a.length !== 2 || b.length !== 2 || a[1] !== b[0]) {
      return diagnostics.report(
        'shapeMismatch',
        span,
        {
          left: 'The left factor',
          leftShape: `[${a.join(', ')}]`,
          right: 'the right one',
          rightShape: `[${b.join(', ')}]`,
        },
        { hint: 'in `A @ B` the columns of A and the rows of B must agree' },
      )
    }
    return {
      value: builder.matmul(left.value, right.value),
      axes: [left.axes[0] ?? '', right.axes[1] ?? ''],
    }
  }

  #elementwise(
    fn: MapFunction,
    left: WeightValue,
    right: WeightValue,
    span: Span,
  ): WeightValue | undefined {
    const { builder } = this.#context
    if (left.axes.length === 0 || right.axes.length === 0) {
      return {
        value: builder.map(fn, left.value, right.value),
        axes: left.axes.length === 0 ? right.axes : left.axes,
      }
    }
    const shape = builder.shapeOf(left.value).map(Number)
    const aligned = this.#align(right, { axes: left.axes, shape }, span)
    return aligned === undefined
      ? undefined
      : { value: builder.map(fn, left.value, aligned), axes: left.axes }
  }

  #call(
    call: CallExpression,
    scope: Scope,
    target: WeightTarget | undefined,
  ): WeightValue | undefined {
    const { builder, diagnostics } = this.#context
    const name = call.callee.kind === 'Name' ? call.callee.name : ''
    if (initialisers.has(name)) {
      if (!target) {
        return diagnostics.report('notConstant', call.span, {
          reason: `\`${name}\` draws initial weights, and here is none to be set`,
        })
      }
      const stream = `init ${target.name}${this.#draws++ === 0 ? '' : ` ${this.#draws}`}`
      const value = lowerInitialiser(this.#context, scope, call, name, target, stream)
      return value === undefined ? undefined : { value, axes: target.axes }
    }
    const args: WeightValue[] = []
    const ranks = name === 'left_factor' || name === 'right_factor' ? 1 : call.args.length
    for (const argument of call.args.slice(0, ranks)) {
      const value = this.#lower(argument.value, scope, name === 'transpose' ? undefined : target)
      if (!value) return undefined
      args.push(value)
    }
    const [first] = args
    if (!first)
      return diagnostics.report('tooManyArguments', call.span, {
        owner: `\`${name}\``,
        expected: 1,
        found: 0,
      })
    const rank = builder.shapeOf(first.value).length
    if (ofMatrices.has(name) && rank !== 2) {
      return diagnostics.report('wrongKind', call.span, {
        name: `${name}(...)`,
        found: rank > 2 ? 'of a kernel' : rank === 1 ? 'of a vector' : 'of a number',
        expected: 'of a matrix',
      })
    }
    switch (name) {
      case 'transpose':
        return { value: builder.transpose(first.value), axes: first.axes.toReversed() }
      case 'row_sum':
        return { value: builder.reduce('sum', first.value, [1]), axes: first.axes.slice(0, 1) }
      case 'column_sum':
        return { value: builder.reduce('sum', first.value, [0]), axes: first.axes.slice(1) }
      case 'norm':
        return {
          value: builder.map('sqrt', builder.reduce('sum', builder.map('square', first.value))),
          axes: [],
        }
      case 'left_factor':
      case 'right_factor': {
        const rank = call.args[1] && evaluate(diagnostics, scope, call.args[1].value)
        if (rank?.kind !== 'number') return undefined
        const most = Math.min(...builder.shapeOf(first.value).map(Number))
        if (!Number.isInteger(rank.value) || rank.value < 1 || rank.value > most) {
          return diagnostics.report('badValue', call.args[1]?.value.span ?? call.span, {
            what: 'The rank',
            expected: `a whole number from 1 to ${most}`,
            found: rank.value,
          })
        }
        const left = name === 'left_factor'
        const value = builder.factor(first.value, rank.value, left ? 'left' : 'right')
        return { value, axes: left ? [first.axes[0] ?? '', ''] : ['', first.axes[1] ?? ''] }
      }
      default: {
        const elementwise = this.#mapped(call, name, args)
        if (elementwise !== 'none') return elementwise
        const known = [...initialisers.keys(), ...weightFunctions, ...elementwiseOfWeights]
        const hint = name === '' ? calledByName : didYouMean(name, known)
        return diagnostics.report(
          'unknownName',
          call.callee.span,
          { kind: 'function of weights', name },
          { hint },
        )
      }
    }
  }
}

/** Functions of matrices alone. */
const ofMatrices: ReadonlySet<string> = new Set([
  'transpose',
  'row_sum',
  'column_sum',
  'left_factor',
  'right_factor',
])

const operators: Readonly<Record<string, MapFunction>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
}

/** Whether an element joins the two populations, in either direction. */
export function joins(element: WeightElement, axes: readonly string[]): boolean {
  const own =
    element.kind === 'connection'
      ? [element.connection.target.population.name, element.connection.source.population.name]
      : element.kind === 'matrix'
        ? [element.matrix.rows.name, element.matrix.columns.name]
        : []
  const [a, b] = own
  return (a === axes[0] && b === axes[1]) || (a === axes[1] && b === axes[0])
}
