/**
 * Draws the patterns of a network: which cells each connection joins. What is drawn depends on the plan,
 * the run's seed and the pattern's name alone: not on the target, the number of threads, or other draws.
 */
import {
  cellsOf,
  gridPositions,
  quantityOf,
  type Positions,
  type Space,
} from '../../contract/pair-program.ts'
import type {
  DrawnPattern,
  PairQuantity,
  PairValues,
  PatternPlan,
  PositionsPlan,
} from '../../contract/pattern.ts'
import type { NamedArray } from '../engine/network.ts'
import { drawInDegree, drawNumber, drawOutDegree } from './choices.ts'
import { byPre, type Csr } from './csr.ts'
import { PatternError } from './errors.ts'
import { patternOfList, type PairList } from './list.ts'
import { drawPairs } from './pairs.ts'
import { drawProbability } from './probability.ts'
import { Words } from './words.ts'

/** What files tell of a pattern. */
export interface PatternTables {
  /** Of a pattern from a file. */
  readonly pairs?: PairList
  /** Of cells whose positions stand in a file. */
  readonly positions?: { readonly pre?: Positions; readonly post?: Positions }
}

/** The pattern of a plan. Throws PatternError for what cannot be drawn. */
export function drawPattern(
  plan: PatternPlan,
  seed: number,
  tables: PatternTables = {},
): DrawnPattern {
  const { name } = plan
  const found = synapsesOf(plan, tables, seed)
  const { starts, targets } = found
  const rows = 'rows' in found ? { rows: found.rows } : {}
  return { name, count: targets.length, starts, targets, ...rows }
}

function synapsesOf(
  plan: PatternPlan,
  tables: PatternTables,
  seed: number,
): Csr & { readonly rows?: Int32Array } {
  const { rule } = plan
  if (rule.kind === 'turned') return turned(rule.of, synapsesOf(rule.of, swapped(tables), seed))
  const words = new Words(seed, plan.name)
  switch (rule.kind) {
    case 'probability':
      return drawProbability(plan, rule.p, rule.self, words)
    case 'pairs':
      return drawPairs(plan, rule.program, rule.self, spaceOf(plan, tables), words)
    case 'in_degree':
      return drawInDegree(plan, rule, words)
    case 'out_degree':
      return drawOutDegree(plan, rule, words)
    case 'number':
      return drawNumber(plan, rule, words)
    case 'one_to_one':
      return oneToOne(plan)
    case 'all':
      return drawProbability({ ...plan, capacity: plan.pre * plan.post }, 1, rule.self, words)
    case 'file':
      if (!tables.pairs) throw unread('pairs', plan, rule.file.path)
      return patternOfList(plan, tables.pairs)
  }
}

/** What to tell where nobody has read a file: the engines of Node.js do, a page cannot. */
const unread = (what: string, { name }: PatternPlan, path?: string): PatternError =>
  new PatternError(
    `The ${what} of the pattern ${name} stand in a file${path === undefined ? '' : `, ${path}`}, that nobody has read: ` +
      'a page reads none, and needs the pattern drawn beforehand, in `patterns`.',
  )

/** Synapses the other way round: in the order of what were their post cells. */
function turned(
  { pre, post }: PatternPlan,
  { starts, targets, rows }: Csr & { readonly rows?: Int32Array },
): Csr & { readonly rows?: Int32Array } {
  const sources = new Int32Array(targets.length)
  for (let j = 0; j < pre; j++) sources.fill(j, starts[j], starts[j + 1])
  const { order, ...csr } = byPre(targets, sources, targets.length, post)
  return { ...csr, ...(rows && { rows: order.map((at) => rows[at]!) }) }
}

/** What files tell of a pattern, of the same one the other way round. */
export function swapped({ pairs, positions }: PatternTables): PatternTables {
  const { pre, post } = positions ?? {}
  return {
    ...(pairs && { pairs }),
    ...(positions && { positions: { ...(post && { pre: post }), ...(pre && { post: pre }) } }),
  }
}

function oneToOne({ pre, post }: PatternPlan): Csr {
  const count = Math.min(pre, post)
  return {
    starts: Int32Array.from({ length: pre + 1 }, (_, j) => Math.min(j, count)),
    targets: Int32Array.from({ length: count }, (_, i) => i),
  }
}

/** Where the cells of both sides stand; undefined where nothing says so. */
export function spaceOf(plan: PatternPlan, tables: PatternTables): Space | undefined {
  const { positions } = plan
  if (!positions) return undefined
  const side = (which: 'pre' | 'post'): Positions => {
    const planned: PositionsPlan = positions[which]
    const all = gridPositions(planned) ?? tables.positions?.[which]
    if (!all) throw unread('positions', plan)
    const found = cellsOf(all, planned, plan[which])
    if (found.x.length !== plan[which]) {
      throw new PatternError(
        `The pattern ${plan.name} has positions of ${found.x.length} ${which} cells, but there are ${plan[which]}.`,
      )
    }
    return found
  }
  return { pre: side('pre'), post: side('post'), period: positions.pre.period }
}

/** What `init` reads of the pairs of patterns, as arrays by their names. */
export function pairArrays(
  values: readonly PairValues[],
  plans: readonly PatternPlan[],
  drawn: Readonly<Record<string, DrawnPattern>>,
  tables: Readonly<Record<string, PatternTables>> = {},
): Record<string, NamedArray> {
  return Object.fromEntries(
    values.map(({ name, pattern, quantity }) => {
      const plan = plans.find((each) => each.name === pattern)
      const synapses = drawn[pattern]
      if (!plan || !synapses) throw new Error(`There is no pattern ${pattern}`)
      const data = quantities(quantity, synapses, spaceOf(plan, tables[pattern] ?? {}))
      return [name, { shape: [synapses.count], data }]
    }),
  )
}

function quantities(
  quantity: PairQuantity,
  { count, starts, targets }: DrawnPattern,
  space: Space | undefined,
): Float64Array {
  const data = new Float64Array(count)
  for (let j = 0; j + 1 < starts.length; j++)
    for (let s = starts[j]!; s < starts[j + 1]!; s++)
      data[s] = quantityOf(quantity, j, targets[s]!, space)
  return data
}
