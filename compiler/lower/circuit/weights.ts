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
import type { PairQuantity } from '../../../contract/pattern.ts'
import type { StorageShape, ValueId } from '../../ir/ir.ts'
import { operatorFunctions } from '../../model/operators.ts'
import { numbers } from '../init/numbers.ts'
import { weightFunctions } from '../../model/builtins.ts'
import type { Bias, Connection, Population, WeightExpression } from '../../model/model.ts'
import type { WeightReference } from '../../model/weights/reference.ts'
import {
  biasTarget,
  connectionTarget,
  delayName,
  isMasked,
  maskName,
  matrixTarget,
  type WeightTarget,
} from '../../model/weights/targets.ts'
import type { LowerContext, WeightElement } from '../context.ts'
import { turnedRound } from '../../model/patterns/pair-names.ts'
import { startOf } from '../../model/slices.ts'
import { lowerInitialiser, pairInput } from '../init/initialisers.ts'
import { scalarValue } from '../scalars.ts'
import { masked, storedShape } from './stored-weights.ts'
import { elementwiseOf, ofWhole, withRadius } from './weight-functions.ts'
import {
  isSparse,
  synapseShape,
  synapsesOf,
  WeightArithmetic,
  type Asked,
  type Synapses,
  type WeightValue,
} from './weight-values.ts'

export { isMasked, maskName, masked, storedShape }

/** Reads a stored or initial value of a weight by its storage name. */
export type ReadStorage = (name: string, shape: StorageShape) => ValueId

/** Which weights of patterns are computed by synapse: those that are kept so, or before the first step all. */
export type BySynapse = 'kept' | 'all'

export type { WeightValue } from './weight-values.ts'

/** An expression, and the weight that it is for, which its draws are named after. */
interface Use {
  readonly within: WeightExpression
  readonly target: WeightTarget | undefined
  /** The synapses that alone are asked for: what is computed by element matters nowhere else. */
  readonly asked: Asked | undefined
}

export class Weights {
  readonly #context: LowerContext
  readonly #read: ReadStorage
  readonly #bySynapse: BySynapse
  readonly #arithmetic: WeightArithmetic
  readonly #values = new Map<string, ValueId | undefined>()
  readonly #running = new Set<string>()
  #draws = 0
  readonly #drawn = new WeakMap<WeightExpression, Map<Expression, WeightValue>>()

  constructor(context: LowerContext, read: ReadStorage, bySynapse: BySynapse = 'kept') {
    this.#context = context
    this.#read = read
    this.#bySynapse = bySynapse
    this.#arithmetic = new WeightArithmetic(context)
  }

  /** The synapses that a connection's weight is computed by; undefined of a matrix. */
  #synapsesOf(connection: Connection): Synapses | undefined {
    return this.#bySynapse === 'all' || isSparse(connection) ? synapsesOf(connection) : undefined
  }

  /** The weight of a connection, [post, pre] (or [units] one-to-one, [synapses] of a pattern). */
  connection(connection: Connection): ValueId | undefined {
    return this.#once(connection.name, () => {
      const synapses = this.#synapsesOf(connection)
      if (!connection.tied) {
        const shape = synapses ? synapseShape(synapses.sides) : connection.shape
        return this.#read(connection.name, shape)
      }
      const value = this.#set(connection.tied, connectionTarget(connection), synapses)
      if (value === undefined || synapses || !isMasked(connection)) return value
      const { builder } = this.#context
      return builder.map('select', this.mask(connection), value, builder.constant(0))
    })
  }

  /** The mask of a connection that has one, [post, pre]. */
  mask(connection: Connection): ValueId {
    const name = maskName(connection)
    const value = this.#values.get(name) ?? this.#read(name, connection.shape)
    this.#values.set(name, value)
    return value
  }

  /** The delays of a connection's synapses, in steps. */
  delay(connection: Connection): ValueId | undefined {
    const name = delayName(connection)
    return this.#once(name, () => this.#read(name, storedShape(connection)))
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
        const { connection } = element
        const value = this.connection(connection)
        const synapses = this.#synapsesOf(connection)
        const { axes } = connectionTarget(connection)
        return value === undefined ? undefined : { value, axes, ...(synapses && { synapses }) }
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
        return this.#lower({ within, target: undefined, asked: undefined }, within.value)
      }
    }
  }

  /** An expression's value in the shape of its target. */
  expression(within: WeightExpression, target: WeightTarget): ValueId | undefined {
    return this.#set(within, target, undefined)
  }

  /** What an expression sets the weight of a connection to, in the form in which it is computed. */
  valueFor(
    within: WeightExpression,
    connection: Connection,
    name = connection.name,
  ): ValueId | undefined {
    const target = { ...connectionTarget(connection), name }
    return this.#set(within, target, this.#synapsesOf(connection))
  }

  #set(
    within: WeightExpression,
    target: WeightTarget,
    synapses: Synapses | undefined,
  ): ValueId | undefined {
    const { builder } = this.#context
    const { span } = within.value
    const asked = synapses && { ...synapses, axes: target.axes }
    const found = this.#lower({ within, target, asked }, within.value)
    if (!found) return undefined
    if (found.axes.length === 0) {
      const shape = synapses ? synapseShape(synapses.sides) : target.shape
      return builder.broadcast(found.value, shape)
    }
    if (asked) return this.#arithmetic.gather(found, asked, span)?.value
    const matrix = this.#arithmetic.matrix(found, span)
    return matrix && this.#arithmetic.align(matrix, target).value
  }

  /** The value of a part of an expression. */
  part(within: WeightExpression, node: Expression): WeightValue | undefined {
    return this.#lower({ within, target: undefined, asked: undefined }, node)
  }

  /** Two values in the same form, with their axes in the same order; undefined (reported) if they differ. */
  compared(
    left: WeightValue,
    right: WeightValue,
    span: Span,
  ): readonly [WeightValue, WeightValue] | undefined {
    return this.#arithmetic.compared(left, right, span)
  }

  /** `found` in the form and order of a connection's own weight; undefined after a report. */
  inFormOf(connection: Connection, found: WeightValue, span: Span): ValueId | undefined {
    const own = this.element({ kind: 'connection', name: connection.name, connection })
    if (!own) return undefined
    const { builder } = this.#context
    if (!own.synapses) {
      const value = this.#arithmetic.compared(own, found, span)?.[1].value
      if (value === undefined || !connection.pattern) return value
      return builder.map('select', this.mask(connection), value, builder.constant(0))
    }
    return this.#arithmetic.gather(found, { ...own.synapses, axes: own.axes }, span)?.value
  }

  get arithmetic(): WeightArithmetic {
    return this.#arithmetic
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

  #lower(place: Use, node: Expression): WeightValue | undefined {
    const { bound } = this.#context
    const reference = bound.weights.find(place.within, node)
    if (reference) return this.#referred(place, node, reference)
    switch (node.kind) {
      case 'Unary': {
        const operand = this.#lower(place, node.operand)
        const fn = node.operator === '-' ? 'neg' : 'not'
        return operand && this.#arithmetic.unary(fn, operand, place.asked, node.span)
      }
      case 'Binary': {
        const fn = node.operator === '@' ? undefined : operatorFunctions[node.operator]
        const inner = fn ? place : whole(place)
        const left = this.#lower(inner, node.left)
        const right = this.#lower(inner, node.right)
        if (!left || !right) return undefined
        return fn
          ? this.#arithmetic.binary(fn, left, right, place.asked, node.span)
          : this.#arithmetic.product(left, right, node.span)
      }
      case 'Call':
        return this.#call(place, node)
      case 'Conditional':
        return this.#chosen(place, node)
      default:
        throw new Error(`Nothing is bound to the ${node.kind} at ${node.span.start}`)
    }
  }

  #referred(place: Use, node: Expression, reference: WeightReference): WeightValue | undefined {
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
      case 'pair':
        return this.#pair(place, reference.quantity)
      case 'index': {
        const { target } = place
        if (!target) throw new Error('Cells are counted in what they begin with')
        const value = builder.reshape(numbers(builder, target.shape[0] ?? 1), target.shape)
        return { value, axes: target.axes }
      }
      case 'branch':
        return this.#lower(place, reference.taken)
      case 'initialiser': {
        const { target } = place
        if (!target || node.kind !== 'Call') throw new Error('A draw sets a weight')
        const before = this.#drawn.get(place.within) ?? new Map<Expression, WeightValue>()
        const known = before.get(node)
        // An argument that a function reads twice is drawn once.
        if (known && !known.synapses === !place.asked) return known
        const stream = `init ${target.name}${this.#draws++ === 0 ? '' : ` ${this.#draws}`}`
        const synapses = place.asked && { sides: place.asked.sides, turned: place.asked.turned }
        const drawn = { reference, call: node, target, stream, ...(synapses && { synapses }) }
        const value = lowerInitialiser(this.#context, drawn)
        const made = { value, axes: target.axes, ...(synapses && { synapses }) }
        this.#drawn.set(place.within, before.set(node, made))
        return made
      }
      case 'function':
      case 'unknown':
        throw new Error(`The ${node.kind} at ${node.span.start} has no value`)
    }
  }

  /** What is known of the pair of each synapse of the weight that is set. */
  #pair({ target }: Use, quantity: PairQuantity): WeightValue {
    const { builder } = this.#context
    const connection = target?.connection
    const synapses = connection && synapsesOf(connection)
    if (!target || !connection || !synapses) throw new Error(`${quantity} of no synapse`)
    const { sides, turned } = synapses
    const value = pairInput(this.#context, sides, turned ? turnedRound(quantity) : quantity)
    const { source, target: end } = connection
    const first = quantity.endsWith('.index')
      ? startOf((quantity === 'pre.index' ? source : end).population)
      : 0
    const isOpposite = turned && (quantity === 'dx' || quantity === 'dy')
    const own = isOpposite
      ? builder.map('neg', value)
      : first > 0
        ? builder.map('add', value, builder.constant(first))
        : value
    return { value: own, axes: target.axes, synapses }
  }

  /** A choice that differs between synapses. */
  #chosen(
    place: Use,
    node: Expression & { readonly kind: 'Conditional' },
  ): WeightValue | undefined {
    const { builder } = this.#context
    const { asked } = place
    const parts: ValueId[] = []
    for (const each of [node.test, node.then, node.otherwise]) {
      const found = this.#lower(place, each)
      const value = found && asked ? this.#arithmetic.gather(found, asked, node.span) : undefined
      if (!value) return undefined
      parts.push(value.value)
    }
    const [test, then, otherwise] = parts
    if (!asked || test === undefined || then === undefined || otherwise === undefined)
      return undefined
    const { axes, sides, turned } = asked
    const value = builder.map('select', test, then, otherwise)
    return { value, axes, synapses: { sides, turned } }
  }

  #call(place: Use, call: CallExpression): WeightValue | undefined {
    const { bound } = this.#context
    const callee = bound.weights.find(place.within, call.callee)
    const name = callee?.kind === 'function' ? callee.name : ''
    const { target, asked } = place
    const on = { context: this.#context, arithmetic: this.#arithmetic, asked }
    if (name === 'spectral') {
      const [given, radius] = [
        call.args[0],
        call.args.find((each) => each.name?.name === 'radius') ?? call.args[1],
      ]
      const wanted = radius && bound.weights.find(place.within, radius.value)
      if (!given || wanted?.kind !== 'value') throw new Error('`spectral` without a radius')
      const found = this.#lower(place, given.value)
      const connection = target?.connection
      const mask = connection?.connectivity === 'mask' ? () => this.mask(connection) : undefined
      return found && withRadius(on, found, wanted.value, { target, mask, span: call.span })
    }
    const isFactor = name === 'left_factor' || name === 'right_factor'
    const args: WeightValue[] = []
    const inner = weightFunctions.has(name) ? whole(place) : place
    for (const { value } of isFactor ? call.args.slice(0, 1) : call.args) {
      const found = this.#lower(inner, value)
      if (!found) return undefined
      args.push(found)
    }
    const second = isFactor ? call.args[1] : undefined
    const rank = second && bound.weights.find(place.within, second.value)
    return weightFunctions.has(name)
      ? ofWhole(on, name, args, { rank, span: call.span })
      : elementwiseOf(on, name, args, call.span)
  }
}

/** Where what is computed matters everywhere: inside of functions of whole weights. */
const whole = (place: Use): Use => ({ ...place, asked: undefined })
