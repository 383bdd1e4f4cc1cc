/** What a checkpoint keeps of a pattern, so that weights are not put on other synapses. */
import type { DrawnPattern } from '../../contract/pattern.ts'

export interface PatternIdentity {
  readonly name: string
  readonly count: number
  /** Of which cells are joined, 16 digits. */
  readonly hash: string
}

/** The number of synapses and a hash of the list. */
export function identityOf({ name, count, starts, targets }: DrawnPattern): PatternIdentity {
  return { name, count, hash: mixed(starts, 0x2545f491) + mixed(targets, 0x1b873593) }
}

/** Eight digits from numbers in their order (the mixing of MurmurHash3, 32 bits). */
function mixed(values: Int32Array, seed: number): string {
  let h = seed | 0
  for (let k = 0; k < values.length; k++) {
    let word = Math.imul(values[k]!, 0xcc9e2d51)
    word = (word << 15) | (word >>> 17)
    h ^= Math.imul(word, 0x1b873593)
    h = (h << 13) | (h >>> 19)
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  h ^= values.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, '0')
}
