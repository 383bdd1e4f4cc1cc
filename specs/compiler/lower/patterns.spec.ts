/**
 * Weights of a pattern kept by synapse and as a matrix are the same weights: whatever is computed of them,
 * the same pairs and draws give the same numbers.
 */
import { describe, expect, it } from 'vitest'
import type { DrawnPattern } from '../../../contract/pattern.ts'
import { drawPattern } from '../../../runtime/patterns/draw.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'

const head = `
import { Input } from "std/cells"
plasticity R { dw = post.d * pre.e }
cell C { compartment soma, far  compartment dend[3]  event e = tanh(soma + far) - 0.3 * dend  d = 0.1 * e + 0.05  loss l = sum((e - 0.2) ^ 2) }
dataset one { field v[9]  train constant(v = 0.5)  test constant(v = 0.5) }
population x[9] : Input
population a[7] : C
population b[8] : C
`
const run = (measures: string): string => `
experiment r { data one  present x = v  batch 1  optimise W with sgd(rate = 0.1)  measure ${measures} }`
const clocked = (text: string): string =>
  text.includes('delay') ? text.replace('data one', 'step 1 ms  duration 3 ms  data one') : text

/** The connectivity \`few\` of the text is one of a list, kept by synapse, or of a number, kept as a matrix. */
const asList = (text: string): string => text.replaceAll('few', 'pairs "p.csv"')
const asMatrix = (text: string): string => text.replaceAll('few', 'random synapses 20')

function drawn(text: string): Record<string, DrawnPattern> {
  const { ir } = compileText(asMatrix(text))
  return Object.fromEntries((ir?.patterns ?? []).map((plan) => [plan.name, drawPattern(plan, 3)]))
}

/** All numbers of some steps by name; weights that are kept by synapse as matrices. */
function numbersOf(text: string, patterns: Record<string, DrawnPattern>) {
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  const network = interpretedNetwork(ir, { patterns, seed: 5 })
  const numbers: Record<string, readonly number[]> = {}
  const sides = new Map(ir.patterns?.map((plan) => [plan.name, plan]))
  const shapeOf = (name: string) => ir.storages.find((each) => each.name === name)?.shape ?? []
  const inputs = { x: Float64Array.from({ length: 9 }, (_, i) => Math.sin(i) + 0.5) }
  for (let step = 0; step < 3; step++) {
    const names = ir.graphs.step.outputs.map(({ name }) => name)
    for (const [name, { data }] of Object.entries(network.observe(1, inputs, names)))
      if (!name.startsWith('backprop(')) numbers[`${name} ${step}`] = [...data]
    network.measuredStep(1, inputs, {})
    for (const [name, { data }] of Object.entries({ ...network.save(), ...network.derived() })) {
      if (name.endsWith('.mask')) continue
      const [dim] = shapeOf(name)
      const plan = typeof dim === 'string' ? sides.get(dim.slice('synapses of '.length)) : undefined
      numbers[`${name} ${step}`] = plan ? matrix(plan, patterns[plan.name], data, name) : [...data]
    }
  }
  return numbers
}

/** [synapses] as [post, pre]; what leads from b to a here has its pattern the other way round. */
function matrix(
  { pre, post }: { readonly pre: number; readonly post: number },
  pattern: DrawnPattern | undefined,
  data: ArrayLike<number>,
  name: string,
): readonly number[] {
  const isTurned = name.startsWith('T')
  const found = new Float64Array(pre * post)
  for (let j = 0; j < pre; j++) {
    for (let s = pattern?.starts[j] ?? 0; s < (pattern?.starts[j + 1] ?? 0); s++) {
      const i = pattern?.targets[s] ?? 0
      found[isTurned ? j * post + i : i * pre + j]! += data[s] ?? 0
    }
  }
  return [...found]
}

const forward = 'connect x.event -> a.soma as W { init normal(1)  learn R }'
const onward = 'connect a.e -> b.soma as V { few  init normal(1)  fixed }'
const shared =
  'pattern P = a -> b few\nconnect x.event -> a.soma as W { init normal(1)  learn R }\nconnect a.e -> b.soma as V { pattern P  init normal(1)  fixed }'

describe('by synapse and as a matrix', () => {
  it.each([
    ['what arrives', `${forward}\n${onward}`, 'norm(W), norm(V), loss'],
    [
      'onto branches',
      `${forward}\nconnect a.e -> b.dend as V { few  init normal(1)  fixed }`,
      'loss',
    ],
    [
      'from and to slices',
      `${forward}\nconnect a[1..5].e -> b[2..6].soma as V { few  init 1  fixed }`,
      'loss',
    ],
    [
      'inhibition',
      `${forward}\nconnect a.e -> b.soma as V { few  init uniform()  sign inhibitory }`,
      'loss',
    ],
    ['angles', `${forward}\n${onward}`, 'angle(W, backprop), ratio(update(W), W)'],
    [
      'a shared pattern',
      `${shared}\nconnect a.e -> b.far as U { pattern P  init V }`,
      'angle(U, V)',
    ],
    [
      'the way back',
      `${shared}\nconnect b.e -> a.dend as T { pattern P  tied = V  delay 1 step }`,
      'loss',
    ],
    [
      'draws on the way back',
      `${shared}\nconnect b.e -> a.dend as T { pattern P  init normal(2)  delay 1 step }`,
      'norm(T)',
    ],
    [
      'sums of weights',
      `${shared}\nconnect a.e -> b.far as U { pattern P  tied = 2 * V - 1 / (V + 3) }`,
      'norm(U)',
    ],
    [
      'sums with a matrix',
      `${shared}\nconnect a.e -> b.far as U { init normal(1)  fixed }\nconnect a.e -> b.dend as T1 { tied = U + V }\nlet L = V - 0.5 * U`,
      'angle(L, U), norm(L)',
    ],
    [
      'products',
      `${forward}\n${onward}\nconnect x.event -> b.far as U { tied = V @ W }\nlet L = U - V @ W`,
      'norm(L), angle(update(U), U)',
    ],
    [
      'products of the transposed',
      `${forward}\n${onward}\nmatrix M[x, b] = transpose(W) @ transpose(V)\nlet L = transpose(V @ W) - M`,
      'norm(L)',
    ],
    [
      'a product at synapses',
      `${forward}\n${onward}\nconnect x.event -> b.far as U { few  tied = V @ W }`,
      'norm(U)',
    ],
    [
      'of rows and columns',
      `${forward}\n${onward}\nconnect a.e -> b.far as U { pattern Q  tied = V * norm(V) }\npattern Q = a -> b few\nlet r = row_sum(V)\nlet c = column_sum(V)`,
      'norm(r), norm(c)',
    ],
    [
      'other pairs',
      `${forward}\n${onward}\nconnect a.e -> b.far as U { few  tied = V + 1 }`,
      'norm(U)',
    ],
    ['factors', `${forward}\n${onward}\nlet L = left_factor(V, 2) @ right_factor(V, 2)`, 'norm(L)'],
    [
      'reference gradients through others',
      `${forward}\n${onward}\nconnect a.e -> b.far as U { init normal(1)  fixed }`,
      'angle(W, backprop(V = U)), angle(W, backprop(V = 0))',
    ],
    [
      'what is set now and then',
      `param on_ = 1 in 0..1\n${forward}\n${onward}\nconnect a.e -> b.far as U { few  init 1  tied = V when true }`,
      'norm(U)',
    ],
  ])('%s', (_, circuit, measures) => {
    const text = clocked(head + circuit + run(measures))
    const patterns = drawn(text)
    const bySynapse = numbersOf(asList(text), patterns)
    const asMatrices = numbersOf(asMatrix(text), patterns)
    expect(Object.keys(bySynapse).toSorted()).toEqual(Object.keys(asMatrices).toSorted())
    for (const [name, expected] of Object.entries(asMatrices)) {
      const found = bySynapse[name] ?? []
      // What a step computes of a weight by synapse is told so.
      if (found.length !== expected.length) continue
      const worst = Math.max(
        ...expected.map((each, i) => Math.abs(each - (found[i] ?? Number.NaN))),
      )
      expect(worst, name).toBeLessThan(1e-12)
    }
  })
})
