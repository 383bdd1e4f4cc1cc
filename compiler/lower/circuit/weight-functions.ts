/**
 * Functions of weights as values, by what is already computed of their operands: those of whole weights
 * (transposed, summed, factors), element-wise ones, and a matrix that is scaled to a spectral radius.
 */
import type { Span } from '../../../grammar/ast.ts'
import type { MapFunction, ValueId } from '../../ir/ir.ts'
import { elementwise } from '../../model/builtins.ts'
import type { WeightReference } from '../../model/weights/reference.ts'
import type { WeightTarget } from '../../model/weights/targets.ts'
import type { NumberValue, BooleanValue } from '../../model/model.ts'
import type { LowerContext } from '../context.ts'
import { scalarValue } from '../scalars.ts'
import {
  synapseShape,
  type Asked,
  type WeightArithmetic,
  type WeightValue,
} from './weight-values.ts'

/** What computes, and the synapses that alone are asked for. */
export interface Computing {
  readonly context: LowerContext
  readonly arithmetic: WeightArithmetic
  readonly asked: Asked | undefined
}

/** A function of a whole weight by its name; `rank`: what was bound to that of a factor. Undefined after a report. */
export function ofWhole(
  { context, arithmetic }: Computing,
  name: string,
  [first]: readonly WeightValue[],
  { rank, span }: { readonly rank: WeightReference | undefined; readonly span: Span },
): WeightValue | undefined {
  if (!first) throw new Error(`\`${name}\` of nothing`)
  switch (name) {
    case 'transpose':
      return arithmetic.transpose(first)
    case 'row_sum':
      return arithmetic.sumOver(first, 1)
    case 'column_sum':
      return arithmetic.sumOver(first, 0)
    case 'norm':
      return arithmetic.norm(first)
    case 'left_factor':
    case 'right_factor': {
      if (rank?.kind !== 'value') throw new Error(`\`${name}\` without a rank`)
      const side = name === 'left_factor' ? 'left' : 'right'
      const matrix = arithmetic.matrix(first, span)
      if (!matrix) return undefined
      const value = context.builder.factor(matrix.value, Number(rank.value.value), side)
      const [rows = '', columns = ''] = first.axes
      return { value, axes: side === 'left' ? [rows, ''] : ['', columns] }
    }
    default:
      throw new Error(`${name} is no function of a whole weight`)
  }
}

/** An element-wise function of weights, draws and numbers; undefined after a report. */
export function elementwiseOf(
  { arithmetic, asked }: Computing,
  name: string,
  [first, ...rest]: readonly WeightValue[],
  span: Span,
): WeightValue | undefined {
  if (!first) throw new Error(`\`${name}\` of nothing`)
  const binary = (
    fn: MapFunction,
    left: WeightValue | undefined,
    right: WeightValue,
  ): WeightValue | undefined => left && arithmetic.binary(fn, left, right, asked, span)
  const [second, third] = rest
  if (name === 'clip' && second && third) return binary('min', binary('max', first, second), third)
  const map = elementwise.get(name)
  if (!map) throw new Error(`${name} is no function of weights`)
  if (rest.length === 0) return arithmetic.unary(map.fn, first, asked, span)
  return rest.reduce<WeightValue | undefined>((left, right) => binary(map.fn, left, right), first)
}

/** What a matrix is scaled for, and which of its synapses there are, where not all are. */
interface Scaled {
  readonly target: WeightTarget | undefined
  readonly mask: (() => ValueId) | undefined
  readonly span: Span
}

/** A square matrix, scaled so that its spectral radius is another; of the synapses that there are. */
export function withRadius(
  on: Computing,
  found: WeightValue,
  radius: NumberValue | BooleanValue,
  { target, mask, span }: Scaled,
): WeightValue | undefined {
  const { builder, freedom } = on.context
  const all = everywhere(on, target, found, span)
  const matrix = all && on.arithmetic.matrix(all, span)
  if (!matrix) return undefined
  const present = mask
    ? builder.map('select', mask(), matrix.value, builder.constant(0))
    : matrix.value
  const scale = builder.map(
    'div',
    scalarValue(builder, freedom, radius),
    builder.factor(present, 1, 'radius'),
  )
  return { ...all, value: builder.map('mul', scale, all.value) }
}

/** A value in the form in which the weight is set; a number is that of all synapses. */
function everywhere(
  { context, arithmetic, asked }: Computing,
  target: WeightTarget | undefined,
  found: WeightValue,
  span: Span,
): WeightValue | undefined {
  if (found.axes.length > 0) return asked ? arithmetic.gather(found, asked, span) : found
  if (!target) return found
  const shape = asked ? synapseShape(asked.sides) : target.shape
  const synapses = asked && { sides: asked.sides, turned: asked.turned }
  return {
    value: context.builder.broadcast(found.value, shape),
    axes: target.axes,
    ...(synapses && { synapses }),
  }
}
