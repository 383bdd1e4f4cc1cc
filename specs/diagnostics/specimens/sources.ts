/** Circuits and declarations that specimens are variations of. */

export const head = `import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"

population x[2] : Input
population h[4] : Pyramidal(0.5)
population y[1] : Teacher(0.5)
`
export const forward = `
connect x.event -> h.soma as V : Depressing { init 0.1  learn BurstDependent }
connect h.event -> y.soma as W : Depressing { init 0.1  learn BurstDependent }`
export const feedback = `
connect y.burst -> h.apical as Y : Facilitating { init 1 }
connect y.gain -> h.above`
export const circuit = head + forward + feedback
export const experiment = (
  statements: string,
  sets = 'data xor  present x = input, y.target = target',
) =>
  `${circuit}\nexperiment e {\n  ${sets}\n  optimise V, W, k with sgd(rate = 1)\n  ${statements}\n}`

/** Two hidden layers that both hear of the output alone. */
export const direct = (measure: string) => `${head.replace('h[4]', 'h[2][4]')}
for (lower, upper) in [x, ...h, y] {
  connect lower.event -> upper.soma as W : Depressing { init 0.1  learn BurstDependent }
}
for each in h {
  connect y.burst -> each.apical as B : Facilitating { init 1 }
  connect y.gain -> each.above
}
experiment e {
  data xor  present x = input, y.target = target
  optimise W, k with sgd(rate = 1)
  measure ${measure}
}`

export const cell = 'cell A { compartment soma  event e = soma }'
export const units = `${cell}\npopulation x[2] : A\npopulation y[3] : A\n`
export const connect = (properties: string) =>
  `${units}connect x.e -> y.soma as W { ${properties} }\n`
export const rule = (body: string) =>
  `${units}plasticity R { ${body} }\nconnect x.e -> y.soma as W { init 1  learn R }\nexperiment e { optimise W with sgd(rate = 1) }\n`

/** The same with a rule that follows the gradient, in cells with some member more. */
export const exact = (change: string, member: string) =>
  rule(`dw = ${change}`)
    .replace('plasticity', 'nonlocal plasticity')
    .replace('compartment soma', `compartment soma  ${member}`)

/** Two populations, the second with positions. */
export const placed = `cell C { compartment soma  event e = soma }
population a[6] : C
population b[10] : C at ring(spacing = 10 um)
`
