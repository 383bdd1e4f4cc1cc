/** A module of every operation over synapses and rings, for comparing targets. */
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import { gradients } from '../../../../compiler/ir/gradient.ts'
import type { IrModule, PatternSides, Shape, ValueId } from '../../../../compiler/ir/ir.ts'
import { synapseDim, type PatternPlan } from '../../../../contract/pattern.ts'
import { drawPattern, pairArrays } from '../../../../runtime/patterns/draw.ts'

const line = (columns: number) => ({
  layout: { kind: 'grid', rows: 1, columns, spacing: [1, 1] } as const,
  period: [0, 0] as const,
})

/** Rows of the ring, and examples of the circuit. */
const ROWS = 4
const EXAMPLES = 3

/**
 * Inputs `x` [3, pre], `g` [3, post] and `b` [batch, pre]. The weight `W` learns by the gradient of what
 * arrives, the delays are 1 to 4 steps by the distance of cells.
 */
export function synapses(rule: PatternPlan['rule'], pre = 9, post = 7): IrModule {
  const pattern: PatternSides = { name: 'W.cells', pre, post }
  const S = synapseDim(pattern.name)
  const shapes: Readonly<Record<string, Shape>> = { x: [EXAMPLES, pre], g: [EXAMPLES, post] }

  const init = new GraphBuilder('init')
  init.store('W', init.random('normal', 'W', [S]))
  const distance = init.input('distance', [S])
  const steps = init.map('add', init.constant(1), init.map('floor', distance))
  init.store('delays', init.map('min', init.constant(ROWS), steps))
  init.store('dense', init.toMatrix(init.random('uniform', 'dense', [S]), pattern))
  init.store('ring', init.filled(0.25, [ROWS * EXAMPLES, pre]))
  init.store('trace', init.filled(0.5, [EXAMPLES, S]))

  const infer = new GraphBuilder('infer')
  const b = infer.input('b', ['batch', pre])
  const weights = infer.load('W', [S])
  const arrived = infer.deliver(b, weights, pattern)
  infer.output('arrived', arrived)
  infer.output('back', infer.deliver(arrived, weights, pattern, { transpose: true }))
  infer.output('plain', infer.deliver(b, infer.constant(0.5), pattern))
  infer.output('pairs', infer.pairs(arrived, b, pattern))
  const sent = infer.toSynapses(b, pattern, 'pre')
  infer.output('sent', sent)
  infer.output('back at post', infer.fromSynapses(infer.map('mul', sent, weights), pattern, 'post'))
  infer.output('sums', infer.fromSynapses(weights, pattern, 'pre'))
  infer.output('entries', infer.fromMatrix(infer.load('dense', [post, pre]), pattern))
  infer.output('matrix', infer.toMatrix(weights, pattern))
  infer.output('delays', infer.load('delays', [S]))
  for (const fn of ['sum', 'mean', 'max', 'min'] as const) {
    infer.output(`${fn} of all`, infer.reduce(fn, weights))
    infer.output(`${fn} of each`, infer.reduce(fn, sent, [1], true))
  }
  infer.output('count', infer.synapses(pattern.name))

  const step = new GraphBuilder('step')
  const x = step.input('x', shapes['x']!)
  const g = step.input('g', shapes['g']!)
  const W = step.load('W', [S])
  const ring = step.load('ring', [ROWS * EXAMPLES, pre])
  const late = { ring: ROWS, delays: step.load('delays', [S]) }
  const named = (name: string, value: ValueId): ValueId => {
    step.name(value, name)
    step.output(name, value)
    return value
  }
  for (let lag = 1; lag <= ROWS; lag++) named(`lag ${lag}`, step.recall(ring, ROWS, lag))
  const now = step.deliver(x, W, pattern)
  const then = named('late', step.deliver(ring, W, pattern, { late }))
  const seen = named('seen', step.toSynapses(ring, pattern, 'pre', { late }))
  const trace = step.load('trace', [EXAMPLES, S])
  const next = step.map('add', step.map('mul', step.constant(0.75), trace), seen)
  named('through traces', step.fromSynapses(next, pattern, 'post'))
  step.section = 'update'
  const error = step.map('sub', step.map('add', now, then), g)
  const loss = step.reduce('sum', step.map('square', error))
  const [dW = W] = gradients(step, loss, [W])
  const hebb = step.pairs(g, ring, pattern, { late })
  named('update', step.map('sub', hebb, dW))
  step.store(
    'W',
    step.map('add', W, step.map('mul', step.constant(0.01), step.map('sub', hebb, dW))),
  )
  step.store('trace', next)
  step.push('ring', step.map('mul', x, x))
  const plan: PatternPlan = {
    ...pattern,
    capacity: pre * post,
    rule,
    positions: { pre: line(pre), post: line(post) },
  }
  return {
    name: 'synapses',
    source: 'synapses.ccn',
    params: [],
    storages: [
      { name: 'W', shape: [S], role: 'weight' },
      { name: 'delays', shape: [S], role: 'constant' },
      { name: 'dense', shape: [post, pre], role: 'constant' },
      { name: 'ring', shape: [ROWS * EXAMPLES, pre], role: 'state', ring: ROWS },
      { name: 'trace', shape: [EXAMPLES, S], role: 'state' },
    ],
    inputs: [
      { name: 'x', shape: shapes['x']!, inference: false },
      { name: 'g', shape: shapes['g']!, inference: false },
      { name: 'b', shape: ['batch', pre], inference: true },
    ],
    rates: [],
    patterns: [plan],
    pairValues: [{ name: 'distance', pattern: pattern.name, quantity: 'distance' }],
    graphs: {
      init: init.build(),
      infer: infer.build(),
      step: step.build(),
      derived: new GraphBuilder('derived').build(),
    },
  }
}

/** What a network of a module needs that has patterns without files. */
export function patternOptions({ patterns = [], pairValues = [] }: IrModule, seed: number) {
  const drawn = Object.fromEntries(patterns.map((plan) => [plan.name, drawPattern(plan, seed)]))
  return { seed, patterns: drawn, files: pairArrays(pairValues, patterns, drawn) }
}

/** Rules of few and of many synapses, of none, and with repeats. */
export const synapseRules: readonly (readonly [string, PatternPlan['rule']])[] = [
  ['few', { kind: 'probability', p: 0.2, self: true }],
  ['all', { kind: 'all', self: true }],
  ['none', { kind: 'probability', p: 0, self: true }],
  ['repeats', { kind: 'in_degree', count: 4, repeats: true, self: true }],
]
