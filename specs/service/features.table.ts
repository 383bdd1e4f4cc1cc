/** For each feature of the language a tiny circuit, what a description says of it, and a change of meaning in it. */

import type { Learner } from './features.learner.ts'

/** A row: the table in docs/describe.md has one of the same name. */
export interface Feature {
  readonly name: string
  readonly text: string
  /** In a description as text. */
  readonly described: string
  /** What is written instead, and of what `ccn diff` then tells: the kind of the thing, and its fact. */
  readonly change: readonly [from: string, to: string]
  readonly differs: string
  /** In what a diagram shows; absent where it leaves the feature out. */
  readonly drawn?: string
  /** What the feature makes of a circuit that learns, and what an explanation says then; without words, the same as before. */
  readonly explained?: readonly [with_: Learner, says?: string]
}

const cell = `param g = 1
cell C(tau = 10 ms) { compartment soma  state v = 0 : tau * dv/dt = soma - v  event e = v }
synapse S {}
population a[4] : C
population b[4] : C
`
const learns = `plasticity R(rate = 1) {
  state trace = 0 : 20 ms * dtrace/dt = pre.e - trace
  dw = rate * post.e * trace
}
`
const run = (
  statements: string,
): string => `experiment run { step 1 ms  duration 9 ms ${statements} }
`
const connect = (properties: string, name = 'W'): string =>
  `connect a.e -> b.soma as ${name} : S { ${properties}  delay 1 ms }
`
const data = `dataset d {
  field u[time, 4] lasts rows  mean 0.5  field rows  field m[time]
  train npy(u = "u.npy", rows = "r.npy", m = "m.npy")
  test npy(u = "u.npy", rows = "r.npy", m = "m.npy")
}
cell In { input value  input mask : scalar = 1  state v = 0 : 9 ms * dv/dt = value * mask - v  event e = v }
population x[4] : In
`
const random = connect('init 0.1  fixed')

export const features: readonly Feature[] = [
  {
    name: 'replicate, seeds',
    text: cell + random + run('replicate 3 seeds'),
    described: 'replicate 3 seeds',
    change: ['3 seeds', '4 seeds'],
    differs: 'experiment replicate',
    explained: [{ run: 'replicate 3 seeds' }],
  },
  {
    name: 'replicate, values',
    text: cell + random + run('replicate with g = [1, 2]'),
    described: 'replicate with g = [1, 2]',
    change: ['[1, 2]', '[1, 3]'],
    differs: 'experiment statement',
    explained: [
      { items: 'param g = 1', rule: 'g * post.err * sent', run: 'replicate with g = [2, 3]' },
      'g = 1 times the gradient',
    ],
  },
  {
    name: 'modulators',
    text: `${cell}modulator good = mean(b.e)
plasticity R { dw = good * pre.e }
${connect('init 0.1  learn R')}`,
    described: 'good = ⟨e_b⟩',
    change: ['mean(b.e)', 'sum(b.e)'],
    differs: 'modulator value',
    drawn: 'good = mean(b.e)',
    explained: [
      { items: 'modulator good = mean(y.r)', rule: 'good * post.err * sent' },
      'sum(y.soma) / 2 times the gradient',
    ],
  },
  {
    name: 'transmit',
    text: cell.replace('synapse S {}', 'synapse S { transmit 2 * signal }') + random,
    described: 'transmitted(signal) = 2 · signal',
    change: ['2 * signal', '3 * signal'],
    differs: 'connection transmits',
    explained: [{ synapse: 'transmit 3 * signal' }, 'ΔW = 3 · d · h.rᵀ'],
  },
  {
    name: 'evaluate blocks',
    text: `${data}experiment run {
  data d  present x.value = u for 5 ms  step 1 ms  duration 9 ms  batch 2
  evaluate { phase ask 3 ms  measure m = mean(x.v) over last 2 ms  keep x.v }
}`,
    described: 'evaluate { phase ask 3 ms measure m = mean(x.v) over last 2 ms keep x.v }',
    change: ['last 2 ms', 'last 1 ms'],
    differs: 'experiment statement',
  },
  {
    name: 'trials: fields along time',
    text: `${data}experiment run { data d  present x.value = u for 5 ms padded  step 1 ms  duration 9 ms  batch 2 }`,
    described: 'rows along time padded',
    change: ['padded', 'stretched'],
    differs: 'experiment statement',
  },
  {
    name: 'fields that say how long an example lasts',
    text: `${data}experiment run { data d  present x.value = u for 5 ms  step 1 ms  duration 9 ms  batch 2 }`,
    described: 'rows that last `rows`',
    change: ['u[time, 4] lasts rows', 'u[time, 4]'],
    differs: 'dataset field u',
  },
  {
    name: 'masks along time',
    text: `${data}experiment run { data d  present x.value = u, x.mask = m for 5 ms  step 1 ms  duration 9 ms  batch 2 }`,
    described: '`x.mask` \\= `m`',
    change: [', x.mask = m', ''],
    differs: 'experiment statement',
    drawn: '"outside x.mask"',
  },
  {
    name: 'constants of data',
    text: `${data}experiment run { data d { standardise }  present x.value = u for 5 ms  step 1 ms  duration 9 ms  batch 2 }`,
    described: 'mean 0.5',
    change: ['mean 0.5', 'mean 0.6'],
    differs: 'dataset field u',
    explained: [{ data: '{ standardise }' }],
  },
  {
    name: 'spikes from files',
    text: `dataset d { field s[4]  train spikes("in.csv", unit = ms)  test spikes("in.csv", unit = ms) }
cell In { input value  state v = 0 : 9 ms * dv/dt = value - v  event e = v }
population x[4] : In
experiment run { data d  present x.value = s  step 1 ms  duration 9 ms  batch 1 }`,
    described: 'spikes("in.csv", unit = ms)',
    change: ['train spikes("in.csv", unit = ms)', 'train spikes("in.csv", unit = us)'],
    differs: 'dataset train',
  },
  {
    name: 'stop when',
    text: cell + random + run('measure m = mean(b.v)  stop when m > 1 for 3 ms'),
    described: 'stop when m > 1 for 3 ms',
    change: ['m > 1', 'm > 2'],
    differs: 'experiment statement',
    explained: [{ run: 'measure loss  stop when loss > 100' }],
  },
  {
    name: 'best by',
    text: `${data}experiment run {
  data d  present x.value = u for 5 ms  step 1 ms  duration 9 ms  batch 2
  evaluate { phase ask 3 ms  measure m = mean(x.v) }  best by highest m
}`,
    described: 'best by highest m',
    change: ['highest', 'lowest'],
    differs: 'experiment statement',
    explained: [{ run: 'measure loss  best by lowest loss' }],
  },
  {
    name: 'sweeps',
    text: `${cell}${random}${run('measure m = mean(b.v)')}sweep some { vary g in [1, 2]  seeds 2  report m }`,
    described: 'vary g in [1, 2]',
    change: ['[1, 2]', '[1, 3]'],
    differs: 'sweep statement',
    explained: [
      {
        items: 'param rate = 1\nsweep some { experiment run  vary rate in [1, 2]  report loss }',
        run: 'measure loss',
      },
    ],
  },
  {
    name: 'refines',
    text: `model plain
${cell}${random}${run('')}variant other { set g = 2 }
other refines plain as g grows { over 1, 2, 3  run run against run  b.e = b.e }`,
    described: 'other refines plain as g grows',
    change: ['over 1, 2, 3', 'over 1, 2, 4'],
    differs: 'refinement statement',
  },
  {
    name: 'stated properties',
    text: `${cell}${random}property local, single_phase`,
    described: 'Stated properties: `local`, `single_phase`',
    change: ['local, single_phase', 'local'],
    differs: 'property',
    explained: [{ items: 'property local' }],
  },
  {
    name: 'named patterns',
    text: `${cell}pattern p = a -> b random probability 0.5
${connect('pattern p  init 0.1  fixed')}`,
    described: '`random probability 0.5`',
    change: ['0.5', '0.6'],
    differs: 'connection pattern',
    drawn: 'p = 50 %',
  },
  {
    name: 'slices',
    text: `${cell}connect a[0..1].e -> b.soma as W : S { init 0.1  fixed  delay 1 ms }`,
    described: 'a[0..1]',
    change: ['a[0..1]', 'a[0..2]'],
    differs: 'connection from',
    drawn: '0..1',
    explained: [{ feedback: 'connect y[0..0].err -> h.top as F { init 0.5 }' }, 'd[0 … 0]'],
  },
  {
    name: 'delays of each synapse',
    text: `${cell}connect a.e -> b.soma as W : S { init 0.1  fixed  delay uniform(1 ms, 3 ms) }`,
    described: 'uniform',
    change: ['3 ms', '4 ms'],
    differs: 'connection delay',
    drawn: 'each its own delay',
  },
  {
    name: 'records of what rules remember',
    text: cell + learns + connect('init 0.1  learn R') + run('record W.trace every 3 ms'),
    described: 'W.trace',
    change: ['every 3 ms', 'every 2 ms'],
    differs: 'experiment statement',
  },
  {
    name: 'refractory',
    text: `cell N { compartment soma  state v = 0 : 9 ms * dv/dt = soma - v  spike s when v > 1 refractory 2 ms holding v { v = 0 } }
population n[2] : N`,
    described: '≥ 2 ms',
    change: ['2 ms', '3 ms'],
    differs: 'population refractory time of s',
  },
  {
    name: 'white noise',
    text: `cell N { state v = 0 : 9 ms * dv/dt = -v + sqrt(2 ms) * xi  event e = v }
population n[2] : N`,
    described: 'ξ',
    change: ['sqrt(2 ms)', 'sqrt(3 ms)'],
    differs: 'population dv/dt',
  },
  {
    name: 'values of each cell',
    text:
      cell.replace('population b[4] : C', 'population b[4] : C(tau = each uniform(5 ms, 20 ms))') +
      random,
    described: 'value of each unit τ, `uniform(5 ms, 20 ms)`',
    change: ['20 ms)', '30 ms)'],
    differs: 'population bias tau',
    explained: [{ gain: 'each uniform(1, 2)' }, 'The factor h.gain of backprop is missing'],
  },
  {
    name: 'phases of a model',
    text: `${cell}phase predict { set g = 0 }
phase learn { set g = 1 }
${random}`,
    described: 'phase predict { set g = 0 }',
    change: ['g = 0', 'g = 0.5'],
    differs: 'phase g',
    explained: [
      {
        items:
          'param s = 1\nphase p { set s = 0  plasticity off }\nphase q { set s = 1  plasticity on }',
        rule: 's * (post.err - p.post.err) * sent',
      },
      'p.y.r',
    ],
  },
  {
    name: 'phases of a protocol',
    text: `${cell}${random}experiment run { step 1 ms  protocol { phase p 3 ms { set g = 2 } } }`,
    described: 'phase p 3 ms { set g = 2 }',
    change: ['phase p 3 ms', 'phase p 4 ms'],
    differs: 'experiment protocol',
    explained: [
      {
        items: 'param s = 1',
        rule: 's * post.err * sent',
        run: 'protocol { phase p 1 epochs { set s = 2 } }',
      },
      's = 2 times the gradient',
    ],
  },
  {
    name: 'ties',
    text: cell + random + connect('tied = -2 * W', 'V'),
    described: 'always −2 · W',
    change: ['-2 * W', '-3 * W'],
    differs: 'connection weights',
    drawn: '= −2 · W',
    explained: [
      { feedback: 'connect y.err -> h.top as F { tied = -2 * W }' },
      '−2 times the gradient',
    ],
  },
  {
    name: 'names of weights',
    text: `${cell}${random}let D = 2 * W`,
    described: '`D` is `2 * W`',
    change: ['2 * W', '3 * W'],
    differs: 'let value',
    explained: [{ items: 'let twice = 2 * W' }],
  },
  {
    name: "Dale's signs",
    text: cell + connect('init 0.1  fixed  sign inhibitory'),
    described: 'inhibitory',
    change: ['inhibitory', 'excitatory'],
    differs: 'connection sign',
    drawn: 'inhibitory',
    explained: [{ synapse: 'sign inhibitory' }, '−∂L/∂W = −d · h.rᵀ'],
  },
  {
    name: 'bounds',
    text: cell + connect('init 0.1  fixed  bounds 0 .. 1'),
    described: 'in \\[0, 1]',
    change: ['0 .. 1', '0 .. 2'],
    differs: 'connection bounds',
    explained: [{ properties: 'bounds -1 .. 1' }],
  },
  {
    name: 'states of each example',
    text: `cell N { input value  state u per example = 0 : 9 ms * du/dt = value - u  event e = u }
population n[2] : N
dataset d { field f[2]  train npy(f = "f.npy")  test npy(f = "f.npy") }
experiment run { data d  present n.value = f for 5 ms  step 1 ms  duration 9 ms  batch 2 }`,
    described: 'each example',
    change: ['u per example', 'u'],
    differs: 'population u goes on',
  },
]
