/**
 * An optimiser's step of one weight or bias: the new value from the change that is asked for, and what the
 * optimiser remembers. A change is the negative of a gradient g; with d = g + decay w and the rate r:
 *
 *     sgd      v = momentum v + d, w - r v, or with `nesterov` w - r (d + momentum v): PyTorch's, without dampening
 *     adam     Kingma and Ba (2015), of d
 *     adamw    w - r decay w, then the step of adam of g alone (Loshchilov and Hutter 2019)
 *     rmsprop  s = beta s + (1 - beta) d^2, w - r d / (sqrt(s) + epsilon); `centred`: with a = beta a + (1 - beta) d,
 *              s - a^2 in place of s (Graves 2013); with momentum, v = momentum v + d / (sqrt(s) + epsilon), w - r v
 *
 * Everything is kept with the sign of the change, not of the gradient.
 */
import type { StorageInfo, StorageShape, ValueId } from '../../ir/ir.ts'
import type { Learnable } from '../../model/experiment/learnables.ts'
import type { Optimiser } from '../../model/experiment/optimisers.ts'
import { staysZero } from '../../model/freedom.ts'
import { paramsOf } from '../../model/values.ts'
import { biasTarget } from '../../model/weights/targets.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { storedShape } from '../circuit/weights.ts'
import { scalarValue } from '../scalars.ts'

/** The shape of what is stored of a weight or bias. */
export const shapeOf = (target: Learnable): StorageShape =>
  target.kind === 'connection'
    ? storedShape(target.connection)
    : biasTarget(target.population, target.bias).shape

export class OptimiserStep {
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

  /** The weight after the step. */
  moved(change: ValueId): ValueId {
    switch (this.#optimiser.kind) {
      case 'sgd':
        return this.#sgd(change)
      case 'adam':
        return this.#adam(this.#weight(), this.#decayed(change, this.#weight()))
      case 'adamw':
        return this.#adam(this.#shrunk(), change)
      case 'rmsprop':
        return this.#rmsprop(change)
    }
  }

  /** The weight less its decay, where that is not part of the change. */
  #shrunk(): ValueId {
    const { builder } = this.#circuit.context
    const decay = this.#option('decay')
    return decay === undefined
      ? this.#weight()
      : builder.map(
          'mul',
          builder.map('sub', builder.constant(1), builder.map('mul', this.#rate(), decay)),
          this.#weight(),
        )
  }

  #sgd(change: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const weight = this.#weight()
    const momentum = this.#option('momentum')
    if (momentum === undefined) {
      // Without momentum the decay is a factor of the weight, which spares an operation of its size.
      return builder.map('add', this.#shrunk(), builder.map('mul', this.#rate(), change))
    }
    const direction = this.#decayed(change, weight)
    const velocity = this.#velocity(momentum, direction)
    const step = this.#optimiser.switches.has('nesterov')
      ? builder.map('add', direction, builder.map('mul', momentum, velocity))
      : velocity
    return builder.map('add', weight, builder.map('mul', this.#rate(), step))
  }

  /** v = momentum v + direction, which is kept. */
  #velocity(momentum: ValueId, direction: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const slot = this.#slot('velocity', shapeOf(this.#target))
    const velocity = builder.map('add', builder.map('mul', momentum, slot), direction)
    this.#keep('velocity', velocity)
    return velocity
  }

  /** A running average of the weight's shape, which is kept. */
  #average(name: string, beta: ValueId, value: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const slot = this.#slot(name, shapeOf(this.#target))
    const next = builder.map(
      'add',
      builder.map('mul', beta, slot),
      builder.map('mul', builder.map('sub', builder.constant(1), beta), value),
    )
    this.#keep(name, next)
    return next
  }

  #rmsprop(change: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const zero = builder.constant(0)
    const weight = this.#weight()
    const direction = this.#decayed(change, weight)
    const beta = this.#option('beta') ?? zero
    const square = this.#average('second', beta, builder.map('square', direction))
    const spread = this.#optimiser.switches.has('centred')
      ? // Rounding may make the difference of what is almost equal negative.
        builder.map(
          'max',
          builder.map(
            'sub',
            square,
            builder.map('square', this.#average('first', beta, direction)),
          ),
          zero,
        )
      : square
    const scaled = builder.map(
      'div',
      direction,
      builder.map('add', builder.map('sqrt', spread), this.#option('epsilon') ?? zero),
    )
    const momentum = this.#option('momentum')
    const step = momentum === undefined ? scaled : this.#velocity(momentum, scaled)
    return builder.map('add', weight, builder.map('mul', this.#rate(), step))
  }

  /** The step of Adam from `weight` in a direction. */
  #adam(weight: ValueId, direction: ValueId): ValueId {
    const { builder } = this.#circuit.context
    const number = (value: number): ValueId => builder.constant(value)
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
      this.#average('first', beta1, direction),
      correction('weight1', beta1),
    )
    const second = builder.map(
      'div',
      this.#average('second', beta2, builder.map('square', direction)),
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
