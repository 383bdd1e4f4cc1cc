/** Of weights that are recorded by synapse: which units each synapse joins. */
import type { DrawnPattern } from '../../contract/pattern.ts'
import type { RecordPlan } from '../../contract/plan.ts'

/** The units of each synapse, by their numbers in their populations. */
export interface SynapsePairs {
  readonly pre: Int32Array
  readonly post: Int32Array
}

/** The pairs of every weight that some statement records by synapse. */
export function pairsRecorded(
  records: readonly RecordPlan[],
  patterns: Readonly<Record<string, DrawnPattern>>,
): ReadonlyMap<string, SynapsePairs> {
  const found = new Map<string, SynapsePairs>()
  for (const { synapses } of records) {
    for (const [name, { pattern, transposed, first }] of Object.entries(synapses ?? {})) {
      const drawn = patterns[pattern]
      if (!drawn || found.has(name)) continue
      const sources = new Int32Array(drawn.count)
      for (let j = 0; j + 1 < drawn.starts.length; j++)
        sources.fill(j, drawn.starts[j], drawn.starts[j + 1])
      const [pre, post] = transposed ? [drawn.targets, sources] : [sources, drawn.targets]
      found.set(name, { pre: pre.map((j) => j + first[0]), post: post.map((i) => i + first[1]) })
    }
  }
  return found
}
