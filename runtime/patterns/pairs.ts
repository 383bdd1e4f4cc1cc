/**
 * Pairs that are joined with a probability of their own. Between two groups of cells the largest
 * probability is known; pairs are skipped over by it, and those that are met are taken with their own
 * share of it. So the time is about that of the synapses.
 */
import { pairFunction, type Space } from '../../contract/pair-program.ts'
import { groupOfAll, visitGroups } from '../../contract/pair-groups.ts'
import type { PairProgram, PatternPlan } from '../../contract/pattern.ts'
import type { Csr } from './csr.ts'
import { groupByPre, sortRows } from './csr.ts'
import { PatternError } from './errors.ts'
import { overflow } from './probability.ts'
import { logOfMiss, type Words } from './words.ts'

/** So many pairs are expected to be met between two groups. */
const ENOUGH = 48

export function drawPairs(
  plan: PatternPlan,
  program: PairProgram,
  self: boolean,
  space: Space | undefined,
  words: Words,
): Csr {
  const { shift = 0 } = plan
  const chance = pairFunction(program, space)
  const sources = new Int32Array(plan.capacity)
  const targets = new Int32Array(plan.capacity)
  let count = 0
  const [all, others] = [groupOfAll(plan.pre, space?.pre), groupOfAll(plan.post, space?.post)]
  visitGroups(program, all, others, space, ENOUGH, (from, to, most) => {
    const miss = logOfMiss(most)
    const width = to.to - to.from
    const pairs = (from.to - from.from) * width
    for (let place = words.failures(miss); place < pairs; place += 1 + words.failures(miss)) {
      const j = from.cells[from.from + Math.floor(place / width)]!
      const i = to.cells[to.from + (place % width)]!
      const p = chance(j, i)
      if (Number.isNaN(p)) throw notANumber(plan, j, i)
      // What is certain takes no draw of its own: all are met.
      const taken = p >= most || words.uniform() * most < p
      if (!taken || (!self && i === j + shift)) continue
      if (count === sources.length) throw overflow(plan)
      sources[count] = j
      targets[count] = i
      count++
    }
  })
  const csr = groupByPre(sources, targets, count, plan.pre)
  sortRows(csr)
  return csr
}

function notANumber({ name }: PatternPlan, j: number, i: number): PatternError {
  return new PatternError(
    `The probability of the pattern ${name} is no number for pre cell ${j} and post cell ${i}.`,
  )
}
