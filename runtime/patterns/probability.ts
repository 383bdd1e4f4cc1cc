/** Pairs that are joined with one probability each, by the lengths of the gaps between them. */
import type { PatternPlan } from '../../contract/pattern.ts'
import type { Csr } from './csr.ts'
import { PatternError } from './errors.ts'
import { Gaps, logOfMiss, type Words } from './words.ts'

/** Time and memory are those of the synapses: pairs that are not joined are skipped over. */
export function drawProbability(plan: PatternPlan, p: number, self: boolean, words: Words): Csr {
  const { pre, post, shift = 0 } = plan
  const starts = new Int32Array(pre + 1)
  const targets = new Int32Array(plan.capacity)
  // Without itself a cell has a row that is one shorter, where it is among the post cells.
  const isLeftOut = (own: number): boolean => !self && own >= 0 && own < post
  const gaps = new Gaps(words, logOfMiss(Math.min(1, p)))
  let count = 0
  let place = p > 0 ? gaps.next() : Infinity
  for (let j = 0; j < pre; j++) {
    const own = j + shift
    const skipped = isLeftOut(own) ? own : post
    const width = skipped < post ? post - 1 : post
    let { list, at } = gaps
    while (place < width) {
      if (count === targets.length) throw overflow(plan)
      targets[count++] = place < skipped ? place : place + 1
      if (at < list.length) place += 1 + list[at++]!
      else {
        place += 1 + gaps.next()
        ;({ list, at } = gaps)
      }
    }
    gaps.at = at
    place -= width
    starts[j + 1] = count
  }
  // What chance left free is a few of a hundred places at most: a copy would take longer than they are worth.
  return { starts, targets: targets.subarray(0, count) }
}

/** What is thrown where chance gave more than memory was planned for. */
export function overflow({ name, capacity }: PatternPlan): PatternError {
  return new PatternError(
    `The pattern ${name} has more synapses than the ${capacity} that memory is planned for: take another seed.`,
  )
}
