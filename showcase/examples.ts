/**
 * `npm run examples [-- NAME ...] [--jobs N]`: runs the short form of every example (or of those whose name
 * contains NAME), and prints what it should show and what it showed. Exits with 1 if an expectation is
 * not met or a run fails, with 2 if it is called wrongly.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { showcases as examples, type Showcase } from './examples.table.ts'
import { outcomeOf, type Outcome } from './expectations.ts'
import { root, type RunFigures } from './run.ts'
import { inWorker } from './workers.ts'
import { inOrder, jobsIn } from './jobs.ts'
import { zooShowcases } from './zoo/index.ts'

const showcases: readonly Showcase[] = [...examples, ...zooShowcases]

async function runExample(showcase: Showcase): Promise<Outcome> {
  const runs: Record<string, RunFigures> = {}
  try {
    for (const [name, args] of Object.entries(showcase.runs))
      runs[name] = await inWorker([...args.split(' '), '--threads', '1'])
  } catch (error) {
    return { lines: [`! ${error instanceof Error ? error.message : String(error)}`], met: false }
  }
  return outcomeOf(showcase.expect, runs)
}

/** Examples without an entry in the table: those that need data files, or are new. */
function unlisted(): readonly string[] {
  const listed = new Set(showcases.flatMap(({ runs }) => Object.values(runs)).map(fileOf))
  const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ccn'))
  return files.filter((name) => !listed.has(`examples/${name}`))
}

const fileOf = (args: string): string => args.split(' ')[0] ?? ''

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { jobs: { type: 'string' } },
  })
  const jobs = jobsIn(values.jobs)
  const chosen = showcases.filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  )
  if (chosen.length === 0) {
    const known = showcases.map(({ name }) => name).join(', ')
    console.error(`There is no example named ${positionals.join(' or ')}; there are: ${known}.`)
    return 2
  }
  const began = Date.now()
  const width = Math.max(...chosen.map(({ name }) => name.length))
  const indent = ' '.repeat(width + 2)
  const failed: string[] = []
  await inOrder(chosen, jobs, runExample, ({ name, shows }, { lines, met }) => {
    if (!met) failed.push(name)
    console.log(`${name.padEnd(width)}  ${shows}: ${met ? 'as expected' : 'NOT AS EXPECTED'}`)
    for (const line of lines) console.log(`${indent}${line}`)
  })
  const seconds = Math.round((Date.now() - began) / 1000)
  const verdict = failed.length === 0 ? 'all as expected' : `not as expected: ${failed.join(', ')}`
  if (positionals.length === 0 && unlisted().length > 0)
    console.log(`\nNot run here, for want of data or of an entry: ${unlisted().join(', ')}.`)
  console.log(`\n${chosen.length} examples in ${seconds} s, ${verdict}`)
  return failed.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
