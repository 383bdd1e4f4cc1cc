/**
 * Steps a second of a small circuit in continuous time, the published sine task, CCN against two programs
 * of PyTorch on one thread: one written for speed, one as the equations are written.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile, emitProgram } from '../compiler/index.ts'
import { selectEngine } from '../runtime/node/engine/index.ts'
import type { Network } from '../runtime/engine/network.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { contest, contestRows, type Contender } from './contest.ts'
import { machine, progress } from './machine.ts'
import { findPython, missingPython, Peer } from './peer.ts'
import { table } from './statistics.ts'

/** Steps after which the weights of both are compared. */
const COMPARED = 2000
const SIZES = [3, 25, 1]
const STEP = 0.01

export async function benchContinuous(): Promise<void> {
  console.log(machine())
  const python = findPython()
  if (python === undefined) console.log(missingPython)
  const peers: Peer[] = []
  for (const style of python === undefined ? [] : ['fast', 'plain']) {
    try {
      const args = [style, SIZES.join(), '25', '1']
      const name = style === 'fast' ? 'PyTorch, for speed' : 'PyTorch, plain'
      const { peer, version } = await Peer.startScript(
        name,
        python ?? '',
        './torch_continuous.py',
        args,
        1,
      )
      peers.push(peer)
      const difference = await differenceFrom(peer)
      console.log(
        `PyTorch ${version}, ${style}: after ${COMPARED} steps its weights differ from CCN's ` +
          `by ${difference.toExponential(0)} of the way that they went`,
      )
    } catch (error) {
      progress(`PyTorch is left out: ${error instanceof Error ? error.message : error}`)
    }
  }
  const unit = { name: 'µs a step', perSecond: 1e6 }
  const rounds = 15
  const ours = [await contender('f32'), await contender('f64')]
  const measured = await contest([...ours, ...peers], { rounds, seconds: 0.2 })
  const references = measured.filter(({ name }) => name.startsWith('CCN')).slice(0, 1)
  console.log(
    `\n${SIZES.join('-')} in continuous time: ${unit.name} (median of ${rounds} rounds in turn, least - ` +
      'greatest), and its ratio to that of the reference, round by round',
  )
  console.log(
    table(
      contestRows(
        measured,
        references.map(({ name }) => name),
        unit,
      ),
    ),
  )
}

async function networkOf(precision: 'f32' | 'f64'): Promise<Network> {
  const path = `${root}/examples/continuous.ccn`
  const { ir, sources, diagnostics } = compile(path, host, { experiment: 'free' })
  if (!ir) throw new Error(diagnostics.map((found) => found.message).join('\n'))
  const engine = await selectEngine('wasm', { threads: 1 })
  const program = await emitProgram(engine.target, ir, sources, { precision })
  const network = await engine.instantiate(program, { seed: 1, batch: 1 })
  network.set('teacher', true)
  return network
}

/** CCN, many steps at a time. */
async function contender(precision: 'f32' | 'f64'): Promise<Contender> {
  const network = await networkOf(precision)
  return {
    name: `CCN wasm ${precision}`,
    time: (steps) => {
      const start = performance.now()
      run(network, steps)
      return Promise.resolve((performance.now() - start) / 1000)
    },
    close: () => network.dispose(),
  }
}

function run(network: Network, steps: number): void {
  const order = new Uint32Array(steps)
  network.steps?.({ table: { inputs: {} }, order, batch: 1, rates: [{}] })
}

/** The greatest difference between the weights of both, in relation to how far they went at most. */
async function differenceFrom(peer: Peer): Promise<number> {
  const network = await networkOf('f32')
  const folder = mkdtempSync(join(tmpdir(), 'ccn-bench-'))
  try {
    const file = join(folder, 'weights')
    const all = network.save()
    const dataOf = (name: string): Float32Array => Float32Array.from(all[name]?.data ?? [])
    const perStep = dataOf('x.omega').map((each) => each * STEP)
    const learned = ['W[0]', 'h[0].k', 'W[1]', 'y.k']
    const begin = learned.map(dataOf)
    const parts = [perStep, dataOf('x.start'), ...['G_in', 'G_out', 'W[0]', 'W[1]'].map(dataOf)]
    writeFileSync(file, Buffer.concat(parts.map((each) => Buffer.from(each.buffer))))
    await peer.load(file)
    run(network, COMPARED)
    await peer.time(COMPARED)
    await peer.save(file)
    const bytes = readFileSync(file)
    const theirs = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    const after = network.save()
    const ours = learned.flatMap((name) => [...(after[name]?.data ?? [])])
    const before = begin.flatMap((each) => [...each])
    const way = Math.max(...ours.map((each, i) => Math.abs(each - (before[i] ?? 0))))
    return Math.max(...ours.map((each, i) => Math.abs(each - (theirs[i] ?? NaN)))) / way
  } finally {
    network.dispose()
    rmSync(folder, { recursive: true })
  }
}
