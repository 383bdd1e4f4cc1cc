/** Steps a second of a circuit so small that overhead decides, CCN against plain PyTorch. */
import { smallCircuit } from './circuits.ts'
import { race } from './race.ts'

export async function benchSmall(): Promise<void> {
  await race([smallCircuit()], {
    engines: [
      { engine: 'wasm', threads: 1, blocks: true },
      { engine: 'wasm', threads: 1 },
      { engine: 'tfjs-wasm' },
    ],
    peerThreads: [1, 2],
    unit: { name: 'µs a step', perSecond: 1e6 },
    rounds: 15,
    seconds: 0.2,
  })
}
