/**
 * The end of a window: what learns by the gradient of the window is moved by its optimiser, and the gradients and
 * cotangents are cleared for the next. What each gradient came to is kept until the next window ends.
 */
import { GraphBuilder } from '../../ir/builder.ts'
import type { Graph, StorageInfo, StorageShape, ValueId } from '../../ir/ir.ts'
import type { Learnable } from '../../model/experiment/learnables.ts'
import type { Optimiser } from '../../model/experiment/optimisers.ts'
import { CircuitLowering } from '../circuit/circuit.ts'
import type { Memory } from '../circuit/memory.ts'
import { masked } from '../circuit/weights.ts'
import type { LowerContext } from '../context.ts'
import { isPlainGradient, lowerGradientRule } from '../plasticity/gradient-rule.ts'
import { moveTargets } from '../plasticity/updates.ts'
import { askedName, changeName, gradientName, windowMemory } from './window.ts'

/** A weight or bias whose gradient is followed through time, and the shape in which it is kept. */
export interface Followed {
  readonly storage: string
  readonly shape: StorageShape
  /** What learns by it. */
  readonly target: Learnable
}

export interface LearnGraph {
  readonly graph: Graph
  /** Of the optimisers. */
  readonly slots: readonly StorageInfo[]
  /** The changes of the last window. */
  readonly memories: readonly Memory[]
}

/** `cleared` is what is 0 again when the next window begins. */
export function lowerLearn(
  context: Omit<LowerContext, 'builder'>,
  optimisers: readonly Optimiser[],
  followed: readonly Followed[],
  cleared: readonly Memory[],
): LearnGraph {
  const builder = new GraphBuilder('learn')
  const read = (name: string, shape: StorageShape): ValueId => builder.load(name, shape)
  const circuit = new CircuitLowering({ ...context, builder }, read, false)
  builder.section = 'update'
  const memories: Memory[] = []
  const changes = new Map<string, ValueId>()
  for (const { storage, shape } of followed) {
    const connection = context.model.connections.find((each) => each.name === storage)
    const falling = builder.map('neg', builder.load(gradientName(storage), shape))
    const change = connection ? masked(builder, connection, falling) : falling
    const kept = changeName(storage)
    memories.push(windowMemory(kept, shape))
    changes.set(storage, change)
    builder.store(kept, keepWrong(builder, kept, shape, change))
  }
  const stored = new Map<string, ValueId>()
  const slots: StorageInfo[] = []
  const byStorage = new Map(followed.map((each) => [each.storage, each]))
  moveTargets(circuit, optimisers, { stored, slots }, (target) => {
    const found = byStorage.get(target.storage)
    const change = changes.get(target.storage)
    if (!found || change === undefined) return undefined
    const asked = lowerGradientRule(circuit, found.target, found.shape, change)
    if (asked !== undefined && !isPlainGradient(found.target)) {
      const kept = askedName(target.storage)
      memories.push(windowMemory(kept, found.shape))
      builder.store(kept, asked)
    }
    return asked
  })
  for (const [storage, value] of stored) builder.store(storage, value)
  for (const { info } of cleared) builder.store(info.name, builder.filled(0, info.shape))
  return { graph: builder.build(), slots, memories }
}

/** What was not finite once stays so, that the next look at all that is kept finds it. */
function keepWrong(b: GraphBuilder, storage: string, shape: StorageShape, next: ValueId): ValueId {
  const before = b.load(storage, shape)
  const isSound = b.map('lt', b.map('abs', before), b.constant(Infinity))
  return b.map('select', isSound, next, before)
}
