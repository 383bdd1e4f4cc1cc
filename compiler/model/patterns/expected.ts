/**
 * How many synapses a pattern has on average: what memory is planned for and what decides how weights are
 * stored. Of probabilities of pairs, enough pairs are looked at; nothing that is drawn depends on it.
 */
import { evaluateElementary } from '../../../contract/elementary.ts'
import {
  capacityOf,
  type PairProgram,
  type PairQuantity,
  type PatternPlan,
  type PatternRule,
  type PositionsPlan,
} from '../../../contract/pattern.ts'

type Around = Pick<PatternPlan, 'pre' | 'post' | 'shift' | 'positions'>

/** Of probabilities for each pair, about so many pairs are looked at. */
const LOOKED_AT = 200_000

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
    case 'in_degree':
    case 'out_degree':
    case 'number':
    case 'one_to_one':
    case 'all':
      return { mean: capacityOf(rule, pre, post, { shift }) }
  }
}

/** The sum of the probabilities of all pairs, estimated from some pre cells evenly apart. */
function meanOf(program: PairProgram, self: boolean, around: Around): Expected | undefined {
  const { pre, post, shift = 0, positions } = around
  const isOfFile = [positions?.pre, positions?.post].some((each) => each?.layout.kind === 'file')
  if (isOfFile && program.some((step) => step.kind === 'pair' && !step.quantity.endsWith('index')))
    return undefined
  const rows = Math.min(pre, Math.max(1, Math.ceil(LOOKED_AT / post)))
  const columns = Math.min(post, LOOKED_AT)
  const values = new Float64Array(program.length)
  let sum = 0
  let variance = 0
  for (let row = 0; row < rows; row++) {
    const j = Math.floor(((row + 0.5) * pre) / rows)
    for (let column = 0; column < columns; column++) {
      const i = Math.floor(((column + 0.5) * post) / columns)
      if (!self && i === j + shift) continue
      const value = valueOf(program, j, i, positions, values)
      const p = Number.isNaN(value) ? 0 : Math.min(Math.max(value, 0), 1)
      sum += p
      variance += p * (1 - p)
    }
  }
  const share = (pre / rows) * (post / columns)
  if (share === 1) return { mean: sum, variance }
  // What was not looked at may differ a little from what was.
  return { mean: sum * share * 1.02 }
}

function valueOf(
  program: PairProgram,
  j: number,
  i: number,
  positions: Around['positions'],
  values: Float64Array,
): number {
  for (const [k, step] of program.entries()) {
    values[k] =
      step.kind === 'const'
        ? step.value
        : step.kind === 'pair'
          ? quantityOf(step.quantity, j, i, positions)
          : evaluateElementary(
              step.fn,
              step.args.map((each) => values[each] ?? Number.NaN),
            )
  }
  return values.at(-1) ?? Number.NaN
}

function quantityOf(
  quantity: PairQuantity,
  j: number,
  i: number,
  positions: Around['positions'],
): number {
  if (quantity === 'pre.index') return j
  if (quantity === 'post.index') return i
  if (!positions) return Number.NaN
  const [x, y] = placeOf(positions.pre, j)
  const [u, v] = placeOf(positions.post, i)
  const dx = shortest(u - x, positions.pre.period[0])
  const dy = shortest(v - y, positions.pre.period[1])
  switch (quantity) {
    case 'pre.x':
      return x
    case 'pre.y':
      return y
    case 'post.x':
      return u
    case 'post.y':
      return v
    case 'dx':
      return dx
    case 'dy':
      return dy
    case 'distance':
      return Math.sqrt(dx * dx + dy * dy)
  }
}

function placeOf({ layout, first = 0 }: PositionsPlan, cell: number): readonly [number, number] {
  if (layout.kind === 'file') return [Number.NaN, Number.NaN]
  const { columns, spacing } = layout
  const at = cell + first
  return [(at % columns) * spacing[0], Math.floor(at / columns) * spacing[1]]
}

const shortest = (d: number, period: number): number =>
  period > 0 ? d - period * Math.round(d / period) : d
