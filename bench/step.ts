/**
 * Time of a training step, CCN against plain PyTorch on the same circuit, side by side: rounds in turn,
 * ratios round by round. PyTorch is used where `python3` can import torch (Debian: python3-torch).
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { compile, emitJavaScript } from '../compiler/index.ts'
import { selectEngine } from '../runtime/engine/index.ts'
import type { Network } from '../runtime/engine/network.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { median, summary, table } from './statistics.ts'

interface Case {
  readonly name: string
  readonly layers: number
  readonly hidden: number
  readonly batch: number
  readonly steps: number
}

const cases: readonly Case[] = [
  { name: '784-500x4-10, batch 32', layers: 4, hidden: 500, batch: 32, steps: 20 },
  { name: '784-500x4-10, batch 256', layers: 4, hidden: 500, batch: 256, steps: 5 },
  { name: '784-100x2-10, batch 32', layers: 2, hidden: 100, batch: 32, steps: 50 },
]
const rounds = 7

export async function benchStep(): Promise<void> {
  const python = findPython()
  if (python === undefined)
    console.log('PyTorch is not here (Debian: apt-get install python3-torch): CCN alone.\n')
  const engine = await selectEngine('auto')
  const rows: string[][] = [
    [
      'circuit',
      `CCN ${engine.name}, ms`,
      'PyTorch 1 thread, ms',
      'PyTorch 2 threads, ms',
      'CCN / PyTorch 1',
      'CCN / PyTorch 2',
    ],
  ]
  for (const each of cases) {
    const network = await prepare(each, engine)
    const peers =
      python === undefined ? [] : [1, 2].map((threads) => new Peer(python, each, threads))
    const ours: number[] = []
    const theirs: number[][] = peers.map(() => [])
    for (let round = -1; round < rounds; round++) {
      const mine = timeNetwork(network, each)
      const others: number[] = []
      for (const peer of peers) others.push(await peer.time(each.steps))
      if (round < 0) continue // the first is to warm up
      ours.push(mine)
      for (const [i, other] of others.entries()) theirs[i]?.push(other)
    }
    network.dispose()
    for (const peer of peers) peer.close()
    const ratios = theirs.map((times) => ours.map((mine, i) => mine / (times[i] ?? Number.NaN)))
    rows.push([
      each.name,
      summary(ours),
      ...[0, 1].map((i) => (theirs[i] ? summary(theirs[i]) : '-')),
      ...[0, 1].map((i) => (ratios[i] ? median(ratios[i]).toFixed(2) : '-')),
    ])
  }
  console.log(
    `BurstCCN, fixed random feedback: milliseconds a training step, median (least - greatest) of ${rounds} rounds in turn.\n`,
  )
  console.log(table(rows))
}

async function prepare(
  each: Case,
  engine: Awaited<ReturnType<typeof selectEngine>>,
): Promise<Network> {
  const { ir, sources, diagnostics } = compile(`${root}/examples/burstccn.ccn`, host, {
    set: { layers: String(each.layers), hidden: String(each.hidden) },
  })
  if (!ir) throw new Error(diagnostics.map((found) => found.message).join('\n'))
  return engine.instantiate(await emitJavaScript(ir, sources), { seed: 1 })
}

/** Milliseconds a step. */
function timeNetwork(network: Network, { batch, steps }: Case): number {
  const x = Float32Array.from({ length: batch * 784 }, (_, i) => Math.sin(i))
  const target = new Float32Array(batch * 10)
  for (let i = 0; i < batch; i++) target[i * 10 + (i % 10)] = 1
  const start = performance.now()
  for (let i = 0; i < steps; i++) network.step(batch, { x, 'y.target': target })
  network.infer(1, { x: x.subarray(0, 784) })
  return (performance.now() - start) / steps
}

function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (each) => spawnSync(each, ['-c', 'import torch']).status === 0,
  )
}

class Peer {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: ReturnType<typeof createInterface>

  constructor(python: string, { layers, hidden, batch }: Case, threads: number) {
    const sizes = [784, ...Array.from({ length: layers }, () => hidden), 10].join(',')
    const script = fileURLToPath(new URL('./torch_step.py', import.meta.url))
    this.#child = spawn(python, [script, sizes, String(batch), String(threads)])
    this.#lines = createInterface({ input: this.#child.stdout })
  }

  /** Milliseconds a step. */
  async time(steps: number): Promise<number> {
    const answer = once(this.#lines, 'line')
    this.#child.stdin.write(`${steps}\n`)
    const [line] = await answer
    return (Number(line) * 1000) / steps
  }

  close(): void {
    this.#child.stdin.end()
  }
}
