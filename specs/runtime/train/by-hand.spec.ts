/**
 * Optimisers and measures against formulas written out here: a small circuit is run step by step by the
 * reference interpreter, and what it did is compared with what it should have done to the changes that
 * the rules asked for.
 */
import { describe, expect, it } from 'vitest'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { tinyModel } from '../../cli/run-cli.ts'

const inputs = {
  x: Float32Array.of(0, 0, 0, 1, 1, 0),
  'y.target': Float32Array.of(1, 0, 0, 1, 0, 1),
}
const count = 3

type Values = NamedArray['data']

function network(optimiser: string, measures = 'error'): Network {
  const text = tinyModel
    .replace('sgd(rate = rate)', optimiser)
    .replace('measure error, angle(W1, backprop)', `measure ${measures}`)
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return interpretedNetwork(ir, { seed: 3 })
}

const asked = (net: Network, weight: string) =>
  net.observe(count, inputs, [`update(${weight})`])[`update(${weight})`]!.data
const stored = (net: Network, weight: string) => net.save()[weight]!.data

/** Runs `steps` steps; `next` gives the weight after each from what was asked, by the formulas. */
function follow(
  optimiser: string,
  rates: readonly number[],
  next: (w: number, dw: number, rate: number, step: number, at: number) => number,
) {
  const net = network(optimiser)
  rates.forEach((rate, step) => {
    const before = stored(net, 'W1')
    const changes = asked(net, 'W1')
    net.step(count, inputs, { 'W1, W2, k': rate })
    const expected = [...before].map((w, at) => next(w, changes[at]!, rate, step, at))
    ;[...stored(net, 'W1')].forEach((w, at) => expect(w).toBeCloseTo(expected[at]!, 6))
  })
}

describe('optimisers', () => {
  const rates = [0.5, 0.5, 0.4, 0.3, 0.2, 0.1]

  it('sgd: w + rate dw', () => follow('sgd(rate = 0.5)', rates, (w, dw, rate) => w + rate * dw))

  it('sgd with decay: w + rate (dw - decay w)', () =>
    follow('sgd(rate = 0.5, decay = 0.1)', rates, (w, dw, rate) => w + rate * (dw - 0.1 * w)))

  it('sgd with momentum and decay: v = 0.9 v + dw - decay w, w + rate v', () => {
    const v = new Map<number, number>()
    follow('sgd(rate = 0.5, momentum = 0.9, decay = 0.1)', rates, (w, dw, rate, _, at) => {
      v.set(at, 0.9 * (v.get(at) ?? 0) + dw - 0.1 * w)
      return w + rate * v.get(at)!
    })
  })

  it.each([
    ['adam(rate = 0.01)', 0.9, 0.999, 1e-8, 0],
    [
      'adam(rate = 0.01, beta1 = 0.5, beta2 = 0.8, epsilon = 0.001, decay = 0.1)',
      0.5,
      0.8,
      1e-3,
      0.1,
    ],
  ])('%s: Kingma and Ba, algorithm 1', (optimiser, beta1, beta2, epsilon, decay) => {
    const m = new Map<number, number>()
    const s = new Map<number, number>()
    follow(optimiser, rates, (w, dw, rate, step, at) => {
      const g = decay * w - dw
      m.set(at, beta1 * (m.get(at) ?? 0) + (1 - beta1) * g)
      s.set(at, beta2 * (s.get(at) ?? 0) + (1 - beta2) * g * g)
      const first = m.get(at)! / (1 - beta1 ** (step + 1))
      const second = s.get(at)! / (1 - beta2 ** (step + 1))
      return w - (rate * first) / (Math.sqrt(second) + epsilon)
    })
  })

  it('adam moves by the rate in its first step, whatever the size of the change', () => {
    const net = network('adam(rate = 0.01)')
    const before = stored(net, 'W2')
    const changes = asked(net, 'W2')
    net.step(count, inputs)
    const moved = [...stored(net, 'W2')].map((w, at) => w - before[at]!)
    moved.forEach((by, at) => expect(by).toBeCloseTo(0.01 * Math.sign(changes[at]!), 5))
  })
})

describe('measures', () => {
  const dot = (a: Values, b: Values) => [...a].reduce((sum, x, i) => sum + x * b[i]!, 0)
  const norm = (a: Values) => Math.sqrt(dot(a, a))
  const angle = (a: Values, b: Values) =>
    (Math.acos(dot(a, b) / (norm(a) * norm(b))) * 180) / Math.PI
  const joined = (...all: Values[]) => Float32Array.from(all.flatMap((each) => [...each]))
  const turned = ({ shape: [rows = 0, columns = 0], data }: NamedArray) =>
    Float32Array.from(
      { length: data.length },
      (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!,
    )

  const net = network(
    'sgd(rate = 0.5)',
    [
      'loss, error, angle(W1, backprop), angle(W2, backprop), angle(W2, Y), ratio(W2, Y), norm(W1)',
      'p = mean(h.p), spread = std(h.e), least = min_of(h.e), most = max_of(h.e)',
      'vary = variance(h.e), all = sum(h.e), square = mean(h.e ^ 2)',
    ].join(', '),
  )
  const names = ['update(W1)', 'update(W2)', 'backprop(W1)', 'backprop(W2)', 'h.e', 'h.p', 'y.e']
  const seen = net.observe(count, inputs, names)
  const scores = net.score(count, inputs)
  const found = net.measuredStep(count, inputs, { 'W1, W2, k': 0.5 })
  const after = net.save()
  const of = (name: string) => seen[name]!.data
  const e = [...of('h.e')]
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const variance = mean(e.map((x) => (x - mean(e)) ** 2))
  const y = of('y.e')
  const target = inputs['y.target']

  it.each([
    ['angle(W1, backprop)', angle(of('update(W1)'), of('backprop(W1)')), 3],
    ['angle(W2, backprop)', angle(of('update(W2)'), of('backprop(W2)')), 3],
    ['angle(W2, Y)', angle(turned(after['W2']!), after['Y']!.data), 3],
    ['ratio(W2, Y)', norm(after['W2']!.data) / norm(after['Y']!.data), 5],
    ['norm(W1)', norm(after['W1']!.data), 5],
    ['p', mean([...of('h.p')]), 6],
    ['spread', Math.sqrt(variance), 6],
    ['vary', variance, 6],
    ['least', Math.min(...e), 6],
    ['most', Math.max(...e), 6],
    ['all', e.reduce((a, b) => a + b, 0), 5],
    ['square', mean(e.map((x) => x * x)), 6],
  ])('%s', (name, value, digits) => {
    expect(found[name]).toBeCloseTo(value, digits)
  })

  it('loss and error', () => {
    const rows = [0, 1, 2]
    const wrong = rows.filter(
      (row) => y[2 * row + 1]! > y[2 * row]! !== (target[2 * row + 1] === 1),
    )
    expect(scores['error']).toBe(wrong.length)
    const off = Float64Array.from(y, (value, i) => value - target[i]!)
    expect(scores['loss']).toBeCloseTo(dot(off, off) / 2, 5)
  })

  it('angles of a family are given for each element, and for all as one vector', () => {
    const text = tinyModel
      .replace(/connect x.event[^]*?connect y.burst/, (old) => {
        const [first = ''] = old.split('\n')
        const each = first.replace('x.event -> h.soma as W1', 'lower.event -> upper.soma as W')
        return `for (lower, upper) in [x, h, y] {\n${each}\n}\nconnect y.burst`
      })
      .replace('tied = W2', 'tied = W')
      .replace('optimise W1, W2, k', 'optimise W, k')
      .replace('angle(W1, backprop)', 'angle(W, backprop)')
    const { ir } = compileText(text)
    const family = interpretedNetwork(ir!, { seed: 3 })
    const parts = [0, 1].flatMap((k) => [`update(W[${k}])`, `backprop(W[${k}])`])
    const values = family.observe(count, inputs, parts)
    const pick = (what: string, k: number) => values[`${what}(W[${k}])`]!.data
    // What is called backprop is the change that descends: minus the gradient.
    const descent = (k: number) => pick('backprop', k)
    const measured = family.measuredStep(count, inputs)
    for (const k of [0, 1]) {
      const expected = angle(pick('update', k), descent(k))
      expect(measured[`angle(W, backprop)[${k}]`]).toBeCloseTo(expected, 3)
    }
    const whole = angle(
      joined(pick('update', 0), pick('update', 1)),
      joined(descent(0), descent(1)),
    )
    expect(measured['angle(W, backprop)']).toBeCloseTo(whole, 3)
  })
})
