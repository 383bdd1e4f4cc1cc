/**
 * `since`, `count` and `prev` outside of cells: in rules, in short-term plasticity and in what synapses
 * transmit; and functions in rules. Each is compared with a cell that says the same for itself.
 */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { made } from '../helpers/run-outcome.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

/** Spikes at steps 7, 14, ... on one side and 5, 10, ... on the other. */
const model = (definitions: string, connections: string) => `
function both(x, y) { h = x * y  return h + 2 * x }
function bent(z) = z * (z - 1)
cell Source {
  spike s when since(s) >= 7 ms or t == 7 ms
  recent = since(s) <= 3 ms
  many = count(s, 20 ms)
  was = prev(s)
}
cell Target {
  compartment c
  state u = 1 : 10 ms * du/dt = -u
  spike s when since(s) >= 5 ms or t == 5 ms
  recent = since(s) < 2 ms
  many = count(s, 2 ms, 20 ms)
}
${definitions}
population a[2] : Source
population b[3] : Target
${connections}
experiment e { step 1 ms  duration 60 ms  optimise V, W with sgd(rate = 1)  record b.c, V, W every 1 step }`

const rules: [string, string, string][] = [
  ['since of post', '(since(post.s) < 2 ms) * pre.s', 'post.recent * pre.s'],
  ['since of pre', 'post.s * (since(pre.s) <= 3 ms)', 'post.s * pre.recent'],
  ['count of pre', 'post.s * count(pre.s, 20 ms)', 'post.s * pre.many'],
  ['count of post', 'pre.s * count(post.s, 2 ms, 20 ms)', 'post.many * pre.s'],
  ['a function of both sides', 'both(post.u, pre.s)', 'post.u * pre.s + 2 * post.u'],
  [
    'a function that a sum is handed to',
    'bent(post.u * pre.s)',
    '(post.u * pre.s) * (post.u * pre.s - 1)',
  ],
]

/** W after every step, by each of two rules. */
async function weights(text: string): Promise<readonly (readonly number[])[]> {
  const { ir } = made(text)
  const network = await wasmNetwork(ir, {}, { batch: 1 })
  const found: number[][] = []
  for (let step = 0; step < 60; step++) {
    network.step(1, {}, Object.fromEntries(ir.rates.map(({ name }) => [name, 1])))
    const { V, W } = network.save()
    found.push([...V!.data, ...W!.data])
  }
  network.dispose()
  return found
}

describe('rules', () => {
  it.each(rules)('%s', async (_, one, other) => {
    const found = await weights(
      model(
        `plasticity One { dw = ${one} }  plasticity Other { dw = ${other} }`,
        `connect a.s -> b.c as V { init 1  learn One }
         connect a.s -> b.c as W { init 1  learn Other }`,
      ),
    )
    for (const values of found) expect(values.slice(0, 6)).toEqual(values.slice(6))
    expect(found.at(-1)).not.toEqual(found[0])
  })

  it.each(rules.slice(0, 4))('%s, in a reaction', async (_, one, other) => {
    const found = await weights(
      model(
        `plasticity One { on true { w += ${one} } }  plasticity Other { on true { w += ${other} } }`,
        `connect a.s -> b.c as V { init 1  learn One }
         connect a.s -> b.c as W { init 1  learn Other }`,
      ).replace('optimise V, W with sgd(rate = 1)', ''),
    )
    for (const values of found) expect(values.slice(0, 6)).toEqual(values.slice(6))
    expect(found.at(-1)).not.toEqual(found[0])
  })

  it('looks back at a trace', async () => {
    const found = await weights(
      model(
        `plasticity One { state x = 0 : 5 ms * dx/dt = -x  on pre.s { x += 1 }  dw = prev(x) * post.s }
         plasticity Other { state x = 0 : 5 ms * dx/dt = -x + 0 * prev(x)  on pre.s { x += 1 }  dw = x * post.s }`,
        `connect a.s -> b.c as V { init 0  learn One }
         connect a.s -> b.c as W { init 0  learn Other }`,
      ),
    )
    // x jumps by 1 in the steps 0 and 7 and falls by a factor of 0.8 in each; dw counts in 0, 5 and 10.
    const x = [0, 5, 10].map((step) => 0.8 ** step + (step >= 7 ? 0.8 ** (step - 7) : 0))
    const before = [0, 0.8 ** 4, 0.8 ** 9 + 0.8 ** 2]
    expect(found[10]![0]).toBeCloseTo(before[1]! + before[2]!, 5)
    expect(found[10]![6]).toBeCloseTo(x[0]! + x[1]! + x[2]!, 5)
  })

  it('is no way around locality', () => {
    const text = model(
      'function spread(x) = x - mean(x)  plasticity One { dw = spread(post.u) * pre.s }',
      'connect a.s -> b.c as V { init 1  learn One }  connect a.s -> b.c as W { init 1  fixed }',
    )
    expect(errorsOf(compileText(text))).toEqual([
      'CCN5003 The rule `One` reads `spread`, which a synapse cannot sense.',
    ])
  })
})

const terminals: [string, string, string, string][] = [
  ['since, in an stp', 'stp One { passes spike as since(spike) <= 10 ms }', 'stp One', 'soon'],
  ['count, in an stp', 'stp One { passes spike as count(spike, 20 ms) }', 'stp One', 'many'],
  ['prev, in an stp', 'stp One { passes spike as prev(signal) + 1 }', 'stp One', 'one'],
  ['since, in a transmit', 'synapse One { transmit signal * (since(pre.s) <= 10 ms) }', '', 'soon'],
  ['count, in a transmit', 'synapse One { transmit signal * count(signal, 20 ms) }', '', 'many'],
]

describe('terminals', () => {
  it.each(terminals)('%s', async (_, definition, property, variable) => {
    const cells: Record<string, string> = {
      soon: 's * (since(s) <= 10 ms)',
      many: 's * count(s, 20 ms)',
      one: 's * (prev(s) + 1)',
    }
    const text = model(
      `${definition}
       cell Own extends Source { signal out = ${cells[variable]!} }`,
      `population o[2] : Own
       population d[3] : Target
       connect a.s -> b.c as V ${property ? '' : ': One'} { init 1  fixed ${property} }
       connect o.out -> d.c as W { init 1  fixed }`,
    ).replace('optimise V, W with sgd(rate = 1)', '')
    const { ir } = made(text)
    const network = await wasmNetwork(ir, {}, { batch: 1 })
    let sum = 0
    for (let step = 0; step < 60; step++) {
      const values = network.observe(1, {}, ['b.c', 'd.c'])
      expect([...values['b.c']!.data]).toEqual([...values['d.c']!.data])
      sum += values['b.c']!.data[0]!
      network.step(1, {})
    }
    expect(sum).toBeGreaterThan(0)
    network.dispose()
  })
})

describe('functions', () => {
  it.each(['since', 'prev'])('%s is computed where they are called', (name) => {
    const { diagnostics } = compileText(`
      function late(x) = ${name}(x)
      cell A { state u = 1 : 1 s * du/dt = -u  spike s when u < 0.5  v = late(s) }
      population a[1] : A
      experiment e { step 1 ms  duration 1 s  measure mean(a.u) }`)
    expect(diagnostics.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      [
        'CCN7001',
        `\`${name}\` in a function cannot be run yet.`,
        `compute it where the function is called, as in \`late(${name}(...))\``,
      ],
    ])
  })
})

describe('the state of a step before the first', () => {
  // Of a dense weight, and where each synapse has a delay of its own.
  it.each(['', 'delay 1 ms + 0 * uniform(0 ms, 1 ms)'])(
    'is what it begins with %s',
    async (own) => {
      const { ir } = made(`
synapse Before { transmit prev(pre.r) + 0 * signal }
stp Kept { state x = 3 : 10 ms * dx/dt = -x  y = prev(x)  passes signal as y }
plasticity R {
  state p = 0.5 : 10 ms * dp/dt = -p + pre.r
  state z = 0.25 : 10 ms * dz/dt = -z + pre.r * post.v
  on true { w += 1000 * prev(pre.r) + 100 * prev(post.v) + 10 * prev(p) + prev(z) + prev(pre.o, 4) }
}
cell A { state r = 1 : 10 ms * dr/dt = -r + 2  signal o = r }
cell B { compartment g, h, k  state v = 3 : 10 ms * dv/dt = -v + 0 * g }
population a[2] : A
population b[2] : B
connect a.o -> b.g as W { init 0  learn R  ${own} }
connect a.o -> b.h as V : Before { init 1  fixed }
connect a.o -> b.k as U { init 1  fixed  stp Kept }
experiment e { step 1 ms  duration 4 ms  record b.h, b.k, W }`)
      const network = await wasmNetwork(ir, {}, { batch: 1 })
      const { 'b.h': sent, 'b.k': passed } = network.observe(1, {}, ['b.h', 'b.k'])
      expect([...sent!.data]).toEqual([2, 2])
      // 1.1 of each cell, after its first step, times 3.
      for (const value of passed!.data) expect(value).toBeCloseTo(6.6, 5)
      network.step(1, {}, {})
      for (const value of network.save()['W']!.data) expect(value).toBeCloseTo(1309.25, 3)
      network.dispose()
    },
  )
})
