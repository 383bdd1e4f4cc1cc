/** `evaluating`: what a circuit does in training steps and what it answers, on every target; dropout. */
import { describe, expect, it } from 'vitest'
import type { Network } from '../../../runtime/engine/network.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { run as tfjsNetwork } from '../emit/emitted.ts'

const circuit = (middle: string, rest = '') => `
import { Dropout } from "std/regularisation"
param p = 0.25
cell In { input value  event e = value }
cell Hidden { compartment soma  event e = soma }
cell Out { compartment soma  input target  event e = soma  loss l = sum((e - target) ^ 2) / 2 }
nonlocal plasticity Exact { dw = backprop }
dataset one { field v[3]  field t[2]  train constant(v = 1, t = 1)  test constant(v = 1, t = 1) }
population x[3] : In
population h[40] : Hidden
population d[40] : ${middle}
population y[2] : Out
connect x.e -> h.soma as V { init normal(1)  learn Exact }
connect h.e -> d.given
connect d.event -> y.soma as W { init normal(1)  learn Exact }
experiment a { data one  present x = v, y.target = t  optimise V, W with sgd(0.1)  measure loss, own = mean(y.l) ${rest} }`

const values = [0.25, -1, 0.5, 1, 0.125, -0.375]
const targets = [1, 0, -1, 0.5]
const inputs = { x: Float32Array.from(values), 'y.target': Float32Array.from(targets) }

describe('dropout', () => {
  const compilation = compileText(circuit('Dropout(p)'))
  const ir = compilation.ir!
  const options = { seed: 7 }

  it('draws nothing to answer', () => {
    expect(errorsOf(compilation)).toEqual([])
    expect(ir.graphs.infer.nodes.filter(({ op }) => op === 'random')).toEqual([])
    expect(ir.graphs.step.nodes.filter(({ op }) => op === 'random')).toHaveLength(1)
  })

  it.each([
    ['interpreter', () => Promise.resolve(interpretedNetwork(ir, options)), 1e-12],
    ['wasm', () => wasmNetwork(ir, { threads: 2 }, options), 1e-4],
    ['tfjs', () => Promise.resolve(tfjsNetwork(ir, options)), 1e-4],
  ] satisfies [string, () => Promise<Network>, number][])('%s', async (_, make, most) => {
    const network = await make()
    const { V, W } = Object.fromEntries(
      Object.entries(network.save()).map(([name, { data }]) => [name, [...data]]),
    ) as Record<'V' | 'W', number[]>
    const names = ['h.e', 'd.kept', 'd.e', 'y.e', 'update(V)', 'update(W)']
    const seen = network.observe(2, inputs, names)
    const of = (name: string): number[] => [...seen[name]!.data]
    const near = (found: readonly number[], expected: readonly number[]): void => {
      expect(found).toHaveLength(expected.length)
      found.forEach((each, i) => expect(Math.abs(each - expected[i]!)).toBeLessThan(most))
    }
    const [hidden, kept] = [of('h.e'), of('d.kept')]
    expect(new Set(kept)).toEqual(new Set([0, 1]))
    const share = kept.reduce((a, b) => a + b, 0) / kept.length
    expect(share).toBeGreaterThan(0.6)
    expect(share).toBeLessThan(0.9)
    // The two examples are silenced by themselves.
    expect(kept.slice(0, 40)).not.toEqual(kept.slice(40))
    const passed = hidden.map((each, i) => (each * kept[i]!) / 0.75)
    near(of('d.e'), passed)
    const sum = (count: number, term: (i: number) => number): number =>
      Array.from({ length: count }, (_each, i) => term(i)).reduce((a, b) => a + b, 0)
    const output = (from: readonly number[]): number[] =>
      [0, 1].flatMap((example) =>
        [0, 1].map((unit) => sum(40, (k) => W[unit * 40 + k]! * from[example * 40 + k]!)),
      )
    near(of('y.e'), output(passed))
    // By hand: the gradient goes back through the units that were kept alone.
    const error = targets.map((target, i) => target - output(passed)[i]!)
    near(
      of('update(W)'),
      [0, 1].flatMap((unit) =>
        Array.from({ length: 40 }, (_each, k) =>
          sum(2, (example) => (error[example * 2 + unit]! * passed[example * 40 + k]!) / 2),
        ),
      ),
    )
    near(
      of('update(V)'),
      Array.from({ length: 40 }, (_each, k) =>
        [0, 1, 2].map((from) =>
          sum(2, (example) => {
            const back = sum(2, (unit) => error[example * 2 + unit]! * W[unit * 40 + k]!)
            return (back * (kept[example * 40 + k]! / 0.75) * values[example * 3 + from]!) / 2
          }),
        ),
      ).flat(),
    )
    // What it answers is of all units, and so is the loss that it is told by.
    near([...network.infer(2, inputs)['y.e']!.data], output(hidden))
    const loss = sum(4, (i) => (targets[i]! - output(hidden)[i]!) ** 2 / 2)
    expect(Math.abs(network.score(2, inputs)['loss']! / loss - 1)).toBeLessThan(most)
    const own = network.measuredStep(2, inputs)['own']!
    expect(Math.abs(own / (sum(4, (i) => error[i]! ** 2 / 2) / 2) - 1)).toBeLessThan(1e-3)
    expect(V).toHaveLength(120)
    network.dispose()
  })
})

describe('evaluating', () => {
  const own = (text: string) => errorsOf(compileText(text))

  it('is what is declared so, where something is', () => {
    const text = circuit('Own').replace(
      'param p',
      'param evaluating = 3\ncell Own { input given  event e = given * evaluating }\nparam p',
    )
    const { ir } = compileText(text)
    const network = interpretedNetwork(ir!, { seed: 1 })
    const { 'h.e': hidden, 'd.e': passed } = network.observe(2, inputs, ['h.e', 'd.e'])
    expect([...passed!.data]).toEqual([...hidden!.data].map((each) => 3 * each))
  })

  it('is not what measures and rules read', () => {
    expect(own(circuit('Dropout(p)', ', m = mean(h.e * evaluating)')).length).toBe(1)
    const rule = circuit('Dropout(p)').replace('dw = backprop', 'dw = backprop * evaluating')
    expect(own(rule).length).toBeGreaterThan(0)
  })

  it('is not known of a circuit with a past', () => {
    expect(
      own(`cell C { state v = 0 : 10 ms * dv/dt = -v  event e = if evaluating then v else 0 }
population c[2] : C
experiment a { step 1 ms  duration 1 s  measure m = mean(c.e) every 1 s }`),
    ).toEqual(['CCN7001 `evaluating` in a circuit with a past cannot be run yet.'])
  })
})
