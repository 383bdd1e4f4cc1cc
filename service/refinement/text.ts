/** Measured limits as text: a table for each, and a verdict. */
import type { MeasuredPair, MeasuredRefinement } from './measured.ts'

/** One refinement, of several lines. */
export function refinementText(found: MeasuredRefinement): string {
  const { left, right, limit, parameter, pairs, holds, seeds } = found
  const verdict = holds ? 'converges' : 'does not converge'
  const over = seeds > 1 ? `, over ${seeds} seeds` : ''
  const lines = [
    `${left} refines ${right} ${limit}: ${verdict}`,
    `  (root mean square of the difference, over units and examples${over})`,
    ...pairs.flatMap((pair) => ['', ...pairLines(pair, parameter)]),
  ]
  return `${lines.join('\n')}\n`
}

function pairLines(pair: MeasuredPair, parameter: string): readonly string[] {
  const { text, points, orders, paces, order, converges, reason, scale } = pair
  const settles = parameter === 'time'
  const head = [parameter, 'difference', 'of it', settles ? 'time constant' : 'order']
  const rows = points.map((point, i) => [
    point.text,
    digits(point.difference),
    scale > 0 ? `${digits((100 * point.difference) / scale)} %` : '-',
    (settles ? paceText(paces[i]) : orderText(orders[i])) ?? '-',
  ])
  const widths = head.map((each, i) => Math.max(each.length, ...rows.map((row) => row[i]!.length)))
  const table = [head, ...rows].map(
    (row) => `    ${row.map((each, i) => each.padStart(widths[i]!)).join('  ')}`,
  )
  const pace = paceText(paces.findLast((each) => each !== undefined))
  const said =
    order === undefined
      ? 'no difference but rounding'
      : settles && pace !== undefined
        ? `time constant ${pace} at the end`
        : `order ${digits(order, 3)} over all`
  return [`  ${text}`, ...table, `    ${said}${converges ? '' : `; does not converge: ${reason}`}`]
}

const orderText = (order: number | undefined): string | undefined =>
  order === undefined ? undefined : digits(order, 3)

/** A time in ms. */
const paceText = (pace: number | undefined): string | undefined =>
  pace === undefined ? undefined : `${digits(1e3 * pace, 3)} ms`

function digits(value: number, count = 4): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(count))) : 'not finite'
}
