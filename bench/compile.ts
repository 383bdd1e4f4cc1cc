/**
 * Compile time of every example, stage by stage, with the programs of both targets and the start of the
 * wasm engine: median of several compilations in one process.
 */
import { readdirSync } from 'node:fs'
import { compile, emitTypeScript, emitWasm, type IrModule } from '../compiler/index.ts'
import { selectEngine } from '../runtime/node/engine/index.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { machine, progress } from './machine.ts'
import { benchStartup } from './startup.ts'
import { median, table } from './statistics.ts'

const ROUNDS = 5
const front = ['model', 'check', 'lower', 'passes'] as const
const stages = [...front, 'emit wasm', 'start', 'emit ts'] as const
type Stage = (typeof stages)[number]

export async function benchCompile(): Promise<void> {
  console.log(machine())
  const rows: string[][] = [['example', 'first', ...stages, 'KB', 'note']]
  for (const name of readdirSync(`${root}/examples`)
    .filter((each) => each.endsWith('.ccn'))
    .toSorted()) {
    progress(name)
    rows.push([name, ...(await timesOf(name))])
  }
  console.log(
    `\nCompile time in ms, median of ${ROUNDS} in one process; \`first\`: the first time, from the ` +
      'source to a network of the wasm engine, for which V8 has compiled less. `start`: V8 compiles the ' +
      'program, and initial weights are drawn. KB: size of the program\n',
  )
  console.log(table(rows))
  console.log()
  await benchStartup()
}

/** First time, median of every stage, size, remark. */
async function timesOf(name: string): Promise<string[]> {
  const times = new Map<Stage, number[]>(stages.map((stage) => [stage, []]))
  const note = (stage: Stage, milliseconds: number): void =>
    void times.get(stage)?.push(milliseconds)
  const engine = await selectEngine('wasm', { threads: 1 })
  let size = 0
  let first: number | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now()
    const { ir, sources, diagnostics } = compile(`${root}/examples/${name}`, host, {
      onStage: (stage, milliseconds) => {
        const known = front.find((each) => each === stage)
        if (known) note(known, milliseconds)
      },
    })
    if (!ir) {
      const code = diagnostics.find((each) => each.severity === 'error')?.code ?? ''
      return ['-', ...stages.map(() => '-'), '-', code]
    }
    const start = performance.now()
    const artifact = emitWasm(ir)
    note('emit wasm', performance.now() - start)
    size = artifact.fused.length
    const starting = performance.now()
    const network = await engine.instantiate(artifact, { seed: 1, files: filesOf(ir) })
    note('start', performance.now() - starting)
    first ??= performance.now() - begin
    network.dispose()
    const writing = performance.now()
    await emitTypeScript(ir, sources)
    note('emit ts', performance.now() - writing)
  }
  const medians = stages.map((stage) => median(times.get(stage) ?? []).toFixed(0))
  return [(first ?? 0).toFixed(0), ...medians, (size / 1024).toFixed(0), '']
}

/** Zeros for what a circuit reads from files. */
function filesOf(ir: IrModule) {
  return Object.fromEntries(
    (ir.files ?? []).map(({ name, shape }) => {
      const sizes = shape.map(Number)
      const data = new Float32Array(sizes.reduce((product, each) => product * each, 1))
      return [name, { shape: sizes, data }]
    }),
  )
}
