/** CCN's engines and PyTorch on one circuit: whether they compute the same, and how fast. */
import { ccnContender, networkOf, type CcnOptions, type Circuit } from './circuits.ts'
import { contest, contestRows, type ContestOptions } from './contest.ts'
import { machine, progress } from './machine.ts'
import { findPython, missingPython, Peer } from './peer.ts'
import { differenceFrom } from './same.ts'
import { table } from './statistics.ts'

export interface Race extends ContestOptions {
  readonly engines: readonly CcnOptions[]
  readonly peerThreads: readonly number[]
  readonly unit: { readonly name: string; readonly perSecond: number }
}

/** Prints a table for each circuit. */
export async function race(circuits: readonly Circuit[], options: Race): Promise<void> {
  const python = findPython()
  console.log(machine())
  if (python === undefined) console.log(missingPython)
  for (const circuit of circuits) {
    progress(circuit.name)
    const peers = python === undefined ? [] : await startPeers(python, circuit, options.peerThreads)
    const ours = []
    for (const each of options.engines) ours.push(await ccnContender(circuit, each))
    const measured = await contest([...ours, ...peers], options)
    const references = peers.map(({ name }) => name)
    console.log(
      `\n${circuit.name}: ${options.unit.name} (median of ${options.rounds} rounds in turn, least - greatest),` +
        ' and its ratio to that of each peer, round by round',
    )
    console.log(table(contestRows(measured, references, options.unit)))
  }
}

async function startPeers(
  python: string,
  circuit: Circuit,
  threads: readonly number[],
): Promise<Peer[]> {
  const peers: Peer[] = []
  for (const count of threads) {
    try {
      const { peer, version, blas } = await Peer.start(python, circuit.peer, count)
      peers.push(peer)
      if (peers.length > 1) continue
      const network = await networkOf(circuit, { engine: 'wasm', threads: 1 })
      const difference = await differenceFrom(peer, network, circuit)
      network.dispose()
      console.log(
        `PyTorch ${version} with ${blas}; after the same steps its weights differ from CCN's ` +
          `by ${difference.toExponential(0)} of the way that they went`,
      )
      if (/\/blas\/libblas/.test(blas)) {
        console.log(
          'That is the reference BLAS, many times slower than it need be: ' +
            'apt-get install libopenblas0-openmp, or the ratios mean nothing.',
        )
      }
    } catch (error) {
      progress(`PyTorch is left out: ${error instanceof Error ? error.message : error}`)
    }
  }
  return peers
}
