/** Circuits that learn by the gradient through time, a feature each; losses are those of `y`. */
const head = `
nonlocal plasticity Exact { dw = backprop }
cell In { input r  event e = r }
cell Rate { compartment s  bias b = uniform(-1, 1) learn Exact  state v = 0 : 30 ms * dv/dt = -v + tanh(s + b)  event e = v }
cell Read { compartment s  input target  event e = s  loss l = 0.5 * (target - e) ^ 2 }
dataset d { field v[3]  field t[2]  train constant(v = 0.5, t = 1)  test constant(v = 0.5, t = 1) }
population x[3] : In
population y[2] : Read
`
const network = `
population h[5] : Rate
connect x.e -> h.s as U { init normal(1) learn Exact }
connect h.e -> h.s as W { init normal(1) learn Exact delay 1 step }
connect h.e -> y.s as V { init normal(1) learn Exact }
`
const experiment = (statements = ''): string =>
  `experiment r { step 10 ms  duration 1 s  batch 2  data d  present x = v, y.target = t for 7 steps
  optimise U, W, V, b with sgd(rate = 1) ${statements} }`

export interface Circuit {
  readonly what: string
  readonly text: string
  readonly weights: readonly string[]
  readonly given?: readonly string[]
  /** Whether it is run on every target, too. */
  readonly onTargets?: true
  /** Default: that of `y`. */
  readonly losses?: readonly string[]
}

const all = ['U', 'W', 'V', 'h.b']
const plain = head + network + experiment()
const cellsOf = (state: string): string =>
  plain.replace(/state v = 0 : 30 ms [^\n]*? {2}event/, `${state}  event`)

export const circuits: readonly Circuit[] = [
  { what: 'a recurrent rate network', text: plain, weights: all, onTargets: true },
  {
    what: 'exponential Euler, whose derivative is differentiated once more',
    text: plain
      .replace('step 10 ms', 'step 10 ms  solver exponential_euler')
      .replace('-v + tanh(s + b)', '-v * (1 + 0.3 * v) + tanh(s + b)'),
    weights: all,
  },
  {
    what: 'Runge-Kutta over two states, one of which is adapted',
    text: cellsOf(
      'state v = 0.1 : 30 ms * dv/dt = -v - a * v + tanh(s + b)  state a = 0.2 : 50 ms * da/dt = -a + v ^ 2',
    ).replace('step 10 ms', 'step 10 ms  solver rk4'),
    weights: all,
  },
  {
    what: 'delays of several steps, and looks back',
    text: plain
      .replace('delay 1 step', 'delay 3 steps')
      .replace(
        '-v + tanh(s + b)',
        '-v + tanh(s + b + 0.5 * prev(s) - 0.2 * prev(x2, 0.3))  x2 = s * v',
      ),
    weights: all,
    onTargets: true,
  },
  {
    what: 'short-term plasticity of terminals, and a transmission',
    text: plain
      .replace(
        'population x',
        `stp dep {
  passes event as q * u
  state q = 1 : 60 ms * dq/dt = 1 - q
  state u = 0.4 : 40 ms * du/dt = 0.4 - u
  on event { q -= 0.1 * u * event  u += 0.1 * (1 - u) * event }
}
population x`,
      )
      .replace(
        'init normal(1) learn Exact delay 1 step',
        'stp dep init normal(1) learn Exact delay 1 step',
      )
      .replace('on event {', 'on event > 0 {'),
    weights: all,
  },
  {
    what: 'noise and resets, with draws once more on the way back',
    text: cellsOf(
      'state v = 0 : 30 ms * dv/dt = -v + tanh(s + b) + 0.3 * normal() + 0.01 * sqrt(30 ms) * xi  spike n when v > 0.3 refractory 20 ms { v = 0.1 * v }',
    ),
    weights: all,
  },
  {
    what: 'patterns of synapses, as matrices and by synapse',
    text: plain
      .replace(
        'connect h.e -> h.s as W { init',
        'connect h.e -> h.s as W { random in_degree 3 repeats init',
      )
      .replace('as U { init', 'as U { random synapses 9 init'),
    weights: all,
    onTargets: true,
  },
  {
    what: 'kernels, with a bias per channel',
    text: `${head}
cell Map { compartment s  bias b per channel = 0.1 learn Exact  state v = 0 : 30 ms * dv/dt = -v + tanh(s + b)  event e = v }
population h[2, 3, 3] : Map
connect x.e -> h.s as U { init normal(1) learn Exact }
connect h.e -> h.s as W { conv 3x3 padding 1 init normal(0.2) learn Exact delay 2 steps }
connect h.e -> y.s as V { init normal(1) learn Exact }
${experiment()}`,
    weights: all,
  },
  {
    what: 'weights of which others learn in each step, and ties',
    text: `${plain.replace(
      'connect h.e -> y.s',
      `plasticity Hebb { dw = 0.05 * post.e * pre.e - 0.02 * w }
connect h.e -> h.s as L { init normal(1) learn Hebb delay 2 steps }
connect h.e -> y.s as T { tied = 0.3 * V }
connect h.e -> y.s`,
    )}`.replace('with sgd(rate = 1)', 'with sgd(rate = 1)  optimise L with sgd(rate = 1)'),
    weights: all,
    onTargets: true,
    given: ['L'],
  },
  {
    what: 'dendrites with branches, and losses of several populations with a mask in time',
    text: `${head.replace('event e = v }', 'event e = v  loss l = 0.1 * b * v ^ 2 }').replace('compartment s  bias', 'compartment s[2]  bias')}${network}${experiment()}`.replace(
      '0.5 * (target - e) ^ 2',
      '(if t > 30 ms then 0.5 else 0) * (target - e) ^ 2',
    ),
    weights: all,
    losses: ['y.l', 'h.l'],
  },
  {
    what: 'delays of each synapse, all to all, of a pattern, and of weights that others move',
    text: `${plain.replace('delay 1 step', 'delay (1 + pre.index) * 1 step').replace(
      'connect h.e -> y.s',
      `plasticity Hebb { dw = 0.05 * post.e * pre.e - 0.02 * w }
connect h.e -> h.s as L { init normal(1) learn Hebb delay (5 - post.index) * 1 step }
connect h.e -> h.s as P { random in_degree 3 repeats init normal(1) learn Exact delay 1 step + pre.index * 2 steps }
connect h.e -> h.s as Q { random probability 0.6 init normal(1) learn Exact delay 1 step + post.index * 1 step }
connect h.e -> y.s`,
    )}`
      .replace('W, V, b with', 'W, V, P, Q, b with')
      .replace('with sgd(rate = 1)', 'with sgd(rate = 1)  optimise L with sgd(rate = 1)'),
    weights: [...all, 'P', 'Q'],
    onTargets: true,
    given: ['L'],
  },
  {
    what: 'delays of each synapse behind terminals, onto branches, with states held after a spike',
    text: cellsOf(
      'state v = 0 : 30 ms * dv/dt = -v + tanh(s + b) + 0.2 * exp(-since(n) / 30 ms)  spike n when v > 0.3 refractory 20 ms holding v { v = 0.1 * v }',
    )
      .replace('compartment s  bias', 'compartment s[2]  bias')
      .replace(
        'population x',
        `stp dep {
  passes event as q
  state q = 1 : 60 ms * dq/dt = 1 - q
  on event > 0 { q -= 0.1 * q * event }
}
population x`,
      )
      .replace(
        'init normal(1) learn Exact delay 1 step',
        'stp dep init normal(1) learn Exact delay (1 + pre.index + post.index) * 1 step',
      ),
    weights: all,
    onTargets: true,
  },
  {
    what: 'equations in circles, and modulators that cells read',
    text: cellsOf(
      'gap = (tanh(s + b) - v) * (1 + prev(act))  state v = 0 : 30 ms * dv/dt = gap - 0.1 * v  th = 0.3 + 0.1 * b * v  spike n when v > th { v -= 0.5 * th }',
    ).replace('population x', 'modulator act = mean(h.e)\npopulation x'),
    weights: all,
  },
]
