/** The numbers 0, 1, 2, ..., as a value: each doubling of what there is has the rest behind it. */
import type { GraphBuilder } from '../../ir/builder.ts'
import type { ValueId } from '../../ir/ir.ts'

/** [count] */
export function numbers(builder: GraphBuilder, count: number): ValueId {
  let value = builder.filled(0, [1])
  for (let size = 1; size < count; size *= 2)
    value = builder.concat([value, builder.map('add', value, builder.constant(size))], 0)
  return builder.slice(value, 0, 0, count)
}
