/** Learning through time, from the graph of a step: the step backwards, its tape, and what moves weights. */
import type { Graph, StorageInfo, StorageShape } from '../../ir/ir.ts'
import type { Optimiser } from '../../model/experiment/optimisers.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { Memory } from '../circuit/memory.ts'
import { noLowering } from '../context.ts'
import { lossParts } from '../experiment/loss.ts'
import { reportNoPath } from '../plasticity/gradient-rule.ts'
import { limits } from '../../model/families.ts'
import { counted } from '../../model/values.ts'
import { lowerLearn, type Followed } from './learn.ts'
import { reverseStep } from './reverse.ts'
import { withTape } from './tape.ts'
import { withExamples } from './window.ts'

export type { Followed } from './learn.ts'

/** What an experiment asks to be learned through time. */
export interface Through {
  readonly followed: readonly Followed[]
  /** The steps of a window, at most. */
  readonly length: number
  /** Parameters that phases set. */
  readonly params: ReadonlySet<string>
  /** Weights that phases perturb. */
  readonly perturbed: ReadonlySet<string>
}

export interface Window {
  readonly adjoint: Graph
  readonly learn: Graph
  readonly memories: readonly Memory[]
  readonly slots: readonly StorageInfo[]
  /** What is moved at its end. */
  readonly followed: readonly Followed[]
}

/**
 * Lowers what a step backwards and the end of a window compute, and lets the step push to its tape; `changing`
 * are weights that the step itself changes. Undefined after a report.
 */
export function lowerWindow(
  circuit: CircuitLowering,
  optimisers: readonly Optimiser[],
  through: Through,
  changing: Iterable<string>,
): Window | undefined {
  const { context, memories } = circuit
  const { builder, model } = context
  const { followed, length } = through
  const examples = context.clock?.examples ?? 1
  const parts = lossParts(circuit)
  if (!parts) return undefined
  const states = new Map(
    memories.all.flatMap(({ info }) => {
      const next = memories.written.get(info.name)
      return next === undefined ? [] : [[info.name, { info, next }] as const]
    }),
  )
  const targets = new Map(followed.map(({ storage, shape }) => [storage, shape]))
  const backwards = reverseStep({ builder, parts, kept: states, targets })
  const span = followed[0]?.target
  if (backwards.blocked) {
    const place = span?.kind === 'bias' ? span.bias.span : span?.connection.span
    const { origin } = backwards.blocked
    const at = origin?.span ?? place ?? { file: model.path, start: 0, end: 0 }
    return noLowering(context, at, 'A gradient through delays of single synapses')
  }
  const reached = new Set(backwards.reached)
  for (const { storage, target } of followed)
    if (!reached.has(storage)) reportNoPath(circuit, target)
  const storages = new Set([...states.keys(), ...changing, ...through.perturbed])
  const taped = withTape(builder, backwards, { storages, params: through.params }, length)
  const { span: place } = model.populations[0] ?? { span: { file: model.path, start: 0, end: 0 } }
  const kept = taped.memories.reduce((sum, { info }) => sum + valuesOf(info.shape), 0)
  if (kept > limits.weights) {
    return context.diagnostics.report(
      'tooLarge',
      place,
      {
        what: `The tape of ${length} steps, by which \`backprop\` goes back through them,`,
        count: counted(kept, 'value'),
        limit: counted(limits.weights, 'value'),
      },
      { hint: 'go back through fewer steps, as by `unroll 50 steps`' },
    )
  }
  for (const [name, { value, row }] of taped.pushed) {
    const { shape } = builder.nodeOf(value)
    builder.push(name, shape.length === row.length ? value : builder.reshape(value, row))
  }
  const learn = lowerLearn(
    context,
    optimisers,
    followed.filter(({ storage }) => reached.has(storage)),
    backwards.memories,
  )
  return {
    adjoint: withExamples(taped.graph, examples),
    learn: withExamples(learn.graph, examples),
    memories: [...backwards.memories, ...taped.memories, ...learn.memories],
    slots: learn.slots,
    followed: followed.filter(({ storage }) => reached.has(storage)),
  }
}

/** Those of synapses are counted when they are drawn. */
const valuesOf = (shape: StorageShape): number =>
  shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
