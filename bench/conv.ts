/** Time of a training step of the convolutional CIFAR-10 circuit, CCN against plain PyTorch. */
import { convolutionCircuit } from './circuits.ts'
import { race } from './race.ts'

export async function benchConvolution(): Promise<void> {
  await race([convolutionCircuit(32)], {
    engines: [
      { engine: 'wasm', threads: 1 },
      { engine: 'wasm', threads: 2 },
      { engine: 'tfjs-wasm' },
    ],
    peerThreads: [1, 2],
    unit: { name: 'ms a step', perSecond: 1000 },
    rounds: 15,
    seconds: 0.3,
  })
}
