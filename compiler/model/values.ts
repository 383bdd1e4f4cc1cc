/** Constructors and descriptions of compile-time values. */
import { dimensionless, type Dimension } from './units.ts'
import type { BooleanValue, Entry, NumberValue, ScalarSymbol, Value } from './model.ts'

export function numberValue(
  value: number,
  dimension: Dimension = dimensionless,
  symbol?: ScalarSymbol,
): NumberValue {
  return { kind: 'number', value, dimension, ...(symbol ? { symbol } : {}) }
}

export function booleanValue(value: boolean, symbol?: ScalarSymbol): BooleanValue {
  return { kind: 'boolean', value, ...(symbol ? { symbol } : {}) }
}

/** The arithmetic that a scalar stands for; a literal if it depends on no parameter. */
export function symbolOf(value: NumberValue | BooleanValue): ScalarSymbol {
  return value.symbol ?? { kind: 'number', value: Number(value.value) }
}

/** Names of the parameters in a symbol. */
export function paramsOf(symbol: ScalarSymbol | undefined): readonly string[] {
  if (!symbol) return []
  switch (symbol.kind) {
    case 'param':
      return [symbol.name]
    case 'number':
      return []
    case 'apply':
      return symbol.args.flatMap(paramsOf)
  }
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
