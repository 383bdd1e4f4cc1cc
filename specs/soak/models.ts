/** What is run in the soak: small models, each for a few seconds. */

export interface Model {
  readonly name: string
  readonly text: string
  /** Further arguments of `ccn train`. */
  readonly args: readonly string[]
}

const epochs = `model epochs

import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"

population x[2] : Input
population h[6] : Pyramidal(0.5)
population y[2] : Teacher(0.5, 0.5)

connect x.event -> h.soma as W1 : Depressing { init xavier_normal()  learn BurstDependent }
connect h.event -> y.soma as W2 : Depressing { init xavier_normal()  learn BurstDependent }
connect y.burst -> h.apical as Y : Facilitating { init xavier_normal()  fixed }
connect y.event -> h.apical as Q : Depressing { tied = -0.5 * Y }
connect y.gain -> h.above

experiment e {
  data xor
  present x = input, y.target = one_hot(label)
  batch 3  epochs 700
  optimise W1, W2, k with sgd(rate = 0.1, momentum = 0.5)
  measure error, angle(W1, backprop)  every 2 steps
  record W1, h.event every 50 steps
}
`

const clock = `model clock

cell Spiking {
  compartment soma
  state v : 5 ms * dv/dt = soma + 2 + normal() - v
  spike s when v > 1 { v = 0 }
}
synapse S {}
population z[20] : Spiking
connect z.s -> z.soma as W : S { init 0.1 * normal()  fixed  delay 1 ms }
experiment e {
  step 1 ms
  protocol { phase a 3 s  phase b 9 s }
  measure rate = mean(z.s) every 20 ms
  record z.s, z.v every 7 ms
}
`

export const models: readonly Model[] = [
  { name: 'epochs', text: epochs, args: [] },
  { name: 'clock', text: clock, args: [] },
  { name: 'threads', text: epochs, args: ['--threads', '2', '--epochs', '300', '--seed', '3'] },
  { name: 'double', text: clock, args: ['--precision', 'f64', '--seed', '4'] },
]
