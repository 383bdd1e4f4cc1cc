/** Draws in a program's memory: their keys, which follow from the seed and the name of each stream, or recorded numbers. */
import type { PlacedTensor, ProgramInfo, WasmArtifact } from '../../../contract/artifact.ts'
import { streamKey } from '../../support/random.ts'
import type { CreateOptions } from '../network.ts'
import { countOf, shapeFor } from './tensors.ts'

export function writeKeys({ programs }: WasmArtifact, words: Int32Array, seed: number): void {
  for (const { draws } of programs) {
    for (const { name, key } of draws) {
      const [first, second] = streamKey(seed, name)
      words.set([first, second, 0, 0], key / 4)
    }
  }
}

/** Recorded draws, where there are any, in place of the program's own. */
export function giveDraws(
  { draws }: ProgramInfo,
  draw: CreateOptions['draw'],
  at: {
    readonly step: number
    readonly batch: number
    readonly words: Int32Array
    readonly write: (draw: PlacedTensor, values: ArrayLike<number>) => void
  },
): void {
  if (!draw) return
  for (const each of draws) {
    const values = draw(each.name, at.step, countOf(shapeFor(each.shape, at.batch)))
    if (values && !each.place)
      throw new Error(`the draw ${each.name} is made piece by piece and cannot be given`)
    at.words[each.key / 4 + 2] = values ? 1 : 0
    if (values && each.place) at.write({ ...each, place: each.place }, values)
  }
}
