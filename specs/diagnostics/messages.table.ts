/**
 * What people write who know other tools, or another version of this one in their head: each row is one
 * mistake, and is answered by one message. How they read is in `messages.golden.txt`.
 */

/** A circuit that learns from examples, with places for mistakes. */
const rates = (slots: Slots = {}) => `model m
import { Input } from "std/cells"
${slots.top ?? ''}
dataset one {
  field v[2]
  field t[3]
  field label class 3
  train constant(v = 1, t = 1, label = 0)
  test constant(v = 1, t = 1, label = 0)
}
cell Out {
  compartment soma
  input target
  ${slots.cell ?? ''}
  event e = ${slots.equation ?? 'soma'}
  delta = target - e
  loss l = sum(delta ^ 2)
}
plasticity R { ${slots.rule ?? 'dw = post.delta * pre.e'} }
population x[2] : Input
population y[3] : Out
connect x.event -> y.soma as W { init ${slots.init ?? 'normal(std = 1)'}  learn R }
experiment a {
  data one
  present x = v, y.target = ${slots.present ?? 't'}
  ${slots.batch ?? 'batch 1'}
  optimise W with ${slots.optimiser ?? 'sgd(rate = 1)'}
  measure ${slots.measure ?? 'loss'}
}
`

/** A circuit that spikes, run by a clock. */
const spikes = (slots: Slots = {}) => `model s
${slots.top ?? ''}
cell N {
  compartment soma
  state v = ${slots.initial ?? '-70 mV'} : 20 ms * dv/dt = ${slots.equation ?? '-(v + 70 mV)'}
  on soma { v += soma }
  spike s when v >= ${slots.threshold ?? '-50 mV'} { v = -70 mV }
  ${slots.cell ?? ''}
}
population a[10] : N
population b[3] : N
connect ${slots.source ?? 'a.s'} -> b.soma as W { init 5 mV  fixed }
connect b.s -> a.soma as V { init 5 mV  fixed ${slots.property ?? ''} }
experiment r {
  step ${slots.step ?? '0.1 ms'}
  duration ${slots.duration ?? '2 ms'}
  ${slots.record ?? 'record b.v'}
}
`

type Slots = Partial<
  Record<
    | 'top'
    | 'cell'
    | 'equation'
    | 'rule'
    | 'init'
    | 'present'
    | 'batch'
    | 'optimiser'
    | 'measure'
    | 'initial'
    | 'threshold'
    | 'source'
    | 'property'
    | 'step'
    | 'duration'
    | 'record',
    string
  >
>

/** Without a mistake. */
export const sound: readonly string[] = [
  rates(),
  spikes(),
  rates({ init: '-log(uniform())' }),
  rates({ init: 'clip(normal(), -1, 1) + sigmoid(uniform()) * floor(3.5)' }),
  rates({ init: 'max(normal(), 0, -1)' }),
  // Units are values, too.
  spikes({ initial: '-70 * mV' }),
  spikes({ duration: '1e1ms' }),
  spikes({ source: 'a[0..7].s' }),
  `\ufeff${rates({ cell: '\tq = 1\t' })}`,
]

/** One mistake each. */
export const mistakes: readonly string[] = [
  rates({ rule: 'dw = clip(post.delta * pre.e, -1, 1)' }),
  spikes({ source: 'a[0..10].s' }),
  spikes({ record: 'record b.v[0..2]' }),
  spikes({ record: 'record median(a.s)' }),
  spikes({ record: 'record b.v * 2' }),
  spikes({ record: 'record W.x' }),
  spikes({ record: 'record b' }),
  spikes({ record: 'measure mean(a.s) / 0.1 ms' }),
  spikes({ record: 'measure x = mean(a.s) + mean(b.s)' }),
  spikes({ record: 'measure b.v' }),
  spikes({ initial: '-70' }),
  spikes({ top: 'param rest = -70', equation: '-(v - rest)' }),
  spikes({ initial: '-70 mv' }),
  spikes({ duration: '20 msec' }),
  spikes({ duration: '20 Ms' }),
  rates({ cell: 'evnt q = soma' }),
  spikes({ threshold: '15 Mv' }),
  spikes({ step: '100 µs' }),
  spikes({ property: 'delay 1 msec' }),
  spikes({ cell: 'refractory 2 ms' }),
  spikes({ cell: 'q += 1' }),
  spikes({ equation: '-(v + 70 mV) + xi' }),
  spikes({ equation: '-(v + 70 mV) + randn() * 1 mV' }),
  rates({ batch: 'batch 32  epochs -1' }),
  rates({ batch: 'batch: 32' }),
  rates({ batch: 'batch -4' }),
  rates({ optimiser: 'sgd(rate = 0,3)' }),
  rates({ optimiser: 'sgd(rate = .3)' }),
  rates({ optimiser: 'sgd(rate = 7 % 2)' }),
  rates({ optimiser: 'adam(lr = 0.1)' }),
  rates({ optimiser: 'sgd(learning_rate = 0.1)' }),
  rates({ present: 'onehot(label)' }),
  rates({ present: 't * 2' }),
  rates({ equation: 'soma ** 2' }),
  rates({ equation: 'nn.Linear(soma)' }),
  rates({ equation: 'if soma > 0 && soma < 1 then 1 else 0' }),
  rates({ equation: 'if soma > 1 then 1 elif soma > 0 then 0 else 2' }),
  rates({ init: 'np.random.randn(3)' }),
  rates({ init: 'clip(normal(), 2)' }),
  rates({ top: 'import { Pyramidal } from "std/burstcnn"' }),
  // Words and forms of other tools, in many places.
  rates({ top: 'set n = 4' }),
  rates({ top: 'n = 4' }),
  rates({ top: 'int n = 3' }),
  rates({ top: 'param n: int = 3' }),
  rates({ top: 'param n = 3 in [1, 10]' }),
  rates({ top: 'population z(3) : Out' }),
  rates({ top: 'population z : Out[3]' }),
  rates({ top: 'connect x.event to y.soma as V' }),
  rates({ top: 'connect V: x.event -> y.soma' }),
  rates({ top: 'synapse x.event -> y.soma' }),
  rates({ cell: 'loss sum(e)' }),
  rates({ cell: 'input\n  bias k = 1' }),
  rates({ cell: 'q = mse(target, e)' }),
  rates({ equation: 'ReLU(soma)' }),
  rates({ equation: '1 if soma > 0 else 0' }),
  rates({ equation: '\n  bias k = 1' }),
  rates({ rule: 'w = w + post.delta * pre.e' }),
  rates({ rule: 'dw += post.delta * pre.e' }),
  rates({ rule: 'dw/dt = post.delta * pre.e' }),
  rates({ rule: 'dw = backprop forward' }),
  rates({ rule: 'dw = lr * post.delta * pre.e' }),
  rates({ rule: 'dw = post.delta * pre' }),
  rates({ init: '= normal()' }),
  rates({ init: 'xavier()' }),
  rates({ batch: 'simulate 10 ms' }),
  rates({ batch: 'protocol { repeat until loss < 1 { phase p 1 ms } }' }),
  rates({ optimiser: 'sgd(rate = 1)  present x -> v' }),
  rates({ measure: 'loss every epoch' }),
  spikes({ threshold: '-50 mV v = -70 mV  on soma' }),
  spikes({ cell: 'spike when v > 0 mV { v = 0 mV }' }),
  spikes({ cell: 'threshold v > 0 mV reset { v = 0 mV }' }),
  spikes({ cell: 'on_pre { v += 1 mV }' }),
  spikes({ property: 'probability = 0.1' }),
  spikes({ record: 'SpikeMonitor(b)' }),
  spikes({ top: 'population z[3] : iaf_psc_exp' }),
]
