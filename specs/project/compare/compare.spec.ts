/** Runs beside each other. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { terminalLines } from '../../../cli/comparing.ts'
import { overlaid } from '../../../project/compare/curves.ts'
import type { Comparison } from '../../../project/compare/index.ts'
import { meanOf } from '../../../project/compare/results.ts'
import { csvOf, resultText } from '../../../project/compare/tables.ts'
import { tinyModel, Workplace } from '../../cli/run-cli.ts'
import { readPage } from '../../helpers/read-page.ts'

const evaluated = `model leaky
import { xor } from "std/data"
cell In { input x  event e = x }
cell Leaky { compartment soma  state v : 20 ms * dv/dt = soma - v  event e = tanh(v) }
cell Out { compartment soma  input target  event e = soma  d = target - e }
plasticity Delta { dw = post.d * pre.e }
population x[2] : In
population h[4] : Leaky
population y[2] : Out
connect x.e -> h.soma as V { init xavier_normal()  fixed }
connect h.e -> y.soma as W { init xavier_normal()  learn Delta }
experiment e {
  step 5 ms  batch 2  seed 5  replicate 2 seeds
  data xor
  present x.x = input, y.target = one_hot(label)  for 10 ms
  optimise W with sgd(rate = 0.1)
  duration 0.1 s
  evaluate every 5 presentations { measure error = mean(y.d ^ 2) }
  measure mean(h.e)  every 20 ms
}
`

/** A line of the log of a run. */
interface Logged {
  readonly kind: string
  readonly test?: Readonly<Record<string, number>>
  readonly measures?: Readonly<Record<string, number>>
}

const place = new Workplace({ 'tiny.ccn': tinyModel })
afterAll(() => place.remove())

beforeAll(async () => {
  for (const seed of [1, 2, 4]) {
    await place.run(`train tiny.ccn --engine wasm --name s${seed} --seed ${seed}`)
  }
  await place.run('train tiny.ccn --engine wasm --name wide --set hidden=9 --seed 1')
})

describe('a mean over seeds', () => {
  it('has the standard error of the mean', () => {
    // Of 2, 4, 4, 4, 5, 5, 7, 9 the sample's standard deviation is sqrt(32 / 7).
    const { mean, error, count } = meanOf([2, 4, 4, 4, 5, 5, 7, 9])
    expect([mean, count]).toEqual([5, 8])
    expect(error).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12)
    expect(meanOf([3])).toEqual({ mean: 3, count: 1 })
  })

  it.each([
    [{ name: 'a', mean: 8.938, error: 0.1234, count: 3, unit: '%' }, '8.94 ± 0.12 %'],
    [{ name: 'a', mean: 23.12, error: 1.06, count: 3, unit: '°' }, '23.1 ± 1.1°'],
    [{ name: 'a', mean: 0.5, count: 1 }, '0.500'],
    [{ name: 'a', mean: -70, error: 2, count: 2, unit: 'mV' }, '-70.0 ± 2.00 mV'],
  ])('is told as %j', (result, text) => {
    expect(resultText(result)).toBe(text)
  })
})

describe('ccn compare', () => {
  it('tells what differs, and groups runs that differ in the seed alone', async () => {
    const { out, err, code } = await place.run('compare s1 s2 s4 wide --json')
    expect([err, code]).toEqual(['', 0])
    const { differing, runs, groups } = JSON.parse(out) as Comparison
    expect(differing).toEqual(['hidden'])
    expect(groups.map((each) => [each.label, each.runs, each.settings])).toEqual([
      ['hidden 6', ['s1', 's2', 's4'], { hidden: '6' }],
      ['hidden 9', ['wide'], { hidden: '9' }],
    ])
    expect(runs.map(({ seed }) => seed)).toEqual([1, 2, 4, 1])
    const losses = runs
      .slice(0, 3)
      .map(({ results }) => results.find(({ name }) => name === 'test loss')!.value)
    const loss = groups[0]!.results.find(({ name }) => name === 'test loss')!
    expect(loss.mean).toBeCloseTo((losses[0]! + losses[1]! + losses[2]!) / 3, 12)
    expect(loss).toMatchObject({ count: 3 })
    // The figures are those of the log.
    const last = readFileSync(place.path('runs/s1/metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .at(-1)!
    expect(losses[0]).toBe((JSON.parse(last) as { test: { loss: number } }).test.loss)
  })

  it('is a table, a page, CSV', async () => {
    const { out } = await place.run('compare s1 s2 s4 wide', { columns: 200 })
    expect(out).toMatch(/^ +hidden +runs +test error/)
    expect(out).toMatch(/\ns1 and 2 more +6 +3 +.* ± /)
    const { out: narrow } = await place.run('compare s1 s2 s4 wide', { columns: 60 })
    expect(narrow).toMatch(/^ +s1 and 2 more +wide\nhidden +6 +9\n/)
    expect(
      Math.max(
        ...narrow
          .split('\n')
          .slice(0, 9)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(60)
    await place.run('compare s1 s2 s4 wide -o page.html')
    const { faults, headings, pictures, tables } = readPage(
      readFileSync(place.path('page.html'), 'utf8'),
    )
    expect(faults).toEqual([])
    expect(headings).toEqual(['h1 4 runs compared', 'h2 Results', 'h2 Course', 'h2 Runs'])
    expect(pictures.join('\n')).toMatch(/^error, test: hidden 6 from .*; hidden 9 from/m)
    expect(tables).toContain('Means over seeds ± the standard error')
    const { out: csv } = await place.run('compare s1 wide --csv')
    expect(csv.split('\r\n')[0]).toMatch(/^run,group,seed,hidden,test error \(%\),test loss,/)
    expect(csv.split('\r\n').map((line) => line.split(',').slice(0, 4).join(' '))).toEqual([
      'run group seed hidden',
      's1 1 1 6',
      'wide 2 1 9',
      '',
    ])
  })

  it('has what an evaluate block and training measure, of the copies of a run', async () => {
    place.write('leaky.ccn', evaluated)
    await place.run('train leaky.ccn --engine wasm --name both')
    const { out, err } = await place.run('compare both --json')
    expect(err).toBe('')
    const { groups, runs } = JSON.parse(out) as Comparison
    expect(runs.map(({ name }) => name)).toEqual(['both/seed-5', 'both/seed-6'])
    const logged = ['seed-5', 'seed-6'].map((copy) =>
      readFileSync(place.path(`runs/both/${copy}/metrics.jsonl`), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Logged),
    )
    const last = (kind: string, of: (line: Logged) => number): number =>
      logged.reduce((sum, lines) => sum + of(lines.findLast((line) => line.kind === kind)!) / 2, 0)
    const found = Object.fromEntries(groups[0]!.results.map((each) => [each.name, each]))
    // Squares of differences, which are called so, and no rate.
    expect(found['test error']!.unit).toBe(undefined)
    const error = last('epoch', (line) => line.test!['error']!)
    expect(found['test error']!.mean).toBeCloseTo(error, 12)
    const mean = last('phase', (line) => line.measures!['mean(h.e)']!)
    expect(found['mean(h.e)']!.mean).toBeCloseTo(mean, 12)
  })

  it('of one group says so', async () => {
    const { out } = await place.run('compare s1 s2 --json')
    const { differing, groups } = JSON.parse(out) as Comparison
    expect([differing, groups.map(({ label }) => label)]).toEqual([[], ['all runs']])
  })

  it.each([
    ['compare s1', 'Name two runs or more'],
    ['compare s1 s1', 'Name two runs or more'],
    ['compare s1 s9', 'There is no run s9'],
    ['compare s1 s2 -o x.pdf', 'name a file that ends in .html, .csv or .json, not x.pdf'],
    ['compare', "missing required argument 'runs'"],
    ['compare s1 s9 wide s2', ' Without s9: ccn compare s1 wide s2\n'],
    [
      'compare s1 cut s2 s9',
      'cut/manifest.json: it is no JSON.\nWithout cut, s9: ccn compare s1 s2\n',
    ],
    [
      'compare s1 grid',
      'There is no run grid in runs.\ngrid is a sweep: ccn sweep grid --report writes what it came to.\n',
    ],
    ['compare s1 sweeps/grid', '\ngrid is a sweep: ccn sweep grid --report'],
  ])('ccn %s: %s', async (command, message) => {
    place.write('runs/cut/manifest.json', '{"format": "ru')
    place.write('sweeps/grid/sweep.json', '{}')
    const { code, err } = await place.run(command)
    expect(code).not.toBe(0)
    expect(err).toContain(message)
  })
})

describe('a table of texts', () => {
  it('is a list where neither rows nor columns fit', () => {
    const rows = [
      ['', 'variant', 'error'],
      ['a long name', 'x', '1'],
      ['another one', '', '2'],
    ]
    expect(terminalLines(rows, 12)).toEqual([
      'a long name',
      '  variant  x',
      '  error    1',
      '',
      'another one',
      '  error    2',
    ])
  })

  it('is quoted in CSV where it has to be', () => {
    const run = { name: 'r', seed: 1, finished: true, settings: { text: 'a,"b"\nc' }, results: [] }
    const csv = csvOf({ differing: ['text'], runs: [run], groups: [], charts: [] })
    expect(csv).toBe('run,group,seed,text\r\nr,0,1,"a,""b""\nc"\r\n')
  })
})

describe('curves of several runs', () => {
  const chart = (name: string, y: readonly number[], x: readonly number[] = [0, 1, 2]) => [
    {
      name: 'error',
      x: { label: 'epoch' },
      y: { label: 'error (%)' },
      curves: [
        { name, x, y },
        { name: 'training', x, y: [9, 9, 9] },
      ],
    },
  ]
  it('are means within one standard error, as long as all of a group go', () => {
    const [found] = overlaid([
      { label: 'a', runs: [chart('test', [4, 2, 1]), chart('test', [6, 2], [0, 1])] },
      { label: 'b', runs: [chart('test', [5, 5, 5])] },
    ])
    expect(found!.y.label).toBe('error (%), test')
    expect(found!.curves.map(({ name, y }) => [name, [...Array.from(y)]])).toEqual([
      ['a', [5, 2]],
      ['b', [5, 5, 5]],
    ])
    expect(Array.from(found!.curves[0]!.spread!)).toEqual([1, 0])
  })
})
