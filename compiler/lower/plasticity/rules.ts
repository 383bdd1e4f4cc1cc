/**
 * Plasticity rules: from `dw = ...`, said for one synapse and one example, to the change of a whole
 * weight, averaged over the batch.
 *
 * A rule's value is kept as a sum of terms (`terms.ts`), which `contract.ts` sums over the examples.
 *
 * On a branched compartment the rule holds for each branch with that branch's potential and its
 * presynaptic units.
 */
import type { ValueId } from '../../ir/ir.ts'
import type { Bias, Connection, Population } from '../../model/model.ts'
import { branchGroups } from '../circuit/arrivals.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { originOf } from '../context.ts'
import type { Learner, LearningSynapses } from './learner.ts'
import { RuleLowering } from './rule-lowering.ts'
import { contract } from './contract.ts'
import { Traces } from './traces.ts'
import { sharesBias } from '../../model/weights/targets.ts'
import { isSparse, synapsesOf } from '../circuit/weight-values.ts'
import { isMasked, maskName, masked } from '../circuit/weights.ts'

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
      ...(isMasked(connection) && { mask: maskName(connection) }),
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
  const final = (state: string) => traces.final(state)
  const past = (state: string) => traces.past(state)
  const terms = new RuleLowering(circuit, learner, final, { past }).lower(dw.value)
  const value = terms && contract(context, learner, terms)
  builder.origin = before
  return value
}
