/** docs/results.md: its tables are those of the runs that are kept, which are what the tables ask for. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pageOf, pageWith, tableText } from '../../showcase/results.page.ts'
import { keyOf, readResults, resultOf } from '../../showcase/results.store.ts'
import { tables, type ResultTable } from '../../showcase/results.table.ts'
import { figuresOf } from '../../showcase/run.ts'
import { root } from '../helpers/repository.ts'

const text = readFileSync(`${root}/docs/results.md`, 'utf8')

describe('docs/results.md', () => {
  it('is what `npm run results` makes of the runs that are kept', async () => {
    expect(await pageOf(text)).toBe(text)
  })

  it('rests on no runs that no table asks for', () => {
    const asked = new Set(
      tables.flatMap(({ rows, seeds }) =>
        rows.flatMap(({ args }) => seeds.map((seed) => keyOf(args, seed))),
      ),
    )
    expect(Object.keys(readResults()).filter((key) => !asked.has(key))).toEqual([])
  })
})

describe('a table', () => {
  const table: ResultTable = {
    name: 'small',
    first: 'circuit',
    columns: [
      { head: 'error', digits: 1, value: ({ last }) => last['test error'] ?? Number.NaN },
      { head: 'first', digits: 0, value: ({ errors }) => errors[0] ?? Number.NaN },
    ],
    published: 'published',
    seeds: [1, 2],
    rows: [
      { label: 'a', args: 'a.ccn', published: '7' },
      { label: 'b', args: 'b.ccn' },
    ],
  }
  const run = (error: number) =>
    resultOf(
      figuresOf(
        [
          { kind: 'epoch', test: { error: 90 } },
          { kind: 'epoch', test: { error } },
        ],
        3,
      ),
    )
  const results = { [keyOf('a.ccn', 1)]: run(10), [keyOf('a.ccn', 2)]: run(20) }

  it('shows means over seeds with their spread, and a dash for what was not run', () => {
    expect(tableText(table, results).split('\n').slice(0, 4)).toEqual([
      '| circuit | error | first | published |',
      '| --- | --- | --- | --- |',
      '| a | 15.0 ± 5.0 | 90 | 7 |',
      '| b | – | – |  |',
    ])
  })

  it('goes between its markers', () => {
    const page = 'A\n<!-- table small -->\nold\n<!-- end -->\nB\n'
    const made = pageWith(page, [table], {})
    expect(made).toContain('ccn train b.ccn')
    expect(made).not.toContain('old')
    expect(made.startsWith('A\n') && made.endsWith('B\n')).toBe(true)
    expect(() => pageWith('', [table], {})).toThrow('no place for small')
  })
})
