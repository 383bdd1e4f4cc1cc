/**
 * Plasticity rules: from `dw = ...`, said for one synapse and one example, to the change of a whole
 * weight, averaged over the batch.
 *
 * A rule's value is kept as a sum of terms, each a product of a postsynaptic part [batch, post], a
 * presynaptic part [batch, pre], a part of the weight's own shape, and a scalar. Summed over the
 * examples such a term is one matrix product. What cannot be written so is reported.
 *
 * On a branched compartment the rule holds for each branch with that branch's potential and its
 * presynaptic units.
 */
import type { ValueId } from '../../ir/ir.ts'
import type { Bias, Connection, Convolution, Population } from '../../model/model.ts'
import { branchGroups } from '../circuit/arrivals.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { kernelProduct, sumChannels } from '../circuit/convolution.ts'
import { examplesOf, originOf, type LowerContext } from '../context.ts'
import type { Learner, LearningSynapses } from './learner.ts'
import { RuleLowering } from './rule-lowering.ts'
import { meanOfPairs } from './pairwise.ts'
import { contractSynapses } from './synapse-terms.ts'
import { multiply, type Term } from './terms.ts'
import { Traces } from './traces.ts'
import { sharesBias } from '../../model/weights/targets.ts'
import { isSparse, synapsesOf } from '../circuit/weight-values.ts'
import { masked } from '../circuit/weights.ts'

/** The change that `dw` asks for, or what the reactions of a step add up to. */
export type Asked = 'dw' | 'reactions'

/** The change of a connection's weight, in its shape, or undefined after a report. */
export function lowerRule(
  circuit: CircuitLowering,
  connection: Connection,
  asked: Asked,
): ValueId | undefined {
  const { rule } = connection
  if (!rule) return undefined
  const { builder } = circuit.context
  const post = connection.target.population
  const pre = connection.source.population
  const compartment = post.cell.compartments.find(
    (each) => each.name === connection.target.compartment,
  )
  const branches = compartment?.branches ?? 1
  const paired = connection.connectivity === 'one_to_one'
  const groups = branchGroups(pre.size, branches)
  if (branches > 1 && groups.length < branches) {
    return circuit.context.diagnostics.report('branchCount', connection.span, {
      target: `\`${post.name}.${compartment?.name ?? ''}\``,
      branches,
      inputs: pre.size,
    })
  }
  const parts = groups.map(([start, size], branch) =>
    lowerLearner(circuit, asked, {
      name: branches > 1 ? `${connection.name} branch ${branch}` : connection.name,
      rule,
      taken: statesOfTerminals(connection),
      post,
      pre,
      ...(branches > 1 ? { range: [start, size] as const, branch } : {}),
      weight: () => circuit.weights.connection(connection),
      sent: (phase) => phase.sent(connection),
      sign: connection.sign === 'inhibitory' ? -1 : 1,
      inputs: pre.size,
      branchInputs: size,
      paired,
      ...(isSparse(connection) && { synapses: learningSynapses(circuit, connection) }),
      ...(connection.convolution ? { convolution: connection.convolution } : {}),
    }),
  )
  const values = parts.filter((each) => each !== undefined)
  if (values.length < parts.length) return undefined
  const [only] = values
  if (values.length === 1 && only !== undefined) return masked(builder, connection, only)
  if (isSparse(connection)) return ofBranches(circuit, connection, groups, values)
  return masked(builder, connection, builder.concat(values, 1))
}

const statesOfTerminals = ({ stp }: Connection): ReadonlySet<string> =>
  new Set(stp?.item.members.flatMap((each) => (each.kind === 'State' ? [each.name.name] : [])))

/** The synapses that learn; with delays of their own, what is sent to each. */
function learningSynapses(circuit: CircuitLowering, connection: Connection): LearningSynapses {
  const synapses = synapsesOf(connection)
  if (!synapses) throw new Error(`${connection.name} has no synapses`)
  const { builder } = circuit.context
  const late = (phase: CircuitLowering): ValueId | undefined => {
    const found = phase.late(connection)
    return found && builder.toSynapses(found.sent, synapses.sides, 'pre', { late: found.late })
  }
  return { ...synapses, ...(connection.delays && { late }) }
}

/** Of each synapse the change that is asked for on its own branch. */
function ofBranches(
  { context }: CircuitLowering,
  connection: Connection,
  groups: readonly (readonly [number, number])[],
  values: readonly ValueId[],
): ValueId | undefined {
  const { builder } = context
  const synapses = synapsesOf(connection)
  if (!synapses) return undefined
  const { sides, turned } = synapses
  const units = connection.source.population.size
  return values.reduce((before, value, branch) => {
    const [start, size] = groups[branch] ?? [0, units]
    const parts = [
      ...(start > 0 ? [builder.filled(0, [start])] : []),
      builder.filled(1, [size]),
      ...(start + size < units ? [builder.filled(0, [units - start - size])] : []),
    ]
    const here = builder.toSynapses(builder.concat(parts, 0), sides, turned ? 'post' : 'pre')
    return builder.map('select', here, value, before)
  })
}

/** The change of a bias, [units], or [channels] where they share it. */
export function lowerBiasRule(
  circuit: CircuitLowering,
  population: Population,
  bias: Bias,
  asked: Asked,
): ValueId | undefined {
  if (!bias.rule) return undefined
  return lowerLearner(circuit, asked, {
    name: bias.storage,
    rule: bias.rule,
    post: population,
    weight: () => circuit.weights.bias(population, bias),
    sign: 1,
    inputs: 1,
    branchInputs: 1,
    paired: true,
    shared: sharesBias(population, bias),
  })
}

function lowerLearner(
  circuit: CircuitLowering,
  asked: Asked,
  learner: Learner,
): ValueId | undefined {
  const { context } = circuit
  const { builder } = context
  const { members, name } = learner.rule.item
  const traces = new Traces(circuit, learner, contract)
  if (asked === 'reactions') {
    const terms = traces.reactions()
    return terms && contract(context, learner, terms)
  }
  const dw = members.find((member) => member.kind === 'Equation' && member.name.name === 'dw')
  if (dw?.kind !== 'Equation') throw new Error(`${name.name} changes nothing, which is checked`)
  const before = builder.origin
  builder.origin = originOf(context, dw.span)
  const terms = new RuleLowering(circuit, learner, (state) => traces.final(state)).lower(dw.value)
  const value = terms && contract(context, learner, terms)
  builder.origin = before
  return value
}

/** The sum of the terms over the examples, divided by their number. */
function contract(context: LowerContext, learner: Learner, terms: readonly Term[]): ValueId {
  if (learner.synapses) return contractSynapses(context, learner, learner.synapses, terms)
  const { builder } = context
  const post = learner.post.size
  const pre = learner.range?.[1] ?? learner.pre?.size ?? post
  const { convolution, shared = false } = learner
  const biases = shared ? (learner.post.shape[0] ?? post) : post
  const shape = convolution?.kernel ?? (learner.paired ? [biases] : [post, pre])
  // What is no sum of products is computed for each pair, all of it at once.
  const ofPairs = terms.filter(({ synapse }) => synapse !== undefined)
  let total = ofPairs.length > 0 ? meanOfPairs(context, learner, ofPairs) : undefined
  for (const term of terms.filter(({ synapse }) => synapse === undefined)) {
    const value = convolution
      ? kernelTerm(context, term, convolution, post, pre)
      : learner.paired
        ? pairedTerm(context, term, learner.post, shared)
        : outerTerm(context, term, post, pre)
    const weighted = term.weight === undefined ? value : builder.map('mul', value, term.weight)
    total = total === undefined ? weighted : builder.map('add', total, weighted)
  }
  return builder.broadcast(total ?? builder.constant(0), shape)
}

/** Mean over the examples of post * pre on one shared axis; summed over channels that share a bias. */
function pairedTerm(
  context: LowerContext,
  term: Term,
  { size, shape }: Population,
  shared: boolean,
): ValueId {
  const { builder } = context
  const both = multiply(builder, term.post, term.pre)
  const value = multiply(builder, both, term.scalar) ?? builder.constant(1)
  const mean = hasBatch(builder, value)
    ? builder.reduce('mean', builder.broadcast(value, [examplesOf(context), size]), [0])
    : builder.broadcast(value, [size])
  return shared ? sumChannels(builder, mean, shape) : mean
}

/** Mean over the examples of post * pre, summed over the pairs that share a weight. */
function kernelTerm(
  context: LowerContext,
  term: Term,
  convolution: Convolution,
  post: number,
  pre: number,
): ValueId {
  const { builder } = context
  const parts = [term.post, term.pre]
  const isMean = parts.some((part) => part !== undefined && hasBatch(builder, part))
  const count = isMean ? examplesOf(context) : 1
  const left = multiply(builder, term.post, term.scalar) ?? builder.constant(1)
  const mean = isMean ? builder.map('div', left, builder.batch()) : left
  return kernelProduct(
    builder,
    convolution,
    builder.broadcast(mean, [count, post]),
    builder.broadcast(term.pre ?? builder.constant(1), [count, pre]),
    count,
  )
}

function outerTerm(context: LowerContext, term: Term, post: number, pre: number): ValueId {
  const { builder } = context
  const examples = examplesOf(context)
  const left = term.post
  const right = term.pre
  const scale = (value: ValueId): ValueId => multiply(builder, value, term.scalar) ?? value
  if (
    left !== undefined &&
    right !== undefined &&
    (hasBatch(builder, left) || hasBatch(builder, right))
  ) {
    const mean = builder.map('div', scale(left), builder.batch())
    return builder.matmul(
      builder.broadcast(mean, [examples, post]),
      builder.broadcast(right, [examples, pre]),
      {
        transposeLeft: true,
      },
    )
  }
  const average = (value: ValueId | undefined, units: number): ValueId | undefined => {
    if (value === undefined || !hasBatch(builder, value)) return value
    return builder.reduce('mean', builder.broadcast(value, [examples, units]), [0])
  }
  const column = average(left, post)
  const row = average(right, pre)
  const columns =
    column === undefined ? undefined : builder.reshape(builder.broadcast(column, [post]), [post, 1])
  return builder.broadcast(scale(multiply(builder, columns, row) ?? builder.constant(1)), [
    post,
    pre,
  ])
}

type Builder = LowerContext['builder']

/** Whether a part of a term has one value for each example: those of a bias have not. */
const hasBatch = (builder: Builder, value: ValueId): boolean => builder.shapeOf(value).length > 1
