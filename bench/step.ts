/** Time of a training step of BurstCCN, CCN against plain PyTorch. */
import { burstCircuit } from './circuits.ts'
import { race } from './race.ts'

export async function benchStep(): Promise<void> {
  await race([burstCircuit(4, 500, 32), burstCircuit(4, 500, 256)], {
    engines: [
      { engine: 'wasm', threads: 1, blocks: true },
      { engine: 'wasm', threads: 2, blocks: true },
      { engine: 'wasm', threads: 1 },
      { engine: 'wasm', threads: 2 },
      { engine: 'tfjs-wasm' },
    ],
    peerThreads: [1, 2],
    unit: { name: 'ms a step', perSecond: 1000 },
    rounds: 15,
    seconds: 0.2,
  })
}
