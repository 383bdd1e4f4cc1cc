/** How quantities are written in messages: with a unit, that in which they stand in the source if they do. */
import type { Expression } from '../../grammar/ast.ts'
import type { NumberValue } from './model.ts'
import { timeText } from './time-text.ts'
import { describeDimension, lookUpUnit, sameDimension } from './units.ts'

/** Units that quantities are told in, if none was written: of a dimension the first in which the number reads well. */
const told = [
  ...'mV V pA nA uA A nS uS S pF uF F Hz kHz Mohm ohm'.split(' '),
  ...'um mm m m/s mS/cm^2 uA/cm^2 uF/cm^2 ohm*cm um^2 m^2'.split(' '),
  ...'steps epochs batches examples'.split(' '),
]

type Quantity = Pick<NumberValue, 'value' | 'dimension'>

/** A number with its unit: `-1 ms` as it is written, else `-5 mV`; a plain one as it is. */
export function quantityText({ value, dimension }: Quantity, written?: Expression): string {
  const literal = written?.kind === 'Unary' ? written.operand : written
  const own = literal?.kind === 'NumberLiteral' ? literal.unit?.name : undefined
  const fits = (name: string): boolean =>
    sameDimension(lookUpUnit(name)?.dimension ?? {}, dimension)
  if (own !== undefined && fits(own)) return inUnit(value, own)
  if (sameDimension(dimension, {}) || !Number.isFinite(value)) return `${value}`
  if (sameDimension(dimension, { time: 1 })) return timeText(value)
  const units = told.filter(fits)
  const size = (unit: string): number => Math.abs(value) / (lookUpUnit(unit)?.scale ?? 1)
  const readsWell = (unit: string): boolean => size(unit) >= 0.01 && size(unit) < 1e5
  const unit = units.find(readsWell) ?? units[0]
  return unit === undefined ? `${value} (SI, ${describeDimension(dimension)})` : inUnit(value, unit)
}

function inUnit(value: number, unit: string): string {
  const { scale } = lookUpUnit(unit) ?? { scale: 1 }
  return `${Number((value / scale).toPrecision(12))} ${unit}`
}
