/**
 * How many synapses a pattern has on average: what memory is planned for and what decides how weights are
 * stored. Of probabilities of pairs, enough pairs are looked at; nothing that is drawn depends on it.
 */
import { expectedPairs } from '../../../contract/pair-groups.ts'
import { gridSpace, pairFunction } from '../../../contract/pair-program.ts'
import {
  capacityOf,
  type PairProgram,
  type PatternPlan,
  type PatternRule,
} from '../../../contract/pattern.ts'

type Around = Pick<PatternPlan, 'pre' | 'post' | 'shift' | 'positions'>

/** Of no more pairs each is looked at. */
const FEW = 200_000

/** The mean number of synapses, and how it varies if that is known; undefined where only a file says it. */
export interface Expected {
  readonly mean: number
  readonly variance?: number
}

export function expectedSynapses(rule: PatternRule, around: Around): Expected | undefined {
  const { pre, post, shift = 0 } = around
  switch (rule.kind) {
    case 'probability':
      return { mean: capacityOf({ kind: 'all', self: rule.self }, pre, post, { shift }) * rule.p }
    case 'pairs':
      return meanOf(rule.program, rule.self, around)
    case 'file':
      return undefined
    case 'turned':
      return expectedSynapses(rule.of.rule, rule.of)
    case 'in_degree':
    case 'out_degree':
    case 'number':
    case 'one_to_one':
    case 'all':
      return { mean: capacityOf(rule, pre, post, { shift }) }
  }
}

/** The sum of the probabilities of all pairs; undefined where positions stand in a file. */
function meanOf(program: PairProgram, self: boolean, around: Around): Expected | undefined {
  const { pre, post, shift = 0, positions } = around
  const isOfFile = [positions?.pre, positions?.post].some((each) => each?.layout.kind === 'file')
  if (isOfFile && program.some((step) => step.kind === 'pair' && !step.quantity.endsWith('index')))
    return undefined
  const plan: PatternPlan = { ...around, name: '', capacity: 0, rule: { kind: 'all', self } }
  const space = gridSpace(plan)
  // How many of very many pairs is looked up in parts of them.
  if (pre * post > FEW) return { mean: expectedPairs(program, plan, space) }
  const chance = pairFunction(program, space)
  let sum = 0
  let variance = 0
  for (let j = 0; j < pre; j++) {
    for (let i = 0; i < post; i++) {
      if (!self && i === j + shift) continue
      const value = chance(j, i)
      const p = value > 0 ? Math.min(value, 1) : 0
      sum += p
      variance += p * (1 - p)
    }
  }
  return { mean: sum, variance }
}
