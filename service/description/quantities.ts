/** Values as a modeller writes them: numbers in a unit that fits, switches, lists, functions by name. */
import { units, unitOf } from '../../grammar/units.ts'
import type { ScalarSymbol, Value } from '../../compiler/model/model.ts'
import { sameDimension, type Dimension } from '../../compiler/model/units.ts'
import {
  apply,
  fenced,
  named,
  nameSymbol,
  number,
  power,
  product,
  quotient,
  sum,
  minus,
  words,
  type Mathematics,
} from '../typeset/index.ts'

/** Units in which numbers of a dimension are told where none was written, the usual ones first. */
const usual = [
  ...['mV', 'ms', 'pA', 'nS', 'pF', 'Hz', 'Mohm', 'um', 'um^2', 'm/s', 'mS/cm^2', 'uA/cm^2'],
  ...['uF/cm^2', 'ohm*cm', 's', 'V', 'nA', 'uS', 'mm', 'steps', 'epochs', 'batches', 'examples'],
]

/** A unit for a number of SI: the first usual one in which it reads well. */
export function unitFor(value: number, dimension: Dimension): string | undefined {
  if (Object.values(dimension).every((exponent) => exponent === 0)) return undefined
  const fitting = [...usual, ...units.keys()].filter((name) =>
    sameDimension(unitOf(name)?.dimension ?? {}, dimension),
  )
  const size = (name: string): number => Math.abs(value) / (unitOf(name)?.scale ?? 1)
  if (fitting.length === 0) return baseUnit(dimension)
  return (
    fitting.find((name) => value === 0 || (size(name) >= 0.01 && size(name) < 1e5)) ?? fitting[0]
  )
}

const bases: Readonly<Record<string, string>> = {
  current: 'A',
  voltage: 'V',
  time: 's',
  length: 'm',
}

/** A unit of no name as a product of base units: `A*Hz^-1` is A*s. Undefined without a dimension. */
function baseUnit(dimension: Dimension): string | undefined {
  const parts = Object.entries(dimension).filter(([, exponent]) => exponent !== 0)
  if (parts.length === 0) return undefined
  return parts
    .map(([key, exponent]) => `${bases[key] ?? key}${exponent === 1 ? '' : `^${exponent}`}`)
    .join('*')
}

/** A number of SI in a unit. */
export const inUnit = (value: number, unit: string | undefined): number =>
  Number((value / (unit === undefined ? 1 : (unitOf(unit)?.scale ?? 1))).toPrecision(12))

/** A number of SI with its unit, that which was written if it is known. */
export function quantity(value: number, dimension: Dimension, written?: string): Mathematics {
  const unit = written ?? unitFor(value, dimension)
  return number(inUnit(value, unit), unit, 10)
}

/** Any value; `written` is the unit in which its numbers are told. */
export function valueMath(value: Value, written?: string): Mathematics {
  switch (value.kind) {
    case 'number':
      return quantity(value.value, value.dimension, written)
    case 'boolean':
      return words(value.value ? 'on' : 'off')
    case 'string':
      return words(`“${value.value}”`)
    case 'list':
      return fenced('square', ...value.elements.map((each) => valueMath(each, written)))
    case 'function':
      return named(value.definition.name.name)
    case 'builtin':
    case 'instance':
    case 'instances':
      return named(value.name)
    case 'population':
      return named(value.population.name)
    case 'populations':
      return named(value.family)
  }
}

/** Functions of two operands that are written between them. */
const relations = { eq: '=', ne: '≠', lt: '<', le: '≤', gt: '>', ge: '≥' } as const

/** The arithmetic over parameters that a value is; undefined if it is only a number. */
export function symbolMath(symbol: ScalarSymbol): Mathematics {
  if (symbol.kind === 'param') return nameSymbol(symbol.name)
  if (symbol.kind === 'number') return number(symbol.value, undefined, 10)
  const args = symbol.args.map(symbolMath)
  const [a, b] = args
  if (!a) return named(symbol.fn)
  if (!b) return symbol.fn === 'neg' ? sum(minus(a)) : apply(symbol.fn, a)
  switch (symbol.fn) {
    case 'add':
      return sum(a, b)
    case 'sub':
      return sum(a, minus(b))
    case 'mul':
      return product([a, b])
    case 'div':
      return quotient(a, b)
    case 'pow':
      return power(a, b)
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return { kind: 'relation', sides: [a, b], operators: [relations[symbol.fn]] }
    default:
      return apply(symbol.fn, ...args)
  }
}

/** A comment and the source that it names at its end: `[Payeur 2021, Table 1]`. */
export function withSource(doc: string | undefined): {
  readonly meaning?: string
  readonly source?: string
} {
  if (doc === undefined) return {}
  const flat = doc.replaceAll(/\s+/g, ' ').trim()
  const [, meaning = flat, source] = /^(.*?)\s*\[([^[\]]+)\]\.?$/.exec(flat) ?? []
  return { ...(meaning !== '' && { meaning }), ...(source !== undefined && { source }) }
}
