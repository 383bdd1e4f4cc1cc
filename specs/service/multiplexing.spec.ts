/**
 * What short-term plasticity passes of a spike train, beside spikes drawn one by one here, closed forms, and the
 * correlations that `examples/multiplexing.ccn` measures.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Chain } from '../../service/multiplexing/chain.ts'
import { describe as describeModel } from '../../service/describe.ts'
import { foldCircuit } from '../../service/graph/fold.ts'
import { gainsOf, solverOf } from '../../service/multiplexing/gains.ts'
import { multiplexing, usualTrains } from '../../service/multiplexing/index.ts'
import { terminalOf } from '../../service/multiplexing/terminal.ts'
import { multiplexingText } from '../../service/multiplexing/text.ts'
import { dynamicTypes } from '../../service/multiplexing/types.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { randomOf } from '../helpers/random.ts'
import { root } from '../helpers/repository.ts'

const source = (text: string): string => `
import { DepressingSpikes, FacilitatingSpikes, TsodyksMarkramRate } from "std/short_term"
cell A { compartment soma  spike s when bernoulli(0.1) > 0 }
cell R { compartment soma  event e = 1 }
population a[2] : A
population b[2] : A
population r[2] : R
${text}`
const connected = (synapse: string): string =>
  source(`connect a.spike -> b.soma as W : ${synapse} { init 1 }`)

function compiled(text: string) {
  const compilation = compileText(text, { until: 'model' })
  expect(errorsOf(compilation)).toEqual([])
  return compilation
}

function terminal(text: string) {
  const [type] = dynamicTypes(compiled(text))
  return terminalOf(type!.stp)
}

const { interval, dead } = usualTrains
const synapses = [
  { name: 'DepressingSpikes', U: 0.9, tauD: 0.02, tauF: 1, f: 0.1 },
  { name: 'FacilitatingSpikes', U: 0.02, tauD: 0.1, tauF: 0.1, f: 0.1 },
] as const
type Synapse = (typeof synapses)[number]

/** Spikes drawn one after the other: what the first of an event transmits on average, and the second. */
function drawn({ U, tauD, tauF, f }: Synapse, rate: number, p: number): [number, number] {
  const next = randomOf(7)
  const mean = 1 / rate - dead
  let [x, u, first, second, bursts] = [1, U as number, 0, 0, 0]
  const wait = (time: number): void => {
    x = 1 + (x - 1) * Math.exp(-time / tauD)
    u = U + (u - U) * Math.exp(-time / tauF)
  }
  const spike = (): number => {
    const sent = x * u
    x -= u * x
    u += f * (1 - u)
    return sent
  }
  const events = 60_000
  for (let k = 0; k < events; k++) {
    first += spike()
    const gap = dead - mean * Math.log(1 - next())
    if (next() < p) {
      wait(interval)
      second += spike()
      bursts++
      wait(gap - interval)
    } else wait(gap)
  }
  return [first / events, second / bursts]
}

describe.each(synapses)('$name', (synapse) => {
  const own = terminal(connected(synapse.name))
  const solver = solverOf(own, usualTrains)

  it.each([
    [3, 0.5],
    [20, 0.2],
    [35, 0.9],
  ])('transmits at %d Hz and p = %d what spikes one by one do', (rate, probability) => {
    const [found] = gainsOf(solver, { probability, interval, dead }, [rate])
    const [first, second] = drawn(synapse, rate, probability)
    expect(found!.first / first).toBeCloseTo(1, 1.7)
    expect(found!.second / second).toBeCloseTo(1, 1.7)
    expect(found!.transmitted).toBeCloseTo(rate * (found!.first + probability * found!.second), 9)
  })

  it('has the gains of differences of what it transmits', () => {
    const at = (rate: number, probability: number): number =>
      gainsOf(solver, { probability, interval, dead }, [rate])[0]!.transmitted
    const [found] = gainsOf(solver, { probability: 0.4, interval, dead }, [8])
    expect(found!.toEvents).toBeCloseTo((at(8.01, 0.4) - at(7.99, 0.4)) / 0.02, 4)
    expect(found!.toBursts).toBeCloseTo((at(8, 0.41) - at(8, 0.39)) / 0.02, 3)
  })

  it('agrees with the closed form under regular single spikes', () => {
    const { U, tauD, tauF, f } = synapse
    for (const rate of [2, 12, 45]) {
      const chain = new Chain(own, { interval, dead }, rate)
      const { first } = chain.steady({ rate, probability: 0, interval, dead, regular: true })
      const [ex, eu] = [Math.exp(-1 / (rate * tauD)), Math.exp(-1 / (rate * tauF))]
      const u = (U * (1 - eu) + f * eu) / (1 - (1 - f) * eu)
      const x = (1 - ex) / (1 - (1 - u) * ex)
      expect(first).toBeCloseTo(x * u, 8)
    }
  })
})

describe('types of one’s own, beside trains that a NumPy program drew (own_stp.py)', () => {
  const own: Readonly<Record<string, string>> = {
    Late: `state p = 0 : 10 ms * dp/dt = -p
  state u = 0.3 : 60 ms * du/dt = 0.3 - u + 0.5 * p
  on spike { p += 1 }
  passes spike as u`,
    Three: `state x = 1 : 80 ms * dx/dt = 1 - x
  state u = 0.2 : 200 ms * du/dt = 0.2 - u
  state a = 0 : 15 ms * da/dt = -a
  on spike { x -= u * x  u += 0.15 * (1 - u)  a += u * x }
  passes spike as x * u * (1 + a)`,
    Saturating: `state c = 0 : 25 ms * dc/dt = -c
  on spike { c = min(c + 0.4, 1) }
  passes spike as 0.1 + c ^ 2 / (c ^ 2 + 0.25)`,
  }
  const drawnTrains = JSON.parse(
    readFileSync(`${root}/specs/service/own_stp.json`, 'utf8'),
  ) as readonly (Readonly<Record<string, number>> & { readonly type: string })[]
  const shape = { probability: 0.4, interval, dead }

  it.each(Object.keys(own))('%s', (type) => {
    const solver = solverOf(
      terminal(connected('S').concat(`\nsynapse S { stp T }\nstp T { ${own[type]} }`)),
      usualTrains,
    )
    // Three states take long: one rate.
    const expected = drawnTrains.filter(
      (each) => each.type === type && (type !== 'Three' || each['rate'] === 10),
    )
    const found = gainsOf(
      solver,
      shape,
      expected.map(({ rate }) => rate!),
    )
    found.forEach((at, i) => {
      const apart = (name: 'first' | 'second' | 'transmitted' | 'toEvents' | 'toBursts'): number =>
        Math.abs(at[name] / expected[i]![name]! - 1)
      expect(Math.max(...(['first', 'second', 'transmitted'] as const).map(apart))).toBeLessThan(
        0.004,
      )
      expect(Math.max(...(['toEvents', 'toBursts'] as const).map(apart))).toBeLessThan(0.008)
    })
  })
})

describe('a second spike 50 ms after the first', () => {
  /** In closed form (Tsodyks and Markram, 1997): what the second transmits, of the first. */
  const ratio = ([U, d, f, jump]: readonly number[]): number =>
    (1 - U! * Math.exp(-50 / d!)) * (1 + jump! * (1 / U! - 1) * Math.exp(-50 / f!))

  it.each([
    [[0.05, 50, 500, 0.05], 'facilitating'],
    [[0.5, 800, 1, 0.5], 'depressing'],
    [[0.2, 1, 1, 0.2], undefined],
    [[0.9, 200, 1000, 0.1], 'depressing'],
    [[0.1, 10, 100, 0.01], 'facilitating'],
  ] as const)('of %j is %s', (values, said) => {
    const [U, d, f, jump] = values
    const change = ratio(values) - 1
    expect(Math.abs(change) < 0.01 ? undefined : change > 0 ? 'facilitating' : 'depressing').toBe(
      said,
    )
    const type = `TsodyksMarkram(U = ${U}, tau_d = ${d} ms, tau_f = ${f} ms, f = ${jump})`
    const text = connected('S')
      .replace('TsodyksMarkramRate', 'TsodyksMarkram')
      .concat(`\nsynapse S { stp ${type} }`)
    const description = describeModel(compiled(text))
    expect(description?.connections[0]?.pairedPulse).toBe(said)
    expect(foldCircuit(description!).lines[0]?.hue).toBe(
      said === undefined ? 'other-1' : said === 'facilitating' ? 'burst' : 'event',
    )
  })

  it('of what follows a rate is where it settles, and nothing of what has no equations', () => {
    const of = (synapse: string, more = '') =>
      describeModel(
        compiled(
          source(`connect r.event -> b.soma as W : S { init 1 }
        synapse S { stp ${synapse} }  ${more}`),
        ),
      )?.connections[0]?.pairedPulse
    expect(of('TsodyksMarkramRate(U = 0.5)')).toBe('depressing')
    expect(of('TsodyksMarkramRate(U = 0.02, tau_d = 10 ms, tau_f = 1 s)')).toBe('facilitating')
    expect(of('P', 'stp P passes event')).toBe(undefined)
  })
})

describe('multiplexing', () => {
  it('of a rate is its closed form', () => {
    const [U, tauD, tauF, f] = [0.3, 0.2, 0.5, 0.1]
    const text = source(
      `synapse S { stp TsodyksMarkramRate(${U}, ${tauD} s, ${tauF} s, ${f}) }\nconnect r.event -> b.soma as W : S { init 1 }`,
    )
    const at = (r: number): number => {
      const u = (U + tauF * f * r) / (1 + tauF * f * r)
      return (r * u) / (1 + tauD * u * r)
    }
    for (const each of gainsOf(solverOf(terminal(text), usualTrains), usualTrains, [2, 9, 30])) {
      expect(each.transmitted).toBeCloseTo(at(each.rate), 8)
      expect(each.toEvents).toBeCloseTo((at(each.rate + 1e-4) - at(each.rate - 1e-4)) / 2e-4, 5)
      expect([each.toBursts, each.mixing, each.nearest]).toEqual([0, 0, 'events'])
    }
    const [found] = multiplexing(compiled(text)).types
    expect(found!.analytic?.forms).toEqual([
      { state: 'x', text: '1 / (1 + tau_d * u * signal)' },
      { state: 'u', text: '(U + tau_f * f * signal) / (1 + tau_f * f * signal)' },
    ])
  })

  it('finds ideal filters in types that are', () => {
    const [events, bursts] = ['event', 'burst'].map((role) =>
      source(
        `stp Ideal { state n = 0 : 1 s * dn/dt = -n  on ${role} { n = 1 }  passes ${role} as 2 }
synapse S { stp Ideal }
cell B { compartment soma  event e when bernoulli(0.1) > 0  burst b when e and bernoulli(0.5) > 0  spike s when e }
population c[2] : B\nconnect c.${role} -> b.soma as W : S { init 1 }`,
      ),
    )
    const [e] = gainsOf(solverOf(terminal(events!), usualTrains), usualTrains, [10])
    expect(e).toMatchObject({
      first: expect.closeTo(2, 9),
      second: expect.closeTo(0, 9),
      nearest: 'events',
    })
    expect([e!.toEvents, e!.ofBursts]).toEqual([expect.closeTo(2, 6), expect.closeTo(0, 6)])
    const [b] = gainsOf(solverOf(terminal(bursts!), usualTrains), usualTrains, [10])
    expect(b).toMatchObject({
      first: expect.closeTo(0, 9),
      second: expect.closeTo(2, 9),
      nearest: 'bursts',
    })
    expect([b!.toBursts, b!.ofBursts]).toEqual([expect.closeTo(20, 5), expect.closeTo(1, 6)])
  })

  it('says what it cannot solve', () => {
    const text = source(
      `stp Odd { state n = 0 : 1 s * dn/dt = -n  on spike { n = normal() }  passes spike as n }
synapse S { stp Odd }\nconnect a.spike -> b.soma as W : S { init 1 }`,
    )
    const found = multiplexing(compiled(text))
    expect(found.types[0]!.unknown).toBe('it reads `normal()`')
    expect(multiplexingText(found)).toContain(
      'cannot be solved outside of a run: it reads `normal()`.',
    )
  })

  it('foretells the correlations of the example', () => {
    // Rates of the waves, of which the dead time takes a part; what follows them is smoothed alike.
    const { e: events, p: bursts } = { e: [6, 3, 1.7], p: [0.5, 0.45, 1.1] } as const
    const wave = (
      [mean, amplitude, period]: readonly [number, number, number],
      t: number,
    ): number => mean + amplitude * Math.sin((2 * Math.PI * t) / period)
    const times = Array.from({ length: 1200 }, (_, k) => k * 0.0311)
    const sent = (synapse: Synapse): ((e: number, p: number) => number) => {
      const chain = new Chain(terminal(connected(synapse.name)), { interval, dead })
      // T is smooth: a grid of nine by nine, and straight lines between.
      const rates = Array.from({ length: 9 }, (_, i) => 2.5 + (6 * i) / 8)
      const probabilities = Array.from({ length: 9 }, (_, i) => 0.01 + (0.98 * i) / 8)
      const grid = rates.map((rate) =>
        probabilities.map((probability) => {
          const at = chain.steady({ rate, probability, interval, dead, regular: false })
          return rate * (at.first + probability * at.second)
        }),
      )
      return (e, p) => {
        const [a, b] = [((e - 2.5) / 6) * 8, ((p - 0.01) / 0.98) * 8]
        const [i, j] = [Math.min(Math.floor(a), 7), Math.min(Math.max(Math.floor(b), 0), 7)]
        const [s, t] = [a - i, b - j]
        const [low, high] = [grid[i]!, grid[i + 1]!]
        return (
          (1 - s) * ((1 - t) * low[j]! + t * low[j + 1]!) +
          s * ((1 - t) * high[j]! + t * high[j + 1]!)
        )
      }
    }
    const smooth = (values: readonly number[]): readonly number[] => {
      let now = values[0]!
      return values.map((each) => (now += (0.0311 / 0.05) * 0.8 * (each - now)))
    }
    const series = times.map((t) => {
      const r = wave(events, t)
      return { e: r / (1 + r * dead), p: wave(bursts, t) }
    })
    const [depressing, facilitating] = synapses.map((each) => {
      const at = sent(each)
      return smooth(series.map(({ e, p }) => at(e, p)))
    })
    const eventFilter = smooth(series.map(({ e }) => e))
    const burstFilter = smooth(series.map(({ e, p }) => p * e))
    const r = correlation
    // Measured over 40 s of 800 cells: 0.95 and 0.92, crossed 0.73 and 0.77; the cells' noise is in these.
    expect(r(depressing!, eventFilter)).toBeCloseTo(0.95, 1)
    expect(r(facilitating!, burstFilter)).toBeCloseTo(0.92, 1)
    expect(r(depressing!, burstFilter)).toBeCloseTo(0.73, 1)
    expect(r(facilitating!, eventFilter)).toBeCloseTo(0.77, 1)
  })

  it('is told of a file and of the library, in words', async () => {
    const text = readFileSync(`${root}/library/std/short_term.ccn`, 'utf8')
    const found = multiplexing(compiled(text), { ...usualTrains, rates: [1, 10, 30] })
    expect(found.types.map(({ of }) => of.join())).toEqual([
      '`TsodyksMarkram`',
      '`TsodyksMarkramRate`',
      '`FacilitatingSpikes`',
      '`DepressingSpikes`',
    ])
    await expect(multiplexingText(found)).toMatchFileSnapshot('multiplexing.golden.txt')
  })
})

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((x, y) => x + y, 0) / list.length
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    mean(x.map((each, i) => (each - mx) * (y[i]! - my)))
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}
