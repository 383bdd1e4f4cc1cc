/** The operations over synapses and rings in plain JavaScript, one synapse at a time: the reference. */
import type { DrawnPattern } from '../../contract/pattern.ts'
import type { IrNode, Operation } from './ir.ts'
import type { Tensor } from './tensor.ts'

/** An operation that is worked out here. */
export type SparseNode = IrNode & {
  readonly op: Extract<
    Operation['op'],
    'deliver' | 'pairs' | 'toSynapses' | 'fromSynapses' | 'toMatrix' | 'fromMatrix' | 'recall'
  >
}

const names: ReadonlySet<string> = new Set<SparseNode['op']>([
  'deliver',
  'pairs',
  'toSynapses',
  'fromSynapses',
  'toMatrix',
  'fromMatrix',
  'recall',
])

export const isSparse = (node: IrNode): node is SparseNode => names.has(node.op)

interface Around {
  readonly step: number
  readonly pattern: (name: string) => DrawnPattern
}

/** The value of a node whose operands and shape are given. */
export function evaluateSparse(
  node: SparseNode,
  operands: readonly Tensor[],
  shape: readonly number[],
  { step, pattern }: Around,
): Tensor {
  const [a, b, c] = operands as [Tensor, Tensor, Tensor | undefined]
  const data = new Float64Array(shape.reduce((product, dim) => product * dim, 1))
  const result = { shape, data }
  if (node.op === 'recall') {
    const row = (step - node.lag + node.ring * node.lag) % node.ring
    data.set(a.data.subarray(row * data.length, (row + 1) * data.length))
    return result
  }
  const synapses = synapsesOf(pattern(node.pattern.name))
  const { pre, post } = node.pattern
  /** What pre cell j sent in example e, over synapse s. */
  const sent = (from: Tensor, delays: Tensor | undefined, e: number, s: number, j: number) => {
    if (node.op === 'toMatrix' || node.op === 'fromMatrix' || node.op === 'fromSynapses') return 0
    if (node.ring === undefined || !delays) return from.data[e * pre + j]!
    const lag = delays.data[s]!
    if (!(lag >= 1 && lag <= node.ring)) throw new Error(`a delay of ${lag} steps`)
    const examples = from.shape[0]! / node.ring
    const row = (step - lag + node.ring * lag) % node.ring
    return from.data[(row * examples + e) * pre + j]!
  }
  switch (node.op) {
    case 'deliver': {
      const weight = (s: number): number => b.data[b.data.length === 1 ? 0 : s]!
      const order = synapses.map((_, s) => s)
      // By delay, then in the order of the pattern.
      if (c) {
        const later = (s: number, t: number): number => c.data[s]! - c.data[t]!
        order.sort((s, t) => (later(s, t) === 0 ? s - t : later(s, t)))
      }
      for (let e = 0; e < shape[0]!; e++)
        for (const s of order) {
          const { j, i } = synapses[s]!
          const x = node.transpose ? a.data[e * post + i]! : sent(a, c, e, s, j)
          if (x !== 0) data[e * shape[1]! + (node.transpose ? j : i)]! += weight(s) * x
        }
      return result
    }
    case 'pairs':
      synapses.forEach(({ j, i }, s) => {
        for (let e = 0; e < a.shape[0]!; e++)
          data[s]! += a.data[e * post + i]! * sent(b, c, e, s, j)
      })
      return result
    case 'toSynapses': {
      const rows = data.length / Math.max(1, synapses.length)
      const cells = node.pattern[node.side]
      for (let e = 0; e < rows; e++)
        synapses.forEach(({ j, i }, s) => {
          const value = node.side === 'pre' ? sent(a, b, e, s, j) : a.data[e * cells + i]!
          data[e * synapses.length + s] = value
        })
      return result
    }
    case 'fromSynapses': {
      const cells = node.pattern[node.side]
      for (let e = 0; e < data.length / cells; e++)
        synapses.forEach(({ j, i }, s) => {
          data[e * cells + (node.side === 'pre' ? j : i)]! += a.data[e * synapses.length + s]!
        })
      return result
    }
    case 'toMatrix':
      synapses.forEach(({ j, i }, s) => (data[i * pre + j]! += a.data[s]!))
      return result
    case 'fromMatrix':
      synapses.forEach(({ j, i }, s) => (data[s] = a.data[i * pre + j]!))
      return result
  }
}

/** Of every synapse, its pre cell j and its post cell i. */
function synapsesOf({
  starts,
  targets,
}: DrawnPattern): { readonly j: number; readonly i: number }[] {
  const all: { readonly j: number; readonly i: number }[] = []
  for (let j = 0; j + 1 < starts.length; j++)
    for (let s = starts[j]!; s < starts[j + 1]!; s++) all.push({ j, i: targets[s]! })
  return all
}
