/**
 * Weights of synapses that are one number for all of them (`OneNumber`): written as that, given out as an array, and taken from one,
 * whose numbers may differ: then memory for each of them is used.
 */
import type { OneNumber, PlacedTensor, WasmArtifact } from '../../../contract/artifact.ts'

export class Ones {
  readonly #of: ReadonlyMap<PlacedTensor, OneNumber>

  /** `artifact`: that whose storages are read and written. */
  constructor({ ones, storages }: WasmArtifact) {
    this.#of = new Map(
      storages.flatMap((storage) => {
        const one = ones.find((each) => each.storage === storage.name)
        return one ? [[storage, one] as const] : []
      }),
    )
  }

  /** Before `init` has written the numbers that they begin with. */
  begin(words: Int32Array): void {
    for (const { varies } of this.#of.values()) words[varies / 4] = 0
  }

  /** Whether a tensor is one number now. */
  isOne(tensor: PlacedTensor, words: Int32Array): boolean {
    const one = this.#of.get(tensor)
    return one !== undefined && words[one.varies / 4] === 0
  }

  /** Notes whether values that are about to be written are one number; gives how many of them are to be written. */
  noted(tensor: PlacedTensor, words: Int32Array, values: ArrayLike<number>): number {
    const one = this.#of.get(tensor)
    if (!one) return values.length
    const first = values[0]
    let at = 1
    while (at < values.length && Object.is(values[at], first)) at++
    const isOne = at >= values.length
    words[one.varies / 4] = isOne ? 0 : 1
    return isOne ? Math.min(1, values.length) : values.length
  }
}
