/**
 * Weights as values: what is stored, what is tied to it, and arithmetic over whole weights, as bound in
 * `model/weights/`.
 *
 * A weight is [post, pre]. A family name in an expression means its element between the same two
 * populations as the weight that the expression is for, in either direction; axes are aligned by
 * population, or, where they are other populations, by position. A tied weight has no storage: its
 * value is its expression, wherever it is read.
 */
import type { CallExpression, Expression, Span } from '../../../grammar/ast.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import type { MapFunction, ValueId } from '../../ir/ir.ts'
import { elementwise } from '../../model/builtins.ts'
import type { Bias, Connection, Population, WeightExpression } from '../../model/model.ts'
import type { WeightReference } from '../../model/weights/reference.ts'
import {
  biasTarget,
  connectionTarget,
  isMasked,
  maskName,
  matrixTarget,
  type WeightTarget,
} from '../../model/weights/targets.ts'
import { fit, inOrder, shapeText, type WeightType } from '../../model/weights/types.ts'
import type { LowerContext, WeightElement } from '../context.ts'
import { lowerInitialiser } from '../init/initialisers.ts'
import { scalarValue } from '../scalars.ts'

export { isMasked, maskName }

/** A value with what its axes count: units of a population, by name. */
export interface WeightValue {
  readonly value: ValueId
  /** [post, pre] of a matrix, [population] of a vector, [] of a number. */
  readonly axes: readonly string[]
}

/** Reads a stored or initial value of a weight by its storage name. */
export type ReadStorage = (name: string, shape: readonly number[]) => ValueId

/**
 * `value`, 0 where the connection has no synapse. Weights are stored so (`StorageInfo.mask`), and tied ones
 * are computed so: the circuit reads them as they are, at no cost. What a weight changes by, and its
 * reference gradient, pass through here.
 */
export function masked(builder: GraphBuilder, connection: Connection, value: ValueId): ValueId {
  if (!isMasked(connection)) return value
  return builder.map('mul', value, builder.load(maskName(connection), connection.shape))
}

/** An expression, and the weight that it is for, which its draws are named after. */
interface Place {
  readonly within: WeightExpression
  readonly target: WeightTarget | undefined
}

export class Weights {
  readonly #context: LowerContext
  readonly #read: ReadStorage
  readonly #values = new Map<string, ValueId | undefined>()
  readonly #running = new Set<string>()
  #draws = 0

  constructor(context: LowerContext, read: ReadStorage) {
    this.#context = context
    this.#read = read
  }

  /** The weight of a connection, [post, pre] (or [units] one-to-one). */
  connection(connection: Connection): ValueId | undefined {
    const target = connectionTarget(connection)
    return this.#once(connection.name, () => {
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
    return this.#once(bias.storage, () =>
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
        const { name, init, tied } = element.matrix
        const target = matrixTarget(element.matrix)
        const value = this.#once(name, () =>
          tied ? this.expression(init, target) : this.#read(name, target.shape),
        )
        return value === undefined ? undefined : { value, axes: target.axes }
      }
      case 'let': {
        const within = element.definition.value
        return this.#lower({ within, target: undefined }, within.value)
      }
    }
  }

  /** An expression's value in the shape of its target. */
  expression(within: WeightExpression, target: WeightTarget): ValueId | undefined {
    const found = this.#lower({ within, target }, within.value)
    if (!found) return undefined
    const { builder } = this.#context
    if (found.axes.length === 0) return builder.broadcast(found.value, target.shape)
    return this.#align(found, target)
  }

  /** The value of a part of an expression. */
  part(within: WeightExpression, node: Expression): WeightValue | undefined {
    return this.#lower({ within, target: undefined }, node)
  }

  /** A value with its axes in the order of another's; undefined (reported) if the shapes differ. */
  alignedTo(found: WeightValue, target: WeightValue, span: Span): ValueId | undefined {
    const [own, other] = [this.#typeOf(found), this.#typeOf(target)]
    if (fit(own, other)) return this.#align(found, other)
    return this.#context.diagnostics.report('shapeMismatch', span, {
      left: 'What is needed here',
      leftShape: shapeText(other.shape),
      right: 'this',
      rightShape: shapeText(inOrder(own, other)),
    })
  }

  #typeOf({ value, axes }: WeightValue): WeightType {
    return { axes, shape: this.#context.builder.shapeOf(value).map(Number) }
  }

  #once(name: string, make: () => ValueId | undefined): ValueId | undefined {
    if (this.#values.has(name)) return this.#values.get(name)
    if (this.#running.has(name)) throw new Error(`\`${name}\` is made of itself, which is checked`)
    this.#running.add(name)
    const value = make()
    this.#running.delete(name)
    this.#values.set(name, value)
    return value
  }

  /** `found` with its axes in the order of `target`; by position if they are other populations. */
  #align(found: WeightValue, target: WeightType): ValueId {
    const how = fit(this.#typeOf(found), target)
    if (!how) throw new Error(`[${found.axes.join(', ')}] is no [${target.axes.join(', ')}]`)
    return how === 'swapped' ? this.#context.builder.transpose(found.value) : found.value
  }

  #lower(place: Place, node: Expression): WeightValue | undefined {
    const { builder, bound } = this.#context
    const reference = bound.weights.find(place.within, node)
    if (reference) return this.#referred(place, node, reference)
    switch (node.kind) {
      case 'Unary': {
        const operand = this.#lower(place, node.operand)
        const fn = node.operator === '-' ? 'neg' : 'not'
        return operand && { ...operand, value: builder.map(fn, operand.value) }
      }
      case 'Binary': {
        const left = this.#lower(place, node.left)
        const right = this.#lower(place, node.right)
        if (!left || !right) return undefined
        const fn = operators[node.operator]
        return fn ? this.#elementwise(fn, left, right) : this.#product(left, right)
      }
      case 'Call':
        return this.#call(place, node)
      default:
        throw new Error(`Nothing is bound to the ${node.kind} at ${node.span.start}`)
    }
  }

  #referred(place: Place, node: Expression, reference: WeightReference): WeightValue | undefined {
    const { builder, freedom } = this.#context
    switch (reference.kind) {
      case 'weights': {
        const [element] = reference.elements
        return element && this.element(element)
      }
      case 'bias': {
        const { population, bias } = reference
        const value = this.bias(population, bias)
        return value === undefined ? undefined : { value, axes: [population.name] }
      }
      case 'value':
        return { value: scalarValue(builder, freedom, reference.value), axes: [] }
      case 'branch':
        return this.#lower(place, reference.taken)
      case 'initialiser': {
        const { target } = place
        if (!target || node.kind !== 'Call') throw new Error('A draw sets a weight')
        const stream = `init ${target.name}${this.#draws++ === 0 ? '' : ` ${this.#draws}`}`
        const value = lowerInitialiser(this.#context, reference, node, target, stream)
        return { value, axes: target.axes }
      }
      case 'function':
      case 'unknown':
        throw new Error(`The ${node.kind} at ${node.span.start} has no value`)
    }
  }

  #product(left: WeightValue, right: WeightValue): WeightValue {
    return {
      value: this.#context.builder.matmul(left.value, right.value),
      axes: [left.axes[0] ?? '', right.axes[1] ?? ''],
    }
  }

  #elementwise(fn: MapFunction, left: WeightValue, right: WeightValue): WeightValue {
    const { builder } = this.#context
    if (left.axes.length === 0 || right.axes.length === 0) {
      return {
        value: builder.map(fn, left.value, right.value),
        axes: left.axes.length === 0 ? right.axes : left.axes,
      }
    }
    const aligned = this.#align(right, this.#typeOf(left))
    return { value: builder.map(fn, left.value, aligned), axes: left.axes }
  }

  #call(place: Place, call: CallExpression): WeightValue | undefined {
    const { builder, bound } = this.#context
    const callee = bound.weights.find(place.within, call.callee)
    const name = callee?.kind === 'function' ? callee.name : ''
    const isFactor = name === 'left_factor' || name === 'right_factor'
    const args: WeightValue[] = []
    for (const { value } of isFactor ? call.args.slice(0, 1) : call.args) {
      const found = this.#lower(place, value)
      if (!found) return undefined
      args.push(found)
    }
    const [first] = args
    if (!first) throw new Error(`\`${name}\` of nothing`)
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
        const given = call.args[1] && bound.weights.find(place.within, call.args[1].value)
        if (given?.kind !== 'value') throw new Error(`\`${name}\` without a rank`)
        const side = name === 'left_factor' ? 'left' : 'right'
        const value = builder.factor(first.value, Number(given.value.value), side)
        const [rows = '', columns = ''] = first.axes
        return { value, axes: side === 'left' ? [rows, ''] : ['', columns] }
      }
      default:
        return this.#mapped(name, args, first)
    }
  }

  /** An element-wise function of weights, draws and numbers. */
  #mapped(name: string, args: readonly WeightValue[], first: WeightValue): WeightValue {
    const [, second, third] = args
    if (name === 'clip' && second && third)
      return this.#elementwise('min', this.#elementwise('max', first, second), third)
    const map = elementwise.get(name)
    if (!map) throw new Error(`${name} is no function of weights`)
    if (args.length === 1)
      return { ...first, value: this.#context.builder.map(map.fn, first.value) }
    return args.slice(1).reduce((left, right) => this.#elementwise(map.fn, left, right), first)
  }
}

const operators: Readonly<Record<string, MapFunction>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
}
