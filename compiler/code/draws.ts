/**
 * Draws of a program: each thread draws its part, the elements of a single row, or rows. A draw that is given (a recorded
 * one) is left as it is.
 */
import type { WorkId } from '../ir/ids.ts'
import type { IrNode } from '../ir/ir.ts'
import { layoutOf, type Layout } from '../plan/layout.ts'
import { binomialRowsFunction, fillBinomial } from './binomial.ts'
import { known, type ProgramFrame } from './frame.ts'
import { fillPoisson, poissonRowsFunction } from './poisson.ts'
import { fillFunction, fillRowsFunction } from './random.ts'
import { access, add, call, get, int, mul, op, select, sub, type Code, type Local } from './tree.ts'

/** A draw that the program makes. */
interface Draw {
  readonly frame: ProgramFrame
  readonly id: WorkId
  readonly layout: Layout
  /** A word of its key; the third says whether it is given. */
  readonly word: (offset: number) => Code
}

export function emitDraw(
  frame: ProgramFrame,
  node: IrNode & { readonly op: 'random' },
  id: WorkId,
): void {
  const { module, lanes, map } = frame.shared
  if (node.distribution === 'bernoulli') throw new Error('a Bernoulli draw was not resolved')
  const key = known(map.keys, node.stream)
  const word = (offset: number): Code => access('int.load', key + offset, int(0))
  const draw = { frame, id, layout: layoutOf(node.shape), word }
  if (node.distribution === 'poisson' || node.distribution === 'binomial')
    return emitCounts(draw, node.distribution)
  if (draw.layout.rows === 1) {
    const fill = fillFunction(module, lanes, node.distribution)
    emitRow(draw, (from, count) =>
      call(fill, elementAt(draw, from), word(0), word(4), frame.step, get(from), count),
    )
    return
  }
  const fill = fillRowsFunction(module, lanes, node.distribution)
  emitRows(draw, (...rows) =>
    call(fill, frame.addressOf(id), word(0), word(4), frame.step, ...rows),
  )
}

/** The functions that draw counts: the elements of a row, and rows. */
const counting = {
  poisson: { fill: fillPoisson, rows: poissonRowsFunction },
  binomial: { fill: fillBinomial, rows: binomialRowsFunction },
} as const

/** What a draw needs lies as it reads it: one number, of each row, of each column, or whole. */
function emitCounts(draw: Draw, distribution: keyof typeof counting): void {
  const { frame, id, layout, word } = draw
  const { module, lanes } = frame.shared
  const needed = frame.value(id).args.map((operand) => {
    const its = layoutOf(operand.shape)
    return { operand, its, columnStep: int(its.columns === 1 ? 0 : lanes.bytes) }
  })
  const keys = [word(0), word(4), frame.step] as const
  if (layout.rows === 1) {
    const fill = counting[distribution].fill(module, lanes)
    emitRow(draw, (from, count) => {
      const places = needed.flatMap(({ operand, columnStep }) => [
        add(frame.operand(operand), mul(get(from), columnStep)),
        columnStep,
      ])
      return call(fill, elementAt(draw, from), ...places, ...keys, get(from), count)
    })
    return
  }
  const fill = counting[distribution].rows(module, lanes)
  const places = needed.flatMap(({ operand, its, columnStep }) => [
    frame.operand(operand),
    its.rows === 1 ? int(0) : frame.stride(its),
    columnStep,
  ])
  emitRows(draw, (...rows) => call(fill, frame.addressOf(id), ...places, ...keys, ...rows))
}

/** Draws this thread's part of a single row: elements from one on, so many. */
function emitRow({ frame, layout, word }: Draw, build: (from: Local, count: Code) => Code): void {
  const { fn } = frame
  const size = frame.size(layout.columns)
  const { from, to } = frame.part(layout.columns, 'columns')
  const end = select(get(to), size, op('int.lt', get(to), size))
  const count = fn.define('count', sub(end, get(from)))
  const isDrawn = op('int.and', op('int.isZero', word(8)), op('int.gt', get(count), int(0)))
  fn.branch(isDrawn, () => fn.push(build(from, get(count))))
}

/** Draws this thread's rows: the first, how many, and how long they are. */
function emitRows(
  { frame, layout, word }: Draw,
  build: (first: Code, count: Code, columns: Code) => Code,
): void {
  const { from, to } = frame.part(layout.rows, 'rows')
  const columns = frame.size(layout.columns)
  frame.fn.branch(op('int.isZero', word(8)), () =>
    frame.fn.push(build(get(from), sub(get(to), get(from)), columns)),
  )
}

/** The address of an element of the row. */
const elementAt = ({ frame, id }: Draw, element: Local): Code =>
  add(frame.addressOf(id), mul(get(element), int(frame.shared.lanes.bytes)))
