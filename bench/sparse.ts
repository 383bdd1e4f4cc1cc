/**
 * Sparse networks of spiking cells beside the same networks in Brian2's C++ standalone mode, in one run, in
 * turn: the time of a step, how often the cells fire (by which one sees that both do the same), the time from the
 * source to the first step, and memory. `bench/sparse/NAME.ccn` beside `bench/brian/NAME.py`; CCN's part can be had alone.
 */
import { setTimeout } from 'node:timers/promises'
import { compile, type Host } from '../compiler/compile.ts'
import { emitWasm } from '../compiler/emit/wasm/index.ts'
import type { Network } from '../runtime/engine/network.ts'
import { createWasmEngine } from '../runtime/node/engine/wasm.ts'
import { drawPatterns } from '../runtime/node/patterns/read.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { findBrian, missingBrian, startBrian } from './brian.ts'
import { build } from './build.ts'
import { contestRows, type Measured } from './contest.ts'
import { machine, progress } from './machine.ts'
import { memoryOf, type SparseProgram } from './sparse-memory.ts'
import { figures, median, table } from './statistics.ts'

/** Steps in a millisecond of simulated time. */
const PER_MS = 10
/** Time to let threads fall asleep that the previous contender left spinning, in milliseconds. */
const PAUSE = 40
const unit = { name: 'µs a step', perSecond: 1e6 }

/** A network, and how long it is run in each round: from its start, since what it does changes on the way. */
export interface SparseNetwork {
  readonly name: string
  readonly title: string
  readonly cells: number
  readonly ms: number
  readonly rounds: number
}

export const sparseNetworks: readonly SparseNetwork[] = [
  { name: 'coba', title: 'COBA, 4000 cells', cells: 4000, ms: 1000, rounds: 11 },
  { name: 'coba', title: 'COBA, 20,000 cells', cells: 20_000, ms: 400, rounds: 7 },
  { name: 'cuba', title: 'CUBA, 4000 cells', cells: 4000, ms: 1000, rounds: 11 },
  { name: 'cuba', title: 'CUBA, 20,000 cells', cells: 20_000, ms: 400, rounds: 7 },
  {
    name: 'adex',
    title: '1000 AdEx cells of two compartments, 20,000 Tsodyks-Markram synapses',
    cells: 1000,
    ms: 1000,
    rounds: 11,
  },
  {
    name: 'vogels',
    title: 'Vogels et al. (2011) with plasticity, 10,000 cells',
    cells: 10_000,
    ms: 300,
    rounds: 7,
  },
  {
    name: 'brunel',
    title: 'Brunel (2000), 12,500 cells, 1250 synapses on each',
    cells: 12_500,
    ms: 200,
    rounds: 7,
  },
  {
    name: 'plastic',
    title: '100,000 cells, 10 million synapses, 8 million of them plastic',
    cells: 100_000,
    ms: 100,
    rounds: 5,
  },
]

/** What takes part: a whole run from the start, and what can be asked afterwards. */
interface Runner {
  readonly name: string
  /** Seconds from the source (or the script) to the first step. */
  readonly ready: number
  /** Seconds that a whole run took. */
  run(): Promise<number>
  /** Spikes a cell and second. */
  rate(): Promise<number>
  /** Most memory of a process that does a run, in MiB, and what of it is there without a network. */
  memory(): Promise<readonly [number, number]>
  close(): void
}

/** Those of a name (`npm run bench -- sparse`: all of them). */
export async function benchSparse(names: readonly string[] = []): Promise<void> {
  console.log(machine())
  const python = findBrian()
  if (python === undefined) console.log(missingBrian)
  for (const network of sparseNetworks) {
    if (names.length > 0 && !names.includes(network.name)) continue
    progress(network.title)
    const runners = await startAll(network, python)
    try {
      await race(network, runners)
    } finally {
      for (const each of runners) each.close()
    }
  }
}

async function startAll(network: SparseNetwork, python: string | undefined): Promise<Runner[]> {
  const asked = [
    () => ours(network, 'f32', 1),
    () => ours(network, 'f64', 1),
    () => ours(network, 'f64', 2),
    () => ours(network, 'f64', 1, true),
    ...(python === undefined ? [] : [() => theirs(network, python)]),
  ]
  const runners: Runner[] = []
  for (const start of asked) {
    try {
      runners.push(await start())
    } catch (error) {
      progress(`left out: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return runners
}

/** All contenders in turn, round by round, whoever comes first in one round later in the next. */
async function race(network: SparseNetwork, runners: readonly Runner[]): Promise<void> {
  const { ms, rounds, title } = network
  const times = runners.map(() => [] as number[])
  for (let round = -1; round < rounds; round++) {
    progress(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    for (const i of runners.keys()) {
      const turn = (i + Math.max(round, 0)) % runners.length
      await setTimeout(PAUSE)
      const seconds = await runners[turn]?.run()
      if (round >= 0 && seconds !== undefined) times[turn]?.push(seconds / (ms * PER_MS))
    }
  }
  const measured: Measured[] = runners.map(({ name }, i) => ({ name, rounds: times[i] ?? [] }))
  const peers = measured.filter(({ name }) => name.startsWith('Brian2')).map(({ name }) => name)
  const [head = [], ...rows] = contestRows(measured, peers, unit)
  const more = []
  for (const [i, each] of runners.entries()) {
    const [whole, idle] = await each.memory()
    const first = each.ready < 10 ? each.ready.toFixed(2) : figures(each.ready)
    const memory = `${whole.toFixed(0)}${idle > 0 ? ` (${idle.toFixed(0)})` : ''}`
    more.push([...(rows[i] ?? []), figures(await each.rate()), first, memory])
  }
  console.log(
    `\n${title}: ${unit.name}, ${ms} ms simulated (median of ${rounds} rounds in turn, least - greatest), ` +
      'spikes a cell and second, seconds from the source to the first step, and most memory of a process ' +
      '(without a network)',
  )
  console.log(table([[...head, 'Hz', 'ready', 'MiB'], ...more]))
}

async function ours(
  { name, cells, ms }: SparseNetwork,
  precision: 'f32' | 'f64',
  threads: number,
  records = false,
): Promise<Runner> {
  const steps = ms * PER_MS
  const prepare = async (): Promise<Prepared> => {
    const start = performance.now()
    const { ir, diagnostics } = compile(
      `${root}/bench/sparse/${name}.ccn`,
      records ? recording : host,
      {
        set: { cells: String(cells) },
      },
    )
    if (!ir) throw new Error(diagnostics.map((each) => each.message).join(' '))
    const artifact = emitWasm(ir, { precision })
    const module = { patterns: ir.patterns ?? [], pairValues: ir.pairValues ?? [] }
    const { patterns, arrays } = await drawPatterns(module, { seed: 1, folders: [] })
    const options = { seed: 1, batch: 1, patterns, files: arrays }
    const network = await createWasmEngine({ threads, adapts: true }).instantiate(artifact, options)
    const ready = (performance.now() - start) / 1000
    return { network, program: { artifact, options }, ready }
  }
  // The first time V8 compiles the compiler as well; everybody else's time is without such.
  const tries: number[] = []
  for (let again = 0; again < 2; again++) {
    const trial = await prepare()
    tries.push(trial.ready)
    trial.network.dispose()
  }
  const { network, program, ready } = await prepare()
  const initial = network.save()
  const order = new Uint32Array(steps)
  const restart = (): void => {
    network.load(initial)
    network.stepCount = 0
  }
  return {
    name: `CCN wasm, ${threads} thread${threads > 1 ? 's' : ''}, ${precision}${records ? ', spikes' : ''}`,
    ready: median([...tries, ready]),
    run: () => {
      restart()
      const start = performance.now()
      const block = { table: { inputs: {} }, order, batch: 1, rates: [{}] }
      if (records) network.listedSteps?.(block)
      else network.steps?.(block)
      return Promise.resolve((performance.now() - start) / 1000)
    },
    rate: () => {
      restart()
      return Promise.resolve(rateOf(network, steps, cells))
    },
    memory: () => {
      build()
      return Promise.resolve(memoryOf(program, threads, steps))
    },
    close: () => network.dispose(),
  }
}

/** Networks that record when each cell spikes. */
const recording: Host = {
  ...host,
  read: (path) => host.read(path)?.replace('experiment second {', '$& record times(c.s)'),
}

interface Prepared {
  readonly network: Network
  readonly program: SparseProgram
  readonly ready: number
}

function rateOf(network: Network, steps: number, cells: number): number {
  let spikes = 0
  for (let step = 0; step < steps; step++) {
    for (const each of network.observe(1, {}, ['c.s'])['c.s']?.data ?? []) spikes += each
    network.step(1, {})
  }
  return (spikes / cells / steps) * PER_MS * 1000
}

async function theirs({ name, cells, ms }: SparseNetwork, python: string): Promise<Runner> {
  progress('Brian2 compiles')
  const peer = await startBrian(python, `./brian/${name}.py`, cells, [String(ms)])
  const { version, build: ready } = JSON.parse(peer.facts) as { version: string; build: number }
  return {
    name: `Brian2 ${version} C++`,
    ready,
    run: async () => Number(await peer.ask('run')),
    rate: async () => Number(await peer.ask('rate')),
    memory: async () => [Number(await peer.ask('peak')) / 1024, 0],
    close: () => peer.close(),
  }
}
