/** The loss of a circuit, and the exact gradients of it: backprop for free. */
import { gradients, storagesReached } from '../../ir/gradient.ts'
import type { StorageShape, ValueId } from '../../ir/ir.ts'
import type { Replacement } from '../../model/experiment/measures.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import { examplesOf } from '../context.ts'
import { connectionTarget } from '../../model/weights/targets.ts'
import { joins } from '../../model/weights/types.ts'
import { masked, storedShape } from '../circuit/weights.ts'
import { reportLeftOut } from './partners.ts'

/** Loss of each example, [batch, 1]: the sum over the cells that declare one; undefined without any. */
export function exampleLoss(circuit: CircuitLowering): ValueId | undefined {
  const { builder, model } = circuit.context
  let total: ValueId | undefined
  for (const population of model.populations) {
    for (const equation of population.cell.equations) {
      if (equation.role !== 'loss') continue
      const value = circuit.variable(population, equation.name)
      if (value === undefined) continue
      const shape = builder.shapeOf(value)
      const each =
        shape.length === 2 && shape[1] !== 1
          ? builder.reduce('sum', value, [1], true)
          : builder.broadcast(value, [examplesOf(circuit.context), 1])
      total = total === undefined ? each : builder.map('add', total, each)
    }
  }
  return total
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
    storages: readonly { readonly name: string; readonly shape: StorageShape }[],
    replacements: readonly Replacement[],
    label: string,
  ): ReadonlyMap<string, ValueId> | undefined {
    const result = this.#found.get(label) ?? new Map<string, ValueId>()
    this.#found.set(label, result)
    const missing = storages.filter((each) => !result.has(each.name))
    if (missing.length === 0) return result
    const { builder, model } = this.#circuit.context
    const perExample = exampleLoss(this.#circuit)
    // That there is none was reported.
    if (perExample === undefined) return undefined
    const loss = builder.reduce('mean', perExample)
    const replace = this.#replace(replacements)
    const loads = missing.map((each) => builder.load(each.name, each.shape))
    const found = gradients(builder, loss, loads, { replace })
    for (const [i, storage] of missing.entries()) {
      const gradient = found[i]
      if (gradient === undefined) continue
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
  storages: readonly { readonly name: string; readonly shape: StorageShape }[],
): ReadonlyMap<string, ValueId> {
  const { builder, model } = circuit.context
  const perExample = exampleLoss(circuit)
  if (perExample === undefined || storages.length === 0) return new Map()
  const loss = builder.reduce('mean', perExample)
  const depends = storagesReached(builder, loss)
  const reached = storages.filter(({ name }) => depends.has(name))
  const loads = reached.map((each) => builder.load(each.name, each.shape))
  const found = gradients(builder, loss, loads)
  return new Map(
    reached.flatMap(({ name }, i) => {
      const gradient = found[i]
      if (gradient === undefined) return []
      const connection = model.connections.find((each) => each.name === name)
      const falling = builder.map('neg', gradient)
      return [[name, connection ? masked(builder, connection, falling) : falling]]
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
