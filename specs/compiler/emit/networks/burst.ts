/**
 * A small BurstCCN, as the compiler lowers it: two hidden layers, noise at every synapse, fixed
 * feedback, momentum, reference gradients and measured angles.
 */
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import { gradients } from '../../../../compiler/ir/gradient.ts'
import { noValue } from '../../../../compiler/ir/ids.ts'
import type { IrModule, Origin, StorageInfo, ValueId } from '../../../../compiler/ir/ir.ts'

const sizes = [6, 5, 4, 3] as const
const layers = ['h[0]', 'h[1]', 'y'] as const

/** The network. */
export function burst(): IrModule {
  return {
    name: 'burst',
    source: 'examples/burst.ccn',
    doc: 'BurstCCN with fixed random feedback (Greedy et al., 2022), discrete time, rates.',
    params: [
      {
        name: 'p0',
        value: 0.5,
        kind: 'number',
        doc: 'baseline burst probability',
        minimum: 0,
        maximum: 1,
      },
      {
        name: 'error_scale',
        value: 0.5,
        kind: 'number',
        doc: 'strength of the teacher',
        minimum: 0,
      },
      { name: 'noise', value: 0.01, kind: 'number', minimum: 0 },
      { name: 'scale', value: 3.6, kind: 'number', doc: 'gain of the initial weights' },
      { name: 'tau', value: 0.02, kind: 'number', doc: 'time constant of the soma', unit: 'ms' },
    ],
    storages: storages(),
    inputs: [
      { name: 'x', shape: ['batch', sizes[0]], inference: true },
      { name: 'y.target', shape: ['batch', sizes[3]], inference: false },
    ],
    rates: [
      { name: 'W', value: 0.15 },
      { name: 'k', value: 0.15 },
    ],
    graphs: { init: init(), infer: infer(), step: step(), derived: derived() },
  }
}

function storages(): StorageInfo[] {
  const shape = (layer: number) => [sizes[layer + 1]!, sizes[layer]!]
  const before = (layer: number): string => (layer === 0 ? 'x' : layers[layer - 1]!)
  return [
    ...layers.map((name, i): StorageInfo => {
      return { name: `W[${i}]`, shape: shape(i), role: 'weight', axes: [name, before(i)] }
    }),
    ...[1, 2].map((i): StorageInfo => {
      const axes = [layers[i - 1]!, layers[i]!]
      return { name: `Y[${i - 1}]`, shape: shape(i).toReversed(), role: 'constant', axes }
    }),
    ...layers.map((name, i): StorageInfo => {
      return { name: `${name}.k`, shape: [sizes[i + 1]!], role: 'weight' }
    }),
    ...layers.map((_, i): StorageInfo => {
      return { name: `W[${i}].velocity`, shape: shape(i), role: 'slot' }
    }),
  ]
}

const text = {
  connect:
    'connect lower.event -> upper.soma as W : Depressing { init xavier_normal(gain = scale) learn BurstDependent }',
  feedback: 'connect upper.burst -> lower.apical as Y : Facilitating { fixed }',
  events: 'connect upper.event -> lower.apical as Q : Depressing { tied = -p0 * Y }',
  transmit: 'transmit signal + noise * normal()',
  e: 'event e = sigmoid(soma + k)',
  t: 't = if teaching then target else e',
  u: 'u = g * apical',
  p: 'p = 2 * p0 * sigmoid(2 / p0 * u * (1 - e))',
  py: 'p = p0 * (1 + error_scale * (t - e) * (1 - e))',
  b: 'burst b = p * e',
  excess: 'excess = b - p0 * e',
  loss: 'loss squared_error = 0.5 * sum((target - e) ^ 2)',
  dw: 'dw = post.excess * sent / (post.p0 * post.gain)',
  sgd: 'optimise W with sgd(rate = rate, momentum = 0.9)',
  angle: 'measure angle(W, backprop)',
}
const lines = Object.keys(text)

function origin(key: keyof typeof text): Origin {
  const start = lines.indexOf(key)
  return { span: { file: 'std/burstccn.ccn', start, end: start + 1 }, text: text[key] }
}

function init() {
  const b = new GraphBuilder('init')
  for (const { name, shape, role } of storages()) {
    if (role === 'slot' || shape.length === 1) {
      b.store(name, b.filled(0, shape))
      continue
    }
    b.origin = origin(role === 'weight' ? 'connect' : 'feedback')
    const fan = b.map('sqrt', b.constant(2 / (Number(shape[0]) + Number(shape[1]))))
    const deviation = b.map('mul', b.scalar('param', 'scale'), fan)
    b.store(name, b.map('mul', deviation, b.random('normal', name, shape)))
  }
  return b.build()
}

/** The event rates of all layers, and the rates that reach the synapses. */
function forward(b: GraphBuilder) {
  const sent: ValueId[] = []
  const events: ValueId[] = []
  let rate = b.input('x', ['batch', sizes[0]])
  layers.forEach((name, i) => {
    b.origin = origin('transmit')
    const noise = b.random('normal', `W[${i}].noise`, ['batch', sizes[i]!])
    rate = b.map('add', rate, b.map('mul', b.scalar('param', 'noise'), noise))
    b.name(rate, `W[${i}].sent`)
    sent.push(rate)
    b.origin = origin('connect')
    const W = b.load(`W[${i}]`, [sizes[i + 1]!, sizes[i]!])
    const soma = b.matmul(rate, W, { transposeRight: true })
    b.name(soma, `${name}.soma`)
    b.origin = origin('e')
    rate = b.map('sigmoid', b.map('add', soma, b.load(`${name}.k`, [sizes[i + 1]!])))
    b.name(rate, `${name}.e`)
    events.push(rate)
  })
  return { sent, events }
}

function infer() {
  const b = new GraphBuilder('infer')
  const { events } = forward(b)
  const y = events[2]!
  b.output('y.e', y)
  b.section = 'score'
  b.origin = origin('loss')
  const target = b.input('y.target', ['batch', sizes[3]])
  const squares = b.reduce('sum', b.map('square', b.map('sub', target, y)))
  b.output('loss', b.map('mul', b.constant(0.5), squares))
  b.origin = undefined
  b.output('error', b.reduce('sum', b.map('ne', b.argmax(target), b.argmax(y))))
  return b.build()
}

function step() {
  const b = new GraphBuilder('step')
  const { sent, events } = forward(b)
  const one = b.constant(1)
  const p0 = b.scalar('param', 'p0')
  const target = b.input('y.target', ['batch', sizes[3]])
  const named: [string, ValueId][] = []
  const name = (key: keyof typeof text, as: string, value: () => ValueId): ValueId => {
    b.origin = origin(key)
    const made = value()
    b.name(made, as)
    named.push([as, made])
    return made
  }
  layers.forEach((layer, i) => named.push([`${layer}.e`, events[i]!]))
  let p = noValue
  const excess: ValueId[] = []
  let above = noValue
  for (const [i, layer] of [...layers.entries()].toReversed()) {
    const e = events[i]!
    if (layer === 'y') {
      p = name('py', 'y.p', () => {
        const gap = b.map('mul', b.map('sub', target, e), b.map('sub', one, e))
        const error = b.map('mul', b.scalar('param', 'error_scale'), gap)
        return b.map('mul', p0, b.map('add', one, error))
      })
    } else {
      const Y = b.load(`Y[${i}]`, [sizes[i + 1]!, sizes[i + 2]!])
      const Q = name('events', `Q[${i}]`, () => b.map('mul', b.map('neg', p0), Y))
      const apical = name('feedback', `${layer}.apical`, () =>
        b.map(
          'add',
          b.matmul(above, Y, { transposeRight: true }),
          b.matmul(events[i + 1]!, Q, { transposeRight: true }),
        ),
      )
      p = name('p', `${layer}.p`, () => {
        const steep = b.map('mul', b.map('div', b.constant(2), p0), apical)
        const gated = b.map('sigmoid', b.map('mul', steep, b.map('sub', one, e)))
        return b.map('mul', b.map('mul', b.constant(2), p0), gated)
      })
    }
    above = name('b', `${layer}.b`, () => b.map('mul', p, e))
    excess[i] = name('excess', `${layer}.excess`, () => b.map('sub', above, b.map('mul', p0, e)))
  }
  const loss = name('loss', 'y.squared_error', () =>
    b.map(
      'mul',
      b.constant(0.5),
      b.reduce('sum', b.map('square', b.map('sub', target, events[2]!)), [1]),
    ),
  )

  b.section = 'update'
  const gain = b.map('mul', p0, b.scalar('param', 'error_scale'))
  const updates = layers.map((layer, i) => {
    const update = name('dw', `update(W[${i}])`, () => {
      const product = b.matmul(excess[i]!, sent[i]!, { transposeLeft: true })
      return b.map('div', product, b.map('mul', b.batch(), gain))
    })
    const bias = name('dw', `update(${layer}.k)`, () =>
      b.map('div', b.reduce('mean', excess[i]!, [0]), gain),
    )
    b.origin = origin('sgd')
    const shape = [sizes[i + 1]!, sizes[i]!]
    const velocity = b.map(
      'add',
      b.map('mul', b.constant(0.9), b.load(`W[${i}].velocity`, shape)),
      update,
    )
    b.store(`W[${i}].velocity`, velocity)
    const change = b.map('mul', b.scalar('rate', 'W'), velocity)
    b.store(`W[${i}]`, b.map('add', b.load(`W[${i}]`, shape), change))
    const k = b.load(`${layer}.k`, [sizes[i + 1]!])
    b.store(`${layer}.k`, b.map('add', k, b.map('mul', b.scalar('rate', 'k'), bias)))
    return update
  })

  b.section = 'backprop'
  b.origin = undefined
  const weights = layers.map((_, i) => b.load(`W[${i}]`, [sizes[i + 1]!, sizes[i]!]))
  const reference = gradients(b, b.reduce('mean', loss), weights)
  reference.forEach((gradient, i) => {
    b.name(gradient, `backprop(W[${i}])`)
    named.push([`backprop(W[${i}])`, gradient])
  })

  b.section = 'measure'
  b.origin = origin('angle')
  const sum = (value: ValueId): ValueId => b.reduce('sum', value)
  const angles = updates.map((update, i) => {
    const gradient = b.map('neg', reference[i]!)
    const lengths = b.map('mul', sum(b.map('square', update)), sum(b.map('square', gradient)))
    const cosine = b.map('div', sum(b.map('mul', update, gradient)), b.map('sqrt', lengths))
    const sine = b.map('sqrt', b.map('sub', one, b.map('square', cosine)))
    const angle = b.map('atan', b.map('div', sine, cosine))
    const degrees = b.map('mul', b.constant(180 / Math.PI), angle)
    b.name(degrees, `angle(W, backprop)[${i}]`)
    return degrees
  })
  for (const [as, value] of named) b.output(as, value)
  angles.forEach((angle, i) => b.output(`angle(W, backprop)[${i}]`, angle))
  return b.build()
}

function derived() {
  const b = new GraphBuilder('derived')
  b.origin = origin('events')
  for (const i of [0, 1]) {
    const Y = b.load(`Y[${i}]`, [sizes[i + 1]!, sizes[i + 2]!])
    const Q = b.map('mul', b.map('neg', b.scalar('param', 'p0')), Y)
    b.name(Q, `Q[${i}]`)
    b.output(`Q[${i}]`, Q)
  }
  return b.build()
}
