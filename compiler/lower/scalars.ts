/** Compile-time numbers as host scalars of a graph: literals, or arithmetic over parameters. */
import type { GraphBuilder } from '../ir/builder.ts'
import type { ValueId } from '../ir/ir.ts'
import type { Freedom } from '../model/freedom.ts'
import type { BooleanValue, NumberValue, ScalarSymbol } from '../model/model.ts'
import { symbolOf } from '../model/values.ts'

export function scalarValue(
  builder: GraphBuilder,
  freedom: Freedom,
  value: NumberValue | BooleanValue,
): ValueId {
  return fromSymbol(builder, freedom, symbolOf(value))
}

/** A number in an equation, where `5 steps` is the time that they take. */
export function equationScalar(
  {
    builder,
    freedom,
    clock,
  }: {
    readonly builder: GraphBuilder
    readonly freedom: Freedom
    readonly clock?: { readonly step: number }
  },
  value: NumberValue | BooleanValue,
): ValueId {
  const scalar = scalarValue(builder, freedom, value)
  const power = value.kind === 'number' ? (value.dimension['step'] ?? 0) : 0
  if (power === 0 || !clock) return scalar
  return builder.map('mul', scalar, builder.constant(clock.step ** power))
}

function fromSymbol(builder: GraphBuilder, freedom: Freedom, symbol: ScalarSymbol): ValueId {
  switch (symbol.kind) {
    case 'number':
      return builder.constant(symbol.value)
    case 'param': {
      const setting = freedom.settings?.get(symbol.name)
      if (setting) {
        const outside = { ...freedom, settings: new Map() }
        return fromSymbol(builder, outside, setting)
      }
      return freedom.isFree(symbol.name)
        ? builder.scalar('param', symbol.name)
        : builder.constant(freedom.valueOf(symbol.name))
    }
    case 'apply':
      return builder.map(
        symbol.fn,
        ...symbol.args.map((each) => fromSymbol(builder, freedom, each)),
      )
  }
}
