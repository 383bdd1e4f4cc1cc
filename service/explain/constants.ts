/** Weights that are one number everywhere, by the graph that sets them. */
import type { IrModule } from '../../compiler/ir/ir.ts'
import { nodeAt } from '../../compiler/ir/operands.ts'

/** Fixed weights that are one number everywhere. */
export function constantsOf(
  module: IrModule,
  learning: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const { init, step } = module.graphs
  const written = new Set(step.stores.map(({ storage }) => storage))
  return new Map(
    init.stores.flatMap(({ storage, value }) => {
      if (written.has(storage) || learning.has(storage)) return []
      let node = nodeAt(init.nodes, value)
      while (node.op === 'broadcast' || node.op === 'reshape') {
        node = nodeAt(init.nodes, node.args[0])
      }
      return node.op === 'const' ? [[storage, node.value] as const] : []
    }),
  )
}
