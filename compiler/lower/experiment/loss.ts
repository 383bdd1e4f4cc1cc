/** The loss of a circuit, and the exact gradients of it: backprop for free. */
import { gradients, storagesReached } from '../../ir/gradient.ts'
import type { GraphBuilder } from '../../ir/builder.ts'
import type { StorageShape, ValueId } from '../../ir/ir.ts'
import type { Replacement } from '../../model/experiment/measures.ts'
import { parametersOf } from '../../model/gradient-rules.ts'
import type { Population } from '../../model/model.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { examplesOf } from '../context.ts'
import { connectionTarget } from '../../model/weights/targets.ts'
import { joins } from '../../model/weights/types.ts'
import { masked, storedShape } from '../circuit/weights.ts'
import { reportLeftOut } from './partners.ts'

/**
 * Loss of each example, [batch, 1]: the sum over the cells that declare one; undefined without any. `among`: which
 * populations, and whether their losses are local.
 */
export function exampleLoss(
  circuit: CircuitLowering,
  among: (population: Population, local: boolean) => boolean = () => true,
): ValueId | undefined {
  const { builder, model } = circuit.context
  let total: ValueId | undefined
  for (const population of model.populations) {
    for (const equation of population.cell.equations) {
      if (equation.role !== 'loss' || !among(population, equation.local === true)) continue
      const value = circuit.variable(population, equation.name)
      if (value === undefined) continue
      // What is the same for all examples, as of biases or means over the batch, is [units].
      const shape = builder.shapeOf(value)
      const axis = shape.length - 1
      const summed =
        axis >= 0 && shape[axis] !== 1 ? builder.reduce('sum', value, [axis], true) : value
      const each = builder.broadcast(summed, [examplesOf(circuit.context), 1])
      total = total === undefined ? each : builder.map('add', total, each)
    }
  }
  return total
}

/** Losses that are differentiated together, averaged over the examples. */
export interface LossPart {
  readonly loss: ValueId
  /** The population that they are local to: by them only its own parameters learn. */
  readonly local?: string
  /** Whether a weight or bias learns by them. */
  readonly moves: (storage: string) => boolean
}

/** The circuit's losses together, and those that are local to each population; undefined after a report. */
export function lossParts(circuit: CircuitLowering): readonly LossPart[] | undefined {
  const { builder, model } = circuit.context
  const all = model.populations.filter(({ cell }) => cell.equations.some(({ local }) => local))
  const common = exampleLoss(circuit, (_, local) => !local)
  const parts: LossPart[] = []
  if (common !== undefined) parts.push({ loss: builder.reduce('mean', common), moves: () => true })
  for (const population of all) {
    const own = exampleLoss(circuit, (each, local) => local && each === population)
    if (own === undefined) return undefined
    const storages = parametersOf(model, population.name)
    const moves = (storage: string): boolean => storages.has(storage)
    parts.push({ loss: builder.reduce('mean', own), local: population.name, moves })
  }
  return parts.length > 0 ? parts : undefined
}

/** The gradients of all losses, summed, of those storages that any of them reaches. */
function gradientsOf(
  builder: GraphBuilder,
  parts: readonly LossPart[],
  storages: readonly Stored[],
  replace?: ReadonlyMap<ValueId, ValueId>,
): ReadonlyMap<string, ValueId> {
  const sums = new Map<string, ValueId>()
  for (const { loss, local, moves } of parts) {
    const options = { ...(replace && { replace }), ...(local !== undefined && { local }) }
    const depends = storagesReached(builder, loss, local)
    const reached = storages.filter(({ name }) => moves(name) && depends.has(name))
    const loads = reached.map((each) => builder.load(each.name, each.shape))
    gradients(builder, loss, loads, options).forEach((share, i) => {
      const { name } = reached[i]!
      const sum = sums.get(name)
      sums.set(name, sum === undefined ? share : builder.map('add', sum, share))
    })
  }
  return sums
}

interface Stored {
  readonly name: string
  readonly shape: StorageShape
}

/**
 * Gradient descent's changes, -dL/dw, by storage, of the loss averaged over the batch. With
 * replacements, the gradient passes back through other weights than the signal came by (feedback
 * alignment: Lillicrap et al., 2016).
 */
export class Backprop {
  readonly #circuit: CircuitLowering
  /** Changes found so far, by label and storage. */
  readonly #found = new Map<string, Map<string, ValueId>>()

  constructor(circuit: CircuitLowering) {
    this.#circuit = circuit
  }

  changes(
    storages: readonly Stored[],
    replacements: readonly Replacement[],
    label: string,
  ): ReadonlyMap<string, ValueId> | undefined {
    const result = this.#found.get(label) ?? new Map<string, ValueId>()
    this.#found.set(label, result)
    const missing = storages.filter((each) => !result.has(each.name))
    if (missing.length === 0) return result
    const { builder, model } = this.#circuit.context
    const parts = lossParts(this.#circuit)
    // That there is none was reported.
    if (!parts) return undefined
    const replace = this.#replace(replacements)
    const found = gradientsOf(builder, parts, missing, replace)
    for (const storage of missing) {
      const gradient = found.get(storage.name) ?? builder.filled(0, storage.shape)
      const connection = model.connections.find((each) => each.name === storage.name)
      const falling = builder.map('neg', gradient)
      const change = connection ? masked(builder, connection, falling) : falling
      const name = `${label}(${storage.name})`
      builder.name(change, name)
      builder.output(name, change)
      result.set(storage.name, change)
    }
    return result
  }

  #replace(replacements: readonly Replacement[]): ReadonlyMap<ValueId, ValueId> {
    const { context, weights } = this.#circuit
    const { builder } = context
    const replace = new Map<ValueId, ValueId>()
    for (const { family, span, elements, by, text } of replacements) {
      for (const element of elements) {
        if (element.kind !== 'connection') continue
        const target = connectionTarget(element.connection)
        const original = weights.connection(element.connection)
        if (original === undefined) continue
        if (typeof by === 'number') {
          replace.set(original, builder.filled(by, storedShape(element.connection)))
          continue
        }
        const other = by.find(
          (each) => joins(each, target.axes) || letJoins(this.#circuit, each, target.axes),
        )
        const read = other && weights.element(other)
        if (!read) {
          reportLeftOut(this.#circuit, {
            measure: `backprop(${family} = ${text})`,
            element,
            axes: target.axes,
            others: by,
            span,
          })
          continue
        }
        const aligned = weights.inFormOf(element.connection, read, span)
        if (aligned !== undefined) replace.set(original, aligned)
      }
    }
    return replace
  }
}

/**
 * The changes -dL/dw of exact gradient descent, by storage, of the loss averaged over the batch; none of what the
 * loss does not depend on.
 */
export function exactChanges(
  circuit: CircuitLowering,
  storages: readonly Stored[],
): ReadonlyMap<string, ValueId> {
  const { builder, model } = circuit.context
  const parts = storages.length > 0 ? lossParts(circuit) : undefined
  if (!parts) return new Map()
  return new Map(
    [...gradientsOf(builder, parts, storages)].map(([name, gradient]) => {
      const connection = model.connections.find((each) => each.name === name)
      const falling = builder.map('neg', gradient)
      return [name, connection ? masked(builder, connection, falling) : falling]
    }),
  )
}

/** The same question of a `let`, whose axes are known once it is lowered. */
export function letJoins(
  circuit: CircuitLowering,
  element: Parameters<typeof joins>[0],
  axes: readonly string[],
): boolean {
  if (element.kind !== 'let') return false
  const own = circuit.weights.element(element)?.axes ?? []
  const [a, b] = own
  return (a === axes[0] && b === axes[1]) || (a === axes[1] && b === axes[0])
}
