/** Compile time of every example, stage by stage: median of several compilations in one process. */
import { readdirSync } from 'node:fs'
import { compile, emitTypeScript } from '../compiler/index.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { median, table } from './statistics.ts'

const repetitions = 5

export async function benchCompile(): Promise<void> {
  const stages = ['model', 'check', 'lower', 'passes', 'emit ts']
  const rows: string[][] = [['example', ...stages, 'total', 'note']]
  for (const name of readdirSync(`${root}/examples`)
    .filter((each) => each.endsWith('.ccn'))
    .toSorted()) {
    const times = new Map<string, number[]>(stages.map((stage) => [stage, []]))
    let note = ''
    for (let i = 0; i < repetitions; i++) {
      const result = compile(`${root}/examples/${name}`, host, {
        onStage: (stage, milliseconds) => times.get(stage)?.push(milliseconds),
      })
      if (!result.ir) {
        note = result.diagnostics.find((each) => each.severity === 'error')?.code ?? ''
        continue
      }
      const start = performance.now()
      await emitTypeScript(result.ir, result.sources)
      times.get('emit ts')?.push(performance.now() - start)
    }
    const medians = stages.map((stage) => median(times.get(stage) ?? []))
    const total = medians.reduce((sum, each) => sum + (Number.isNaN(each) ? 0 : each), 0)
    rows.push([
      name,
      ...medians.map((each) => (Number.isNaN(each) ? '-' : each.toFixed(0))),
      total.toFixed(0),
      note,
    ])
  }
  console.log(
    `Compile time in ms, median of ${repetitions} (the first of a process pays for loading too):\n`,
  )
  console.log(table(rows))
}
