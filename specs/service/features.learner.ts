/** A tiny circuit that learns, with a place for each feature that an explanation may tell of. */
export interface Learner {
  /** Declarations beside the circuit. */
  readonly items?: string
  /** What the rule asks for. */
  readonly rule?: string
  /** Properties of the synapse, and of the connection. */
  readonly synapse?: string
  readonly properties?: string
  readonly feedback?: string
  /** What the cells are given. */
  readonly gain?: string
  readonly hidden?: string
  /** Statements of the experiment, and options of its data. */
  readonly run?: string
  readonly data?: string
}

export const learner = ({
  items = '',
  rule = 'post.err * sent',
  synapse = '',
  properties = '',
  feedback = 'connect y.err -> h.top as F { init 0.5 }',
  gain = '1',
  hidden = '',
  run = '',
  data = '',
}: Learner): string => `
cell I { input value  event r = value }
cell H(gain = 1) { compartment soma, top  event r = tanh(gain * soma ${hidden})  signal err = (1 - r ^ 2) * top }
cell O { compartment soma  input target  event r = soma  signal err = target - r  loss l = 0.5 * sum(err ^ 2) }
plasticity D { dw = ${rule} }
synapse S { ${synapse} }
population x[2] : I
population h[3] : H(${gain})
population y[2] : O
connect x.r -> h.soma as V { init 0.2  learn D }
connect h.r -> y.soma as W : S { init 0.1  learn D  ${properties} }
${feedback}
${items}
dataset d { field u[2]  field t[2]  train npz("a.npz")  test npz("b.npz") }
experiment run { data d ${data}  present x.value = u, y.target = t  batch 2  optimise V, W with sgd(rate = 1)  ${run} }
`
