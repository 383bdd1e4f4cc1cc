/**
 * Operations over synapses and rings on the wasm target: what the interpreter computes, in both precisions,
 * and the same bits on any number of threads.
 */
import { describe, expect, it } from 'vitest'
import { synapseDim, type DrawnPattern } from '../../../../contract/pattern.ts'
import { GraphBuilder } from '../../../../compiler/ir/builder.ts'
import type { IrModule, StorageInfo } from '../../../../compiler/ir/ir.ts'
import { printPlan } from '../../../../compiler/emit/wasm/index.ts'
import { parseGraph } from '../../../../compiler/ir/parse.ts'
import type { CreateOptions, Network } from '../../../../runtime/engine/network.ts'
import { normalValues, streamKey } from '../../../../runtime/support/random.ts'
import { interpretedNetwork } from '../../../helpers/interpreted-network.ts'
import { randomOf } from '../../../helpers/random.ts'
import { poisonedNetwork, type WasmRun } from '../../../helpers/wasm-network.ts'

const pre = 45
const post = 38
const S = synapseDim('P')

/** A random pattern; with repeats some pairs come twice. */
function pattern(seed: number, density: number): DrawnPattern {
  const random = randomOf(seed)
  const starts = [0]
  const targets: number[] = []
  for (let j = 0; j < pre; j++) {
    for (let i = 0; i < post; i++) {
      if (random() < density) targets.push(i)
      if (random() < density / 10) targets.push(i)
    }
    starts.push(targets.length)
  }
  return {
    name: 'P',
    count: targets.length,
    starts: Int32Array.from(starts),
    targets: Int32Array.from(targets),
  }
}

interface Kept {
  readonly shape: StorageInfo['shape']
  readonly ring?: number
  /** Of what random numbers are; default any. */
  readonly values?: 'spikes' | 'delays'
}

const sides = `pattern="P", pre=${pre}, post=${post}`
const ring = 5

const programs: Readonly<
  Record<string, { readonly kept: Readonly<Record<string, Kept>>; readonly step: string }>
> = {
  'what arrives': {
    kept: {
      x: { shape: [1, pre], values: 'spikes' },
      w: { shape: [S] },
      y: { shape: [1, post] },
      z: { shape: [1, post] },
    },
    step: `
      %x = load x : [1, ${pre}]
      %w = load w : [synapses "P"]
      %y = load y : [1, ${post}]
      %half = const 0.5 : []
      %a = deliver(%x, %w, ${sides})
      %b = mul(%half, %y)
      %c = add(%b, %a)
      %d = deliver(%x, %half, ${sides})
      store y = %c
      store z = %d`,
  },
  'what cells send that are found to spike, parts of them over two weights': {
    kept: {
      x: { shape: [1, 200] },
      drive: { shape: [1, 200] },
      w: { shape: [S] },
      y: { shape: [1, post] },
      z: { shape: [1, post] },
    },
    step: `
      %x = load x : [1, 200]
      %drive = load drive : [1, 200]
      %w = load w : [synapses "P"]
      %y = load y : [1, ${post}]
      %half = const 0.5 : []
      %limit = const 1.5 : []
      %next = add(%x, %drive)
      s = gt(%next, %limit)
      %kept = select(s, %half, %next)
      %fast = gt(%drive, %half)
      b = and(s, %fast)
      %bursts = slice(b, axis=1, start=90, size=${pre})
      %d = deliver(%bursts, %w, ${sides})
      %first = slice(s, axis=1, start=0, size=${pre})
      %last = slice(s, axis=1, start=150, size=${pre})
      %a = deliver(%first, %w, ${sides})
      %b = deliver(%last, %half, ${sides})
      %c = deliver(%last, %w, ${sides})
      %sum = add(%y, %a)
      %between = sub(%b, %c)
      %other = add(%between, %d)
      store x = %kept
      store y = %sum
      store z = %other`,
  },
  'what comes back, and sums over synapses': {
    kept: {
      x: { shape: [1, post], values: 'spikes' },
      w: { shape: [S] },
      y: { shape: [1, pre] },
      z: { shape: [1, pre] },
      one: { shape: [pre] },
      other: { shape: [post] },
      total: { shape: [] },
    },
    step: `
      %x = load x : [1, ${post}]
      %w = load w : [synapses "P"]
      %half = const 0.5 : []
      %a = deliver(%x, %w, ${sides}, transpose=1)
      %b = deliver(%x, %half, ${sides}, transpose=1)
      %c = fromSynapses.pre(%w, ${sides})
      %d = fromSynapses.post(%w, ${sides})
      %e = reduce.sum(%w, axes=[0])
      %count = scalar synapses P : []
      %f = add(%e, %count)
      store y = %a
      store z = %b
      store one = %c
      store other = %d
      store total = %f`,
  },
  'a rule of pairs, in place': {
    kept: {
      a: { shape: [1, pre] },
      b: { shape: [1, post] },
      w: { shape: [S] },
      trace: { shape: [1, S] },
    },
    step: `
      %a = load a : [1, ${pre}]
      %b = load b : [1, ${post}]
      %w = load w : [synapses "P"]
      %trace = load trace : [1, synapses "P"]
      %p = pairs(%b, %a, ${sides})
      %rate = const 0.01 : []
      %dw = mul(%rate, %p)
      %pre = toSynapses.pre(%a, ${sides})
      %post = toSynapses.post(%b, ${sides})
      %sum = sub(%pre, %post)
      %next = mul(%sum, %trace)
      %more = mul(%rate, %next)
      %new = add(%trace, %more)
      %moved = add(%w, %dw)
      %two = const 2 : []
      %most = min(%moved, %two)
      store w = %most
      store trace = %new`,
  },
  'a rule that goes by events': {
    kept: {
      x: { shape: [1, pre], values: 'spikes' },
      y: { shape: [1, post], values: 'spikes' },
      before: { shape: [1, pre] },
      after: { shape: [1, post] },
      w: { shape: [S] },
      v: { shape: [1, S] },
    },
    step: `
      %x = load x : [1, ${pre}]
      %y = load y : [1, ${post}]
      %before = load before : [1, ${pre}]
      %after = load after : [1, ${post}]
      %w = load w : [synapses "P"]
      %v = load v : [1, synapses "P"]
      %some = const 0.3 : []
      %zero = const 0 : []
      %one = const 1 : []
      %s = gt(%x, %some)
      %t = gt(%y, %some)
      %a = sub(%after, %some)
      %p = pairs(%a, %s, ${sides})
      %scaled = mul(%t, %some)
      %q = pairs(%scaled, %before, ${sides})
      %dw = add(%p, %q)
      %moved = add(%w, %dw)
      %least = max(%moved, %zero)
      %most = min(%least, %one)
      %pre = toSynapses.pre(%s, ${sides})
      %post = toSynapses.post(%t, ${sides})
      %sum = add(%v, %pre)
      %jump = select(%post, %one, %sum)
      %next = sub(%before, %some)
      %later = mul(%after, %some)
      store w = %most
      store v = %jump
      store before = %next
      store after = %later`,
  },
  'several examples': {
    kept: {
      a: { shape: [3, pre], values: 'spikes' },
      b: { shape: [3, post] },
      w: { shape: [S] },
      trace: { shape: [3, S] },
      y: { shape: [3, post] },
      z: { shape: [3, post] },
    },
    step: `
      %a = load a : [3, ${pre}]
      %b = load b : [3, ${post}]
      %w = load w : [synapses "P"]
      %trace = load trace : [3, synapses "P"]
      %p = pairs(%b, %a, ${sides})
      %rate = const 0.01 : []
      %dw = mul(%rate, %p)
      %new = add(%w, %dw)
      %pre = toSynapses.pre(%a, ${sides})
      %weighted = mul(%pre, %w)
      %sum = add(%weighted, %trace)
      %half = mul(%rate, %sum)
      %y = deliver(%a, %w, ${sides})
      %z = fromSynapses.post(%trace, ${sides})
      store w = %new
      store trace = %half
      store y = %y
      store z = %z`,
  },
  'matrices of synapses': {
    kept: { w: { shape: [S] }, m: { shape: [post, pre] } },
    step: `
      %w = load w : [synapses "P"]
      %m = load m : [${post}, ${pre}]
      %a = toMatrix(%w, ${sides})
      %b = fromMatrix(%m, ${sides})
      store w = %b
      store m = %a`,
  },
  'rings of what was': {
    kept: {
      x: { shape: [2, pre] },
      past: { shape: [2 * ring, pre], ring },
      y: { shape: [2, pre] },
    },
    step: `
      %x = load x : [2, ${pre}]
      %past = load past : [${2 * ring}, ${pre}]
      %one = recall(%past, ring=${ring}, lag=1)
      %last = recall(%past, ring=${ring}, lag=${ring})
      %half = const 0.5 : []
      %a = mul(%half, %last)
      %next = add(%x, %a)
      %y = sub(%last, %one)
      push past = %next
      store y = %y`,
  },
  'delays of synapses of one example': {
    kept: {
      x: { shape: [1, pre], values: 'spikes' },
      past: { shape: [ring, pre], ring, values: 'spikes' },
      d: { shape: [S], values: 'delays' },
      w: { shape: [S] },
      y: { shape: [1, post] },
      z: { shape: [1, post] },
    },
    step: `
      %x = load x : [1, ${pre}]
      %past = load past : [${ring}, ${pre}]
      %d = load d : [synapses "P"]
      %w = load w : [synapses "P"]
      %y = deliver(%past, %w, %d, ${sides}, ring=${ring})
      %half = const 0.5 : []
      %z = deliver(%past, %half, %d, ${sides}, ring=${ring})
      %before = recall(%past, ring=${ring}, lag=3)
      %again = mul(%before, %half)
      push past = %x
      store x = %again
      store y = %y
      store z = %z`,
  },
  'delays of synapses': {
    kept: {
      x: { shape: [2, pre], values: 'spikes' },
      past: { shape: [2 * ring, pre], ring, values: 'spikes' },
      d: { shape: [S], values: 'delays' },
      w: { shape: [S] },
      y: { shape: [2, post] },
      late: { shape: [2, S] },
      b: { shape: [2, post] },
    },
    step: `
      %x = load x : [2, ${pre}]
      %b = load b : [2, ${post}]
      %past = load past : [${2 * ring}, ${pre}]
      %d = load d : [synapses "P"]
      %w = load w : [synapses "P"]
      %y = deliver(%past, %w, %d, ${sides}, ring=${ring})
      %late = toSynapses.pre(%past, %d, ${sides}, ring=${ring})
      %p = pairs(%b, %past, %d, ${sides}, ring=${ring})
      %half = const 0.5 : []
      %dw = mul(%half, %p)
      %new = add(%w, %dw)
      push past = %x
      store y = %y
      store late = %late
      store w = %new`,
  },
}

function moduleOf(kept: Readonly<Record<string, Kept>>, step: string): IrModule {
  const init = new GraphBuilder('init')
  for (const [name, { shape }] of Object.entries(kept)) init.store(name, init.filled(1, shape))
  const empty = new GraphBuilder('empty').build()
  return {
    name: 'sparse',
    source: 'sparse.ccn',
    params: [],
    storages: Object.entries(kept).map(([name, { shape, ring: rows }]) => ({
      name,
      shape,
      role: 'state',
      ...(rows !== undefined && { ring: rows }),
    })),
    inputs: [],
    rates: [],
    patterns: [
      { name: 'P', pre, post, capacity: pre * post * 2, rule: { kind: 'all', self: true } },
    ],
    graphs: {
      init: init.build(),
      step: parseGraph(`graph step\n${step}\nend\n`),
      infer: empty,
      derived: empty,
    },
  }
}

function valuesFor(
  name: string,
  { values = 'numbers', shape }: { values?: string; shape: readonly number[] },
) {
  const count = shape.reduce((a, b) => a * b, 1)
  const numbers = normalValues(streamKey(5, name), 0, count)
  if (values === 'delays') return numbers.map((x) => 1 + (Math.floor(Math.abs(x) * 1000) % ring))
  if (values === 'spikes') return numbers.map((x) => (x > 0.8 ? Math.fround(x) : 0))
  return numbers.map(Math.fround)
}

/** Every storage after some steps. */
function record(network: Network, kept: Readonly<Record<string, Kept>>, count: number) {
  network.load(
    Object.fromEntries(
      Object.entries(kept).map(([name, { shape, values }]) => {
        const dims = shape.map((dim) => (typeof dim === 'number' ? dim : count))
        const data = valuesFor(name, { shape: dims, ...(values && { values }) })
        return [name, { shape: dims, data }]
      }),
    ),
  )
  const seen: Record<string, number[]> = {}
  for (let step = 0; step < 7; step++) {
    network.step(1, {})
    for (const [name, { data }] of Object.entries(network.save()))
      seen[`${name} after step ${step}`] = [...data]
  }
  return seen
}

const runs: readonly WasmRun[] = (['f64', 'f32'] as const).flatMap((precision) =>
  [1, 2, 3].map((threads) => ({ precision, threads })),
)

describe.each(Object.entries(programs))('%s', (_, { kept, step }) => {
  it.each([0, 0.05, 0.4])('with density %d', async (density) => {
    const drawn = pattern(3, density)
    const create: CreateOptions = { seed: 3, patterns: { P: drawn } }
    const module = moduleOf(kept, step)
    const expected = record(interpretedNetwork(module, create), kept, drawn.count)
    const first: Partial<Record<string, Readonly<Record<string, number[]>>>> = {}
    for (const run of runs) {
      const network = await poisonedNetwork(module, 1, run, create)
      const found = record(network, kept, drawn.count)
      network.dispose()
      const tolerance = run.precision === 'f64' ? 1e-12 : 1e-5
      for (const [name, values] of Object.entries(expected)) {
        const scale = Math.max(1, ...values.map((each) => Math.abs(each)))
        const off = values.map(
          (each, i) => Math.abs(each - (found[name]?.[i] ?? Number.NaN)) / scale,
        )
        expect(
          off.every((each) => each <= tolerance),
          `${name}, ${JSON.stringify(run)}`,
        ).toBe(true)
      }
      first[run.precision ?? ''] ??= found
      expect(found).toEqual(first[run.precision ?? ''])
    }
  })
})

it('lists the cells that are found to spike where deliveries alone read it', () => {
  const { kept, step } =
    programs['what cells send that are found to spike, parts of them over two weights']!
  expect(printPlan(moduleOf(kept, step))).toMatch(/s = gt\(.*\) -> a list of cells$/m)
})

it('goes by what was noted of the rows of rings only while they are what they were', async () => {
  const { kept, step: text } = programs['delays of synapses of one example']!
  const drawn = pattern(3, 0.4)
  const create: CreateOptions = { seed: 3, patterns: { P: drawn } }
  const module = moduleOf(kept, text)
  const networks = [
    interpretedNetwork(module, create),
    await poisonedNetwork(module, 1, { precision: 'f64' }, create),
  ]
  const [expected, found] = networks.map((network) => {
    const before = record(network, kept, drawn.count)['y after step 6']
    const seen: unknown[] = [before]
    const step = (): void => {
      network.step(1, {})
      seen.push([...network.save().y!.data])
    }
    // The number of the step decides what row is how old; then another past, and a look without a step.
    network.stepCount = 3
    step()
    step()
    const past = network.save().past!
    network.load({ past: { shape: past.shape, data: past.data.toReversed() } })
    network.observe(1, {}, [])
    step()
    step()
    return seen
  })
  networks.forEach((network) => network.dispose())
  expect(found).toEqual(expected)
})

it('visits only the synapses of cells with events where it is proved that nothing else changes', () => {
  const plan = (name: string): string => {
    const { kept, step } = programs[name]!
    return printPlan(moduleOf(kept, step))
  }
  expect(plan('a rule that goes by events')).toContain('columns shared, where cells have events')
  expect(plan('a rule of pairs, in place')).not.toContain('where cells have events')
})
