/**
 * `npm run results [-- --data-dir DIR] [--only NAME] [--again] [--dry] [--threads N]`: does the runs of docs/results.md that
 * are not in docs/results.json yet, and writes the page. Each run is kept as soon as it is done, so
 * that the command goes on where it was stopped. `--only` takes tables and rows whose name contains NAME,
 * `--again` does their runs once more, `--dry` writes the page without runs. Runs that fail are said and
 * left out; then it exits with 1.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pageOf } from './results.page.ts'
import { keyOf, readResults, resultOf, writeResults, type Results } from './results.store.ts'
import { tables } from './results.table.ts'
import { root, RunFailure, train } from './run.ts'

interface Options {
  readonly dataDir: string | undefined
  readonly only: string
  readonly again: boolean
  /** Of the engine; results do not depend on it. */
  readonly threads: string | undefined
}

/** Whether a table, or one of its rows, is among those to be run. */
const isAsked = (only: string, table: string, label: string): boolean =>
  table.includes(only) || label.includes(only)

/** Does the runs that are missing; how many failed. */
async function runMissing({ dataDir, only, again, threads }: Options): Promise<number> {
  let results: Results = readResults()
  let failures = 0
  const done = new Set<string>()
  for (const { name, rows, seeds } of tables) {
    for (const { label, args } of rows) {
      if (!isAsked(only, name, label)) continue
      for (const seed of seeds) {
        const key = keyOf(args, seed)
        if (done.has(key) || (results[key] && !again)) continue
        done.add(key)
        console.log(`${name}: ${label}, seed ${seed}`)
        try {
          const folder = dataDir === undefined ? [] : ['--data-dir', dataDir]
          const engine = threads === undefined ? [] : ['--threads', threads]
          const result = resultOf(await train([...key.split(' '), ...folder, ...engine]))
          // Another call of this command may have written meanwhile.
          results = { ...readResults(), [key]: result }
          writeResults(results, tables)
          const error = result.errors.at(-1)
          const figure = error === undefined ? '' : `test error ${error.toFixed(2)} %, `
          console.log(`  ${figure}${result.seconds} s`)
        } catch (error) {
          if (!(error instanceof RunFailure)) throw error
          failures++
          console.error(`  failed: ${error.message}`)
        }
      }
    }
  }
  return failures
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      only: { type: 'string', default: '' },
      again: { type: 'boolean', default: false },
      threads: { type: 'string' },
      dry: { type: 'boolean', default: false },
    },
  })
  const { only, again, threads } = values
  if (!tables.some(({ name, rows }) => rows.some(({ label }) => isAsked(only, name, label)))) {
    const known = tables.map(({ name }) => name).join(', ')
    console.error(`There is no table or row named ${only}; the tables are ${known}.`)
    return 2
  }
  const options = { dataDir: values['data-dir'], only, again, threads }
  const failures = values.dry ? 0 : await runMissing(options)
  writeResults(readResults(), tables)
  const path = join(root, 'docs', 'results.md')
  writeFileSync(path, await pageOf(readFileSync(path, 'utf8')))
  return failures > 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
