/** The graph that sets every weight, constant and optimiser slot before the first step. */
import { GraphBuilder } from '../ir/builder.ts'
import type { Graph, StorageInfo, ValueId } from '../ir/ir.ts'
import { connectionProbability } from './circuit.ts'
import { originOf, type LowerContext } from './context.ts'
import { biasTarget, connectionTarget, Weights, type WeightTarget } from './weights.ts'
import type { WeightExpression } from '../model/model.ts'

/** Everything that is stored, and its initial expression. */
interface Stored {
  readonly info: StorageInfo
  readonly target: WeightTarget
  readonly init?: WeightExpression
}

/** Storages of the model without optimiser slots: weights, biases, matrices, masks. */
export function modelStorages(context: LowerContext): readonly Stored[] {
  const { model } = context
  const stored: Stored[] = []
  for (const connection of model.connections) {
    if (connection.wire || connection.tied) continue
    const target = connectionTarget(connection)
    const origin = originOf(context, connection.span)
    stored.push({
      info: {
        name: connection.name,
        shape: connection.shape,
        role: 'weight',
        origin,
        axes: target.axes,
      },
      target,
      ...(connection.init ? { init: connection.init } : {}),
    })
    if (connection.connectivity === 'random' || connection.connectivity === 'mask') {
      const name = `${connection.name}.mask`
      stored.push({
        info: { name, shape: connection.shape, role: 'constant', origin, axes: target.axes },
        target: { ...target, name },
      })
    }
  }
  for (const population of model.populations) {
    for (const bias of population.cell.biases) {
      if (bias.tied) continue
      const target = biasTarget(population, bias)
      stored.push({
        info: {
          name: bias.storage,
          shape: target.shape,
          role: 'weight',
          origin: originOf(context, bias.span),
          axes: target.axes,
        },
        target,
        ...(bias.initial ? { init: bias.initial } : {}),
      })
    }
  }
  for (const matrix of model.matrices) {
    const target = {
      name: matrix.name,
      axes: [matrix.rows.name, matrix.columns.name],
      shape: [matrix.rows.size, matrix.columns.size],
    }
    stored.push({
      info: {
        name: matrix.name,
        shape: target.shape,
        role: 'constant',
        origin: originOf(context, matrix.span),
        axes: target.axes,
      },
      target,
      init: matrix.init,
    })
  }
  return stored
}

export function lowerInit(
  context: Omit<LowerContext, 'builder'>,
  stored: readonly Stored[],
  slots: readonly StorageInfo[],
): Graph {
  const builder = new GraphBuilder('init')
  const inner: LowerContext = { ...context, builder }
  const byName = new Map(stored.map((each) => [each.info.name, each]))
  const initial = (name: string, shape: readonly number[]): ValueId => {
    const found = byName.get(name)
    if (!found) return builder.filled(0, shape)
    const connection = context.index.connections.get(name.replace(/\.mask$/, ''))
    if (connection && name.endsWith('.mask')) {
      if (connection.connectivity === 'mask') return builder.filled(1, shape)
      const probability = connectionProbability(inner, connection) ?? 1
      return builder.random('bernoulli', `init ${name}`, shape, builder.constant(probability))
    }
    const before = builder.origin
    if (found.info.origin) builder.origin = found.info.origin
    const value = found.init
      ? weights.expression(found.init, found.target)
      : builder.filled(0, shape)
    builder.origin = before
    return value ?? builder.filled(0, shape)
  }
  const weights: Weights = new Weights(inner, initial)
  for (const each of stored) {
    const value = storedValue(inner, weights, each)
    if (value === undefined) continue
    builder.name(value, each.info.name)
    builder.store(each.info.name, value)
  }
  for (const slot of slots) builder.store(slot.name, builder.filled(0, slot.shape))
  return builder.build()
}

/** Through `Weights`, so that a weight that several expressions read is drawn once. */
function storedValue(
  context: LowerContext,
  weights: Weights,
  { info }: Stored,
): ValueId | undefined {
  const connection = context.index.connections.get(info.name)
  if (connection) return weights.connection(connection)
  const matrix = context.model.matrices.find((each) => each.name === info.name)
  if (matrix) return weights.element({ kind: 'matrix', name: matrix.name, matrix })?.value
  for (const population of context.model.populations) {
    const bias = population.cell.biases.find((each) => each.storage === info.name)
    if (bias) return weights.bias(population, bias)
  }
  return weights.read(info.name, info.shape)
}

/** The values of weights that are tied to others, and of `let`s. */
export function lowerDerived(context: Omit<LowerContext, 'builder'>): Graph {
  const builder = new GraphBuilder('derived')
  const inner: LowerContext = { ...context, builder }
  const weights = new Weights(inner, (name, shape) => builder.load(name, shape))
  for (const connection of context.model.connections) {
    if (!connection.tied) continue
    const value = weights.connection(connection)
    if (value !== undefined) builder.output(connection.name, value)
  }
  for (const population of context.model.populations) {
    for (const bias of population.cell.biases) {
      const value = bias.tied && weights.bias(population, bias)
      if (value !== undefined) builder.output(bias.storage, value)
    }
  }
  for (const definition of context.model.lets) {
    const value = weights.element({ kind: 'let', name: definition.name, definition })?.value
    if (value !== undefined) builder.output(definition.name, value)
  }
  return builder.build()
}
