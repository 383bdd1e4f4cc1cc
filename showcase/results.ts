/**
 * `npm run results [-- NAME...] [--data-dir DIR] [--sweeps DIR] [--jobs N] [--no-run]`: runs the sweeps of
 * docs/results.md, as `ccn sweep` does, keeps what they came to in docs/results.json, and writes the page. Points
 * that the folder of sweeps has are not run again. `NAME` takes tables and sweeps whose name contains it; with
 * `--no-run` the page is written of what is there. Sweeps that cannot be run are said and left out; then it exits
 * with 1.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  openSweep,
  ProjectError,
  sweep as runSweep,
  version,
  type Sweep,
} from '../project/index.ts'
import { jobsIn } from './jobs.ts'
import { pageOf } from './results.page.ts'
import { readResults, resultOf, writeResults } from './results.store.ts'
import { sweepsOf, tables, type DeclaredSweep } from './results.table.ts'
import { root } from './run.ts'

interface Options {
  readonly dataDir: string | undefined
  readonly sweeps: string
  readonly jobs: number
  readonly run: boolean
  /** Ends what is running; points that are done are kept. */
  readonly signal: AbortSignal
}

/** The sweeps that are asked for, each once. */
function asked(names: readonly string[]): readonly DeclaredSweep[] {
  const found = tables.flatMap((table) =>
    sweepsOf(table).filter(
      ({ sweep }) =>
        names.length === 0 ||
        names.some((name) => table.name.includes(name) || sweep.includes(name)),
    ),
  )
  return [...new Map(found.map((each) => [each.sweep, each])).values()]
}

/** The sweep, run as far as it is not done; without running, undefined where nothing was ever run. */
async function swept(
  { file, sweep: name }: DeclaredSweep,
  { dataDir, sweeps, jobs, run, signal }: Options,
): Promise<Sweep | undefined> {
  if (!run) return openSweep(name, { cwd: root, sweeps }).catch(noneYet)
  const { sweep } = await runSweep(`examples/${file}.ccn`, {
    name,
    cwd: root,
    sweeps,
    jobs,
    dataDir,
    signal,
    on: (event) => {
      if (event.kind === 'defined') {
        const { points, done, givenUp } = event.progress
        console.log(`${name}: ${points - done - givenUp} of ${points} points to run`)
      }
    },
  })
  return sweep
}

function noneYet(error: unknown): undefined {
  if (error instanceof ProjectError) return undefined
  throw error
}

/** Goes through the sweeps; how many could not be run, or have points that failed. */
async function gather(sweeps: readonly DeclaredSweep[], options: Options): Promise<number> {
  let failures = 0
  for (const declared of sweeps) {
    try {
      const sweep = await swept(declared, options)
      if (options.signal.aborted) return failures
      if (!sweep) continue
      const { failed } = await sweep.progress()
      if (failed > 0) {
        failures++
        console.error(
          `  ${failed} points failed: \`ccn sweep ${declared.sweep} --status\` says why`,
        )
      }
      const result = await resultOf(declared.file, version, sweep)
      // Another call of this command may have written meanwhile.
      writeResults({ ...readResults(), [declared.sweep]: result }, tables)
    } catch (error) {
      failures++
      const said = error instanceof Error ? error.message : String(error)
      console.error(`${declared.sweep} was not run: ${said.split('\n')[0]}`)
    }
  }
  return failures
}

async function main(): Promise<number> {
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => ending.abort())
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string' },
      sweeps: { type: 'string', default: join(root, 'sweeps') },
      jobs: { type: 'string' },
      'no-run': { type: 'boolean', default: false },
    },
  })
  const found = asked(positionals)
  if (found.length === 0) {
    const known = tables.map(({ name }) => name).join(', ')
    console.error(
      `There is no table or sweep named ${positionals.join(' ')}; the tables are ${known}.`,
    )
    return 2
  }
  const failures = await gather(found, {
    dataDir: values['data-dir'],
    sweeps: values.sweeps,
    jobs: jobsIn(values.jobs),
    run: !values['no-run'],
    signal: ending.signal,
  })
  if (ending.signal.aborted) {
    console.error('Stopped. What was finished is kept: the same command goes on with the rest.')
    return 130
  }
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
