/** How the weights of a pattern are kept, for each synapse or as a matrix, and why: for the compiler and for people. */
import type { ExperimentStatement } from '../../../grammar/ast.ts'
import type { Model, Pattern } from '../model.ts'
import { counted } from '../values.ts'
import { drawsInRule, hasSynapseTraces } from './synapse-traces.ts'

/** Matrices of no more pairs are kept as such: they cost little, and nothing is looked up. */
const FEW_PAIRS = 10_000

/** Of pairs of which a smaller share is joined, only those are kept that are. */
const SPARSE_BELOW = 1 / 4

/** Whether weights are kept for each synapse, and the reason. */
export type Kept = Pick<Pattern, 'sparse' | 'why'>

/** What keeps weights better, for each synapse or as a matrix; what comes of them is the same. */
export function keptAs({ plan, expected }: Pick<Pattern, 'plan' | 'expected'>): Kept {
  const { rule, pre, post } = plan
  if (rule.kind === 'file')
    return { sparse: true, why: 'the file says how many there are, and may repeat pairs' }
  if ('repeats' in rule && rule.repeats) return { sparse: true, why: 'a pair may have several' }
  const pairs = pre * post
  if (pairs <= FEW_PAIRS) {
    const most = FEW_PAIRS.toLocaleString('en-US')
    return { sparse: false, why: `${counted(pairs, 'pair')} are at most ${most}` }
  }
  const share = (expected ?? pairs) / pairs
  const joined = `${percent(share)} of ${counted(pairs, 'pair')} are joined`
  return share < SPARSE_BELOW
    ? { sparse: true, why: `${joined}, less than ${percent(SPARSE_BELOW)}` }
    : { sparse: false, why: `${joined}, at least ${percent(SPARSE_BELOW)}` }
}

/** Where a synapse has a delay of its own. */
export const keptForDelays: Kept = { sparse: true, why: 'its synapses have delays of their own' }

/** Where a rule keeps something for each synapse in each of several examples. */
const keptForTraces: Kept = {
  sparse: true,
  why: 'a rule keeps something of each synapse in each example',
}

/** Where a rule draws: the same numbers, however many pairs there could be; of every pair a matrix has them. */
const keptForDraws: Kept = { sparse: true, why: 'a rule draws for each synapse' }

const joinsAll = ({ plan: { rule } }: Pattern): boolean => rule.kind === 'all' && rule.self

/** Patterns by name, kept as what the connections that have them need. */
export function patternsAsKept(
  { patterns, connections }: Pick<Model, 'patterns' | 'connections'>,
  severalExamples: boolean,
): ReadonlyMap<string, Pattern> {
  const needs = new Map<string, Kept>()
  for (const { delays, pattern, rule } of connections) {
    if (!pattern) continue
    if (delays) needs.set(pattern.name, keptForDelays)
    else if (rule && !joinsAll(pattern) && drawsInRule(rule.item))
      needs.set(pattern.name, keptForDraws)
    else if (severalExamples && rule && !needs.has(pattern.name) && hasSynapseTraces(rule.item))
      needs.set(pattern.name, keptForTraces)
  }
  return new Map(
    patterns.map((each) => [each.name, each.sparse ? each : { ...each, ...needs.get(each.name) }]),
  )
}

/** Whether an experiment may go through several examples at once. */
export function hasExamples(statements: readonly ExperimentStatement[]): boolean {
  const batch = statements
    .filter((each) => each.kind === 'Value')
    .findLast((each) => each.name.name === 'batch')?.value
  return batch !== undefined && !(batch.kind === 'NumberLiteral' && Number(batch.text) === 1)
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`

/** A line for each pattern and each mask: how weights are kept, and why. */
export function keptTexts({ connections, patterns }: Model): readonly string[] {
  const textOf = ({ name, sparse, why }: Pattern): string =>
    `pattern ${name}: weights ${sparse ? 'for each synapse' : 'as a matrix'}: ${why}`
  const masks = connections.flatMap(({ name, connectivity }) =>
    connectivity === 'mask' ? [`${name}: weights as a matrix: its mask is one`] : [],
  )
  return [...patterns.map(textOf), ...masks]
}
