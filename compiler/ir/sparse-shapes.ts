/** The shape rules of the operations over synapses and of rings (`ir.ts` says what they are). */
import { synapseDim } from '../../contract/pattern.ts'
import type { Dim, PatternSides, Shape } from './ir.ts'
import { broadcastsTo, fail, isNumber, sameShape } from './shapes.ts'

/** [E, from] and weights [synapses], [1] or [] -> [E, to]. */
export function deliverShape(
  operation: {
    readonly pattern: PatternSides
    readonly transpose: boolean
    readonly ring?: number
  },
  operands: readonly Shape[],
): Shape {
  const { pattern, transpose, ring } = operation
  const [x = [], w = [], delays] = operands
  const [from, to] = transpose ? (['post', 'pre'] as const) : (['pre', 'post'] as const)
  const bad = (reason: string): never => fail('deliver', operands, reason)
  const [dim = 1, units] = x
  if (x.length !== 2 || units !== pattern[from]) bad(`not of ${pattern[from]} ${from} cells`)
  if (!broadcastsTo(w, [synapseDim(pattern.name)])) bad('the weights are not of the synapses')
  if (transpose && ring !== undefined) bad('it reads a ring backwards')
  delaysShape('deliver', operation, operands, delays)
  return [examplesOf(dim, ring, bad), pattern[to]]
}

/** [E, post] and [E, pre] -> [synapses]. */
export function pairsShape(
  operation: { readonly pattern: PatternSides; readonly ring?: number },
  operands: readonly Shape[],
): Shape {
  const { pattern, ring } = operation
  const [a = [], b = [], delays] = operands
  const bad = (reason: string): never => fail('pairs', operands, reason)
  if (a.length !== 2 || a[1] !== pattern.post) bad(`not of ${pattern.post} post cells`)
  if (b.length !== 2 || b[1] !== pattern.pre) bad(`not of ${pattern.pre} pre cells`)
  if (examplesOf(b[0] ?? 1, ring, bad) !== a[0]) bad('the examples differ')
  delaysShape('pairs', operation, operands, delays)
  return [synapseDim(pattern.name)]
}

/** [..., cells] -> [..., synapses]. */
export function toSynapsesShape(
  operation: {
    readonly pattern: PatternSides
    readonly side: 'pre' | 'post'
    readonly ring?: number
  },
  operands: readonly Shape[],
): Shape {
  const { pattern, side, ring } = operation
  const [x = [], delays] = operands
  const bad = (reason: string): never => fail('toSynapses', operands, reason)
  if (x.length === 0 || x.at(-1) !== pattern[side]) bad(`not of ${pattern[side]} ${side} cells`)
  if (ring !== undefined && (x.length !== 2 || side !== 'pre')) bad('a ring is of pre cells')
  delaysShape('toSynapses', operation, operands, delays)
  const lead = ring === undefined ? x.slice(0, -1) : [examplesOf(x[0] ?? 1, ring, bad)]
  return [...lead, synapseDim(pattern.name)]
}

/** [..., synapses] -> [..., cells]. */
export function fromSynapsesShape(
  { pattern, side }: { readonly pattern: PatternSides; readonly side: 'pre' | 'post' },
  [x = []]: readonly Shape[],
): Shape {
  if (x.at(-1) !== synapseDim(pattern.name)) fail('fromSynapses', [x], `not of ${pattern.name}`)
  return [...x.slice(0, -1), pattern[side]]
}

/** [synapses] -> [post, pre]. */
export function toMatrixShape(pattern: PatternSides, x: Shape): Shape {
  const fits = x.length === 1 && x[0] === synapseDim(pattern.name)
  return fits ? [pattern.post, pattern.pre] : fail('toMatrix', [x], `not of ${pattern.name}`)
}

/** [post, pre] -> [synapses]. */
export function fromMatrixShape(pattern: PatternSides, x: Shape): Shape {
  const fits = sameShape(x, [pattern.post, pattern.pre])
  return fits ? [synapseDim(pattern.name)] : fail('fromMatrix', [x], `not of ${pattern.name}`)
}

/** [ring * E, units] -> [E, units]. */
export function recallShape(ring: number, lag: number, x: Shape): Shape {
  const bad = (reason: string): never => fail('recall', [x], reason)
  if (!(Number.isInteger(lag) && lag >= 1 && lag <= ring)) bad(`${lag} of ${ring} steps ago`)
  return [examplesOf(x[0] ?? 1, ring, bad), ...x.slice(1)]
}

function examplesOf(dim: Dim, ring: number | undefined, bad: (reason: string) => never): Dim {
  if (ring === undefined) return dim
  return isNumber(dim) && dim % ring === 0 ? dim / ring : bad(`not ${ring} rows`)
}

function delaysShape(
  op: string,
  { pattern, ring }: { readonly pattern: PatternSides; readonly ring?: number },
  operands: readonly Shape[],
  delays: Shape | undefined,
): void {
  if ((ring === undefined) !== (delays === undefined))
    fail(op, operands, 'a ring and delays go together')
  if (delays && !sameShape(delays, [synapseDim(pattern.name)])) {
    fail(op, operands, 'the delays are not of the synapses')
  }
}
