/** How weights are kept: as a matrix, 0 where there is no synapse, or by synapse. */
import { synapseDim } from '../../../contract/pattern.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import type { StorageShape, ValueId } from '../../ir/ir.ts'
import type { Connection } from '../../model/model.ts'
import { isMasked, maskName } from '../../model/weights/targets.ts'

/**
 * `value`, 0 where the connection has no synapse. Weights are stored so (`StorageInfo.mask`), and tied ones
 * are computed so: the circuit reads them as they are, at no cost. What a weight changes by, and its
 * reference gradient, pass through here.
 */
export function masked(builder: GraphBuilder, connection: Connection, value: ValueId): ValueId {
  if (!isMasked(connection)) return value
  const mask = builder.load(maskName(connection), connection.shape)
  return builder.map('select', mask, value, builder.constant(0))
}

/** The shape in which a connection's weight is kept. */
export function storedShape(connection: Connection): StorageShape {
  const { pattern, shape } = connection
  return pattern?.sparse ? [synapseDim(pattern.plan.name)] : shape
}
