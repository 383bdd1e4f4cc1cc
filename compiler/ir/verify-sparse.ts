/** The invariants of patterns and rings: sizes are those that the module tells, rings are read as rings. */
import { isSynapseDim, patternOf, type PatternPlan } from '../../contract/pattern.ts'
import type { Graph, IrNode, PatternSides, Shape, StorageInfo, StorageShape } from './ir.ts'
import { nodeAt, operandsOf } from './operands.ts'
import { formatShape } from './shapes.ts'

interface Known {
  readonly storage: ReadonlyMap<string, StorageInfo>
  readonly synapses: ReadonlyMap<string, PatternPlan>
}

/** Checks a node of a module's graph; `bad` throws. */
export function verifySparse(
  node: IrNode,
  graph: Graph,
  known: Known,
  bad: (reason: string) => never,
): void {
  verifyPatterns(node.shape, known, bad)
  if ('pattern' in node) verifySides(node.pattern, known, bad)
  const ring = 'ring' in node ? node.ring : undefined
  operandsOf(node).forEach((operand, index) => {
    const from = nodeAt(graph.nodes, operand)
    const storage = from.op === 'load' ? known.storage.get(from.storage) : undefined
    const isRing = ring !== undefined && index === (node.op === 'pairs' ? 1 : 0)
    if (isRing && storage?.ring !== ring) bad(`operand ${index} is no ring of ${ring} rows`)
    if (!isRing && storage?.ring !== undefined) bad(`it reads the rows of the ring ${storage.name}`)
  })
}

/** The shape of what is pushed to a ring. Throws for a storage that is none. */
export function rowOfRing({ name, shape, ring }: StorageInfo): StorageShape {
  const [rows, ...rest] = shape
  if (ring === undefined || typeof rows !== 'number' || rows % ring !== 0) {
    throw new Error(`${name} ${formatShape(shape)} is no ring`)
  }
  return [rows / ring, ...rest]
}

/** Every pattern whose synapses are an axis is in the module. */
export function verifyPatterns(
  shape: Shape,
  { synapses }: Pick<Known, 'synapses'>,
  bad: (reason: string) => never,
): void {
  for (const dim of shape) {
    if (isSynapseDim(dim) && !synapses.has(patternOf(dim))) {
      bad(`the module has no pattern ${patternOf(dim)}`)
    }
  }
}

function verifySides(
  { name, pre, post }: PatternSides,
  { synapses }: Known,
  bad: (reason: string) => never,
): void {
  const plan = synapses.get(name) ?? bad(`the module has no pattern ${name}`)
  if (plan.pre !== pre || plan.post !== post) {
    bad(`${name} leads from ${plan.pre} to ${plan.post} cells, not from ${pre} to ${post}`)
  }
}
