/** Gradients of the operations over synapses against central differences. */
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../compiler/ir/builder.ts'
import { gradients } from '../../../compiler/ir/gradient.ts'
import type { Shape, ValueId } from '../../../compiler/ir/ir.ts'
import { synapseDim, type PatternPlan } from '../../../contract/pattern.ts'
import { drawPattern } from '../../../runtime/patterns/draw.ts'
import { gradientError } from './finite-differences.ts'

const pattern = { name: 'p', pre: 5, post: 4 }
const S: Shape = [synapseDim('p')]
const pre: Shape = ['batch', 5]
const post: Shape = ['batch', 4]
type Body = (b: GraphBuilder, ...inputs: ValueId[]) => ValueId

const bodies: readonly (readonly [string, readonly Shape[], Body])[] = [
  ['deliver', [pre, S], (b, x, w) => b.deliver(x!, w!, pattern)],
  ['deliver backwards', [post, S], (b, x, w) => b.deliver(x!, w!, pattern, { transpose: true })],
  ['deliver with one weight', [pre, [1]], (b, x, w) => b.deliver(x!, w!, pattern)],
  ['deliver with a number', [pre, []], (b, x, w) => b.deliver(x!, w!, pattern)],
  ['pairs', [post, pre], (b, y, x) => b.pairs(y!, x!, pattern)],
  ['toSynapses of pre', [pre], (b, x) => b.toSynapses(x!, pattern, 'pre')],
  ['toSynapses of post', [[4]], (b, x) => b.toSynapses(x!, pattern, 'post')],
  ['fromSynapses to post', [['batch', ...S]], (b, x) => b.fromSynapses(x!, pattern, 'post')],
  ['fromSynapses to pre', [S], (b, x) => b.fromSynapses(x!, pattern, 'pre')],
  ['toMatrix', [S], (b, x) => b.toMatrix(x!, pattern)],
  ['fromMatrix', [[4, 5]], (b, x) => b.fromMatrix(x!, pattern)],
  [
    'the mean of synapses',
    [S, ['batch', ...S]],
    (b, w, x) => b.reduce('mean', b.map('mul', w!, x!), [1]),
  ],
  ['the largest synapse', [S], (b, w) => b.reduce('max', w!)],
  [
    'a layer and its activation',
    [pre, S, post],
    (b, x, w, bias) => b.map('tanh', b.map('add', b.deliver(x!, w!, pattern), bias!)),
  ],
]

describe.each<readonly [string, PatternPlan['rule']]>([
  ['some pairs', { kind: 'probability', p: 0.4, self: true }],
  ['repeats', { kind: 'number', count: 9, repeats: true, self: true }],
])('%s', (_, rule) => {
  const patterns = { p: drawPattern({ ...pattern, capacity: 20, rule }, 5) }
  it.each(bodies)('%s', (__, shapes, body) => {
    expect(gradientError(shapes, body, { patterns })).toBeLessThan(1e-6)
  })
})

describe('a path that is read as another', () => {
  it('goes back through other weights, or not at all', () => {
    const b = new GraphBuilder('g')
    const [x, w, other] = [b.input('x', pre), b.load('w', S), b.load('other', S)]
    const loss = b.reduce('sum', b.deliver(x, w, pattern))
    const [gx] = gradients(b, loss, [x], { replace: new Map([[w, other]]) })
    const node = b.nodeOf(gx!)
    expect(node.op === 'deliver' && [node.transpose, node.args[1]]).toEqual([true, other])
    const [blocked] = gradients(b, loss, [x], { replace: new Map([[w, b.filled(0, S)]]) })
    expect(b.nodeOf(blocked!).op).toBe('broadcast')
  })

  it('does not go back in time', () => {
    const b = new GraphBuilder('g')
    const ring = b.load('ring', [12, 5])
    const w = b.load('w', S)
    const late = { ring: 4, delays: b.load('delays', S) }
    const loss = b.reduce('sum', b.deliver(ring, w, pattern, { late }))
    const [gRing, gW] = gradients(b, loss, [ring, w])
    expect(b.nodeOf(gRing!).op).toBe('broadcast')
    expect(b.nodeOf(gW!).op).toBe('pairs')
  })
})
