/**
 * What an example is expected to show: conditions on the figures of its runs, which say in words what
 * they compare. A figure that a run does not have is not met.
 */
import type { Figures, RunFigures } from './run.ts'

/** The runs of an example by the names that it gives them. */
export type Runs = Readonly<Record<string, RunFigures>>

/** The name of the run that a figure is of unless it says another. */
export const main = 'main'

/** A number that the runs of an example have. */
export interface Figure {
  readonly text: string
  readonly unit: string
  of(runs: Runs): number
}

export interface Expectation {
  /** `test error 10.9 %, below 15 %`, once the runs are done. */
  showed(runs: Runs): string
  holds(runs: Runs): boolean
}

const unitOf = (name: string): string =>
  name.startsWith('angle') ? '°' : /(^| )error( of .*)?$/.test(name) ? ' %' : ''

/** `12.3 %`, `4.56°`, `0.0123`: three significant digits. */
export function show(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'nothing'
  const size = Math.abs(value)
  const digits =
    value === 0
      ? '0'
      : size >= 100
        ? value.toFixed(0)
        : size < 1e-3
          ? value.toExponential(1)
          : value.toPrecision(3)
  return `${digits}${unit}`
}

const named = (name: string, run: string): string => (run === main ? name : `${run}: ${name}`)

/** A figure after the last epoch: `test error`, `angle(W, backprop)[0]`, ... */
export const last = (name: string, run = main): Figure => ({
  text: named(name, run),
  unit: unitOf(name),
  of: (runs) => runs[run]?.last[name] ?? Number.NaN,
})

/** A figure of a run's measured steps, or of those in one of its phases, made one by `pick`. */
const overSteps =
  (words: string, pick: (values: readonly number[]) => number | undefined) =>
  (name: string, run = main, phase?: string): Figure => ({
    text: named(`${name} ${words}${phase === undefined ? '' : ` of ${phase}`}`, run),
    unit: unitOf(name),
    of: (runs) =>
      pick(
        (runs[run]?.steps ?? [])
          .filter((step) => phase === undefined || step.phase === phase)
          .map(({ figures }) => figures[name] ?? Number.NaN),
      ) ?? Number.NaN,
  })

/** A measure at the first step of a run, or of a phase. */
export const first = overSteps('at first', (values) => values[0])

/** A measure at the last measured step of a run, or of a phase. */
export const atEnd = overSteps('at the end', (values) => values.at(-1))

/** Rates say nothing before their first interval is over; a number that is none would have stopped the run. */
const told = (values: readonly number[]): readonly number[] =>
  values.filter((value) => !Number.isNaN(value))

/** The highest value of a measure in a run, or in a phase. */
export const highest = overSteps('at most', (values) => Math.max(...told(values)))

/** The lowest value of a measure in a run, or in a phase. */
export const lowest = overSteps('at least', (values) => Math.min(...told(values)))

/** The correlation of two measures over the measured steps of a run. */
export const correlation = (a: string, b: string, run = main): Figure => ({
  text: named(`correlation of ${a} and ${b}`, run),
  unit: '',
  of: (runs) =>
    correlationOf(
      (runs[run]?.steps ?? []).map(({ figures }) => figures),
      a,
      b,
    ),
})

/** Pearson's correlation of two figures of a series. */
export function correlationOf(series: readonly Figures[], a: string, b: string): number {
  const pairs = series.map((each) => [each[a] ?? Number.NaN, each[b] ?? Number.NaN] as const)
  const mean = (of: (pair: readonly [number, number]) => number): number =>
    pairs.reduce((total, pair) => total + of(pair), 0) / pairs.length
  const [x, y] = [mean(([value]) => value), mean(([, value]) => value)]
  const covariance = mean(([u, v]) => (u - x) * (v - y))
  return covariance / Math.sqrt(mean(([u]) => (u - x) ** 2) * mean(([, v]) => (v - y) ** 2))
}

const condition = (
  figure: Figure,
  words: (runs: Runs) => string,
  holds: (value: number, runs: Runs) => boolean,
): Expectation => ({
  showed: (runs) => `${figure.text} ${show(figure.of(runs), figure.unit)} (${words(runs)})`,
  holds: (runs) => holds(figure.of(runs), runs),
})

const limit = (value: number, unit: string): string => `${value}${unit}`

/** The figure is below a number. */
export const below = (figure: Figure, most: number): Expectation =>
  condition(
    figure,
    () => `below ${limit(most, figure.unit)}`,
    (value) => value < most,
  )

/** The figure is above a number. */
export const above = (figure: Figure, least: number): Expectation =>
  condition(
    figure,
    () => `above ${limit(least, figure.unit)}`,
    (value) => value > least,
  )

/** The figure is within `by` of a number. */
export const near = (figure: Figure, expected: number, by: number): Expectation =>
  condition(
    figure,
    () => `${limit(expected, figure.unit)} within ${limit(by, figure.unit)}`,
    (value) => Math.abs(value - expected) <= by,
  )

/** The figure is below another one. */
export const lessThan = (figure: Figure, other: Figure): Expectation =>
  condition(
    figure,
    (runs) => `below ${other.text} ${show(other.of(runs), other.unit)}`,
    (value, runs) => value < other.of(runs),
  )

export interface Outcome {
  /** One for each expectation, those not met marked. */
  readonly lines: readonly string[]
  readonly met: boolean
}

/** What the runs of an example showed. */
export function outcomeOf(expect: readonly Expectation[], runs: Runs): Outcome {
  const checked = expect.map((each) => ({ text: each.showed(runs), met: each.holds(runs) }))
  return {
    lines: checked.map(({ text, met }) => `${met ? '  ' : '! '}${text}`),
    met: checked.every(({ met }) => met),
  }
}
