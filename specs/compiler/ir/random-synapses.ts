/** The part of random graphs that is over synapses and rings. */
import type { GraphBuilder } from '../../../compiler/ir/builder.ts'
import type { PatternSides, Shape, ValueId } from '../../../compiler/ir/ir.ts'
import { operandsOf } from '../../../compiler/ir/operands.ts'
import { sameShape } from '../../../compiler/ir/shapes.ts'
import {
  isSynapseDim,
  synapseDim,
  type DrawnPattern,
  type PatternPlan,
  type SynapseDim,
} from '../../../contract/pattern.ts'
import { drawPattern } from '../../../runtime/patterns/draw.ts'

export interface Synapses {
  readonly plan: PatternPlan
  readonly sides: PatternSides
  readonly drawn: DrawnPattern
  readonly dim: SynapseDim
  readonly ring: { readonly rows: number; readonly row: Shape; readonly shape: readonly number[] }
}

/** A pattern between so many cells: of some pairs, of few, of all, of none, or with repeats. */
export function synapsesBetween(pre: number, post: number, seed: number): Synapses {
  const rules: readonly PatternPlan['rule'][] = [
    { kind: 'probability', p: 0.4, self: true },
    { kind: 'probability', p: 0.1, self: true },
    { kind: 'number', count: pre + post, repeats: true, self: true },
    { kind: 'all', self: true },
    { kind: 'number', count: 0, repeats: true, self: true },
  ]
  const sides = { name: 'pattern', pre, post }
  const plan = {
    ...sides,
    capacity: 2 * pre * post + pre + post,
    rule: rules[seed % rules.length]!,
  }
  const [rows, examples] = [3, 2]
  return {
    plan,
    sides,
    drawn: drawPattern(plan, seed),
    dim: synapseDim('pattern'),
    ring: { rows, row: [examples, pre], shape: [rows * examples, pre] },
  }
}

/** What a value that has something for each synapse may go into; no circuit has others. */
const usual: ReadonlySet<string> = new Set([
  'map',
  'reduce',
  'stop',
  'custom',
  'deliver',
  'pairs',
  'toSynapses',
  'fromSynapses',
  'toMatrix',
  'fromMatrix',
  'random',
])

/** Whether a value is one that a circuit may have: synapses are the last of at most two axes. */
export function isKept(b: GraphBuilder, value: ValueId): boolean {
  const node = b.nodeOf(value)
  const isAsked = (shape: Shape): boolean => shape.some(isSynapseDim)
  const isSound = (shape: Shape): boolean =>
    shape.length <= 2 && shape.slice(0, -1).every((dim) => !isSynapseDim(dim))
  if (isAsked(node.shape) && !isSound(node.shape)) return false
  const reads = operandsOf(node).some((operand) => isAsked(b.shapeOf(operand)))
  return !reads || usual.has(node.op)
}

/** One operation over synapses on values of the pool; undefined if none fits. */
export function applySparse(
  b: GraphBuilder,
  pool: readonly ValueId[],
  { sides, dim, ring }: Synapses,
  { kind, a, b: second }: { readonly kind: number; readonly a: number; readonly b: number },
): ValueId | undefined {
  const fitting = (accepts: (shape: Shape) => boolean, pick: number): ValueId | undefined => {
    const values = pool.filter((value) => accepts(b.shapeOf(value)))
    return values[values.length - 1 - (pick % Math.max(1, values.length))]
  }
  const cells = (count: number, pick: number): ValueId | undefined =>
    fitting((shape) => shape.length === 2 && shape[1] === count, pick)
  const weight = fitting((shape) => sameShape(shape, [dim]), second)!
  const side = second % 2 === 1 ? 'pre' : 'post'
  switch (kind) {
    case 60:
    case 61: {
      const x = cells(sides.pre, a)
      return x === undefined ? undefined : b.deliver(x, weight, sides)
    }
    case 62: {
      const x = cells(sides.post, a)
      return x === undefined ? undefined : b.deliver(x, weight, sides, { transpose: true })
    }
    case 63:
    case 64: {
      const post = cells(sides.post, a)
      if (post === undefined) return undefined
      const [rows] = b.shapeOf(post)
      const pre = fitting((shape) => sameShape(shape, [rows!, sides.pre]), second)
      return pre === undefined ? undefined : b.pairs(post, pre, sides)
    }
    case 65: {
      const x = fitting((shape) => shape.length <= 2 && shape.at(-1) === sides[side], a)
      return x === undefined ? undefined : b.toSynapses(x, sides, side)
    }
    case 66: {
      const x = fitting((shape) => shape.at(-1) === dim, a)
      return x === undefined ? undefined : b.fromSynapses(x, sides, side)
    }
    case 67:
      return b.toMatrix(weight, sides)
    case 68: {
      const x = fitting((shape) => sameShape(shape, [sides.post, sides.pre]), a)
      return x === undefined ? undefined : b.fromMatrix(x, sides)
    }
    default:
      return b.recall(b.load('ring', ring.shape), ring.rows, 1 + (second % ring.rows))
  }
}
