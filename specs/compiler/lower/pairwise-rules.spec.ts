/**
 * Rules that are no sums of products are what a loop over the pairs of cells and over the examples says, in
 * double precision: on all synapses, on some, one to one, and of biases; by the interpreter and on the targets.
 */
import { describe, expect, it } from 'vitest'
import type { DrawnPattern } from '../../../contract/pattern.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { drawPattern } from '../../../runtime/patterns/draw.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { run as tfjsNetwork } from '../emit/emitted.ts'

/** What a synapse senses: activities of its cells, the post cell's threshold, and its weight. */
interface Sensed {
  readonly pre: number
  readonly post: number
  readonly theta: number
  readonly w: number
}

/** A rule as it is written, and as a function of what one synapse senses in one example. */
interface Rule {
  readonly dw: string
  readonly is: (sensed: Sensed) => number
}

const relu = (x: number): number => Math.max(x, 0)
const cut = (x: number, from: number, to: number): number => Math.min(Math.max(x, from), to)

const rules: readonly Rule[] = [
  { dw: '(post.e - pre.e) ^ 2', is: ({ pre, post }) => (post - pre) ** 2 },
  {
    dw: 'exp(-w / 0.7) * post.e',
    is: ({ w, post }) => Math.exp(-w / 0.7) * post,
  },
  { dw: 'relu(post.e - w * pre.e)', is: ({ pre, post, w }) => relu(post - w * pre) },
  {
    dw: '(w < 0.3) * post.e * pre.e - (w > post.e) * 0.1',
    is: ({ pre, post, w }) => Number(w < 0.3) * post * pre - Number(w > post) * 0.1,
  },
  {
    dw: 'post.e * (post.e - post.theta) * pre.e',
    is: ({ pre, post, theta }) => post * (post - theta) * pre,
  },
  { dw: 'post.e * (pre.e - post.e * w)', is: ({ pre, post, w }) => post * (pre - post * w) },
  { dw: 'max(2 - w, 0) ^ 0.4 * pre.e', is: ({ pre, w }) => relu(2 - w) ** 0.4 * pre },
  {
    dw: '-w * (1 - w) * (post.theta - w)',
    is: ({ w, theta }) => -w * (1 - w) * (theta - w),
  },
  {
    dw: 'clip(post.e * pre.e, -0.1, 0.2)',
    is: ({ pre, post }) => cut(post * pre, -0.1, 0.2),
  },
  {
    dw: 'if pre.e > post.e and w < 0.5 then w * post.e else -pre.e',
    is: ({ pre, post, w }) => (pre > post && w < 0.5 ? w * post : -pre),
  },
  {
    dw: 'tanh(post.e * pre.e) * (post.theta + pre.e) / (1 + abs(post.e * w))',
    is: ({ pre, post, w, theta }) =>
      (Math.tanh(post * pre) * (theta + pre)) / (1 + Math.abs(post * w)),
  },
  {
    dw: 'weighed(post.e, pre.e, w) + sent / (2 + sign(post.e - sent))',
    is: ({ pre, post, w }) => (post > pre ? w * post : w * pre) + pre / (2 + Math.sign(post - pre)),
  },
  {
    dw: 'abs(mixed) * mixed + batch_size',
    is: ({ pre, post }) => Math.abs(post - pre) * (post - pre),
  },
]

const [pres, posts] = [9, 7]
const forms = ['dense', 'sparse', 'one'] as const
type Form = (typeof forms)[number]

const text = (form: Form, timed: boolean, batch: number): string => {
  const from = form === 'one' ? 'p' : 'a'
  const how = { dense: '', sparse: 'pattern P', one: 'one_to_one' }[form]
  return `
cell A { input v  event e = v }
cell B { compartment soma  input e  input theta  ${timed ? 'state u = 0 : 5 ms * du/dt = soma - u' : ''} }
function relu(z) = max(z, 0)
function weighed(x, y, z) = if x > y then z * x else z * y  pullback(g) = g
dataset one { field va[${pres}]  field vp[${posts}]  field vb[${posts}]  field vt[${posts}]
  train constant(va = 0.5, vp = 0.3, vb = 0.2, vt = 0.1)  test constant(va = 0.5, vp = 0.3, vb = 0.2, vt = 0.1) }
population a[${pres}] : A
population p[${posts}] : A
population b[${posts}] : B
pattern P = a -> b pairs "p.csv"
${rules
  .map(
    ({ dw }, i) => `plasticity R${i} { mixed = post.e - pre.e  dw = ${dw} }
connect ${from}.e -> b.soma as V${i} { ${how}  init normal(1)  learn R${i} }`,
  )
  .join('\n')}
experiment r { data one  present a.v = va, p.v = vp, b.e = vb, b.theta = vt  batch ${batch}
  ${timed ? 'step 1 ms  duration 2 ms' : ''}
  optimise ${rules.map((_, i) => `V${i}`).join(', ')} with sgd(rate = 1) }`
}

function compiled(source: string): IrModule {
  const compilation = compileText(source)
  if (!compilation.ir) throw new Error(errorsOf(compilation).join('\n'))
  return compilation.ir
}

/** What is presented: numbers of either sign. */
function presented(ir: IrModule, batch: number): Record<string, Float32Array> {
  return Object.fromEntries(
    ir.inputs.map(({ name, shape }, k) => [
      name,
      Float32Array.from({ length: batch * Number(shape[1]) }, (_, i) => Math.sin(3.7 * i + 2 * k)),
    ]),
  )
}

interface Circuit {
  readonly form: Form
  readonly batch: number
  readonly timed: boolean
}

/** The pairs of cells in the order in which weights are kept. */
function pairsOf(
  form: Form,
  pattern: DrawnPattern | undefined,
): readonly (readonly [number, number])[] {
  if (form === 'one') return Array.from({ length: posts }, (_, i) => [i, i] as const)
  if (form === 'sparse' && pattern)
    return Array.from({ length: pres }, (_, j) =>
      [...pattern.targets.subarray(pattern.starts[j], pattern.starts[j + 1])].map(
        (i) => [i, j] as const,
      ),
    ).flat()
  return Array.from({ length: posts * pres }, (_, k) => [Math.floor(k / pres), k % pres] as const)
}

const circuits: readonly Circuit[] = [
  { form: 'dense', batch: 4, timed: false },
  { form: 'dense', batch: 3, timed: true },
  { form: 'dense', batch: 1, timed: true },
  { form: 'sparse', batch: 4, timed: false },
  { form: 'sparse', batch: 1, timed: true },
  { form: 'one', batch: 3, timed: true },
]

describe('rules that are no sums of products', () => {
  it.each(circuits)('$form, $batch examples, timed: $timed', async ({ form, batch, timed }) => {
    const ir = compiled(text(form, timed, batch))
    const drawn = compiled(text(form, timed, batch).replace('pairs "p.csv"', 'random synapses 30'))
    const patterns = Object.fromEntries(
      (drawn.patterns ?? []).map((plan) => [plan.name, drawPattern(plan, 3)]),
    )
    const options = { patterns, seed: 5 }
    const [pattern] = Object.values(patterns)
    const pairs = pairsOf(form, pattern)
    const first = interpretedNetwork(ir, options).save()
    const inputs = presented(ir, batch)
    const value = (name: string, example: number, unit: number): number => {
      const all = inputs[name]
      if (!all) throw new Error(`${name} is not presented`)
      return all[(example * all.length) / batch + unit] ?? Number.NaN
    }
    /** By a loop over pairs and examples. */
    const expected = rules.map(({ is }, r) =>
      pairs.map(([i, j], k) => {
        const w = first[`V${r}`]?.data[k] ?? Number.NaN
        let sum = 0
        for (let e = 0; e < batch; e++) {
          const pre = value(form === 'one' ? 'p' : 'a', e, j)
          sum += is({ pre, post: value('b.e', e, i), theta: value('b.theta', e, i), w })
        }
        const batchSize = is === rules.at(-1)?.is ? batch : 0
        return w + sum / batch + batchSize
      }),
    )
    const check = (network: Network, tolerance: number): void => {
      network.load(first)
      network.step(batch, inputs, Object.fromEntries(ir.rates.map(({ name }) => [name, 1])))
      const found = network.save()
      network.dispose()
      expected.forEach((values, r) => {
        const data = found[`V${r}`]?.data ?? []
        expect(data.length).toBe(values.length)
        const off = values.map((each, k) => Math.abs(each - Number(data[k])))
        expect(
          off.every((each) => each < tolerance),
          `${rules[r]?.dw}: ${off}`,
        ).toBe(true)
      })
    }
    check(interpretedNetwork(ir, options), 1e-12)
    check(await tfjsNetwork(ir, options), 1e-5)
    check(await wasmNetwork(ir, {}, options), 1e-5)
    check(await wasmNetwork(ir, { threads: 3, precision: 'f64' }, options), 1e-12)
  })
})
