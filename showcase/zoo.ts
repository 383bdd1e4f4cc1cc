/**
 * `npm run zoo [-- NAME ...] [--page]`: runs the models of the zoo (or those whose name contains NAME; with
 * `--page` none), keeps their figures, and writes docs/zoo.md. Exits with 1 if a run fails.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { atEnd, last } from './expectations.ts'
import { zoo } from './zoo/index.ts'
import { besideArgs, showcaseOf, type ZooModel, type ZooTopic } from './zoo/model.ts'
import { zooPage, zooPath } from './zoo/page.ts'
import { readZoo, writeZoo, type ZooResult } from './zoo/store.ts'
import { inWorker } from './workers.ts'

const onOneThread = ['--threads', '1'] as const

/** Runs a model. Throws RunFailure if it fails. */
async function resultOf(topic: ZooTopic, model: ZooModel): Promise<ZooResult> {
  const { figure } = model.beside
  const exact = [...besideArgs(topic, model), '--precision', 'f64', ...onOneThread]
  const runs = { main: await inWorker(exact) }
  const ended = atEnd(figure).of(runs)
  let seconds = 0
  for (const args of Object.values(showcaseOf(topic, model).runs))
    seconds += (await inWorker([...args.split(' '), ...onOneThread])).seconds
  return {
    figure: Number.isFinite(ended) ? ended : last(figure).of(runs),
    seconds: Number(seconds.toFixed(1)),
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { page: { type: 'boolean', default: false } },
  })
  let failed = 0
  for (const topic of zoo) {
    const chosen = topic.models.filter(({ name }) => {
      const whole = `${topic.folder}/${name}`
      return positionals.length === 0 || positionals.some((part) => whole.includes(part))
    })
    for (const model of values.page ? [] : chosen) {
      try {
        const result = await resultOf(topic, model)
        console.log(`${topic.folder}/${model.name}  ${result.figure}  ${result.seconds} s`)
        writeZoo(topic, { ...readZoo(topic), [model.name]: result })
      } catch (error) {
        failed++
        const said = error instanceof Error ? error.message : String(error)
        console.log(`${topic.folder}/${model.name}  ! ${said}`)
      }
    }
  }
  writeFileSync(zooPath, await zooPage())
  return failed === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
