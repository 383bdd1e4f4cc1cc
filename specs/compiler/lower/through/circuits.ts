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
}

const all = ['U', 'W', 'V', 'h.b']
export const circuits: readonly Circuit[] = [
  { what: 'a recurrent rate network', text: head + network + experiment(), weights: all },
]
