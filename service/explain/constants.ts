/** Weights that are one number everywhere, by the graph that sets them; masks of 1 for all pairs, by what they are. */
import type { Tensor } from '../../compiler/ir/evaluate.ts'
import type { Graph, IrModule, IrNode, ValueId } from '../../compiler/ir/ir.ts'
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

/** Masks of weights, by name: 0 or 1 for each pair of cells. */
export const masksOf = ({ storages }: IrModule): ReadonlySet<string> =>
  new Set(storages.flatMap(({ mask }) => (mask === undefined ? [] : [mask])))

/** Of those the ones that join all cells in every network that is tried. */
export function wholeMasks(
  masks: ReadonlySet<string>,
  trials: readonly { readonly storages: Readonly<Record<string, Tensor>> }[],
): readonly (readonly [string, number])[] {
  if (trials.length === 0) return []
  const isWhole = (name: string): boolean =>
    trials.every(({ storages }) => storages[name]?.data.every((value) => value === 1) ?? false)
  return [...masks].filter(isWhole).map((name) => [name, 1] as const)
}

/** Of `mask ≠ 0` the mask, which is 0 or 1; undefined for other values. */
export function maskIn(
  { nodes }: Graph,
  masks: ReadonlySet<string>,
  node: IrNode,
): ValueId | undefined {
  if (node.op !== 'map' || node.fn !== 'ne') return undefined
  const [a, b] = node.args as readonly [ValueId, ValueId]
  const [mask, zero] = [nodeAt(nodes, a), nodeAt(nodes, b)]
  const isMask = mask.op === 'load' && masks.has(mask.storage)
  return isMask && zero.op === 'const' && zero.value === 0 ? a : undefined
}
