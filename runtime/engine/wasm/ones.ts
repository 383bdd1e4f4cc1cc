/**
 * Weights of synapses that are one number for all of them (`OneNumber`): written as that, given out as an array, and taken from one,
 * whose numbers may differ: then memory for each of them is used.
 */
import type { OneNumber, PlacedTensor, WasmArtifact } from '../../../contract/artifact.ts'
import { countOf, readTensor, writeTensor, type Elements } from './tensors.ts'

/** A network's memory, and the index of a tensor's first element. */
export interface ElementsAt {
  readonly words: Int32Array
  readonly elements: Elements
  readonly index: number
}

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

  /** What a tensor is, of that shape. */
  read(
    tensor: PlacedTensor,
    { words, elements, index }: ElementsAt,
    shape: readonly number[],
  ): Elements {
    const one = this.#of.get(tensor)
    if (!one || words[one.varies / 4] !== 0) return readTensor(elements, index, shape)
    const all = elements instanceof Float32Array ? Float32Array : Float64Array
    return new all(countOf(shape)).fill(elements[index] ?? 0)
  }

  /** Writes a tensor of that shape: once what is one number. */
  write(
    tensor: PlacedTensor,
    { words, elements, index }: ElementsAt,
    shape: readonly number[],
    values: ArrayLike<number>,
  ): void {
    const one = this.#of.get(tensor)
    const isOne = one !== undefined && areSame(values)
    if (one) words[one.varies / 4] = isOne ? 0 : 1
    writeTensor(elements, index, isOne ? [Math.min(1, values.length)] : shape, values)
  }
}

function areSame(values: ArrayLike<number>): boolean {
  for (let at = 1; at < values.length; at++) if (!Object.is(values[at], values[0])) return false
  return true
}
