/** What a pair program gives for two cells, and where cells stand. */
import { evaluateElementary } from './elementary.ts'
import type { PairProgram, PairQuantity, PatternPlan, PositionsPlan } from './pattern.ts'

/** Where the cells of a population stand, in metres. */
export interface Positions {
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Both sides of a pattern, and after which length space begins again along x and y (0: never). */
export interface Space {
  readonly pre: Positions
  readonly post: Positions
  readonly period: readonly [number, number]
}

/** Where all cells of a grid stand; undefined where a file has to tell. */
export function gridPositions({ layout }: PositionsPlan): Positions | undefined {
  if (layout.kind === 'file') return undefined
  const { rows, columns, spacing, origin = [0, 0] } = layout
  const place = (axis: 0 | 1, of: (cell: number) => number): Float64Array =>
    Float64Array.from(
      { length: rows * columns },
      (_, cell) => origin[axis] + of(cell) * spacing[axis],
    )
  return {
    x: place(0, (cell) => cell % columns),
    y: place(1, (cell) => Math.floor(cell / columns)),
  }
}

/** The space of a pattern whose cells stand on grids; undefined without positions or with a file's. */
export function gridSpace(plan: PatternPlan): Space | undefined {
  const { positions } = plan
  if (!positions) return undefined
  const [from, to] = [gridPositions(positions.pre), gridPositions(positions.post)]
  if (!from || !to) return undefined
  return {
    pre: cellsOf(from, positions.pre, plan.pre),
    post: cellsOf(to, positions.post, plan.post),
    period: positions.pre.period,
  }
}

/** Of all places of a layout those of one side of a pattern, so many from its first on. */
export function cellsOf(
  { x, y }: Positions,
  { first = 0 }: PositionsPlan,
  cells: number,
): Positions {
  const to = first + cells
  return { x: x.subarray(first, to), y: y.subarray(first, to) }
}

/** d, the short way round where space has a period. */
export function shortWay(d: number, period: number): number {
  return period > 0 ? d - period * Math.round(d / period) : d
}

/** What is known of the pair of pre cell j and post cell i. Quantities of space need a space. */
export function quantityOf(
  quantity: PairQuantity,
  j: number,
  i: number,
  space: Space | undefined,
): number {
  if (quantity === 'pre.index') return j
  if (quantity === 'post.index') return i
  if (!space) throw new Error(`${quantity} without positions`)
  const { pre, post, period } = space
  switch (quantity) {
    case 'pre.x':
      return pre.x[j]!
    case 'pre.y':
      return pre.y[j]!
    case 'post.x':
      return post.x[i]!
    case 'post.y':
      return post.y[i]!
    case 'dx':
      return shortWay(post.x[i]! - pre.x[j]!, period[0])
    case 'dy':
      return shortWay(post.y[i]! - pre.y[j]!, period[1])
    case 'distance': {
      const dx = shortWay(post.x[i]! - pre.x[j]!, period[0])
      const dy = shortWay(post.y[i]! - pre.y[j]!, period[1])
      return Math.sqrt(dx * dx + dy * dy)
    }
  }
}

type OfPair = (j: number, i: number) => number

/** The program as a function of pre cell j and post cell i. */
export function pairFunction(program: PairProgram, space: Space | undefined): OfPair {
  const uses = program.map(() => 0)
  for (const step of program) if (step.kind === 'apply') for (const at of step.args) uses[at]!++
  // What several steps read is worked out once, before all; everything else where it is read.
  const values = new Float64Array(program.length)
  const shared: (readonly [at: number, of: OfPair])[] = []
  const made: OfPair[] = []
  program.forEach((step, at) => {
    const of = stepFunction(step, made, space)
    const isShared = step.kind === 'apply' && uses[at]! > 1
    if (isShared) shared.push([at, of])
    made.push(isShared ? () => values[at]! : of)
  })
  const result = made.at(-1) ?? (() => 0)
  if (shared.length === 0) return result
  return (j, i) => {
    for (const [at, of] of shared) values[at] = of(j, i)
    return result(j, i)
  }
}

function stepFunction(
  step: PairProgram[number],
  made: readonly OfPair[],
  space: Space | undefined,
): OfPair {
  if (step.kind === 'const') return () => step.value
  if (step.kind === 'pair') return quantityFunction(step.quantity, space)
  const { fn } = step
  const [a, b = a, c = a] = step.args.map((at) => made[at])
  if (!a || !b || !c) throw new Error(`${fn} reads a step that is not there`)
  switch (fn) {
    case 'add':
      return (j, i) => a(j, i) + b(j, i)
    case 'sub':
      return (j, i) => a(j, i) - b(j, i)
    case 'mul':
      return (j, i) => a(j, i) * b(j, i)
    case 'div':
      return (j, i) => a(j, i) / b(j, i)
    case 'neg':
      return (j, i) => -a(j, i)
    case 'exp':
      return (j, i) => Math.exp(a(j, i))
    default:
      return (j, i) => evaluateElementary(fn, [a(j, i), b(j, i), c(j, i)])
  }
}

function quantityFunction(quantity: PairQuantity, space: Space | undefined): OfPair {
  if (quantity !== 'distance' || !space) return (j, i) => quantityOf(quantity, j, i, space)
  const { pre, post, period } = space
  return (j, i) => {
    const dx = shortWay(post.x[i]! - pre.x[j]!, period[0])
    const dy = shortWay(post.y[i]! - pre.y[j]!, period[1])
    return Math.sqrt(dx * dx + dy * dy)
  }
}
