/**
 * The spiking circuit of `examples/spiking.ccn` without its teacher, beside the same network in Brian2's
 * C++ standalone mode: two ensembles of cells, all to all, at two sizes.
 */
import { compile } from '../compiler/compile.ts'
import { emitWasm } from '../compiler/emit/wasm/index.ts'
import { createWasmEngine } from '../runtime/node/engine/wasm.ts'
import { host, root } from '../specs/helpers/repository.ts'
import { findBrian, missingBrian, startBrian } from './brian.ts'
import { contest, contestRows, type Contender } from './contest.ts'
import { machine, progress } from './machine.ts'
import { figures, table } from './statistics.ts'

/** Cells of each ensemble. */
const sizes = [100, 1000, 2000]
const rounds = 11
/** Of one contender in one round; and steps of a run of the peer, which always goes so far. */
const seconds = 0.3
const peerSteps = { 100: 20000, 1000: 2000, 2000: 1000 } as Readonly<Record<number, number>>
const unit = { name: 'µs a step', perSecond: 1e6 }

/** A contender that tells how often its outputs fire, by which one sees that it does the same. */
interface Spiking extends Contender {
  rate(): Promise<number>
}

export async function benchSpiking(): Promise<void> {
  console.log(machine())
  const python = findBrian()
  if (python === undefined) console.log(missingBrian)
  for (const cells of sizes) {
    progress(`${cells} cells in each ensemble`)
    const contenders: Spiking[] = [await ours(cells, 'f32'), await ours(cells, 'f64')]
    const peer = python === undefined ? undefined : await startPeer(python, cells)
    if (peer) contenders.push(peer)
    const rates: string[] = []
    const measured = await contest(
      contenders.map((each, i) => ({
        name: each.name,
        time: async (steps: number) => {
          const taken = await each.time(steps)
          rates[i] = `${each.name} ${figures(await each.rate())} Hz`
          return taken
        },
        close: () => each.close(),
      })),
      { rounds, seconds },
    )
    console.log(
      `\n${cells} + ${cells} spiking cells, all to all: ${unit.name} (median of ${rounds} rounds in turn, least - greatest)`,
    )
    console.log(table(contestRows(measured, peer ? [peer.name] : [], unit)))
    console.log(`event rate of the outputs at the end: ${rates.join(', ')}`)
  }
}

async function ours(cells: number, precision: 'f32' | 'f64'): Promise<Spiking> {
  const size = String(cells)
  const { ir, diagnostics } = compile(`${root}/examples/spiking.ccn`, host, {
    experiment: 'untaught',
    set: { input_cells: size, output_cells: size },
  })
  if (!ir) throw new Error(diagnostics.map((each) => each.message).join(' '))
  const engine = createWasmEngine({ threads: 1 })
  const network = await engine.instantiate(emitWasm(ir, { precision }), { seed: 1, batch: 1 })
  return {
    name: `CCN wasm, 1 thread, ${precision}`,
    time: (steps) => {
      const order = new Uint32Array(steps)
      const start = performance.now()
      network.steps?.({ table: { inputs: {} }, order, batch: 1, rates: [{}] })
      return Promise.resolve((performance.now() - start) / 1000)
    },
    rate: () => Promise.resolve(network.save()['outputs.event_rate']?.data[0] ?? Number.NaN),
    close: () => network.dispose(),
  }
}

async function startPeer(python: string, cells: number): Promise<Spiking | undefined> {
  const steps = peerSteps[cells] ?? 1000
  try {
    const peer = await startBrian(python, './brian_spiking.py', cells, [String(steps)])
    const { version } = JSON.parse(peer.facts) as { version: string }
    return {
      name: `Brian2 ${version} C++`,
      time: async (count) => Number(await peer.ask(`time ${count}`)),
      rate: async () => Number(await peer.ask('rate')),
      close: () => peer.close(),
    }
  } catch (error) {
    progress(`Brian2 is left out: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}
