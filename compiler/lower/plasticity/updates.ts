/**
 * The new weights of a training step, from what the rules ask for: the optimiser's step, then the
 * bounds. Everything is computed from the weights before the step; ties follow by themselves, since
 * a tied weight is its expression.
 *
 * SGD is PyTorch's: d = -dw + decay w; v = momentum v + d; w - rate v. Kept here with the sign of the
 * change, v = momentum v + dw - decay w. Adam: Kingma and Ba (2015), with the decay added to the
 * gradient.
 */
import type { StorageInfo, StorageShape, ValueId } from '../../ir/ir.ts'
import type { Connection } from '../../model/model.ts'
import { paramsOf } from '../../model/values.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { originOf } from '../context.ts'
import type { Optimiser } from '../../model/experiment/optimisers.ts'
import { freezeSwitch } from '../../model/experiment/protocol.ts'
import type { Learnable } from '../../model/experiment/learnables.ts'
import { changeName } from '../through/window.ts'
import { changesInStep, learnsByGradient, lowerGradientRule } from './gradient-rule.ts'
import { lowerBiasRule, lowerRule, type Asked } from './rules.ts'
import { staysZero } from '../../model/freedom.ts'
import { scalarValue } from '../scalars.ts'
import { biasTarget } from '../../model/weights/targets.ts'
import { masked, storedShape, Weights } from '../circuit/weights.ts'

export interface Updates {
  /** The change that each rule asks for, by storage. */
  readonly asked: ReadonlyMap<string, ValueId>
  /** New values by storage, slots included. */
  readonly stored: ReadonlyMap<string, ValueId>
  readonly slots: readonly StorageInfo[]
}

export const shapeOf = (target: Learnable): StorageShape =>
  target.kind === 'connection'
    ? storedShape(target.connection)
    : biasTarget(target.population, target.bias).shape

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
  const inStep = following.size > 0 ? new Map() : gradientChanges(circuit, optimisers, plastic)
  const changeOf = (target: Learnable): ValueId | undefined => {
    const { storage } = target
    if (!saysChange(target)) return undefined
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
  return { asked, stored, slots }
}

/** Whether a weight or bias has a `dw`, or a rule without a reaction. */
function saysChange(target: Learnable): boolean {
  const rule = target.kind === 'connection' ? target.connection.rule : target.bias.rule
  const members = rule?.item.members ?? []
  return (
    members.some((each) => each.kind === 'Equation' && each.name.name === 'dw') ||
    !members.some((each) => each.kind === 'Reaction')
  )
}

/** What a rule made of the gradient of the window that ended last. */
function followedChange(circuit: CircuitLowering, target: Learnable): ValueId | undefined {
  const shape = shapeOf(target)
  const gradient = circuit.context.builder.load(changeName(target.storage), shape)
  return lowerGradientRule(circuit, target, shape, gradient)
}

/** Moves what optimisers move by the changes that are asked for; into new values by storage, and slots. */
export function moveTargets(
  circuit: CircuitLowering,
  optimisers: readonly Optimiser[],
  { stored, slots }: { readonly stored: Map<string, ValueId>; readonly slots: StorageInfo[] },
  changeOf: (target: Learnable) => ValueId | undefined,
): void {
  for (const optimiser of optimisers) {
    for (const target of optimiser.targets) {
      const change = changeOf(target)
      if (change === undefined) continue
      const step = new OptimiserStep(circuit, optimiser, target, stored, slots)
      const moved = step.kept(
        target.storage,
        optimiser.kind === 'sgd' ? step.sgd(change) : step.adam(change),
      )
      stored.set(
        target.storage,
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
    .filter((target) => learnsByGradient(circuit, target))
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

class OptimiserStep {
  readonly #circuit: CircuitLowering
  readonly #optimiser: Optimiser
  readonly #target: Learnable
  readonly #stored: Map<string, ValueId>
  readonly #slots: StorageInfo[]

  constructor(
    circuit: CircuitLowering,
    optimiser: Optimiser,
    target: Learnable,
    stored: Map<string, ValueId>,
    slots: StorageInfo[],
  ) {
    this.#circuit = circuit
    this.#optimiser = optimiser
    this.#target = target
    this.#stored = stored
    this.#slots = slots
  }

  sgd(change: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const weight = this.#weight()
    const momentum = this.#option('momentum')
    if (momentum === undefined) {
      // Without momentum the decay is a factor of the weight, which spares an operation of its size.
      const decay = this.#option('decay')
      const kept =
        decay === undefined
          ? weight
          : builder.map(
              'mul',
              builder.map('sub', builder.constant(1), builder.map('mul', this.#rate(), decay)),
              weight,
            )
      return builder.map('add', kept, builder.map('mul', this.#rate(), change))
    }
    const slot = this.#slot('velocity', shapeOf(this.#target))
    const velocity = builder.map(
      'add',
      builder.map('mul', momentum, slot),
      this.#decayed(change, weight),
    )
    this.#keep('velocity', velocity)
    return builder.map('add', weight, builder.map('mul', this.#rate(), velocity))
  }

  adam(change: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const number = (value: number): ValueId => builder.constant(value)
    const weight = this.#weight()
    const direction = this.#decayed(change, weight)
    const average = (name: string, beta: ValueId, value: ValueId): ValueId => {
      const slot = this.#slot(name, shapeOf(this.#target))
      const next = builder.map(
        'add',
        builder.map('mul', beta, slot),
        builder.map('mul', builder.map('sub', number(1), beta), value),
      )
      this.#keep(name, next)
      return next
    }
    // 1 - beta^t is itself a running average of ones, so that no step count is needed.
    const correction = (name: string, beta: ValueId): ValueId => {
      const slot = this.#slot(name, [1])
      const next = builder.map(
        'add',
        builder.map('mul', beta, slot),
        builder.map('sub', number(1), beta),
      )
      this.#keep(name, next)
      return next
    }
    const beta1 = this.#option('beta1') ?? number(0)
    const beta2 = this.#option('beta2') ?? number(0)
    const first = builder.map(
      'div',
      average('first', beta1, direction),
      correction('weight1', beta1),
    )
    const second = builder.map(
      'div',
      average('second', beta2, builder.map('square', direction)),
      correction('weight2', beta2),
    )
    const scaled = builder.map(
      'div',
      first,
      builder.map('add', builder.map('sqrt', second), this.#option('epsilon') ?? number(0)),
    )
    return builder.map('add', weight, builder.map('mul', this.#rate(), scaled))
  }

  /** What is stored is not moved in steps in which a phase holds the optimiser still. */
  kept(storage: string, next: ValueId): ValueId {
    if (!this.#optimiser.pauses) return next
    const { builder } = this.#circuit.context
    const before = builder.load(storage, builder.nodeOf(next).shape)
    const moves = builder.map('gt', this.#rate(), builder.constant(0))
    return builder.map('select', moves, next, before)
  }

  #keep(name: string, next: ValueId): void {
    const storage = `${this.#target.storage}.${name}`
    this.#stored.set(storage, this.kept(storage, next))
  }

  #rate(): ValueId {
    return this.#circuit.context.builder.scalar('rate', this.#optimiser.name)
  }

  #weight(): ValueId {
    return this.#circuit.context.builder.load(this.#target.storage, shapeOf(this.#target))
  }

  #decayed(change: ValueId, weight: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const decay = this.#option('decay')
    return decay === undefined
      ? change
      : builder.map('sub', change, builder.map('mul', decay, weight))
  }

  /** An option's value; undefined where it is 0, which leaves its term out. */
  #option(name: string): ValueId | undefined {
    const value = this.#optimiser.options[name]
    if (!value) return undefined
    const { builder, diagnostics, freedom } = this.#circuit.context
    if (staysZero(freedom, value)) {
      for (const param of paramsOf(value.symbol)) diagnostics.structural.add(param)
      return undefined
    }
    return scalarValue(builder, freedom, value)
  }

  #slot(name: string, shape: StorageShape): ValueId {
    const storage = `${this.#target.storage}.${name}`
    this.#slots.push({ name: storage, shape, role: 'slot' })
    return this.#circuit.context.builder.load(storage, shape)
  }
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
