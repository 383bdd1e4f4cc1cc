/** Reports of sweeps: numbers in the units that heads name, paired differences, and names that want to be markup. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Comparison } from '../../../project/compare/index.ts'
import { openSweepFolder, type SweepFolder } from '../../../project/sweeps/folder.ts'
import { csvOf, pointColumns, summaryColumns } from '../../../project/sweeps/report/columns.ts'
import { sweepFactsOf, type SweepFacts } from '../../../project/sweeps/report/facts.ts'
import { latexTable, texText } from '../../../project/sweeps/report/latex.ts'
import { estimateText } from '../../../project/sweeps/report/numbers.ts'
import { sweepPage } from '../../../project/sweeps/report/page.ts'
import { differencesFrom } from '../../../project/sweeps/report/paired.ts'
import { factorsOf, logarithmic, panelsOf } from '../../../project/sweeps/report/panels.ts'
import { sweepText } from '../../../project/sweeps/report/source.ts'
import { estimate, type Group } from '../../../project/sweeps/summary.ts'
import { surroundings } from '../../../project/surroundings.ts'
import { Workplace } from '../../cli/run-cli.ts'

const file = `model xor
import { Input } from "std/cells"
import { Teacher, Depressing, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
param rate = 2 in 0..
population x[2] : Input
population y[2] : Teacher(0.5)
connect x.event -> y.soma as W : Depressing { init xavier_normal()  learn BurstDependent }
variant small { W: init xavier_normal(gain = 0.1) }
experiment e {
  data xor
  present x = input, y.target = one_hot(label)
  batch 4  epochs 4
  optimise W, k with sgd(rate = rate)
  measure angle(W, backprop) every 1 step
}
sweep s {
  vary variant in [none, small]
  vary rate in [1, 1e300]
  seeds 3..5
  report error, loss, angle(W, backprop)
}
`
const place = new Workplace({ 'xor.ccn': file })
let folder: SweepFolder
let facts: SweepFacts
const read = (name: string): string => readFileSync(place.path(`sweeps/s/${name}`), 'utf8')
const lines = (text: string): string[] => text.trimEnd().split('\r\n')

beforeAll(async () => {
  const { out, code } = await place.run('sweep xor.ccn --jobs 1', { env: { CCN_REPORT: '1' } })
  if (code !== 1 || !/^report: sweeps\/s\/report\.html$/m.test(out)) throw new Error(out)
  const where = surroundings({ cwd: place.folder })
  folder = await openSweepFolder(where, join(place.folder, 'sweeps'), 's')
  facts = await sweepFactsOf(folder)
})
afterAll(() => place.remove())

describe('runs of the points of a sweep', () => {
  it('compare to the mean and the standard error that the sweep has, and differ by what it varies', async () => {
    for (const seed of [3, 4, 5])
      await place.run(`train xor.ccn --engine wasm --name p${seed} --set rate=1 --seed ${seed}`)
    await place.run('train xor.ccn --engine wasm --name other --variant small --seed 3')
    const { out } = await place.run('compare p3 p4 p5 other --json')
    const { groups } = JSON.parse(out) as Comparison
    expect(groups.map(({ runs }) => runs)).toEqual([['p3', 'p4', 'p5'], ['other']])
    const loss = groups[0]!.results.find(({ name }) => name === 'test loss')!
    const { mean, standardError, count } = facts.rows[0]!.figures['loss']!
    expect(loss.count).toBe(count)
    expect(loss.mean).toBeCloseTo(mean!, 12)
    expect(loss.error).toBeCloseTo(standardError!, 12)
    const differences = await place.run('diff p3 other')
    expect(differences.out).toContain('parameter rate')
    expect(differences.out).toContain('connection W')
  })
})

describe('a report of a sweep', () => {
  it('has a row for each point, in the units of its head', () => {
    const [head, ...rows] = lines(read('points.csv'))
    expect(head).toBe(
      'variant,rate,seed,status,error (%),loss,"angle(W, backprop) (°)",seconds,reason,key',
    )
    expect(rows).toHaveLength(12)
    const [first] = facts.rows
    const cells = rows[0]!.split(',')
    expect(cells.slice(0, 4)).toEqual(['none', '1', '3', 'done'])
    expect(cells[4]).toBe(String(first!.figures['error']!.values[0]))
    // Angles are kept in radians or degrees as the experiment has them: the table says what the unit says.
    const { scale } = facts.summary.units['angle(W, backprop)']!
    expect(Number(cells[6])).toBe(first!.figures['angle(W, backprop)']!.values[0]! / scale)
    expect(rows[3]).toMatch(/^none,1e\+300,3,failed,,,,[\d.]+,"?In single precision/)
  })

  it('has Parquet with the same columns', async () => {
    const bytes = readFileSync(place.path('sweeps/s/points.parquet'))
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer })
    expect(rows).toHaveLength(12)
    expect(rows[0]).toMatchObject({ variant: 'none', rate: 1, seed: 3n, reason: null })
    expect(rows[3]).toMatchObject({ status: 'failed', loss: null })
  })

  it('sums up in CSV, JSON and LaTeX', () => {
    const [head, ...rows] = lines(read('summary.csv'))
    expect(head).toContain('variant,rate,points,given up,failed,error n,error mean (%),')
    expect(head).toContain('error difference mean (percentage points)')
    expect(rows).toHaveLength(4)
    expect(rows[1]).toMatch(/^none,1e\+300,3,0,3,0,,/)
    const json = JSON.parse(read('summary.json')) as {
      rows: { differences: { loss: { n: number; mean: number } } }[]
      failures: { command: string }[]
    }
    const losses = facts.rows.map(({ figures }) => figures['loss']!.values as number[])
    const by = losses[2]!.map((value, i) => value - losses[0]![i]!)
    expect(json.rows[2]!.differences.loss.n).toBe(3)
    expect(json.rows[2]!.differences.loss.mean).toBeCloseTo((by[0]! + by[1]! + by[2]!) / 3, 14)
    expect(json.failures[3]!.command).toBe(
      'ccn train xor.ccn --experiment e --variant small --set rate=1e300 --seed 3',
    )
    expect(read('table.tex')).toMatch(/^none & \$1\$ & 3 & \$[\d.]+ \\pm [\d.]+\$ & /m)
    expect(read('table.tex')).toContain('none & $1 \\times 10^{300}$ & 0 & -- & -- & -- \\\\')
  })

  it('is written again by the name of the sweep, or in one form', async () => {
    rmSync(place.path('sweeps/s/report.html'))
    expect(await place.run('sweep s --report')).toEqual({
      code: 0,
      out: 'sweeps/s/report.html\n',
      err: '',
    })
    expect(existsSync(place.path('sweeps/s/report.html'))).toBe(true)
    expect((await place.run('sweep s --report -o x.tex')).out).toBe('x.tex\n')
    expect(readFileSync(place.path('x.tex'), 'utf8')).toBe(read('table.tex'))
    expect((await place.run('sweep s -o points.csv')).out).toBe('points.csv\n')
    const wrong = await place.run('sweep s --report -o x.pdf')
    expect(wrong.code).toBe(2)
    expect(wrong.err).toMatch(/ends in \.html, \.csv, \.json, \.tex or \.parquet, not x\.pdf/)
    expect((await place.run('sweep t --report')).err).toMatch(
      /There is no sweep t[^]*Its sweeps are s\./,
    )
  })

  it('is one page, without network, small', () => {
    const page = read('report.html')
    expect(page.length).toBeLessThan(2e6)
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull()
    expect(page).toContain('ccn train xor.ccn --experiment e --set rate=1e300 --seed 3')
    expect(page).toContain('sweep s {\n  vary variant in [none, small]')
    for (const id of ['results', 'effects', 'course', 'differences', 'best', 'failed', 'sweep']) {
      expect(page).toContain(`<section id="${id}"`)
    }
  })

  it('takes names of any kind as they are', async () => {
    const evil = `</style><img src=x onerror=alert(1)>&"'\u2028\\input{x}$%#_^~[=1+1`
    const renamed = <T>(of: Readonly<Record<string, T>>): Record<string, T> => ({
      [evil]: Object.values(of)[0]!,
    })
    const [row] = facts.rows
    const hostile: SweepFacts = {
      ...facts,
      axes: [{ name: evil, texts: [evil] }],
      rows: [0, 1].map(() => ({
        ...row!,
        values: { [evil]: evil },
        figures: renamed(row!.figures),
        differences: renamed(row!.figures),
      })),
      summary: { ...facts.summary, labels: [evil], units: { [evil]: { unit: evil, scale: 1 } } },
      best: [{ label: evil, direction: 'minimise', row: row! }],
      failures: [{ point: row!.points[0]!, reason: evil, command: evil }],
    }
    const page = await sweepPage(hostile)
    expect(page).not.toContain('<img')
    expect(page.match(/<\/style>/g)).toHaveLength(1)
    const tex = latexTable(hostile)
    expect(tex).not.toContain('\\input{x}')
    expect(tex).toContain('\\textbackslash{}input\\{x\\}\\$\\%\\#\\_')
    const csv = csvOf(pointColumns(hostile))
    expect(csv.split('\r\n')[0]).toContain(`"${evil.replaceAll('"', '""')}"`)
    const names = summaryColumns(hostile).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

/** A combination with a figure `f` by seed. */
function group(by: Readonly<Record<number, number | undefined>>, settings = {}): Group {
  const seeds = Object.keys(by).map(Number)
  const point = { key: '', values: {}, variants: [], set: {}, settings }
  return {
    values: {},
    points: seeds.map((seed) => ({ ...point, seed })),
    results: seeds.map(() => undefined),
    figures: { f: estimate(seeds.map((seed) => by[seed])) },
  }
}

describe('paired differences', () => {
  it.each([
    ['common seeds alone', { 1: 10, 2: 20, 3: 33 }, { 2: 21, 3: 36, 4: 99 }, 2, 2, 1],
    ['without what has no figure', { 1: 10, 2: undefined }, { 1: 13, 2: 9 }, 1, 3, undefined],
    ['of no common seed', { 1: 10 }, { 2: 9 }, 0, undefined, undefined],
  ])('%s', (_, reference, other, count, mean, standardError) => {
    const { f } = differencesFrom(group(reference), group(other), ['f'])
    expect([f!.count, f!.mean, f!.standardError]).toEqual([count, mean, standardError])
  })

  it('not where one was run for longer', () => {
    const [short, long] = [group({ 1: 1 }, { epochs: '2' }), group({ 1: 1 }, { epochs: '8' })]
    expect(differencesFrom(short, long, ['f'])).toEqual({})
  })
})

describe('pictures', () => {
  it.each([
    [[0.5, 1, 2], true],
    [[0.01, 0.0316, 0.1, 0.316, 1], true],
    [[1, 2, 5, 10, 20, 50], true],
    [[1, 2, 3], false],
    [[0, 1, 10, 100], false],
    [[2, 4, 6, 8, 10], false],
    [[1, 100], false],
  ])('%j are spaced by ratios: %s', (numbers, expected) => {
    expect(logarithmic(numbers)).toBe(expected)
  })

  it('take names that vary together for one, and the variant for the colour', () => {
    const { plan } = folder.sweep
    const tied = {
      ...facts,
      folder: {
        ...folder,
        sweep: {
          ...folder.sweep,
          plan: {
            ...plan,
            axes: [
              { names: ['a', 'b'], steps: [] },
              { names: ['c'], steps: [] },
              { names: ['variant'], steps: [] },
            ],
          },
        },
      },
      axes: ['a', 'b', 'c', 'variant'].map((name) => ({ name, texts: ['1', '2'] })),
      rows: [1, 2].map((i) => ({
        ...facts.rows[0]!,
        values: { a: `${i}`, b: `${3 - i}`, c: '1', variant: `${i}` },
      })),
    } satisfies SweepFacts
    const factors = factorsOf(tied)
    expect(factors.map(({ name }) => name)).toEqual(['variant', 'c', '(a, b)'])
    expect(factors[2]!.texts).toEqual(['(1, 2)', '(2, 1)'])
    expect(panelsOf(tied.rows, [factors[2]!]).map(({ title }) => title)).toEqual([
      '(a, b) (1, 2)',
      '(a, b) (2, 1)',
    ])
  })
})

describe('texts', () => {
  it.each([
    [[1, 2, 3], undefined, '2.00 ± 0.58'],
    [[0.101, 0.103], { unit: '%', scale: 0.01 }, '10.20 ± 0.10'],
    [[-7e-6, -7.4e-6], { unit: 'µV', scale: 1e-6 }, '-7.20 ± 0.20'],
    [[25, 25], { unit: '%', scale: 1 }, '25.00 ± 0.00'],
    [[3], undefined, '3.000'],
  ])('%j in %j is %s', (values, told, text) => {
    const found = estimateText(estimate(values), told)!
    expect(found.mean + (found.error === undefined ? '' : ` ± ${found.error}`)).toBe(text)
  })

  it.each([
    ['a_b & 5 %', 'a\\_b \\& 5 \\%'],
    ['[1, 2]', '{[1, 2]}'],
    ['τ (µs) Ω', '\\ensuremath{\\tau} (\\ensuremath{\\mu}s) \\ensuremath{\\Omega}'],
    ['é 文', 'é U+6587'],
    ['<a>', '\\textless{}a\\textgreater{}'],
  ])('%s in LaTeX is %s', (text, expected) => expect(texText(text)).toBe(expected))

  it('finds a sweep in its file', () => {
    const source = `// sweep a { no }\nmodel m\nsweep b { vary x in [1] }\n/* { */ sweep a { // }\n  seeds 1..2 }\nsweep c {}`
    expect(sweepText(source, 'a')).toBe('sweep a { // }\n  seeds 1..2 }')
    expect(sweepText(source, 'd')).toBeUndefined()
  })
})
