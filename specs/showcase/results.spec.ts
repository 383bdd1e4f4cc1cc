/**
 * docs/results.md: its tables are those of the sweeps that are kept, which the example files declare as they were run.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { pointsOf } from '../../contract/sweep-points.ts'
import { sweep as runSweep } from '../../project/index.ts'
import { pageOf, pageWith, tableText } from '../../showcase/results.page.ts'
import { readResults, resultOf, type Results } from '../../showcase/results.store.ts'
import { sweepsOf, tables, type ResultTable } from '../../showcase/results.table.ts'
import { host, root } from '../helpers/repository.ts'

const text = readFileSync(`${root}/docs/results.md`, 'utf8')
const results = readResults()
const folder = mkdtempSync(join(tmpdir(), 'ccn-results-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('docs/results.md', () => {
  it('is what `npm run results` makes of the sweeps that are kept', async () => {
    expect(await pageOf(text)).toBe(text)
  })

  it('rests on no sweeps that no table asks for', () => {
    const names = new Set(tables.flatMap(sweepsOf).map(({ sweep }) => sweep))
    expect(Object.keys(results).filter((name) => !names.has(name))).toEqual([])
  })

  const declared = tables.flatMap(sweepsOf)
  it.each([...new Set(declared.map(({ file }) => file))])('has sweeps that %s declares', (file) => {
    const { sweeps = [], diagnostics } = compile(`${root}/examples/${file}.ccn`, host, {
      until: 'model',
    })
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    for (const { sweep: name } of declared.filter((each) => each.file === file)) {
      const plan = sweeps.find((each) => each.name === name)
      if (!plan) throw new Error(`examples/${file}.ccn declares no sweep ${name}`)
      // What is kept is of the points that are declared now, and of all of their seeds.
      const points = pointsOf(plan, () => false)
      const combinations = [...new Set(points.map(({ values }) => JSON.stringify(values)))]
      const kept = results[name]
      if (!kept) continue
      expect(kept.file).toBe(file)
      expect(kept.groups.map(({ values }) => JSON.stringify(values)).toSorted()).toEqual(
        combinations.toSorted(),
      )
      for (const { seeds } of kept.groups) expect(seeds).toEqual(plan.seeds ?? [])
    }
  })
})

describe('a table', () => {
  const table: ResultTable = {
    name: 'small',
    first: 'circuit',
    columns: [
      { head: 'error', digits: 1, figure: 'error' },
      { head: 'rate', digits: undefined, figure: 'rate', phase: 'up' },
    ],
    published: 'published',
    needsData: true,
    rows: [
      { label: 'a', file: 'f', sweep: 's', at: { variant: 'none' }, published: '7' },
      { label: 'b', file: 'f', sweep: 's', at: { variant: 'tied' } },
      { label: 'c', file: 'g', sweep: 't' },
    ],
  }
  const results: Results = {
    s: {
      file: 'f',
      version: '1',
      groups: [
        {
          values: { variant: 'none', hidden: '4' },
          seeds: [1, 2],
          figures: {
            error: { count: 2, mean: 15, standardError: 5 },
            'rate in up': { count: 1, mean: 0.125 },
          },
        },
        { values: { variant: 'tied', hidden: '4' }, seeds: [1, 2], figures: {} },
      ],
    },
  }

  it('shows means with their standard errors, how many seeds there are of all, and dashes', () => {
    expect(tableText(table, results).split('\n')).toEqual([
      '| circuit | error | rate | published |',
      '| --- | --- | --- | --- |',
      '| a | 15.0 ± 5.0 | 1.3e-1 (1 of 2 seeds) | 7 |',
      '| b | – | – |  |',
      '| c | – | – |  |',
      '',
      'By these sweeps of the files, with the seeds 1, 2:',
      '',
      '```sh',
      'ccn sweep examples/f.ccn s --data-dir DIR',
      'ccn sweep examples/g.ccn t --data-dir DIR',
      '```',
    ])
  })

  it('does not show a row that may be of several combinations', () => {
    const rows = [{ label: 'a', file: 'f', sweep: 's' }]
    expect(() => tableText({ ...table, rows }, results)).toThrow('2 combinations of the sweep s')
  })

  it('goes between its markers', () => {
    const page = 'A\n<!-- table small -->\nold\n<!-- end -->\nB\n'
    const made = pageWith(page, [table], {})
    expect(made).toContain('ccn sweep examples/f.ccn s')
    expect(made).not.toContain('old')
    expect(made.startsWith('A\n') && made.endsWith('B\n')).toBe(true)
    expect(() => pageWith('', [table], {})).toThrow('no place for small')
  })
})

describe('what is kept of a sweep', () => {
  it('has its figures, and measures at the end of phases', async () => {
    const file = join(folder, 'decay.ccn')
    writeFileSync(
      file,
      `model decay
cell Leaky { state s = 1 : 1 s * ds/dt = -s }
param start = 1
population x[1] : Leaky
experiment two {
  step 0.5 s  solver euler  seed 1
  protocol { phase one 1 s  phase two 1 s }
  measure level = mean(x.s)  every 1 step
}
sweep both { seeds 1..2  report level }
`,
    )
    const { sweep } = await runSweep(file, { cwd: folder, jobs: 1 })
    const { groups } = await resultOf('decay', '1', sweep)
    // Euler halves the state in each step; a phase's mean is that of its steps.
    expect(groups).toEqual([
      {
        values: {},
        seeds: [1, 2],
        figures: {
          level: { count: 2, mean: expect.any(Number), standardError: 0 },
          'level in one': { count: 2, mean: expect.any(Number), standardError: 0 },
          'level in two': { count: 2, mean: expect.any(Number), standardError: 0 },
        },
      },
    ])
    const [{ figures = {} } = {}] = groups
    expect(figures['level in one']!.mean / figures['level in two']!.mean).toBeCloseTo(4, 5)
  })
})
