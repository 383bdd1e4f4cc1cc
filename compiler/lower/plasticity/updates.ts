/**
 * The new weights of a training step, from what the rules ask for: the optimiser's step, then the
 * bounds. Everything is computed from the weights before the step; ties follow by themselves, since
 * a tied weight is its expression. What optimisers do stands in `optimiser-step.ts`.
 */
import type { StorageInfo, ValueId } from '../../ir/ir.ts'
import type { Connection } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { originOf } from '../context.ts'
import type { Optimiser } from '../../model/experiment/optimisers.ts'
import { freezeSwitch } from '../../model/experiment/protocol.ts'
import { learnableFollowsGradient, type Learnable } from '../../model/experiment/learnables.ts'
import { askedName, changeName } from '../through/window.ts'
import { clipped } from './clipping.ts'
import { isPlainGradient, changesInStep, lowerGradientRule } from './gradient-rule.ts'
import { OptimiserStep, shapeOf } from './optimiser-step.ts'
import { lowerBiasRule, lowerRule, type Asked } from './rules.ts'
import { scalarValue } from '../scalars.ts'
import { masked, Weights } from '../circuit/weights.ts'

export interface Updates {
  /** The change that each rule asks for, by storage. */
  readonly asked: ReadonlyMap<string, ValueId>
  /** New values by storage, slots included. */
  readonly stored: ReadonlyMap<string, ValueId>
  readonly slots: readonly StorageInfo[]
  /** What follows the gradient through time; empty where nothing does. */
  readonly following: ReadonlySet<string>
}

/**
 * `frozen` are weights and biases that some phase of the protocol freezes; `plastic` is the circuit as it
 * is in each phase of the model in which it learns: their changes add up. `following` are those that follow the
 * gradient through time: what they ask for is that of the last window, and they are not moved here.
 */
export function lowerUpdates(
  circuit: CircuitLowering,
  optimisers: readonly Optimiser[],
  frozen: ReadonlySet<string>,
  plastic: readonly CircuitLowering[],
  following: ReadonlySet<string> = new Set(),
): Updates {
  const { builder } = circuit.context
  const asked = new Map<string, ValueId>()
  const stored = new Map<string, ValueId>()
  const slots: StorageInfo[] = []
  const inStep =
    following.size > 0 ? new Map<string, never>() : gradientChanges(circuit, optimisers, plastic)
  /** Asks the rule, once. */
  const changeOf = (target: Learnable): ValueId | undefined => {
    const { storage } = target
    const known = asked.get(storage)
    if (known !== undefined || !asksChange(target)) return known
    const change = following.has(storage)
      ? followedChange(circuit, target)
      : (inStep.get(storage) ?? (() => lowerChange(plastic, target)))()
    if (change === undefined) return undefined
    const name = `update(${storage})`
    builder.name(change, name)
    builder.output(name, change)
    asked.set(storage, change)
    return change
  }
  moveTargets(circuit, optimisers, { stored, slots }, (target) => {
    const change = changeOf(target)
    // It is moved when a window ends.
    return following.has(target.storage) ? undefined : change
  })
  for (const learner of reacting(circuit)) {
    const { storage } = learner
    const change = ruleOf(circuit, learner, 'reactions')
    if (change === undefined) continue
    // A protocol switches it off by parameters: there is no optimiser whose rate could be 0.
    const all = builder.scalar('param', plasticitySwitch)
    const on = frozen.has(storage)
      ? builder.map('mul', all, builder.scalar('param', freezeSwitch(storage)))
      : all
    const now = builder.map('mul', on, change)
    const before = stored.get(storage) ?? builder.load(storage, shapeOf(learner))
    const moved = builder.map('add', before, now)
    stored.set(
      storage,
      learner.kind === 'connection' ? bounded(circuit, learner.connection, moved) : moved,
    )
  }
  lowerCopies(circuit, stored, frozen)
  return { asked, stored, slots, following }
}

/** What a rule made of the gradient of the window that ended last. */
export function followedChange(circuit: CircuitLowering, target: Learnable): ValueId | undefined {
  const shape = shapeOf(target)
  // The rule read the weight as it was before it was moved.
  const kept = isPlainGradient(target) ? changeName : askedName
  return circuit.context.builder.load(kept(target.storage), shape)
}

/** Moves what optimisers move by the changes that are asked for; into new values by storage, and slots. */
export function moveTargets(
  circuit: CircuitLowering,
  optimisers: readonly Optimiser[],
  { stored, slots }: { readonly stored: Map<string, ValueId>; readonly slots: StorageInfo[] },
  changeOf: (target: Learnable) => ValueId | undefined,
): void {
  const clipping = optimisers.filter(({ clip }) => clip)
  const asked = new Map(
    clipping.flatMap(({ targets }) =>
      targets.flatMap((target) => {
        const change = changeOf(target)
        return change === undefined ? [] : [[target.storage, change] as const]
      }),
    ),
  )
  const shorter = clipped(circuit, clipping, asked)
  for (const optimiser of optimisers) {
    for (const target of optimiser.targets) {
      const { storage } = target
      const change = asked.get(storage) ?? changeOf(target)
      if (change === undefined) continue
      const step = new OptimiserStep(circuit, optimiser, target, stored, slots)
      const moved = step.kept(storage, step.moved(shorter.get(storage) ?? change))
      stored.set(
        storage,
        target.kind === 'connection' ? bounded(circuit, target.connection, moved) : moved,
      )
    }
  }
}

/**
 * Weights that are set to an expression of the new weights where a condition holds, and stay as they
 * are elsewhere. What reads another of them reads it as it is then, and itself as it was.
 */
function lowerCopies(
  circuit: CircuitLowering,
  stored: Map<string, ValueId>,
  frozen: ReadonlySet<string>,
): void {
  const { context } = circuit
  const { builder, freedom } = context
  const copied = new Map(
    context.model.connections
      .filter((each) => each.copied && !each.tied)
      .map((each) => [each.name, each]),
  )
  if (copied.size === 0) return
  const weights: Weights = new Weights(context, (name, shape) => {
    const before = stored.get(name) ?? builder.load(name, shape)
    const connection = copied.get(name)
    const when = connection?.copied?.when
    if (!connection?.copied || !when) return before
    const outside = builder.origin
    builder.origin = originOf(context, connection.span)
    const condition = context.bound.weights.find(when, when.value)
    const asked =
      condition?.kind === 'value' ? scalarValue(builder, freedom, condition.value) : undefined
    const holds =
      asked !== undefined && frozen.has(name)
        ? builder.map('mul', asked, builder.scalar('param', freezeSwitch(name)))
        : asked
    // Its own name is the weight as it was, so that it can move a part of the way.
    const inside: Weights = new Weights(context, (other, otherShape) => {
      if (other === name) return before
      const next = copied.get(other)
      return (
        (next && weights.connection(next)) ?? stored.get(other) ?? builder.load(other, otherShape)
      )
    })
    const value = inside.valueFor(connection.copied.value, connection)
    const next =
      holds !== undefined && value !== undefined
        ? builder.map(
            'select',
            holds,
            bounded(circuit, connection, masked(builder, connection, value)),
            before,
          )
        : before
    builder.origin = outside
    return next
  })
  const after = [...copied.values()].map(
    (connection) => [connection.name, weights.connection(connection)] as const,
  )
  for (const [name, value] of after) if (value !== undefined) stored.set(name, value)
}

/** Whether the rule of a weight or bias says `dw`, so that an optimiser moves it. */
function asksChange(target: Learnable): boolean {
  const rule = target.kind === 'connection' ? target.connection.rule : target.bias.rule
  const members = rule?.item.members ?? []
  const saysChange = members.some((each) => each.kind === 'Equation' && each.name.name === 'dw')
  return saysChange || !members.some((each) => each.kind === 'Reaction')
}

/** Whether reactions change weights: a parameter that every compiled circuit with reactions has. */
export const plasticitySwitch = 'plasticity'

/** Whether a parameter is that switch, or the one of a weight that some phase freezes. */
export const isPlasticitySwitch = (name: string): boolean =>
  name === plasticitySwitch || name.startsWith(`${plasticitySwitch}(`)

/** Weights and biases whose rule reacts to something. */
function reacting({ context }: CircuitLowering): readonly Learnable[] {
  const reacts = (rule: Connection['rule']): boolean =>
    rule?.item.members.some((each) => each.kind === 'Reaction') ?? false
  const { connections, populations } = context.model
  return [
    ...connections
      .filter(({ rule, tied }) => reacts(rule) && !tied)
      .map((connection) => ({ kind: 'connection', storage: connection.name, connection }) as const),
    ...populations.flatMap((population) =>
      population.cell.biases
        .filter(({ rule, tied }) => reacts(rule) && !tied)
        .map((bias) => ({ kind: 'bias', storage: bias.storage, population, bias }) as const),
    ),
  ]
}

/** What the rule of a weight or bias asks for in one phase. */
const ruleOf = (circuit: CircuitLowering, target: Learnable, asked: Asked): ValueId | undefined =>
  target.kind === 'connection'
    ? lowerRule(circuit, target.connection, asked)
    : lowerBiasRule(circuit, target.population, target.bias, asked)

/** What it asks for in all phases in which the circuit learns; undefined if nothing does. */
const lowerChange = (plastic: readonly CircuitLowering[], target: Learnable): ValueId | undefined =>
  sumOver(plastic, (circuit) => ruleOf(circuit, target, 'dw'))

function sumOver(
  plastic: readonly CircuitLowering[],
  changeIn: (circuit: CircuitLowering, i: number) => ValueId | undefined,
): ValueId | undefined {
  let total: ValueId | undefined
  for (const [i, circuit] of plastic.entries()) {
    const change = changeIn(circuit, i)
    if (change === undefined) return undefined
    total = total === undefined ? change : circuit.context.builder.map('add', total, change)
  }
  return total
}

/** The changes of what learns by the exact gradient, by storage: of the loss in each phase in which it learns. */
function gradientChanges(
  circuit: CircuitLowering,
  optimisers: readonly Optimiser[],
  plastic: readonly CircuitLowering[],
): ReadonlyMap<string, () => ValueId | undefined> {
  const targets = optimisers
    .flatMap((each) => each.targets)
    .filter((target) => learnableFollowsGradient(circuit.context.bound, target))
  if (targets.length === 0) return new Map()
  const gradients = plastic.map((phase) => changesInStep(phase, targets, shapeOf))
  return new Map(
    targets.map((target) => [
      target.storage,
      () =>
        sumOver(plastic, (phase, i) => {
          const gradient = gradients[i]?.(target)
          return gradient && lowerGradientRule(phase, target, shapeOf(target), gradient)
        }),
    ]),
  )
}

/** Clipped to the bounds of the connection; signed synapses stay at 0 or above. */
export function bounded(circuit: CircuitLowering, connection: Connection, value: ValueId): ValueId {
  const { builder, freedom } = circuit.context
  const { bounds, sign } = connection
  const from = bounds?.from
    ? scalarValue(builder, freedom, bounds.from)
    : sign === 'unsigned'
      ? undefined
      : builder.constant(0)
  const to = bounds?.to && scalarValue(builder, freedom, bounds.to)
  const raised = from === undefined ? value : builder.map('max', value, from)
  const kept = to === undefined ? raised : builder.map('min', raised, to)
  // A lower bound above 0 does not make synapses where there are none.
  return bounds ? masked(builder, connection, kept) : kept
}
