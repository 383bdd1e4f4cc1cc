/**
 * The cells of a population in groups of groups that stand ever closer together, and the pairs of two
 * populations taken apart into pairs of groups in which a program's probability is known well enough.
 */
import { boundsOf, type Box } from './pair-bounds.ts'
import { pairFunction, type Positions, type Space } from './pair-program.ts'
import type { PairProgram, PatternPlan } from './pattern.ts'

/** Cells that stand close together: `cells[from .. to]` of their tree. */
export interface Group extends Box {
  readonly cells: Int32Array
  readonly from: number
  readonly to: number
  /** Its two halves, made when they are asked for; none of a group that is small enough. */
  readonly halves: () => readonly [Group, Group] | undefined
}

/** Groups of so few cells are not taken apart. */
const SMALL = 8

/** All cells of a population as one group; without positions neighbours are those of near indices. */
export function groupOfAll(count: number, positions: Positions | undefined): Group {
  const cells = Int32Array.from({ length: count }, (_, cell) => cell)
  return groupOf(cells, 0, count, positions)
}

function groupOf(
  cells: Int32Array,
  from: number,
  to: number,
  positions: Positions | undefined,
): Group {
  const bounds = (of: (cell: number) => number): [number, number] => {
    let [low, high] = [Infinity, -Infinity]
    for (let at = from; at < to; at++) {
      const value = of(cells[at]!)
      if (value < low) low = value
      if (value > high) high = value
    }
    return [low, high]
  }
  const index = bounds((cell) => cell)
  const x = positions ? bounds((cell) => positions.x[cell]!) : ([0, 0] as const)
  const y = positions ? bounds((cell) => positions.y[cell]!) : ([0, 0] as const)
  let halves: readonly [Group, Group] | undefined
  return {
    cells,
    from,
    to,
    index,
    x,
    y,
    halves: () => {
      if (halves || to - from <= SMALL) return halves
      const [width, height] = [x[1] - x[0], y[1] - y[0]]
      const isApart = positions && Math.max(width, height) > 0
      const axis = width >= height ? 'x' : 'y'
      const middle = axis === 'x' ? (x[0] + x[1]) / 2 : (y[0] + y[1]) / 2
      const place = isApart
        ? parted(cells, from, to, (cell) => positions[axis][cell]! <= middle)
        : parted(cells, from, to, (cell) => cell <= (index[0] + index[1]) / 2)
      halves = [groupOf(cells, from, place, positions), groupOf(cells, place, to, positions)]
      return halves
    },
  }
}

/** Brings those that `isFirst` holds of before the others, each in their order; gives where they part. */
function parted(
  cells: Int32Array,
  from: number,
  to: number,
  isFirst: (cell: number) => boolean,
): number {
  const others: number[] = []
  let place = from
  for (let at = from; at < to; at++) {
    const cell = cells[at]!
    if (isFirst(cell)) cells[place++] = cell
    else others.push(cell)
  }
  cells.set(others, place)
  return place
}

/**
 * Takes all pairs apart into pairs of groups, in a fixed order, until at most `enough` are expected in each
 * or the groups are small; `visit` is told the largest probability in each where it is not 0.
 */
export function visitGroups(
  program: PairProgram,
  pre: Group,
  post: Group,
  space: Space | undefined,
  enough: number,
  visit: (pre: Group, post: Group, most: number) => void,
): void {
  const [, high] = boundsOf(program, pre, post, space?.period ?? [0, 0])
  // Functions of machines are exact to some digits only.
  const most = Math.min(1, Math.max(0, high * (1 + 1e-9)))
  if (most === 0) return
  const [height, width] = [pre.to - pre.from, post.to - post.from]
  const halves = most * height * width > enough ? split(pre, post) : undefined
  if (!halves) visit(pre, post, most)
  else for (const [a, b] of halves) visitGroups(program, a, b, space, enough, visit)
}

/** The pairs of a half of the larger group and the other; undefined where none can be taken apart. */
function split(pre: Group, post: Group): readonly (readonly [Group, Group])[] | undefined {
  const isPreLarger = sizeOf(pre) >= sizeOf(post)
  const first = isPreLarger ? pre.halves() : undefined
  if (first) return first.map((half) => [half, post] as const)
  const second = post.halves()
  if (second) return second.map((half) => [pre, half] as const)
  return pre.halves()?.map((half) => [half, post] as const)
}

/** How far its cells are apart; of those in one place how many they are, which is less than any length. */
function sizeOf({ x, y, from, to }: Group): number {
  const length = Math.max(x[1] - x[0], y[1] - y[0])
  return length > 0 ? length : (to - from) * Number.MIN_VALUE
}

/** Up to so many pairs are looked at one by one; of more, so many parts, a few pairs in each. */
const FEW = 500_000
const PARTS = 2 ** 23
const SAMPLES = 4

/**
 * How many pairs a program joins on the average: the sum of the probabilities. Where pairs are very many a
 * few are looked at in every part of them, and four standard errors added: rather too many than too few.
 */
export function expectedPairs(
  program: PairProgram,
  { pre, post }: Pick<PatternPlan, 'pre' | 'post'>,
  space: Space | undefined,
): number {
  const of = pairFunction(program, space)
  const chance = (j: number, i: number): number => {
    const p = of(j, i)
    return p > 0 ? Math.min(1, p) : 0
  }
  let sum = 0
  if (pre * post <= FEW) {
    for (let j = 0; j < pre; j++) for (let i = 0; i < post; i++) sum += chance(j, i)
    return sum
  }
  const [all, others] = [groupOfAll(pre, space?.pre), groupOfAll(post, space?.post)]
  const enough = Math.max(16, (pre * post) / PARTS)
  let variance = 0
  // Points that fill a square evenly (Roberts, the R2 sequence), whatever the groups are.
  let [u, v] = [0.5, 0.5]
  const some = (turn: number, { cells, from, to }: Group): number =>
    cells[from + Math.floor(turn * (to - from))]!
  visitGroups(program, all, others, space, enough, (from, to) => {
    const pairs = (from.to - from.from) * (to.to - to.from)
    let [total, squares] = [0, 0]
    for (let k = 0; k < SAMPLES; k++) {
      u = (u + 0.7548776662466927) % 1
      v = (v + 0.5698402909980532) % 1
      const p = chance(some(u, from), some(v, to))
      total += p
      squares += p * p
    }
    const mean = total / SAMPLES
    sum += pairs * mean
    variance += (pairs * pairs * (squares / SAMPLES - mean * mean)) / (SAMPLES - 1)
  })
  return sum + 4 * Math.sqrt(Math.max(0, variance))
}
