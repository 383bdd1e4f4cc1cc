/**
 * Statistics of cells over the examples of a batch: `batch_mean(x)` and `batch_variance(x)`, one number for each
 * unit, [units], or with `channel` one for each channel, over its units too; `batch_count()` is over how many.
 * The variance divides by that number. Gradients go through them.
 */
import type { CallExpression, Expression } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Population } from '../../model/model.ts'
import { examplesOf, type LowerContext } from '../context.ts'
import { spreadChannels } from './convolution.ts'

/** The cells of which statistics are taken. */
export interface Cells {
  readonly population: Population
  /** Told of each statistic that is made. */
  readonly made: (value: ValueId, call: CallExpression) => void
}

/** A statistic; undefined after a report. */
export function lowerBatch(
  context: LowerContext,
  cells: Cells | undefined,
  call: CallExpression,
  name: string,
  lower: (expression: Expression) => ValueId | undefined,
): ValueId | undefined {
  const { builder } = context
  // `running` is read where its equation is; anywhere else it was reported.
  if (!cells || name === 'running') return undefined
  const channel = call.args[name === 'batch_count' ? 0 : 1]?.value
  if (channel && !hasChannels(context, cells.population, channel)) return undefined
  const { shape } = cells.population
  const [, ...space] = shape
  const places = channel ? space.reduce((a, b) => a * b, 1) : 1
  if (name === 'batch_count') {
    const examples = builder.sizeOf(examplesOf(context))
    return places === 1 ? examples : builder.map('mul', examples, builder.constant(places))
  }
  const of = call.args[0] && lower(call.args[0].value)
  if (of === undefined) return undefined
  const mean = (value: ValueId): ValueId => {
    const over = builder.shapeOf(value).length > 1 ? builder.reduce('mean', value, [0]) : value
    if (!channel) return over
    const [channels = 1] = shape
    const units = builder.broadcast(over, [channels * places])
    const one = builder.reduce('mean', builder.reshape(units, [channels, places]), [1])
    return spreadChannels(builder, one, shape)
  }
  const centre = mean(of)
  const value =
    name === 'batch_mean' ? centre : mean(builder.map('square', builder.map('sub', of, centre)))
  if (builder.shapeOf(of).length > 1) cells.made(value, call)
  return value
}

function hasChannels(context: LowerContext, { name, shape }: Population, at: Expression): boolean {
  if (shape.length > 1) return true
  context.diagnostics.report('noChannels', at.span, { population: name, units: shape[0] ?? 0 })
  return false
}
