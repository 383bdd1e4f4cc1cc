/**
 * What pictures of a sweep have as axes, colours and panels: names that vary together are one, names that do not
 * vary are none. The colour is `variant` if it varies, or the first that does.
 */
import type { AxisFacts, RowFacts, SweepFacts } from './facts.ts'

/** Something that varies by itself. */
export interface Factor extends AxisFacts {
  readonly of: (row: RowFacts) => string
}

/** Some of the rows, and what they have in common in words. */
export interface Panel {
  readonly title: string
  readonly rows: readonly RowFacts[]
}

/** More panels are none to be looked at. */
export const MOST_PANELS = 12

/** See the module's head; the colour comes first. */
export function factorsOf({ folder, axes, rows }: SweepFacts): readonly Factor[] {
  const together = folder.sweep.plan.axes
    .map(({ names }) => names)
    .filter((each) => each.length > 1)
  const tied = new Set(together.flat())
  const factors = [
    ...axes
      .filter(({ name }) => !tied.has(name))
      .map((axis): Factor => ({ ...axis, of: (row) => row.values[axis.name] ?? '' })),
    ...together.map((names): Factor => {
      const of = (row: RowFacts): string => names.map((name) => row.values[name] ?? '').join(', ')
      return { name: names.join(', '), texts: [...new Set(rows.map(of))], of }
    }),
  ].filter(({ texts }) => texts.length > 1)
  return factors.toSorted((a, b) => Number(b.name === 'variant') - Number(a.name === 'variant'))
}

/** The rows by all of the factors. */
export function panelsOf(rows: readonly RowFacts[], factors: readonly Factor[]): readonly Panel[] {
  if (factors.length === 0) return [{ title: '', rows }]
  const [{ name, unit, texts, of }, ...others] = factors as readonly [Factor, ...Factor[]]
  return texts
    .flatMap((text) =>
      panelsOf(
        rows.filter((row) => of(row) === text),
        others,
      ).map(({ title, rows: some }) => ({
        title: `${name} ${text}${unit === undefined || text.endsWith(unit) ? '' : ` ${unit}`}${title && `, ${title}`}`,
        rows: some,
      })),
    )
    .filter(({ rows: some }) => some.length > 0)
}

/** Whether numbers, in order, are spaced by ratios rather than by differences. */
export function logarithmic(numbers: readonly number[]): boolean {
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0]
  if (numbers.length < 3 || first <= 0 || last / first < 4) return false
  const logs = numbers.map(Math.log)
  return unevenness(logs) < unevenness(numbers)
}

/** The standard deviation of distances by their mean. */
function unevenness(numbers: readonly number[]): number {
  const gaps = numbers.slice(1).map((each, i) => each - numbers[i]!)
  const mean = gaps.reduce((sum, each) => sum + each, 0) / gaps.length
  return Math.sqrt(gaps.reduce((sum, each) => sum + (each - mean) ** 2, 0) / gaps.length) / mean
}
