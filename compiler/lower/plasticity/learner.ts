/** What learns by a rule, and the shape of what it keeps. */
import type { PlasticityItem } from '../../../grammar/ast.ts'
import { synapseDim } from '../../../contract/pattern.ts'
import type { StorageShape, ValueId } from '../../ir/ir.ts'
import type { Convolution, Instance, Population } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { Synapses } from '../circuit/weight-values.ts'
import type { Part } from './terms.ts'

/** What learns by a rule: the synapses of a connection (or of one branch), or a bias. */
export interface Learner {
  /** Traces are kept under it: `W[0]`. */
  readonly name: string
  readonly rule: Instance<PlasticityItem>
  /** What the terminals keep under the same name: traces that are called so have the rule's name too. */
  readonly taken?: ReadonlySet<string>
  readonly post: Population
  readonly pre?: Population
  /** Presynaptic units of this branch, as [start, size]. */
  readonly range?: readonly [number, number]
  readonly branch?: number
  readonly weight: () => ValueId | undefined
  /** The change of exact gradient descent, of a rule that reads it. */
  readonly backprop?: () => ValueId | undefined
  /** What the terminal released, in one phase of the model. */
  readonly sent?: (circuit: CircuitLowering) => ValueId | undefined
  readonly sign: number
  readonly inputs: number
  readonly branchInputs: number
  /** Pre and post are the same axis. */
  readonly paired: boolean
  /** The weight is kept by synapse; `late` what was sent to each, if delays are their own. */
  readonly synapses?: LearningSynapses
  /** Of a matrix of weights, the constant that is 0 where there is no synapse. */
  readonly mask?: string
  /** Pairs of units share the weights of a kernel. */
  readonly convolution?: Convolution
  /** The units of a channel share the bias. */
  readonly shared?: boolean
}

/** The synapses of a connection, and where they are those of a branch. */
export interface LearningSynapses extends Synapses {
  /** What was sent to each, [examples, synapses], in one phase of the model; absent without own delays. */
  readonly late?: (circuit: CircuitLowering) => ValueId | undefined
}

/** The name under which a trace of a rule is kept. */
export function traceName({ name, rule, taken }: Learner, trace: string): string {
  const plain = `${name}.${trace}`
  return taken?.has(trace) ? `${plain} of ${rule.item.name.name}` : plain
}

/** The shape of what is kept of one part of a synapse; of what is one for all, one for each cell. */
export function partShape(
  { context }: CircuitLowering,
  learner: Learner,
  part: Part,
): StorageShape {
  const examples = context.clock?.examples ?? 1
  if (learner.synapses) {
    const { name } = learner.synapses.sides
    if (part === 'weight') return [synapseDim(name)]
    if (part === 'synapse') return [examples, synapseDim(name)]
    const cells = part === 'pre' ? (learner.pre ?? learner.post) : learner.post
    return [examples, cells.size]
  }
  const pre = learner.range?.[1] ?? learner.pre?.size ?? learner.post.size
  if (part === 'weight' && learner.convolution) return learner.convolution.kernel
  if (part === 'weight') return learner.paired ? [learner.post.size] : [learner.post.size, pre]
  if (part === 'synapse') return [examples, learner.post.size, pre]
  return [examples, part === 'pre' ? pre : learner.post.size]
}
