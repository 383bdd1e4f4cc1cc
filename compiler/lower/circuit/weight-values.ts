/**
 * Values of weights and arithmetic over them. A weight of a pattern is kept for each synapse, or as a
 * matrix; either stands for the matrix that is 0 where there is no synapse. What is computed stays by
 * synapse as long as that is so of the result, or where only the synapses of one pattern are asked for.
 */
import type { Span } from '../../../grammar/ast.ts'
import { synapseDim } from '../../../contract/pattern.ts'
import type { MapFunction, PatternSides, StorageShape, ValueId } from '../../ir/ir.ts'
import { limits } from '../../model/families.ts'
import type { Connection, Pattern } from '../../model/model.ts'
import { counted } from '../../model/values.ts'
import { fit, inOrder, shapeText, type WeightType } from '../../model/weights/types.ts'
import type { LowerContext } from '../context.ts'

/** The synapses that a value is of; `turned`: its axes are [pre, post] of the pattern. */
export interface Synapses {
  readonly sides: PatternSides
  readonly turned: boolean
}

/** A value with what its axes count: units of a population, by name. */
export interface WeightValue {
  readonly value: ValueId
  /** [post, pre] of a matrix, [population] of a vector, [] of a number. */
  readonly axes: readonly string[]
  /** Of a matrix that is kept by synapse, [synapses]. */
  readonly synapses?: Synapses
}

/** The synapses that alone are asked for, and the axes of the matrix that they are of. */
export interface Asked extends Synapses {
  readonly axes: readonly string[]
}

/** A pattern as operations name it. */
export const sidesOf = ({ plan }: Pattern): PatternSides => ({
  name: plan.name,
  pre: plan.pre,
  post: plan.post,
})

/** The synapses of a connection that has a pattern. */
export function synapsesOf({ pattern, transposed }: Connection): Synapses | undefined {
  return pattern && { sides: sidesOf(pattern), turned: transposed === true }
}

/** Whether a connection's weight is kept by synapse. */
export const isSparse = ({ pattern }: Connection): boolean => pattern?.sparse === true

/** Of two values that are 0, again 0. */
const keepsZeros: ReadonlySet<MapFunction> = new Set(['add', 'sub', 'mul', 'min', 'max'])

/** Of 0, again 0. */
const keepsZero: ReadonlySet<MapFunction> = new Set([
  'neg',
  'abs',
  'sqrt',
  'square',
  'sign',
  'tanh',
  'sin',
  'floor',
  'atan',
  'tan',
  'asin',
  'sinh',
  'log1p',
  'expm1',
  'erf',
  'ceil',
  'round',
  'trunc',
])

export class WeightArithmetic {
  readonly #context: LowerContext

  constructor(context: LowerContext) {
    this.#context = context
  }

  /** Axes and shape of what a value stands for. */
  typeOf({ value, axes, synapses }: WeightValue): WeightType {
    if (!synapses) return { axes, shape: this.#context.builder.shapeOf(value).map(Number) }
    const { post, pre } = synapses.sides
    return { axes, shape: synapses.turned ? [pre, post] : [post, pre] }
  }

  /** The matrix that a value by synapse stands for; undefined (reported) if it is too large. */
  matrix(found: WeightValue, span: Span): WeightValue | undefined {
    const { value, axes, synapses } = found
    if (!synapses) return found
    const { builder, diagnostics } = this.#context
    const { sides, turned } = synapses
    const count = sides.pre * sides.post
    if (count > limits.weights) {
      return diagnostics.report(
        'tooLarge',
        span,
        {
          what: `What is computed here is no longer of single synapses, so that it`,
          count: counted(count, 'value'),
          limit: counted(limits.weights, 'value'),
        },
        { hint: 'compute with weights of the same pattern, by element' },
      )
    }
    const matrix = builder.toMatrix(value, sides)
    return { value: turned ? builder.transpose(matrix) : matrix, axes }
  }

  /** A matrix with its axes in the order of `target`; by position if they are other populations. */
  align(found: WeightValue, target: WeightType): WeightValue {
    const how = fit(this.typeOf(found), target)
    if (!how) throw new Error(`[${found.axes.join(', ')}] is no [${target.axes.join(', ')}]`)
    if (how !== 'swapped') return { ...found, axes: target.axes }
    return { ...this.transpose(found), axes: target.axes }
  }

  transpose({ value, axes, synapses }: WeightValue): WeightValue {
    const turned = axes.toReversed()
    if (synapses)
      return { value, axes: turned, synapses: { ...synapses, turned: !synapses.turned } }
    return { value: this.#context.builder.transpose(value), axes: turned }
  }

  /** A value at the synapses that are asked for; numbers stay numbers. Undefined after a report. */
  gather(found: WeightValue, asked: Asked, span: Span): WeightValue | undefined {
    if (found.axes.length === 0) return found
    const { axes, sides, turned } = asked
    const shape = turned ? [sides.pre, sides.post] : [sides.post, sides.pre]
    const aligned = this.align(found, { axes, shape })
    const synapses = { sides, turned }
    if (isOf(aligned.synapses, synapses)) return aligned
    const matrix = this.matrix(aligned, span)
    if (!matrix) return undefined
    const { builder } = this.#context
    const forwards = turned ? builder.transpose(matrix.value) : matrix.value
    return { value: builder.fromMatrix(forwards, sides), axes, synapses }
  }

  /** Two values in the same form and order; undefined after a report. */
  together(
    left: WeightValue,
    right: WeightValue,
    span: Span,
  ): readonly [WeightValue, WeightValue] | undefined {
    const aligned = this.align(right, this.typeOf(left))
    if (isOf(left.synapses, aligned.synapses)) return [left, aligned]
    const a = this.matrix(left, span)
    const b = this.matrix(aligned, span)
    return a && b && [a, b]
  }

  /** The same, of values whose shapes may differ, which is reported. */
  compared(
    left: WeightValue,
    right: WeightValue,
    span: Span,
  ): readonly [WeightValue, WeightValue] | undefined {
    const [own, other] = [this.typeOf(right), this.typeOf(left)]
    if (fit(own, other)) return this.together(left, right, span)
    return this.#context.diagnostics.report('shapeMismatch', span, {
      left: 'What is needed here',
      leftShape: shapeText(other.shape),
      right: 'this',
      rightShape: shapeText(inOrder(own, other)),
    })
  }

  unary(
    fn: MapFunction,
    operand: WeightValue,
    asked: Asked | undefined,
    span: Span,
  ): WeightValue | undefined {
    const isFree = !operand.synapses || keepsZero.has(fn) || asked !== undefined
    const found = isFree ? operand : this.matrix(operand, span)
    return found && { ...found, value: this.#context.builder.map(fn, found.value) }
  }

  binary(
    fn: MapFunction,
    left: WeightValue,
    right: WeightValue,
    asked: Asked | undefined,
    span: Span,
  ): WeightValue | undefined {
    const { builder } = this.#context
    const isOfNumber = left.axes.length === 0 || right.axes.length === 0
    const isMatrix = left.axes.length === 2 || right.axes.length === 2
    if (asked && isMatrix) {
      const a = this.gather(left, asked, span)
      const b = this.gather(right, asked, span)
      if (!a || !b) return undefined
      const { axes, sides, turned } = asked
      return { value: builder.map(fn, a.value, b.value), axes, synapses: { sides, turned } }
    }
    if (isOfNumber) {
      const isFree = left.synapses ? fn === 'mul' || fn === 'div' : fn === 'mul'
      const a = isFree ? left : this.matrix(left, span)
      const b = isFree ? right : this.matrix(right, span)
      if (!a || !b) return undefined
      const whole = a.axes.length === 0 ? b : a
      return { ...whole, value: builder.map(fn, a.value, b.value) }
    }
    if (fn === 'mul' && (left.synapses === undefined) !== (right.synapses === undefined)) {
      const [of, other] = left.synapses ? [left, right] : [right, left]
      if (of.synapses) {
        const factor = this.gather(other, { ...of.synapses, axes: of.axes }, span)
        return factor && { ...of, value: builder.map(fn, of.value, factor.value) }
      }
    }
    if (left.synapses && keepsZeros.has(fn)) {
      const both = this.together(left, right, span)
      if (!both) return undefined
      const [a, b] = both
      return { ...a, value: builder.map(fn, a.value, b.value) }
    }
    const a = this.matrix(left, span)
    const b = this.matrix(right, span)
    if (!a || !b) return undefined
    const aligned = this.align(b, this.typeOf(a))
    return { value: builder.map(fn, a.value, aligned.value), axes: a.axes }
  }

  /** `left @ right`: over the synapses of one of them, as signals are delivered. */
  product(left: WeightValue, right: WeightValue, span: Span): WeightValue | undefined {
    const { builder } = this.#context
    const axes = [left.axes[0] ?? '', right.axes[1] ?? '']
    if (left.synapses) {
      const other = this.matrix(right, span)
      if (!other) return undefined
      const { sides, turned } = left.synapses
      const rows = builder.transpose(other.value)
      const delivered = builder.deliver(rows, left.value, sides, { transpose: turned })
      return { value: builder.transpose(delivered), axes }
    }
    if (right.synapses) {
      const { sides, turned } = right.synapses
      const transpose = !turned
      return { value: builder.deliver(left.value, right.value, sides, { transpose }), axes }
    }
    return { value: builder.matmul(left.value, right.value), axes }
  }

  /** Sums over the rows (axis 0) or the columns (axis 1) of a matrix. */
  sumOver(found: WeightValue, axis: 0 | 1): WeightValue {
    const { builder } = this.#context
    const { value, axes, synapses } = found
    const left = axes.filter((_, i) => i !== axis)
    if (!synapses) return { value: builder.reduce('sum', value, [axis]), axes: left }
    // What is left of [post, pre] when the columns are summed over is post.
    const side = (axis === 1) === synapses.turned ? 'pre' : 'post'
    return { value: builder.fromSynapses(value, synapses.sides, side), axes: left }
  }

  norm({ value }: WeightValue): WeightValue {
    const { builder } = this.#context
    const squares = builder.reduce('sum', builder.map('square', value))
    return { value: builder.map('sqrt', squares), axes: [] }
  }
}

const isOf = (a: Synapses | undefined, b: Synapses | undefined): boolean =>
  a?.sides.name === b?.sides.name && a?.turned === b?.turned

/** The shape of what is kept by synapse. */
export const synapseShape = ({ name }: PatternSides): StorageShape => [synapseDim(name)]
