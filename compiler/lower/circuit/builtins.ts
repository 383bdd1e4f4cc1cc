/** Functions of the language, of values that are known already: element by element, over units, draws. */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { Shape, ValueId } from '../../ir/ir.ts'
import { elementwise } from '../../model/builtins.ts'
import { mapCounted } from './step-counts.ts'

/** What a draw needs to know. */
export interface Drawing {
  /** Shape of a draw made here. */
  readonly drawShape: Shape
  /** A stream name for the next draw of a distribution. */
  readonly stream: (distribution: string) => string
}

/**
 * A function of the language of as many arguments as it takes; `step` is how long a step is, where a
 * clock runs.
 */
export function applyBuiltin(
  builder: GraphBuilder,
  drawing: Drawing,
  name: string,
  args: readonly ValueId[],
  step: number | undefined,
): ValueId {
  const map = elementwise.get(name)
  if (map) return mapCounted(builder, step, map.fn, args)
  const argument = (i: number): ValueId => {
    const value = args[i]
    if (value === undefined) throw new Error(`${name} lacks its argument ${i + 1}`)
    return value
  }
  switch (name) {
    case 'clip':
      return mapCounted(builder, step, 'min', [
        mapCounted(builder, step, 'max', [argument(0), argument(1)]),
        argument(2),
      ])
    case 'stop':
      return builder.stop(argument(0))
    case 'normal':
    case 'uniform':
      return builder.random(name, drawing.stream(name), drawing.drawShape)
    case 'bernoulli':
    case 'poisson':
      return builder.random(name, drawing.stream(name), drawing.drawShape, argument(0))
    case 'binomial':
      return builder.random(name, drawing.stream(name), drawing.drawShape, argument(0), argument(1))
    default:
      return lowerReduction(builder, name, argument(0))
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
      throw new Error(`${name} is no function of the language`)
  }
}
