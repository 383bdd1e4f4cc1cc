/** The graph that sets every weight, constant and optimiser slot before the first step. */
import { GraphBuilder } from '../../ir/builder.ts'
import type { FileInfo, Graph, StorageInfo, ValueId } from '../../ir/ir.ts'
import { originOf, type LowerContext } from '../context.ts'
import { addFile } from './initialisers.ts'
import type { Memory } from '../circuit/memory.ts'
import { isMasked, maskName, Weights } from '../circuit/weights.ts'
import {
  biasTarget,
  connectionTarget,
  matrixTarget,
  type WeightTarget,
} from '../../model/weights/targets.ts'
import type { Connection, WeightExpression } from '../../model/model.ts'

/** Everything that is stored, and its initial expression. */
interface Stored {
  readonly info: StorageInfo
  readonly target: WeightTarget
  readonly init?: WeightExpression
  /** The connection whose mask this is. */
  readonly maskOf?: Connection
  /** The connection whose weight this is. */
  readonly weightOf?: Connection
}

/** Storages of the model without optimiser slots: weights, biases, matrices, masks. */
export function modelStorages(context: LowerContext): readonly Stored[] {
  const { model } = context
  const stored: Stored[] = []
  for (const connection of model.connections) {
    if (connection.wire) continue
    const target = connectionTarget(connection)
    const { shape, init } = connection
    const info = { shape, origin: originOf(context, connection.span), axes: target.axes }
    if (!connection.tied) {
      stored.push({
        info: {
          ...info,
          name: connection.name,
          role: 'weight',
          ...(isMasked(connection) ? { mask: maskName(connection) } : {}),
        },
        target,
        weightOf: connection,
        ...(init ? { init } : {}),
      })
    }
    if (!isMasked(connection)) continue
    const name = maskName(connection)
    stored.push({
      info: { ...info, name, role: 'constant' },
      target: { ...target, name },
      maskOf: connection,
    })
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
    if (matrix.tied) continue
    const target = matrixTarget(matrix)
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

/** The graph, and the files that it reads. */
export function lowerInit(
  context: Omit<LowerContext, 'builder'>,
  stored: readonly Stored[],
  slots: readonly StorageInfo[],
  memories: readonly Memory[],
): { readonly graph: Graph; readonly files: readonly FileInfo[] } {
  const builder = new GraphBuilder('init')
  const files: FileInfo[] = []
  const inner: LowerContext = { ...context, builder, files }
  const byName = new Map(stored.map((each) => [each.info.name, each]))
  const initial = (name: string, shape: readonly number[]): ValueId => {
    const found = byName.get(name)
    if (!found) return builder.filled(0, shape)
    const before = builder.origin
    if (found.info.origin) builder.origin = found.info.origin
    const value = initialValue(inner, weights, found, files)
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
  for (const { info, initial } of memories) {
    const before = builder.origin
    if (info.origin) builder.origin = info.origin
    const value = initial(inner, weights) ?? builder.constant(0)
    builder.store(info.name, builder.broadcast(value, info.shape))
    builder.origin = before
  }
  return { graph: builder.build(), files }
}

function initialValue(
  context: LowerContext,
  weights: Weights,
  { info, target, init, maskOf, weightOf }: Stored,
  files: FileInfo[],
): ValueId | undefined {
  const { builder } = context
  if (maskOf) return initialMask(context, info, maskOf, files)
  const first = files.length
  const value = init ? weights.expression(init, target) : builder.filled(0, info.shape)
  const file = files[first]
  if (file && weightOf && weightOf.sign !== 'unsigned' && isFileAlone(init)) {
    files[first] = { ...file, values: 'positive' }
  }
  if (value === undefined || !weightOf || !isMasked(weightOf)) return value
  return builder.map('mul', value, weights.mask(weightOf))
}

function isFileAlone(init: WeightExpression | undefined): boolean {
  const callee = init?.value.kind === 'Call' ? init.value.callee : undefined
  return callee?.kind === 'Name' && callee.name === 'file'
}

function initialMask(
  { builder }: LowerContext,
  { name, shape }: StorageInfo,
  { connectivityProperty, pattern }: Connection,
  files: FileInfo[],
): ValueId | undefined {
  const path = connectivityProperty?.file
  if (path) {
    const read = { path: path.value, from: path.span.file, values: 'mask' as const }
    return addFile(builder, files, { name, shape, ...read })
  }
  const rule = pattern?.plan.rule
  if (rule?.kind !== 'probability') return undefined
  return builder.random('bernoulli', `init ${name}`, shape, builder.constant(rule.p))
}

/** Through `Weights`, so that a weight that several expressions read is drawn once. */
function storedValue(
  context: LowerContext,
  weights: Weights,
  { info, maskOf, weightOf }: Stored,
): ValueId | undefined {
  if (maskOf) return weights.mask(maskOf)
  if (weightOf) return weights.connection(weightOf)
  const matrix = context.model.matrices.find((each) => each.name === info.name)
  if (matrix) return weights.element({ kind: 'matrix', name: matrix.name, matrix })?.value
  for (const population of context.model.populations) {
    const bias = population.cell.biases.find((each) => each.storage === info.name)
    if (bias) return weights.bias(population, bias)
  }
  return undefined
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
  for (const matrix of context.model.matrices) {
    if (!matrix.tied) continue
    const value = weights.element({ kind: 'matrix', name: matrix.name, matrix })?.value
    if (value !== undefined) builder.output(matrix.name, value)
  }
  for (const definition of context.model.lets) {
    const value = weights.element({ kind: 'let', name: definition.name, definition })?.value
    if (value !== undefined) builder.output(definition.name, value)
  }
  return builder.build()
}
