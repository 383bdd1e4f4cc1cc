/** `record times(...)`, slices, statistics and terminals in `record`; `measure rate(...)`; and their plots. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeNpz } from '../../runtime/node/io/npz.ts'
import { compileText, errorsOf } from '../helpers/compile-text.ts'
import { Workplace } from './run-cli.ts'

/** Every cell spikes at the steps 0, 3, 6 and 9, and counts 2 at step 6. */
const circuit = (statements: string, more = ''): string => `
stp Down(U = 0.5) {
  state x = 1 : dx/dt = 0 / 1 s
  on spike { x -= U * x }
  passes spike as x
}
synapse S { stp Down }
cell C {
  state n = 0 : dn/dt = 1 / 1 ms
  k = n - 1
  spike s = (k - 3 * floor(k / 3) == 0) + (k == 6)
  signal v = 2 * k
}
cell T { compartment soma  state u : 1 ms * du/dt = soma - u  state two = 2 : dtwo/dt = 0 / 1 s }
plasticity Traced {
  state seen = 0 : dseen/dt = 0 / 1 s
  state pair = 0 : dpair/dt = 0 / 1 s
  on true { seen += pre.v  pair += pre.v * post.two }
  on pre.s { w += 0.001 * (seen + pair) }
}
population e[4] : C
population o[1] : T
population h[2][3] : C
connect e.s -> o.soma as W : S { init 1 }
connect e.s -> o.soma as D { init 1  learn Traced }
connect e.s -> o.soma as X { random synapses 2 repeats  init 1  learn Traced }
experiment run {
  step 1 ms  duration 10 ms  ${more}
  ${statements}
}`

const place = new Workplace({
  'm.ccn': circuit(
    'record times(e.s), times(e[1..2].s), mean(e.v), max_of(h.v), e[1..2].v, e[3].v, W.x, D.seen, D.pair, X.pair\n  measure rate(e.s), rate(h.s), each = rate(e[0].s) every 4 ms',
  ),
  'b.ccn': circuit('record times(e.s) every 3 ms', 'batch 2'),
  'silent.ccn': circuit('record times(e.s)').replace('== 0)', '== 5)').replace('k == 6', 'k == 60'),
})
afterAll(() => place.remove())

const partOf = (run: string) =>
  decodeNpz(readFileSync(place.path(`runs/${run}/records/part-0001.npz`)), 'part')
const dataOf = (run: string, name: string) => [...(partOf(run).get(name)?.data ?? [])]

describe('records of events', () => {
  it('lists when each cell emitted, as often as it did', async () => {
    const { err } = await place.run('train m.ccn --name r')
    expect(err).toBe('')
    const cells = dataOf('r', 'cell(times(e.s))')
    const found = dataOf('r', 'step(times(e.s))').map((step, i) => [step, cells[i]])
    const each = (step: number, times: number) =>
      [0, 1, 2, 3].flatMap((cell) => Array.from({ length: times }, () => [step, cell]))
    expect(found).toEqual([...each(0, 1), ...each(3, 1), ...each(6, 2), ...each(9, 1)])
    expect(dataOf('r', 'times(e.s)')[0]).toBe(0)
    expect(dataOf('r', 'times(e.s)').at(-1)).toBeCloseTo(0.009, 12)
    expect(dataOf('r', 'size(times(e.s))')).toEqual([4])
    expect(dataOf('r', 'seen(times(e.s))')).toEqual([0, 9])
    expect(partOf('r').has('example(times(e.s))')).toBe(false)
    expect(dataOf('r', 'size(times(e[1..2].s))')).toEqual([2])
    expect(dataOf('r', 'cell(times(e[1..2].s))').slice(0, 4)).toEqual([0, 1, 0, 1])
  })

  it('records slices, statistics over units, and states of terminals', () => {
    const part = partOf('r')
    const shapes = Object.fromEntries([...part].map(([name, { shape }]) => [name, shape]))
    expect(shapes).toMatchObject({
      'mean(e.v)': [10, 1],
      'max_of(h.v)[0]': [10, 1],
      'max_of(h.v)[1]': [10, 1],
      'e[1..2].v': [10, 1, 2],
      'e[3..3].v': [10, 1, 1],
      'W.x': [10, 1, 4],
      // Of one side a value for each of its cells, else for each synapse.
      'D.seen': [10, 1, 4],
      'D.pair': [10, 1, 4],
      'X.pair': [10, 2],
    })
    expect(dataOf('r', 'mean(e.v)').map(Math.round)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
    // The terminals as they are before the step: halved after each spike.
    expect(dataOf('r', 'W.x').filter((_, i) => i % 4 === 0)).toEqual([
      1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125,
    ])
    // What rules remember, too: v is 2 k in step k, whose sum before step n is n (n - 1).
    const sums = Array.from({ length: 10 }, (_, n) => n * n - n)
    for (const [name, scale] of Object.entries({ 'D.seen': 1, 'D.pair': 2, 'X.pair': 2 })) {
      const each = part.get(name)!.data.length / 10
      const expected = sums.flatMap((sum) => Array.from({ length: each }, () => scale * sum))
      expect(dataOf('r', name), name).toEqual(expected)
    }
  })

  it('lists examples that run side by side', async () => {
    const { err } = await place.run('train b.ccn --name b')
    expect(err).toBe('')
    const found = dataOf('b', 'step(times(e.s))').map((step, i) => [
      step,
      dataOf('b', 'example(times(e.s))')[i],
      dataOf('b', 'cell(times(e.s))')[i],
    ])
    expect(found.slice(0, 8)).toEqual(
      [0, 1].flatMap((example) => [0, 1, 2, 3].map((cell) => [0, example, cell])),
    )
  })

  it('has a list without events of a silent signal', async () => {
    const { err } = await place.run('train silent.ccn --name silent')
    expect(err).toBe('')
    expect(partOf('silent').get('times(e.s)')?.shape).toEqual([0])
    expect(dataOf('silent', 'size(times(e.s))')).toEqual([4])
  })

  it('goes on with the lists of a run', async () => {
    await place.run('train m.ccn --name part --steps 5')
    await place.run('train --resume part --steps 10')
    for (const name of ['times(e.s)', 'cell(times(e.s))', 'seen(times(e.s))'])
      expect(dataOf('part', name)).toEqual(dataOf('r', name))
  })

  it('are drawn', async () => {
    const { err } = await place.run('plot r times(e.s)')
    expect(err).toBe('')
    const picture = readFileSync(place.path('runs/r/plot.svg'), 'utf8')
    expect(picture).toContain('times(e.s)')
    expect(picture).toContain('4</text>')
    expect(readdirSync(place.path('runs/r/records'))).toEqual(['part-0001.npz'])
  })
})

describe('measure rate(...)', () => {
  it('is over the whole interval', () => {
    const lines = readFileSync(place.path('runs/r/metrics.jsonl'), 'utf8').trim().split('\n')
    const steps = lines
      .map(
        (line) =>
          JSON.parse(line) as {
            kind: string
            step: number
            measures: Record<string, number | null>
          },
      )
      .filter(({ kind }) => kind === 'step')
    const rates = steps.map(({ step, measures }) => [
      step,
      measures['rate(e.s)'],
      measures['rate(h.s)'],
      measures['each'],
    ])
    // Spikes at the steps 0, 3, 6 (twice) and 9; measured at 0, 4, 8 and the last.
    expect(rates[0]).toEqual([0, null, null, null])
    const [, second, third, last] = rates
    for (const [row, step, rate] of [
      [second, 4, 250],
      [third, 8, 500],
      [last, 9, 1000],
    ] as const) {
      expect(row?.[0]).toBe(step)
      for (const value of row?.slice(1) ?? []) expect(value).toBeCloseTo(rate, 3)
    }
  })
})

describe('what cannot be recorded or measured so', () => {
  it.each([
    ['record times(e.v, e.s)', 'CCN2007 `times` takes 1 argument, but got 2.'],
    [
      'record times(e.k)',
      'CCN2003 `e.k` is no signal, but a signal, as `spike s when ...`, is needed here.',
    ],
    [
      'record times(e)',
      'CCN2019 A signal of a population is needed here, but this is something else.',
    ],
    ['record times(e.q)', 'CCN2004 `e` (cell C) has no variable named `q`.'],
    ['record e[2..9].v', 'CCN3050 `e` has 4 units, so there is none numbered 9.'],
    ['record W.y', 'CCN2003 `W` is a weight, but a population is needed here.'],
    ['measure rate()', 'CCN2007 `rate` takes 1 argument, but got 0.'],
    ['measure rate', 'CCN2007 `rate` takes 1 argument, but got 0.'],
  ])('%s', (statement, message) => {
    expect(errorsOf(compileText(circuit(statement)))).toEqual([expect.stringContaining(message)])
  })
})
