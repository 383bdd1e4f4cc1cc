/**
 * Rules on weights that are kept by synapse ask for what they ask of a matrix with the same pairs, number by
 * number: whatever a rule may say, over time and for several examples, by the interpreter and on the targets.
 */
import { describe, expect, it } from 'vitest'
import type { DrawnPattern } from '../../../contract/pattern.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import { elementCount } from '../../../compiler/ir/shapes.ts'
import { drawPattern } from '../../../runtime/patterns/draw.ts'
import type { NamedArray, Network } from '../../../runtime/engine/network.ts'
import { compileText } from '../../helpers/compile-text.ts'
import { interpretedNetwork } from '../../helpers/interpreted-network.ts'
import { wasmNetwork } from '../../helpers/wasm-network.ts'
import { run as tfjsNetwork } from '../emit/emitted.ts'

const cells = `
import { Input } from "std/cells"
cell C {
  compartment soma, far
  compartment dend[3]
  state v = 0 : 5 ms * dv/dt = soma + 0.2 * dend - 0.5 * v
  event e = tanh(v + far)
  spike s when v > 0.15 { v -= 0.1 }
  d = 0.1 * e + 0.05
  loss l = sum((e - 0.2) ^ 2)
}
`
const plain = cells
  .replace('state v = 0 : 5 ms * dv/dt = soma + 0.2 * dend - 0.5 * v', 'v = soma + 0.2 * dend')
  .replace('spike s when v > 0.15 { v -= 0.1 }', 's = v > 0.15')

const populations = `
dataset one { field v[9]  train constant(v = 0.5)  test constant(v = 0.5) }
population x[9] : Input
population a[7] : C
population b[8] : C
connect x.event -> a.soma as W { init normal(1)  fixed }
`

/** A rule, the connection that learns by it, and what else stands there. */
interface Case {
  readonly what: string
  readonly rule: string
  readonly connection?: string
  readonly optimiser?: string
  readonly batch?: number
  readonly isTimed?: boolean
}

function textOf({ rule, connection, optimiser, batch = 3, isTimed = false }: Case): string {
  const connect = connection ?? 'connect a.e -> b.soma as V { few  init normal(1)  learn R }'
  const learns = optimiser ?? 'optimise V with sgd(rate = 0.1)'
  const time = isTimed ? 'step 1 ms  duration 6 ms' : ''
  return `${isTimed ? cells : plain}${populations}${rule}\n${connect}
experiment r { data one  present x = v  batch ${batch}  ${time}  ${learns}  measure norm(V) }`
}

const asList = (text: string): string => text.replaceAll('few', 'pairs "p.csv"')
const asMatrix = (text: string): string => text.replaceAll('few', 'random synapses 20')

function compiled(text: string): IrModule {
  const { ir, diagnostics } = compileText(text)
  if (!ir) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return ir
}

const batchOf = ({ batch = 3 }: Case): number => batch

/** What a network keeps after each of some steps, by name. */
function history(network: Network, ir: IrModule, batch: number): Record<string, NamedArray> {
  const seen: Record<string, NamedArray> = {}
  const rates = Object.fromEntries(ir.rates.map(({ name }) => [name, 0.1]))
  for (let step = 0; step < 6; step++) {
    const inputs = Object.fromEntries(
      ir.inputs.map(({ name, shape }) => [
        name,
        Float32Array.from({ length: elementCount(shape, batch) }, (_, i) =>
          Math.fround(Math.sin(3 * i + step) + 0.4),
        ),
      ]),
    )
    network.step(batch, inputs, rates)
    for (const [name, value] of Object.entries(network.save())) seen[`${name} ${step}`] = value
  }
  return seen
}

/** Values of synapses as matrices [post, pre], of several examples one behind the other. */
function asMatrices(
  found: Record<string, NamedArray>,
  ir: IrModule,
  patterns: Record<string, DrawnPattern>,
): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, { data }]) => {
      const name = key.replace(/ \d$/, '')
      if (name.endsWith('.mask')) return []
      const dims = ir.storages.find((each) => each.name === name)?.shape ?? []
      const dim = dims.find((each) => typeof each === 'string')
      const plan = ir.patterns?.find((each) => dim === `synapses of ${each.name}`)
      const pattern = plan && patterns[plan.name]
      if (!plan || !pattern) return [[key, [...data]] as const]
      const { pre, post } = plan
      const matrices = Array.from({ length: data.length / pattern.count }, (_, e) => {
        const matrix = new Float64Array(pre * post)
        for (let j = 0; j < pre; j++)
          for (let s = pattern.starts[j]!; s < pattern.starts[j + 1]!; s++)
            matrix[
              name.startsWith('T') ? j * post + pattern.targets[s]! : pattern.targets[s]! * pre + j
            ]! += data[e * pattern.count + s]!
        return [...matrix]
      })
      return [[key, matrices.flat()] as const]
    }),
  )
}

function patternsOf(text: string): Record<string, DrawnPattern> {
  const { patterns = [] } = compiled(asMatrix(text))
  return Object.fromEntries(patterns.map((plan) => [plan.name, drawPattern(plan, 3)]))
}

function requireSame(
  found: Record<string, readonly number[]>,
  expected: Record<string, readonly number[]>,
  tolerance: number,
): void {
  for (const [name, values] of Object.entries(expected)) {
    const others = found[name]
    // Of a trace of each synapse a matrix has values where no synapse is.
    if (!others) throw new Error(`${name} is not there`)
    expect(others.length, name).toBe(values.length)
    const size = Math.max(1, ...values.map(Math.abs).filter(Number.isFinite))
    values.forEach((each, i) => {
      const other = others[i] ?? Number.NaN
      if (Object.is(each, other) || (/trace/.test(name) && other === 0)) return
      expect(Math.abs(each - other), `${name}[${i}]`).toBeLessThan(tolerance * size)
    })
  }
}

const timedRule = (body: string): string => `plasticity R { ${body} }`
const cases: readonly Case[] = [
  { what: 'a product', rule: 'plasticity R { dw = post.d * pre.e }' },
  { what: 'one example', rule: 'plasticity R { dw = post.d * pre.e }', batch: 1 },
  {
    what: 'sums of terms',
    rule: 'plasticity R { dw = 2 * post.d * (pre.e - 0.1) - 0.3 * post.e + pre.e + 0.01 }',
  },
  {
    what: 'the weight',
    rule: 'plasticity R { dw = post.d * pre.e * w - 0.1 * w + tanh(w) - post.e ^ 2 * w }',
  },
  {
    what: 'what is sent',
    rule: 'plasticity R { dw = post.d * sent * sign + pre.e * inputs / 100 }',
  },
  {
    what: 'momentum and decay',
    rule: 'plasticity R { dw = post.d * pre.e }',
    optimiser: 'optimise V with sgd(rate = 0.1, momentum = 0.9, decay = 0.01)',
  },
  {
    what: 'Adam',
    rule: 'plasticity R { dw = post.d * pre.e }',
    optimiser: 'optimise V with adam(rate = 0.1)',
  },
  {
    what: 'bounds',
    rule: 'plasticity R { dw = post.d * pre.e }',
    connection: 'connect a.e -> b.soma as V { few  init 0.5  learn R  bounds 0.4 .. 0.6 }',
  },
  {
    what: 'inhibition',
    rule: 'plasticity R { dw = post.d * pre.e }',
    connection: 'connect a.e -> b.soma as V { few  init uniform(0, 1)  sign inhibitory  learn R }',
  },
  {
    what: 'branches',
    rule: 'plasticity R { dw = post.dend * pre.e + 0.1 * w }',
    connection: 'connect a.e -> b.dend as V { few  init normal(1)  learn R }',
  },
  {
    what: 'a tied weight of the same pattern',
    rule: 'plasticity R { dw = post.d * pre.e }',
    connection:
      'pattern P = a -> b few\nconnect a.e -> b.soma as V { pattern P  init normal(1)  learn R }\nconnect a.e -> b.far as U { pattern P  tied = 2 * V }',
  },
  {
    what: 'a trace of each side',
    isTimed: true,
    rule: timedRule(
      'state x = 0 : 10 ms * dx/dt = -x  state y = 0 : 20 ms * dy/dt = -y  on pre.s { x += 1  w -= 0.01 * y }  on post.s { y += 1  w += 0.02 * x }',
    ),
    optimiser: '',
  },
  {
    what: 'a trace of each synapse',
    isTimed: true,
    batch: 1,
    rule: timedRule(
      'state trace = 0 : 10 ms * dtrace/dt = -trace + post.d * pre.e  on post.s { w += 0.01 * trace }  dw = trace * post.e',
    ),
  },
  {
    what: 'reactions that set',
    isTimed: true,
    rule: timedRule('on pre.s { w = 0.5 * w }  on post.s { w += 0.1 }'),
    optimiser: '',
    batch: 1,
  },
  {
    what: 'looks at earlier steps',
    isTimed: true,
    rule: timedRule('dw = prev(pre.e) * post.d + (since(post.s) < 3 ms) * pre.e'),
  },
  {
    what: 'one delay for all',
    isTimed: true,
    rule: timedRule('state x = 0 : 10 ms * dx/dt = -x + sent  dw = post.d * sent + x * post.e'),
    connection: 'connect a.e -> b.soma as V { few  init normal(1)  learn R  delay 2 ms }',
  },
]

describe('rules by synapse and on a matrix', () => {
  it.each(cases)('$what', (each) => {
    const text = textOf(each)
    const patterns = patternsOf(text)
    const of = (written: string) => {
      const ir = compiled(written)
      const found = history(interpretedNetwork(ir, { patterns, seed: 5 }), ir, batchOf(each))
      return asMatrices(found, ir, patterns)
    }
    requireSame(of(asList(text)), of(asMatrix(text)), 1e-12)
  })

  it.each(cases.filter(({ isTimed, batch }) => isTimed || batch === 1))(
    '$what, on the targets',
    async (each) => {
      const text = textOf(each)
      const patterns = patternsOf(text)
      const ir = compiled(asList(text))
      const options = { patterns, seed: 5 }
      // Draws are rounded in their own ways: all begin with the same.
      const first = interpretedNetwork(ir, options).save()
      const plainly = (network: Network) => {
        network.load(first)
        const found = asMatrices(history(network, ir, batchOf(each)), ir, patterns)
        network.dispose()
        return found
      }
      const expected = plainly(interpretedNetwork(ir, options))
      requireSame(plainly(await tfjsNetwork(ir, options)), expected, 1e-4)
      const f64 = { precision: 'f64' } as const
      for (const threads of [1, 2, 3]) {
        requireSame(plainly(await wasmNetwork(ir, { threads }, options)), expected, 1e-4)
        requireSame(plainly(await wasmNetwork(ir, { ...f64, threads }, options)), expected, 1e-10)
      }
    },
  )
})

describe('delays of their own', () => {
  const rule = timedRule(
    'state x = 0 : 10 ms * dx/dt = -x + sent  dw = post.d * sent + x * post.e * w',
  )
  const textWith = (delay: string, batch: number): string =>
    textOf({
      what: '',
      isTimed: true,
      rule,
      batch,
      connection: `connect a.e -> b.soma as V { few  init normal(1)  learn R  delay ${delay} }`,
    })
  it.each([1, 3])('that are equal are one delay: %i examples', (batch) => {
    const [own, one] = [
      asList(textWith('uniform(2 ms, 2 ms)', batch)),
      asMatrix(textWith('2 ms', batch)),
    ]
    const patterns = patternsOf(textWith('2 ms', batch))
    const of = (written: string) => {
      const ir = compiled(written)
      const found = history(interpretedNetwork(ir, { patterns, seed: 5 }), ir, batch)
      return asMatrices(found, ir, patterns)
    }
    const weightsOf = (all: Record<string, readonly number[]>) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => /^(V|a\.v|b\.v) /.test(name)))
    requireSame(weightsOf(of(own)), weightsOf(of(one)), 1e-12)
  })
})

describe('a trace that is called as a state of the terminal', () => {
  const named = (state: string): string => `
cell C { compartment soma  state v = 0 : 5 ms * dv/dt = soma - v  spike s when v > 0.2 { v = 0 } }
cell P { spike s = bernoulli(0.3) }
stp Short { state ${state} = 1 : 20 ms * d${state}/dt = 1 - ${state}
  passes spike as ${state}
  on spike { ${state} -= 0.5 * ${state} } }
plasticity R { state x = 0 : 10 ms * dx/dt = -x
  on pre.s { x += sent }  on post.s { w += 0.1 * x } }
population a[9] : P
population b[7] : C
connect a.s -> b.soma as V { random synapses 40 repeats  init 0.5  stp Short  learn R }
connect a.s -> b.soma as M { init 0.1  stp Short  learn R }
experiment e { step 1 ms  duration 1 s }`

  it('is kept apart from it', async () => {
    const weights = async (state: string): Promise<readonly NamedArray[]> => {
      const { ir } = compileText(named(state))
      const network = await wasmNetwork(ir!, {}, { seed: 4 })
      for (let step = 0; step < 40; step++) network.step(1, {}, {})
      const { V, M } = network.save()
      network.dispose()
      return [V!, M!]
    }
    const [apart] = await weights('y')
    expect(Math.max(...apart!.data)).toBeGreaterThan(0.6)
    expect(await weights('x')).toEqual(await weights('y'))
  })
})
