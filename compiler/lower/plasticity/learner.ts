/** What learns by a rule, and the shape of what it keeps. */
import type { PlasticityItem } from '../../../grammar/ast.ts'
import type { ValueId } from '../../ir/ir.ts'
import type { Convolution, Instance, Population } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { Part } from './terms.ts'

/** What learns by a rule: the synapses of a connection (or of one branch), or a bias. */
export interface Learner {
  /** Traces are kept under it: `W[0]`. */
  readonly name: string
  readonly rule: Instance<PlasticityItem>
  readonly post: Population
  readonly pre?: Population
  /** Presynaptic units of this branch, as [start, size]. */
  readonly range?: readonly [number, number]
  readonly branch?: number
  readonly weight: () => ValueId | undefined
  /** What the terminal released, in one phase of the model. */
  readonly sent?: (circuit: CircuitLowering) => ValueId | undefined
  readonly sign: number
  readonly inputs: number
  readonly branchInputs: number
  /** Pre and post are the same axis. */
  readonly paired: boolean
  /** Pairs of units share the weights of a kernel. */
  readonly convolution?: Convolution
  /** The units of a channel share the bias. */
  readonly shared?: boolean
}

/** The shape of what is kept of one part of a synapse; of what is one for all, one for each cell. */
export function partShape(
  { context }: CircuitLowering,
  learner: Learner,
  part: Part,
): readonly number[] {
  const examples = context.clock?.examples ?? 1
  const pre = learner.range?.[1] ?? learner.pre?.size ?? learner.post.size
  if (part === 'weight') return learner.paired ? [learner.post.size] : [learner.post.size, pre]
  return [examples, part === 'pre' ? pre : learner.post.size]
}
