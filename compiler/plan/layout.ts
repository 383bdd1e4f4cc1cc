/**
 * Where the elements of a tensor lie in memory. Every tensor is a matrix: its first axis is the rows,
 * the rest, flattened, the columns; a vector is one row, a number one row of one column. A row begins
 * at a multiple of the machine's unit; the elements between the end of a row and the next row are padding,
 * whose content means nothing. So element-wise loops need no remainders.
 */
import { isSynapseDim, patternOf } from '../../contract/pattern.ts'
import type { Dim, PatternSides, Shape } from '../ir/ir.ts'
import { padded, type Machine } from './machine.ts'

export interface Layout {
  readonly rows: Dim
  readonly columns: Dim
}

export function layoutOf(shape: Shape): Layout {
  const [first = 1, ...rest] = shape
  if (shape.length < 2) return { rows: 1, columns: first }
  return { rows: first, columns: product(rest) }
}

/**
 * A product of which at most one factor is the batch, and then the only one that is not 1. No file gives
 * another: lowering makes values of a circuit as [batch, units], takes them apart and together along
 * axis 1 alone, and only weights have more than two axes; so the error would be a mistake of lowering.
 */
function product(dims: Shape): Dim {
  const others = dims.filter((dim) => dim !== 1)
  if (others.length === 1 && others[0] !== undefined) return others[0]
  return others.reduce<number>((total, dim) => {
    if (dim === 'batch') throw new Error('the batch must be the first axis, or the only one')
    return total * numberIn(dim)
  }, 1)
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return a.rows === b.rows && a.columns === b.columns
}

/** Elements of memory, padding included: so many always, or so many for each example of the batch. */
export interface Size {
  readonly elements: number
  readonly per: 'program' | 'example'
}

/** Of each pattern, by name, as many synapses as there is room for. */
export type Capacities = ReadonlyMap<string, number>

const noPatterns: Capacities = new Map()

export function sizeOf(
  machine: Machine,
  { rows, columns }: Layout,
  capacities: Capacities = noPatterns,
): Size {
  const number = (dim: Dim): number => numberIn(dim, capacities)
  if (rows === 'batch' && columns === 'batch') {
    throw new Error('a tensor has the batch as one axis only')
  }
  if (rows === 'batch') return { elements: padded(machine, number(columns)), per: 'example' }
  // The batch itself is padded, so rows of one element for each example are too.
  if (columns === 'batch') return { elements: number(rows), per: 'example' }
  return { elements: number(rows) * padded(machine, number(columns)), per: 'program' }
}

/** A size that is a number; of synapses as many as there is room for. */
export function numberIn(dim: Dim, capacities: Capacities = noPatterns): number {
  if (typeof dim === 'number') return dim
  const most = isSynapseDim(dim) ? capacities.get(patternOf(dim)) : undefined
  if (most !== undefined) return most
  throw new Error(`${dim} have no place in a plan`)
}

/**
 * How an operand of an element-wise function lies to the result, in memory. `full`: element by
 * element; `row`: the same for every row; `column`: one number a row; `scalar`: one number;
 * `general`: otherwise, as where axes of a tensor of few axes meet the later ones of many.
 */
export type OperandClass = 'full' | 'row' | 'column' | 'scalar' | 'general'

/** What a value of synapses reads of cells: that of each synapse's pre or post cell. */
export interface Through {
  readonly pattern: PatternSides
  readonly side: 'pre' | 'post'
}

/** How an operand lies to the result: as `classify` says, or read through a pattern. */
export function liesOf(
  { shape, through }: { readonly shape: Shape; readonly through?: Through },
  result: Shape,
): OperandClass | 'through' {
  return through ? 'through' : classify(shape, result)
}

export function classify(operand: Shape, result: Shape): OperandClass {
  if (operand.every((dim) => dim === 1)) {
    // One number for one is element by element too, so that what a lone unit computes is one loop; but
    // a host scalar has no padding to be loaded with.
    const isLone = operand.length > 0 && result.length > 0 && result.every((dim) => dim === 1)
    return isLone ? 'full' : 'scalar'
  }
  const extra = result.length - operand.length
  const at = (axis: number): Dim => (axis < extra ? 1 : (operand[axis - extra] ?? 1))
  const same = result.map((dim, axis) => at(axis) === dim)
  const [from, to] = [layoutOf(operand), layoutOf(result)]
  if (same.every(Boolean)) return sameLayout(from, to) ? 'full' : 'general'
  if (result.length < 2) return 'general'
  const rest = result.slice(1).map((_, i) => i + 1)
  const isRow = at(0) === 1 && rest.every((axis) => same[axis])
  if (isRow && sameLayout(from, { rows: 1, columns: to.columns })) return 'row'
  const isColumn = same[0] && rest.every((axis) => at(axis) === 1)
  if (isColumn && sameLayout(from, { rows: to.rows, columns: 1 })) return 'column'
  return 'general'
}
