/** The keys of draws in a program's memory, which follow from the seed and the name of each stream. */
import type { WasmArtifact } from '../../../contract/artifact.ts'
import { streamKey } from '../../support/random.ts'

export function writeKeys({ programs }: WasmArtifact, words: Int32Array, seed: number): void {
  for (const { draws } of programs) {
    for (const { name, key } of draws) {
      const [first, second] = streamKey(seed, name)
      words.set([first, second, 0, 0], key / 4)
    }
  }
}
