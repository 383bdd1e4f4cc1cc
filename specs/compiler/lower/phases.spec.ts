/** Models of several phases, as numbers of the reference interpreter. */
import { describe, expect, it } from 'vitest'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { compile } from '../../../compiler/index.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { host, root } from '../../helpers/repository.ts'

/** One cell of two inputs, answering with what its weights and an offset make. */
const model = (phases: string, rule: string, cell = '', measure = 'loss'): string => `
import { Input } from "std/cells"
param offset = 0.5
param s = 0
${phases}
cell Out(offset) {
  compartment soma
  input target
  bias k = 0  learn Offset
  event e = soma + k + offset + s * normal()
  loss l = 0.5 * sum((target - e) ^ 2)
  ${cell}
}
plasticity Hebb { ${rule} }
plasticity Offset { dw = 1 }
synapse Plain { sign unsigned }
population x[2] : Input
population y[1] : Out(offset)
connect x.event -> y.soma as W : Plain { init 0.5  learn Hebb }
dataset pairs {
  field input[2]
  field target[1]
  train teacher_network(count = 4, inputs = 2, hidden = 3, outputs = 1, seed = 1)
  test  teacher_network(count = 4, inputs = 2, hidden = 3, outputs = 1, seed = 1)
}
experiment e {
  data pairs
  present x = input, y.target = target
  optimise W with sgd(rate = 1)
  measure ${measure}
  record y.e
}`

const two = `phase first { set offset = 1  plasticity off }
phase second { set offset = 2 * offset + 2 }`
const inputs = { x: Float32Array.of(1, 3), 'y.target': Float32Array.of(4) }

function network(text: string, set: Readonly<Record<string, string>> = {}): Network {
  const result = compileText(text, { set })
  if (!result.ir) throw new Error(errorsOf(result).join('\n'))
  return interpretedNetwork(result.ir, { seed: 3 })
}
const numbers = (array: NamedArray | undefined): readonly number[] =>
  [...(array?.data ?? [])].map((each) => Number(each.toFixed(6)))
const observed = (n: Network, ...names: readonly string[]): readonly number[] =>
  names.flatMap((name) => numbers(n.observe(1, inputs, [name])[name]))

describe('comparison models close to their limits', () => {
  const sizes = { inputs: '5', layers: '2', hidden: '6', outputs: '3' }
  const cases: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] =
    [
      // Small potentials: burst probabilities are linear in them.
      ['burstprop.ccn', ['tied'], { scale_Y: '1', g: '1e-3', error_scale: '1e-3' }],
      ['burstprop.ccn', ['tied', 'recurrent'], { scale_Y: '1', g: '1e-3', error_scale: '1e-3' }],
      // Small nudges, and interneurons in balance; smaller still, and the error is lost in rounding.
      ['edn.ccn', ['tied'], { nudge: '1e-3' }],
    ]
  it.each(cases)('%s %o %o descends the gradient', (file, variants, set) => {
    const options = { variants, set: { ...sizes, ...set }, experiment: 'task' }
    const { ir, diagnostics } = compile(`${root}/examples/${file}`, host, options)
    if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
    const n = interpretedNetwork(ir, { seed: 2 })
    const some = (size: number): Float32Array =>
      Float32Array.from({ length: size }, (_, i) => Math.sin(i * i + 1))
    const measured = n.measuredStep(4, { x: some(20), 'y.target': some(12).map(Math.abs) })
    expect(measured['angle(W, backprop)']).toBeLessThan(0.1)
    expect(measured['ratio(W, backprop)']).toBeCloseTo(1, 2)
  })
})

describe('phases', () => {
  it('compute each variable with what the phase sets; plain names are those of the last', () => {
    const n = network(model(two, 'dw = 0 * sent'))
    // x W = 2; the offset is 1, then 2 * 0.5 + 2 = 3.
    expect(observed(n, 'first.y.e', 'y.e')).toEqual([3, 5])
    expect(observed(n, 'first.y.soma', 'y.soma')).toEqual([2, 2])
  })
  it('set parameters to arithmetic over others, which stay free', () => {
    const text = model(two.replace('2 * offset', '2 * s'), 'dw = 0 * sent', 'c = s')
    expect(observed(network(text, { s: '0.25' }), 'y.c')).toEqual([0.25])
    const { ir } = compileText(text.replace('s * normal()', '0'), { set: { s: '0.25' } })
    expect(ir?.params.map((each) => each.name)).toEqual(['s'])
  })
  it('answer, err and descend in the first one', () => {
    const n = network(model(two, 'dw = 0 * sent', '', 'loss, norm(backprop(W)), late = mean(y.e)'))
    expect(numbers(n.infer(1, inputs)['y.e'])).toEqual([3])
    const measured = n.measuredStep(1, inputs)
    expect(measured['loss']).toBeCloseTo(0.5, 6)
    expect(measured['norm(backprop(W))']).toBeCloseTo(Math.sqrt(10), 6)
    expect(measured['late']).toBeCloseTo(5, 6)
  })
  it('are read by rules, cells and measures by their names', () => {
    const rule = 'dw = (post.e - first.post.e) * first.sent + 0 * first.pre.value'
    const early = 'early = mean(first.y.e), all = mean([first.y].e)'
    const n = network(model(two, rule, 'c = e - first.e', early))
    expect(observed(n, 'y.c', 'first.y.c')).toEqual([2, 0])
    expect(n.measuredStep(1, inputs)).toMatchObject({ early: 3, all: 3 })
    expect(numbers(n.save()['W'])).toEqual([0.5 + 2 * 1, 0.5 + 2 * 3])
  })
  it('add up what is learned in each of them', () => {
    const n = network(model(two.replace('plasticity off', ''), 'dw = post.e * pre.value'))
    n.step(1, inputs)
    expect(numbers(n.save()['W'])).toEqual([0.5 + 3 + 5, 0.5 + 3 * (3 + 5)])
  })
  it('move nothing if none of them is plastic', () => {
    const n = network(model('phase only { plasticity off }', 'dw = post.e * pre.value'))
    n.step(1, inputs)
    expect(numbers(n.save()['W'])).toEqual([0.5, 0.5])
  })
  it('draw anew in each, and not at all where a phase sets the strength to 0', () => {
    const phases = 'phase first { set s = 1 }\nphase second { set s = 1 }'
    const [a, b] = observed(network(model(phases, 'dw = 0 * sent')), 'first.y.e', 'y.e')
    expect(a).not.toBeCloseTo(b ?? 0, 3)
    const quiet = model(phases.replace('s = 1', 's = 0'), 'dw = 0 * sent')
    const [c, d] = observed(network(quiet), 'first.y.e', 'y.e')
    expect(c).toBeCloseTo(2.5, 6)
    expect(d).not.toBeCloseTo(2.5, 3)
    const { ir } = compileText(quiet)
    const streams = ir?.graphs.step.nodes.flatMap((each) =>
      each.op === 'random' ? [each.stream] : [],
    )
    expect(streams).toEqual(['y normal'])
  })
  it('know in a rule what came before, and not what comes', () => {
    const late = two.replace('plasticity off', '')
    expect(errorsOf(compileText(model(two, 'dw = second.post.e')))).toEqual([])
    expect(errorsOf(compileText(model(late, 'dw = second.post.e')))).toEqual([
      'CCN5013 The phase `first` reads a variable of `second`, which comes after it.',
    ])
  })
  it('are recorded by name', () => {
    const text = model(two, 'dw = 0 * sent').replace(
      'record y.e',
      'record first.y.e, second.y.e, y.e',
    )
    const { plan } = compileText(text)
    expect(plan?.records[0]?.variables).toEqual(['first.y.e', 'y.e'])
  })
  it('compute once what is the same in two of them', () => {
    const count = (phases: string) =>
      compileText(
        model(phases, 'dw = (post.e - first.post.e) * sent'),
      ).ir?.graphs.step.nodes.filter((each) => each.op === 'matmul').length
    expect(count(two)).toBe(count('phase first { }'))
  })
  it('hand on to a later one what terminals transmit of them, round a loop', () => {
    const loop = (transmit: string): string => `
import { Input } from "std/cells"
param back = false
phase clean { back off  plasticity off }
phase again { back on }
cell H { compartment soma, apical  event e = soma + apical ^ 2 }
synapse Late { transmit ${transmit} }
population x[1] : Input
population h[1] : H
population y[1] : H
connect x -> h.soma as W { init 2  fixed }
connect h.e -> y.soma as V { init 3  fixed }
connect y.e -> h.apical as B : Late { init 0.5  fixed }`
    const n = network(loop('if back then clean.pre.e else 0'))
    const one = { x: Float32Array.of(1) }
    const of = (name: string) => numbers(n.observe(1, one, [name])[name])
    // 2, then 6; and 2 + (6 / 2) ^ 2, then three times as much.
    expect(['clean.h.e', 'clean.y.e', 'h.e', 'y.e'].flatMap(of)).toEqual([2, 6, 11, 33])
    for (const own of ['clean.pre.e', 'pre.e', 'signal', '2 * signal'])
      expect(errorsOf(compileText(loop(own)))[0]).toMatch(/^CCN5(002|189) /)
  })

  it('are refused where the circuit has a past', () => {
    const text = model(two, 'dw = post.e * sent', 'state v : 10 ms * dv/dt = soma - v')
    expect(errorsOf(compileText(text)).join(' ')).toContain(
      'CCN7001 A model of several phases with a past cannot be run yet.',
    )
  })
})
