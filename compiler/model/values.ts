/** Constructors and descriptions of compile-time values. */
import { dimensionless, type Dimension } from './units.ts'
import type { NumberLiteral } from '../../grammar/ast.ts'
import { watchedNumber, watchOf } from './watch.ts'
import type { BooleanValue, Entry, NumberValue, ScalarSymbol, Value } from './model.ts'

export function numberValue(
  value: number,
  dimension: Dimension = dimensionless,
  symbol?: ScalarSymbol,
): NumberValue {
  return { kind: 'number', value, dimension, ...(symbol ? { symbol } : {}) }
}

/** What a literal says, in a unit. */
export function numberOfLiteral(
  literal: NumberLiteral,
  { scale, dimension }: { readonly scale: number; readonly dimension: Dimension } = {
    scale: 1,
    dimension: dimensionless,
  },
): NumberValue {
  const watched = watchOf(literal)
  const find = (): number => literal.value * scale
  return watched
    ? watchedNumber(watched, find, dimension, undefined)
    : numberValue(find(), dimension)
}

export function booleanValue(value: boolean, symbol?: ScalarSymbol): BooleanValue {
  return { kind: 'boolean', value, ...(symbol ? { symbol } : {}) }
}

/** The arithmetic that a scalar stands for; a literal if it depends on no parameter. */
export function symbolOf(value: NumberValue | BooleanValue): ScalarSymbol {
  if (value.symbol) return value.symbol
  if (!value.watched) return { kind: 'number', value: Number(value.value) }
  return {
    kind: 'number',
    get value() {
      return value.value
    },
  }
}

const paramsBySymbol = new WeakMap<ScalarSymbol, readonly string[]>()

/** Names of the parameters in a symbol, each once. */
export function paramsOf(symbol: ScalarSymbol | undefined): readonly string[] {
  if (!symbol) return []
  switch (symbol.kind) {
    case 'param':
      return [symbol.name]
    case 'number':
      return []
    case 'apply': {
      // Symbols share their parts, so that a walk without a memory could take for ever.
      const known = paramsBySymbol.get(symbol)
      if (known) return known
      const names = [...new Set(symbol.args.flatMap(paramsOf))]
      paramsBySymbol.set(symbol, names)
      return names
    }
  }
}

/** The size of the arithmetic that a symbol stands for, written out. */
export function symbolSize(symbol: ScalarSymbol): number {
  return symbol.kind === 'apply' ? symbol.size : 1
}

/** How many values a list holds, lists within it counted through; not counted beyond `most`. */
export function countValues(list: readonly Value[], most: number): number {
  let count = 0
  for (const each of list) {
    count += each.kind === 'list' ? 1 + countValues(each.elements, most - count) : 1
    if (count > most) return count
  }
  return count
}

/** `1,000,000 units`, for messages. */
export function counted(count: number, noun: string): string {
  const digits = Math.abs(count) < 1e15 ? count.toLocaleString('en-US') : String(count)
  return `${digits} ${noun}${count === 1 ? '' : 's'}`
}

/** With its article, for messages. */
export function describeEntry(entry: Entry): string {
  switch (entry.kind) {
    case 'number':
      return 'a number'
    case 'boolean':
      return 'a switch'
    case 'string':
      return 'a text'
    case 'list':
      return 'a list'
    case 'function':
    case 'builtin':
      return 'a function'
    case 'population':
      return 'a population'
    case 'populations':
      return 'an array of populations'
    case 'instance':
    case 'instances':
      return 'a motif in use'
    case 'cell':
      return 'a cell type'
    case 'stp':
      return 'a type of short-term plasticity'
    case 'synapse':
      return 'a synapse type'
    case 'plasticity':
      return 'a plasticity rule'
    case 'dataset':
      return 'a data set'
    case 'motif':
      return 'a motif'
    case 'weight':
      return 'a weight'
    case 'pattern':
      return 'a pattern of synapses'
    case 'modulator':
      return 'a modulator'
  }
}

export function isValue(entry: Entry): entry is Value {
  switch (entry.kind) {
    case 'number':
    case 'boolean':
    case 'string':
    case 'list':
    case 'function':
    case 'builtin':
    case 'population':
    case 'populations':
    case 'instance':
    case 'instances':
      return true
    default:
      return false
  }
}

/** The value of `apply` for a number, or for each of a list; undefined if one of them is. */
export function mapList(
  value: Value,
  apply: (each: Value) => Value | undefined,
): Value | undefined {
  if (value.kind !== 'list') return apply(value)
  const elements: Value[] = []
  for (const element of value.elements) {
    const result = mapList(element, apply)
    if (!result) return undefined
    elements.push(result)
  }
  return { kind: 'list', elements }
}

/** Lists of one length element by element; of a list and a number each with the number. */
export function pairwise(
  left: Value,
  right: Value,
  apply: (one: Value, other: Value) => Value | undefined,
): Value | undefined {
  if (
    left.kind !== 'list' ||
    right.kind !== 'list' ||
    left.elements.length !== right.elements.length
  )
    return mapList(left, (one) => mapList(right, (other) => apply(one, other)))
  const elements: Value[] = []
  for (const [i, one] of left.elements.entries()) {
    const other = right.elements[i]
    const result = other && pairwise(one, other, apply)
    if (!result) return undefined
    elements.push(result)
  }
  return { kind: 'list', elements }
}
