/** Learning through time, from the graph of a step: the step backwards, its tape, and what moves weights. */
import type { SegmentsPlan } from '../../../contract/plan.ts'
import type { Graph, Shape, StorageInfo, StorageShape, ValueId } from '../../ir/ir.ts'
import type { Optimiser } from '../../model/experiment/optimisers.ts'
import type { CircuitLowering } from '../circuit/circuit.ts'
import type { Memory } from '../circuit/memory.ts'
import { noLowering } from '../context.ts'
import { lossParts } from '../experiment/loss.ts'
import { reportNoPath } from '../plasticity/gradient-rule.ts'
import { counted } from '../../model/values.ts'
import { lowerLearn, type Followed } from './learn.ts'
import { reverseStep } from './reverse.ts'
import { segmentLength, segmentsOf, valuesInSegments } from './segments.ts'
import { withTape, type Taped } from './tape.ts'
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
  /** There if the tape holds fewer steps than a window. */
  readonly segments?: SegmentsPlan
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
  changing: ReadonlyMap<string, ValueId>,
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
    return noLowering(context, at, 'A gradient through what a synapse looks back at')
  }
  const reached = new Set(backwards.reached)
  for (const { storage, target } of followed)
    if (!reached.has(storage)) reportNoPath(circuit, target)
  const storages = new Set([...states.keys(), ...changing.keys(), ...through.perturbed])
  const inTape = { storages, params: through.params }
  const whole = withTape(builder, backwards, inTape, length, states)
  const copied = keptInWindow(circuit, changing, through.perturbed)
  const steps = stepsOfTape(circuit, length, whole, copied)
  if (steps === undefined) return undefined
  const taped = steps === length ? whole : withTape(builder, backwards, inTape, steps, states)
  // What was sent before a segment is still to arrive in it.
  const rings = taped.memories.filter(({ info }) => info.ring !== steps).map(({ info }) => info)
  const segments = steps === length ? undefined : segmentsOf([...copied, ...rings], length, steps)
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
    memories: [
      ...backwards.memories,
      ...taped.memories,
      ...learn.memories,
      ...(segments?.memories ?? []),
    ],
    slots: learn.slots,
    ...(segments && { segments: segments.plan }),
    followed: followed.filter(({ storage }) => reached.has(storage)),
  }
}

type Kept = Pick<StorageInfo, 'name' | 'shape'>

/** Whatever is not the same at the beginning of all steps of a window, but for what goes back through it. */
function keptInWindow(
  { context: { builder }, memories }: CircuitLowering,
  changing: ReadonlyMap<string, ValueId>,
  perturbed: ReadonlySet<string>,
): readonly Kept[] {
  const kept = new Map<string, Kept>(memories.all.map(({ info }) => [info.name, info]))
  const add = (name: string, shape: Shape): void => {
    if (!kept.has(name)) kept.set(name, { name, shape: shape as StorageShape })
  }
  for (const [name, value] of changing) add(name, builder.shapeOf(value))
  for (const value of builder.values()) {
    const node = builder.nodeOf(value)
    if (node.op === 'load' && perturbed.has(node.storage)) add(node.storage, node.shape)
  }
  return [...kept.values()]
}

/** How many steps the tape holds: all of a window, or if that is too much those of a segment; undefined after a report. */
function stepsOfTape(
  { context: { diagnostics, model } }: CircuitLowering,
  length: number,
  { memories }: Taped,
  copied: readonly Kept[],
): number | undefined {
  const { span } = model.populations[0] ?? { span: { file: model.path, start: 0, end: 0 } }
  const limit = diagnostics.tapeLimit
  const sum = (shapes: readonly StorageShape[]): number =>
    shapes.reduce((total, shape) => total + valuesOf(shape), 0)
  const all = sum(memories.map(({ info }) => info.shape))
  if (all <= limit) return length
  const sizes = { taped: all / length, kept: sum(copied.map(({ shape }) => shape)) }
  const steps = segmentLength(length, sizes)
  const least = valuesInSegments(length, steps, sizes)
  if (least <= limit) {
    const counts = [length, steps].map((each) => counted(each, 'step'))
    diagnostics.report('tapeInSegments', span, {
      length: counts[0]!,
      all: counted(all, 'value'),
      steps: counts[1]!,
      values: counted(least, 'value'),
    })
    return steps
  }
  const inSegments = `, in segments of ${counted(steps, 'step')} with copies of the states,`
  return diagnostics.report(
    'tooLarge',
    span,
    {
      what: `The tape of ${length} steps, by which \`backprop\` goes back through them${steps < length ? inSegments : ''}`,
      count: counted(Math.min(least, all), 'value'),
      limit: counted(limit, 'value'),
    },
    { hint: 'go back through fewer steps, as by `unroll 50 steps`' },
  )
}

/** Those of synapses are counted when they are drawn. */
const valuesOf = (shape: StorageShape): number =>
  shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
