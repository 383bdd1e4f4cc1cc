/** The graph that sets every weight, constant and optimiser slot before the first step. */
import { GraphBuilder } from '../../ir/builder.ts'
import type { FileInfo, Graph, StorageInfo, StorageShape, ValueId } from '../../ir/ir.ts'
import type { PairValues } from '../../../contract/pattern.ts'
import { inWholeSteps } from '../circuit/own-delays.ts'
import { originOf, type LowerContext } from '../context.ts'
import { addFile } from './initialisers.ts'
import type { Memory } from '../circuit/memory.ts'
import { isSparse, synapseShape, synapsesOf } from '../circuit/weight-values.ts'
import { isMasked, maskName, storedShape, Weights } from '../circuit/weights.ts'
import {
  biasTarget,
  connectionTarget,
  delayName,
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
  /** The connection whose synapses have these delays. */
  readonly delayOf?: Connection
}

/** Storages of the model without optimiser slots: weights, biases, matrices, masks. */
export function modelStorages(context: LowerContext): readonly Stored[] {
  const { model } = context
  const stored: Stored[] = []
  for (const connection of model.connections) {
    if (connection.wire) continue
    const target = connectionTarget(connection)
    const { init } = connection
    const shape = storedShape(connection)
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
    if (connection.delays) {
      const name = delayName(connection)
      stored.push({
        info: { ...info, name, role: 'constant' },
        target: { ...target, name },
        init: connection.delays,
        delayOf: connection,
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

/** The graph, and what it reads of files and of pairs. */
interface Lowered {
  readonly graph: Graph
  readonly files: readonly FileInfo[]
  readonly pairs: readonly PairValues[]
}

export function lowerInit(
  context: Omit<LowerContext, 'builder'>,
  stored: readonly Stored[],
  slots: readonly StorageInfo[],
  memories: readonly Memory[],
): Lowered {
  const builder = new GraphBuilder('init')
  const files: FileInfo[] = []
  const pairs: PairValues[] = []
  const inner: LowerContext = { ...context, builder, files, pairs }
  const byName = new Map(stored.map((each) => [each.info.name, each]))
  const initial = (name: string, shape: StorageShape): ValueId => {
    const found = byName.get(name)
    if (!found) return builder.filled(0, shape)
    const before = builder.origin
    if (found.info.origin) builder.origin = found.info.origin
    const value = initialValue(inner, weights, found, shape, files)
    builder.origin = before
    return value ?? builder.filled(0, shape)
  }
  const weights: Weights = new Weights(inner, initial, 'all')
  for (const each of stored) {
    const value = storedValue(inner, weights, each)
    if (value === undefined) continue
    builder.name(value, each.info.name)
    builder.store(each.info.name, value)
  }
  for (const slot of slots) builder.store(slot.name, builder.filled(0, slot.shape))
  for (const { info, initial: valueOf } of memories) {
    const before = builder.origin
    if (info.origin) builder.origin = info.origin
    const value = valueOf(inner, weights) ?? builder.constant(0)
    builder.store(info.name, builder.broadcast(value, info.shape))
    builder.origin = before
  }
  return { graph: builder.build(), files, pairs }
}

/** What a storage begins with, in the shape in which it is asked for: of a pattern by synapse. */
function initialValue(
  context: LowerContext,
  weights: Weights,
  { info, target, init, maskOf, weightOf, delayOf }: Stored,
  shape: StorageShape,
  files: FileInfo[],
): ValueId | undefined {
  const { builder } = context
  if (maskOf) return initialMask(context, info, maskOf, files)
  if (delayOf && init) {
    const { clock } = context
    const said = weights.valueFor(init, delayOf, info.name)
    return said === undefined || !clock ? undefined : inWholeSteps(builder, delayOf, clock, said)
  }
  const first = files.length
  const value = !init
    ? builder.filled(0, shape)
    : weightOf
      ? weights.valueFor(init, weightOf)
      : weights.expression(init, target)
  const file = files[first]
  if (file && weightOf && weightOf.sign !== 'unsigned' && isFileAlone(init)) {
    files[first] = { ...file, values: 'positive' }
  }
  if (value === undefined || weightOf?.connectivity !== 'mask') return value
  return builder.map('select', weights.mask(weightOf), value, builder.constant(0))
}

function isFileAlone(init: WeightExpression | undefined): boolean {
  const callee = init?.value.kind === 'Call' ? init.value.callee : undefined
  return callee?.kind === 'Name' && callee.name === 'file'
}

function initialMask(
  { builder }: LowerContext,
  { name, shape }: StorageInfo,
  connection: Connection,
  files: FileInfo[],
): ValueId | undefined {
  const path = connection.connectivityProperty?.file
  if (connection.connectivity === 'mask' && path) {
    const read = { path: path.value, from: path.span.file, values: 'mask' as const }
    return addFile(builder, files, { name, shape, ...read })
  }
  const synapses = synapsesOf(connection)
  if (!synapses) return undefined
  return matrixOf(builder, connection, builder.filled(1, synapseShape(synapses.sides)))
}

/** What is of single synapses as the connection's matrix, [post, pre]. */
function matrixOf(builder: GraphBuilder, connection: Connection, value: ValueId): ValueId {
  const synapses = synapsesOf(connection)
  if (!synapses) return value
  const matrix = builder.toMatrix(value, synapses.sides)
  return synapses.turned ? builder.transpose(matrix) : matrix
}

/** Through `Weights`, so that a weight that several expressions read is drawn once. */
function storedValue(
  context: LowerContext,
  weights: Weights,
  { info, maskOf, weightOf, delayOf }: Stored,
): ValueId | undefined {
  if (maskOf) return weights.mask(maskOf)
  if (delayOf) return weights.delay(delayOf)
  if (weightOf) {
    const value = weights.connection(weightOf)
    return value === undefined || isSparse(weightOf)
      ? value
      : matrixOf(context.builder, weightOf, value)
  }
  const matrix = context.model.matrices.find((each) => each.name === info.name)
  if (matrix) return weights.element({ kind: 'matrix', name: matrix.name, matrix })?.value
  for (const population of context.model.populations) {
    const bias = population.cell.biases.find((each) => each.storage === info.name)
    if (bias) return weights.bias(population, bias)
  }
  return undefined
}

/** The values of weights that are tied to others, and of `let`s. */
/** Weights that are tied to others, and what else is made of what is stored. */
export function lowerDerived(
  context: Omit<LowerContext, 'builder'>,
  more: (inner: LowerContext) => void,
): Graph {
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
  more(inner)
  return builder.build()
}
