/**
 * `presented`, `since(presented)` and `on presented { ... }` beside loops that are written out here: presentations
 * of one step, of several, and of more than the run has; on every target.
 */
import { describe, expect, it } from 'vitest'
import type { Network } from '../../runtime/engine/network.ts'
import { emitProgram } from '../../compiler/index.ts'
import { selectEngine } from '../../runtime/node/engine/index.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { made, type Made } from '../helpers/run-outcome.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

const circuit = (hold: string, solver = 'euler') => `
dataset numbers { field a[2]  train npy(a = "a.npy")  test npy(a = "a.npy") }
cell In { input x  event e = x }
cell Leak {
  compartment soma
  state v = 5 : 8 ms * dv/dt = -v + soma
  state n = 0 : dn/dt = 0 / 1 s
  spike s when v > 3  refractory 2 ms holding v { v = -1 }
  begins = presented
  age = since(presented)
  late = since(presented) >= 2 ms and since(presented) < 3 ms
  on s { n += 1 }
  on presented { v = 0.5 * v + soma  n = prev(v) }
}
stp Tiring {
  passes event as u
  state u = 1 : 4 ms * du/dt = 1 - u
  on presented { u = 0.25 }
}
plasticity Trace {
  state z = 0 : 10 ms * dz/dt = -z + pre.e
  on presented { z = 0 }
  on presented { w += 0.125 }
  dw = post.v * z
}
population x[2] : In
population h[2] : Leak
connect x.e -> h.soma as W { init 2  fixed  one_to_one }
connect x.e -> h.soma as V { init 0.5  all_to_all  stp Tiring  learn Trace }
experiment e {
  step 1 ms  duration 11 ms  solver ${solver}  batch 2
  data numbers
  present x.x = a ${hold}
  optimise V with sgd(rate = 0.01)
  record h.v every 1 step
}`

/** The inputs of both examples in a step. */
const shown = (step: number): number[] => [1, 2, 3, 4].map((each) => each + (step % 4) / 2)

/** What the text above says, with presentations of so many steps: v, n, begins, age, late, V of each step. */
function byHand(hold: number, steps: number) {
  const rows: Record<string, number[]>[] = []
  const v = [5, 5, 5, 5]
  const n = [0, 0, 0, 0]
  const u = [1, 1, 1, 1]
  const z = [0, 0, 0, 0]
  const last = [-Infinity, -Infinity, -Infinity, -Infinity]
  const weights = [0.5, 0.5, 0.5, 0.5]
  for (let step = 0; step < steps; step++) {
    const x = shown(step)
    const age = step % hold
    if (age === 0) u.fill(0.25)
    // The short-term plasticity advances and passes what it then is.
    for (let i = 0; i < 4; i++) u[i] = u[i]! + (1 - u[i]!) / 4
    const soma = [0, 1, 2, 3].map((i) => {
      const example = i - (i % 2)
      const sent = [0, 1].map((k) => x[example + k]! * u[example + k]!)
      return 2 * x[i]! + weights[(i % 2) * 2]! * sent[0]! + weights[(i % 2) * 2 + 1]! * sent[1]!
    })
    for (let i = 0; i < 4; i++) {
      const before = v[i]!
      if (age === 0) v[i] = 0.5 * before + soma[i]!
      if (age === 0) n[i] = before
      const isHeld = step - last[i]! < 2
      if (!isHeld) v[i] = v[i]! + (soma[i]! - v[i]!) / 8
      if (v[i]! > 3 && !isHeld) {
        v[i] = -1
        n[i] = n[i]! + 1
        last[i] = step
      }
      if (age === 0) z[i] = 0
      z[i] = z[i]! + (x[i]! - z[i]!) / 10
    }
    for (const [post, pre] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const change = (v[post]! * z[pre]! + v[2 + post]! * z[2 + pre]!) / 2
      weights[post * 2 + pre]! += 0.01 * change + (age === 0 ? 0.125 : 0)
    }
    rows.push({
      'h.v': [...v],
      'h.n': [...n],
      'h.begins': [Number(age === 0)],
      'h.age': [age / 1000],
      'h.late': [Number(age === 2)],
      V: [...weights],
    })
  }
  return rows
}

const variables = ['h.v', 'h.n', 'h.begins', 'h.age', 'h.late']

function run(network: Network, steps: number) {
  const rows: Record<string, number[]>[] = []
  for (let step = 0; step < steps; step++) {
    const values = shown(step)
    const inputs = { x: Float32Array.from(values) }
    const seen = network.observe(2, inputs, variables)
    network.step(2, inputs, rates)
    rows.push({
      ...Object.fromEntries(variables.map((name) => [name, [...seen[name]!.data]])),
      V: [...network.save()['V']!.data],
    })
  }
  network.dispose()
  return rows
}

let rates: Record<string, number> = {}

type Make = (compiled: Made) => Promise<Network>
const engines: readonly (readonly [string, number, Make])[] = [
  ['the interpreter', 1e-12, async ({ ir }) => interpretedNetwork(ir, { batch: 2 })],
  ['wasm, f64', 1e-12, ({ ir }) => wasmNetwork(ir, { precision: 'f64' }, { batch: 2 })],
  ['wasm, f32', 1e-5, ({ ir }) => wasmNetwork(ir, {}, { batch: 2 })],
  ['wasm, two threads', 1e-5, ({ ir }) => wasmNetwork(ir, { threads: 2 }, { batch: 2 })],
  [
    'tfjs',
    1e-5,
    async ({ ir }) => {
      const engine = await selectEngine('tfjs-cpu')
      return engine.instantiate(await emitProgram('tfjs', ir), { batch: 2 })
    },
  ],
]

describe.each(engines)('on %s', (_, tolerance, make) => {
  it('is as by hand, for presentations of any length', async () => {
    const compiled = made(circuit('for 3 ms'))
    rates = Object.fromEntries(compiled.ir.rates.map(({ name }) => [name, 0.01]))
    for (const hold of [3, 1, 11, 100]) {
      const network = await make(compiled)
      if (hold !== 3) network.set('presented(steps)', hold)
      const found = run(network, 11)
      for (const [step, row] of byHand(hold, 11).entries()) {
        for (const [name, values] of Object.entries(row)) {
          const place = `${name} in step ${step}, presented for ${hold}`
          expect(found[step]![name], place).toHaveLength(values.length)
          for (const [i, value] of values.entries())
            expect(Math.abs(found[step]![name]![i]! - value), `${place}: ${value}`).toBeLessThan(
              tolerance * Math.max(1, Math.abs(value)),
            )
        }
      }
    }
  })
})

describe('what is compiled', () => {
  const holdOf = (text: string) =>
    made(circuit(text)).ir.params.find(({ name }) => name === 'presented(steps)')?.value

  it('knows how long an example is presented', () => {
    expect(holdOf('')).toBe(1)
    expect(holdOf('for 11 ms')).toBe(11)
  })

  it('sees a cycle through what states are set to', () => {
    const text = (assigned: string) => `
      cell N {
        compartment soma
        state v = 1 : 1 s * dv/dt = -v
        event e = v
        on presented { v = ${assigned} }
      }
      population n[2] : N
      connect n.e -> n.soma as W { init 1  fixed  one_to_one }
      experiment e { step 1 ms  duration 1 s }`
    expect(errorsOf(compileText(text('v + soma')))).toEqual([
      expect.stringMatching(/^CCN5002 .*`n.v`/),
    ])
    expect(errorsOf(compileText(text('prev(v)')))).toEqual([])
  })

  it.each([
    ['a parameter', 'param presented = 3', 'state v = 0 : 1 ms * dv/dt = presented - v', 0.75],
    ['a variable', '', 'presented = 2  state v = 0 : 1 ms * dv/dt = presented - v', 0.5],
  ])('lets %s be called so', (_, declared, members, first) => {
    const { ir } = made(`${declared}
      cell N { ${members} }  population n[1] : N
      experiment e { step 0.25 ms  duration 1 s }`)
    const network = interpretedNetwork(ir, { batch: 1 })
    network.step(1, {}, {})
    expect(network.save()['n.v']!.data[0]).toBe(first)
  })
})
