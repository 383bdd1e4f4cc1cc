/**
 * `total` and `batch_mean` in rules are what loops over synapses and examples say, in double precision, with
 * weights as a matrix, as a matrix with holes, and by synapse.
 */
import { describe, expect, it } from 'vitest'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import type { Network } from '../../../runtime/engine/network.ts'
import { certify } from '../../../service/certificates/index.ts'
import { compileText, errorsOf } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { drawPattern } from '../../../runtime/patterns/draw.ts'
import { run as tfjsNetwork } from '../emit/emitted.ts'

/** All synapses in one example: what cells have, weights, and sums over the synapses that a test names. */
interface Seen {
  readonly pre: (k: number, e: number) => number
  readonly post: (k: number, e: number) => number
  readonly w: (k: number) => number
  readonly batch: number
  /** The sum of f over the synapses of the cell that synapse k has on a side. */
  readonly total: (k: number, side: 'pre' | 'post', f: (other: number) => number) => number
  /** The mean over the examples. */
  readonly mean: (f: (e: number) => number) => number
}

interface Rule {
  readonly body: string
  /** The change of synapse k. */
  readonly is: (seen: Seen, k: number) => number
}

const rules: readonly Rule[] = [
  {
    body: 'dw = -0.1 * w * (total(w) - 1)',
    is: ({ w, total }, k) => -0.1 * w(k) * (total(k, 'post', w) - 1),
  },
  {
    body: 'dw = total(w ^ 2, post) * pre.e - 0.1 * total(w, pre)',
    is: ({ w, pre, mean, total }, k) =>
      total(k, 'post', (s) => w(s) ** 2) * mean((e) => pre(k, e)) - 0.1 * total(k, 'pre', w),
  },
  {
    body: 'dw = total(w * pre.e) * post.e - total(post.e * w, pre) * 0.2',
    is: ({ w, pre, post, mean, total }, k) =>
      mean((e) => total(k, 'post', (s) => w(s) * pre(s, e)) * post(k, e)) -
      0.2 * mean((e) => total(k, 'pre', (s) => w(s) * post(s, e))),
  },
  {
    body: 'dw = total(abs(post.e - pre.e * w), pre) * w - 0.1 * total(exp(post.e * pre.e))',
    is: ({ w, pre, post, mean, total }, k) =>
      mean((e) => total(k, 'pre', (s) => Math.abs(post(s, e) - pre(s, e) * w(s)))) * w(k) -
      0.1 * mean((e) => total(k, 'post', (s) => Math.exp(post(s, e) * pre(s, e)))),
  },
  {
    body: 'dw = total(1) * w / (1 + total(pre.e ^ 2)) + 0.01 * total(2, pre)',
    is: ({ w, pre, mean, total }, k) =>
      total(k, 'post', () => 1) *
        w(k) *
        mean((e) => 1 / (1 + total(k, 'post', (s) => pre(s, e) ** 2))) +
      0.02 * total(k, 'pre', () => 1),
  },
  {
    body: 'dw = clip(batch_mean(post.e * pre.e), -0.1, 0.05)',
    is: ({ pre, post, mean }, k) =>
      Math.min(
        Math.max(
          mean((e) => post(k, e) * pre(k, e)),
          -0.1,
        ),
        0.05,
      ),
  },
  {
    body: 'dw = sign(batch_mean(abs(post.e - pre.e)) - 0.7) * w',
    is: ({ pre, post, w, mean }, k) =>
      Math.sign(mean((e) => Math.abs(post(k, e) - pre(k, e))) - 0.7) * w(k),
  },
]

/** A reaction that normalises, by the clock. */
const normalises: Rule = {
  body: 'on true { w = w / total(abs(w)) }',
  is: ({ w, total }, k) => w(k) / total(k, 'post', (s) => Math.abs(w(s))) - w(k),
}

const [pres, posts] = [6, 5]
const forms = { matrix: '', holes: 'random synapses 19', synapses: 'pairs "p.csv"' } as const
type Form = keyof typeof forms

interface Case {
  readonly form: Form
  readonly batch: number
  readonly timed: boolean
}

const rulesOf = ({ timed }: Case): readonly Rule[] => (timed ? [...rules, normalises] : rules)

const text = (each: Case): string => `
cell A { input v  event e = v }
cell B { compartment soma  input e }
dataset one { field va[${pres}]  field vb[${posts}]
  train constant(va = 0.5, vb = 0.2)  test constant(va = 0.5, vb = 0.2) }
population a[${pres}] : A
population b[${posts}] : B
${each.form === 'matrix' ? '' : `pattern P = a -> b ${forms[each.form]}`}
${rulesOf(each)
  .map(
    ({ body }, i) => `plasticity R${i} { ${body} }
connect a.e -> b.soma as V${i} { ${each.form === 'matrix' ? '' : 'pattern P'}  init normal(1)  learn R${i} }`,
  )
  .join('\n')}
experiment r { data one  present a.v = va, b.e = vb  batch ${each.batch}
  ${each.timed ? 'step 1 ms  duration 2 ms' : ''}
  optimise ${rules.map((_, i) => `V${i}`).join(', ')} with sgd(rate = 1) }`

function compiled(source: string): IrModule {
  const compilation = compileText(source)
  if (!compilation.ir) throw new Error(errorsOf(compilation).join('\n'))
  return compilation.ir
}

const drawn = () => {
  const ir = compiled(text({ form: 'holes', batch: 2, timed: false }))
  const [plan] = ir.patterns ?? []
  if (!plan) throw new Error('no pattern')
  return drawPattern(plan, 3)
}

const cases: readonly Case[] = [
  { form: 'matrix', batch: 4, timed: false },
  { form: 'matrix', batch: 1, timed: true },
  { form: 'holes', batch: 3, timed: true },
  { form: 'synapses', batch: 4, timed: false },
  { form: 'synapses', batch: 1, timed: true },
]

describe('totals and means over the batch', () => {
  const pattern = drawn()
  const listed = Array.from({ length: pres }, (_, j) =>
    Array.from(
      pattern.targets.subarray(pattern.starts[j], pattern.starts[j + 1]),
      (i) => [i, j] as const,
    ),
  ).flat()

  it.each(cases)('$form, $batch examples, timed: $timed', async (each) => {
    const { form, batch } = each
    const ir = compiled(text(each))
    const patterns = Object.fromEntries(
      (ir.patterns ?? []).map(({ name }) => [name, { ...pattern, name }]),
    )
    const options = { patterns, seed: 5 }
    const first = interpretedNetwork(ir, options).save()
    const inputs = Object.fromEntries(
      ir.inputs.map(({ name, shape }, k) => [
        name,
        Float32Array.from({ length: batch * Number(shape[1]) }, (_, i) =>
          Math.sin(3.7 * i + 2 * k),
        ),
      ]),
    )
    const pairs =
      form === 'matrix'
        ? Array.from({ length: posts * pres }, (_, k) => [Math.floor(k / pres), k % pres] as const)
        : listed
    const at = (name: string, e: number, unit: number): number => {
      const all = inputs[name] ?? new Float32Array()
      return all[(e * all.length) / batch + unit] ?? Number.NaN
    }
    /** Where the weight of synapse k lies. */
    const place = (k: number): number => {
      const [i, j] = pairs[k] ?? [0, 0]
      return form === 'synapses' ? k : i * pres + j
    }
    const expected = rulesOf(each).map(({ is }, r) => {
      const before = first[`V${r}`]?.data ?? []
      const seen: Seen = {
        batch,
        pre: (k, e) => at('a', e, pairs[k]?.[1] ?? 0),
        post: (k, e) => at('b.e', e, pairs[k]?.[0] ?? 0),
        w: (k) => before[place(k)] ?? Number.NaN,
        total: (k, side, f) => {
          const of = side === 'post' ? 0 : 1
          return pairs.reduce((sum, pair, s) => (pair[of] === pairs[k]?.[of] ? sum + f(s) : sum), 0)
        },
        mean: (f) =>
          Array.from({ length: batch }, (_, e) => f(e)).reduce((x, y) => x + y, 0) / batch,
      }
      return pairs.map((_, k) => seen.w(k) + is(seen, k))
    })
    const check = (network: Network, tolerance: number): void => {
      network.load(first)
      network.step(batch, inputs, Object.fromEntries(ir.rates.map(({ name }) => [name, 1])))
      const found = network.save()
      network.dispose()
      expected.forEach((values, r) => {
        const data = found[`V${r}`]?.data ?? []
        const off = values.map((value, k) => Math.abs(value - Number(data[place(k)])))
        expect(
          off.every((one) => one < tolerance),
          `${rulesOf(each)[r]?.body}: ${off}`,
        ).toBe(true)
      })
    }
    check(interpretedNetwork(ir, options), 1e-12)
    check(await tfjsNetwork(ir, options), 2e-5)
    check(await wasmNetwork(ir, {}, options), 2e-5)
    check(await wasmNetwork(ir, { threads: 3, precision: 'f64' }, options), 1e-12)
  })
})

describe('a total', () => {
  const rule = (body: string): string =>
    text({ form: 'matrix', batch: 2, timed: false }).replace(rules[0]?.body ?? '', body)

  it.each([
    ['dw = total(w, a)', ['CCN2040']],
    ['dw = total(w, 2)', ['CCN2040']],
    ['dw = total()', ['CCN2007']],
    ['total = 2  dw = total * w', []],
  ] as const)('%s', (body, codes) => {
    const { diagnostics } = compileText(rule(body))
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ code }) => code)).toEqual(codes)
  })

  it('is local, and the certificate says whose it is', () => {
    const local = certify(compileText(rule('dw = total(w)'))).find(
      ({ property }) => property === 'local',
    )
    expect(local?.holds).toBe(true)
    expect(JSON.stringify(local)).toContain('a sum over the synapses of one of its cells')
  })
})
