/** `N(tau = each normal(20 ms, 3 ms))`: values of each cell, drawn once. */
import { describe, expect, it } from 'vitest'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { interpretedNetwork } from '../helpers/interpreted-network.ts'
import { wasmNetwork } from '../helpers/wasm-network.ts'

const circuit = (args: string, more = ''): string => `
cell Base(tau, g = 1) {
  state v = 1 : tau * dv/dt = -v
  out = g * v
}
cell N(tau, theta = 0.5, tr = 1 ms) extends Base(tau) {
  state u = theta : 1 s * du/dt = theta - u
  spike s when v > theta  refractory tr { v += 1 }
}
${more}
population n[2000] : N(${args})
experiment e { step 0.5 ms  duration 5 ms }`

const moments = (values: ArrayLike<number>): readonly [number, number] => {
  const all = [...Float64Array.from(values)]
  const mean = all.reduce((a, b) => a + b, 0) / all.length
  return [mean, Math.sqrt(all.reduce((sum, each) => sum + (each - mean) ** 2, 0) / all.length)]
}

describe('values of each cell', () => {
  const text = circuit(
    'each clip(normal(20 ms, 3 ms), 15 ms, 50 ms), theta = each uniform(0.2, 0.4), tr = each 1 ms + uniform(0 ms, 2 ms)',
  )
  it('are drawn once from the seed, and read by equations, initial values and refractory times', async () => {
    const { ir, diagnostics } = compileText(text)
    if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
    const network = await wasmNetwork(ir, { precision: 'f64' }, { seed: 7 })
    const reference = interpretedNetwork(ir, { seed: 7 })
    const before = network.save()
    const tau = before['n.tau']!.data
    expect(before['n.tau']!.shape).toEqual([2000])
    const [mean, std] = moments(tau)
    expect(mean).toBeCloseTo(0.0201, 3)
    expect(std).toBeGreaterThan(0.0023)
    expect(Math.min(...tau)).toBe(0.015)
    const [theta, spread] = moments(before['n.theta']!.data)
    expect(theta).toBeCloseTo(0.3, 2)
    expect(spread).toBeCloseTo(0.2 / Math.sqrt(12), 2)
    // A state begins at the cell's own value.
    expect([...before['n.u']!.data]).toEqual([...before['n.theta']!.data])
    network.step(1, {}, {})
    reference.step(1, {}, {})
    const after = network.save()
    expect([...after['n.tau']!.data]).toEqual([...tau])
    const period = after['n.refractory(s)']!.data
    const time = before['n.tr']!.data
    for (let i = 0; i < 2000; i += 97) {
      expect(after['n.v']!.data[i]).toBeCloseTo(2 - 0.0005 / tau[i]!, 12)
      expect(period[i]).toBe(Math.floor(time[i]! / 0.0005 + 1e-3) - 1)
    }
    // Normal numbers are those of single precision in the interpreter.
    for (const [i, value] of [...reference.save()['n.v']!.data].entries())
      expect(after['n.v']!.data[i]).toBeCloseTo(value, 8)
    const other = await wasmNetwork(ir, { precision: 'f64' }, { seed: 8 })
    expect(other.save()['n.tau']!.data[0]).not.toBe(tau[0])
    for (const each of [network, other]) each.dispose()
  })

  it.each([
    ['of another unit', circuit('each normal(20 mV, 1 mV)'), 'CCN4001'],
    [
      'where the number decides a shape',
      circuit(
        'tau = 5 ms',
        'cell M(k) { compartment d[k]  out = d }\npopulation m[3] : M(each uniform(1, 2))',
      ),
      'CCN2015',
    ],
    [
      'that a default is made of',
      circuit(
        'tau = 5 ms',
        'cell M(k, l = 2 * k) { out = k + l }\npopulation m[3] : M(each uniform(1, 2))',
      ),
      'CCN2015',
    ],
    [
      'handed on under another name',
      circuit(
        'tau = 5 ms',
        'cell M(k) extends Base(k) { y = k }\npopulation m[3] : M(each uniform(1 ms, 2 ms))',
      ),
      'CCN2015',
    ],
    ['of no parameter', circuit('tau = 5 ms, mu = each uniform(1, 2)'), 'CCN2005'],
    [
      'of what is no cell',
      circuit('tau = 5 ms', 'motif K(x) { }\nuse K(each uniform(1, 2))'),
      'CCN1002',
    ],
  ])('%s is refused', (_, source, code) => {
    expect(errorsOf(compileText(source)).map((each) => each.slice(0, 7))).toEqual([code])
  })

  it('are not what a name `each` is', () => {
    const more = 'const each = 3 ms\npopulation m[2] : N(each)\npopulation k[2] : N(tau = 2 * each)'
    expect(errorsOf(compileText(circuit('each', more)))).toEqual([])
  })
})

describe('the number of a cell', () => {
  const text = (head: string, tail = ''): string => `${head}
cell N(tau) { state v = 0.5 * index : tau * dv/dt = index - v  event e = v * (index > 1) }
cell K { bias k = 2 * index  event e = k }
population n[2][3] : N(each 4 ms + 1 ms * index)
population m[5] : K
${tail}
experiment e { step 1 ms  duration 2 ms }`
  it('is known to its equations, initial values and biases', async () => {
    const { ir, diagnostics } = compileText(text(''))
    if (!ir) throw new Error(diagnostics.map((each) => each.message).join('\n'))
    const network = await wasmNetwork(ir, { precision: 'f64' }, { seed: 7 })
    const { 'n[1].index': index, 'n[1].tau': tau, 'm.k': k } = network.save()
    expect([...index!.data]).toEqual([0, 1, 2])
    expect([...tau!.data]).toEqual([0.004, 0.005, 0.006])
    expect([...k!.data]).toEqual([0, 2, 4, 6, 8])
    network.step(1, {}, {})
    const v = [0, 1, 2].map((i) => 0.5 * i + (0.5 * i) / (4 + i))
    const found = [...network.save()['n[1].v']!.data]
    for (const [i, each] of v.entries()) expect(found[i]).toBeCloseTo(each, 12)
    network.dispose()
  })
  it.each(['f32', 'f64'] as const)(
    'makes times of its own, whose rests count whole steps, in %s',
    async (precision) => {
      const { ir } = compileText(`
cell S { spike s = mod(t - index * 3 ms, 11 ms + 2 ms * index) < 1 ms  phase = mod(t, 7 ms * (1 + index)) / 1 ms }
population n[5] : S
experiment e { step 1 ms  duration 100 ms  record n.s }`)
      const network = await wasmNetwork(ir!, { precision }, { seed: 1 })
      for (let step = 0; step < 100; step++) {
        const { 'n.s': s, 'n.phase': phase } = network.observe(1, {}, ['n.s', 'n.phase'])
        const cells = [0, 1, 2, 3, 4]
        const rest = (a: number, b: number) => ((a % b) + b) % b
        expect([...s!.data]).toEqual(cells.map((i) => Number(rest(step - 3 * i, 11 + 2 * i) < 1)))
        for (const i of cells) expect(phase!.data[i]).toBeCloseTo(step % (7 * (1 + i)), 4)
        network.step(1, {})
      }
      network.dispose()
    },
  )
  it('is something else where that is declared', () => {
    const { ir } = compileText(text('param index = 3'))
    expect(ir!.storages.map(({ name }) => name)).not.toContain('n[0].index')
  })
  it('is of cells, not of synapses', () => {
    const tail =
      'cell L { compartment s  event e = s }\npopulation l[2] : L\nconnect m.e -> l.s as W { init index }'
    const [error, ...more] = errorsOf(compileText(text('', tail)))
    expect(error).toContain('CCN2001')
    expect(more).toEqual([])
  })
})
