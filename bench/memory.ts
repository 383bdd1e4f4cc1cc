/** Peak memory of a process that makes BurstCCN and trains it for some steps, CCN against PyTorch. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { emitProgram } from '../compiler/index.ts'
import { build } from './build.ts'
import { burstCircuit, type Circuit } from './circuits.ts'
import { machine, progress } from './machine.ts'
import { findPython, missingPython, Peer } from './peer.ts'
import { median, ratios, summary, table } from './statistics.ts'

const ROUNDS = 5
const STEPS = 50
const script = fileURLToPath(new URL('./memory_steps.mjs', import.meta.url))

interface Process {
  readonly name: string
  /** Most memory of a new process, in MiB. */
  readonly measure: () => Promise<number>
}

export async function benchMemory(): Promise<void> {
  console.log(machine())
  build()
  const circuit = burstCircuit(4, 500, 32)
  const folder = mkdtempSync(join(tmpdir(), 'ccn-bench-'))
  try {
    const programs = await compiledFiles(circuit, folder)
    const python = findPython()
    if (python === undefined) console.log(missingPython)
    const processes: Process[] = [
      ccn('wasm, 1 thread', circuit, ['wasm', '1'], programs.wasm),
      ccn('wasm, 2 threads', circuit, ['wasm', '2'], programs.wasm),
      ccn('wasm, 1 thread, compiled first', circuit, ['wasm', '1']),
      ccn('tfjs-wasm', circuit, ['tfjs-wasm', '1'], programs.tfjs),
      ...(python === undefined ? [] : [1, 2].map((threads) => torch(python, circuit, threads))),
    ]
    const peaks = processes.map(() => [] as number[])
    for (let round = 0; round < ROUNDS; round++) {
      progress(`round ${round + 1} of ${ROUNDS}`)
      for (const [i, each] of processes.entries()) peaks[i]?.push(await each.measure())
    }
    print(circuit, processes, peaks)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compiledFiles(
  { ir, sources }: Circuit,
  folder: string,
): Promise<Record<'wasm' | 'tfjs', string>> {
  const files = { wasm: join(folder, 'wasm'), tfjs: join(folder, 'tfjs') }
  writeFileSync(files.wasm, serialize(await emitProgram('wasm', ir, sources)))
  writeFileSync(files.tfjs, serialize(await emitProgram('tfjs', ir, sources)))
  return files
}

function ccn(name: string, { peer }: Circuit, engine: readonly string[], file?: string): Process {
  const args = [script, ...engine, String(peer.batch), String(STEPS), ...(file ? [file] : [])]
  return {
    name: `CCN ${name}`,
    measure: () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        timeout: 120_000,
      })
      if (status !== 0) throw new Error(stderr)
      return Promise.resolve(Number(stdout) / 1024)
    },
  }
}

function torch(python: string, circuit: Circuit, threads: number): Process {
  return {
    name: `PyTorch, ${threads} thread${threads > 1 ? 's' : ''}`,
    measure: async () => {
      const { peer } = await Peer.start(python, circuit.peer, threads)
      try {
        await peer.time(STEPS)
        return (await peer.peak()) / 1024
      } finally {
        peer.close()
      }
    },
  }
}

function print(
  { name }: Circuit,
  processes: readonly Process[],
  peaks: readonly (readonly number[])[],
): void {
  const reference = peaks[processes.findIndex((each) => each.name === 'PyTorch, 1 thread')]
  console.log(
    `\n${name}: most memory of a process that does ${STEPS} steps, MiB, ` +
      `median (least - greatest) of ${ROUNDS}\n`,
  )
  const rows = processes.map((each, i) => [
    each.name,
    summary(peaks[i] ?? [], 0),
    reference ? median(ratios(peaks[i] ?? [], reference)).toFixed(2) : '-',
  ])
  console.log(table([['', 'MiB', '/ PyTorch'], ...rows]))
}
