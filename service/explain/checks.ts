/**
 * Derivations tried on numbers: what a formula leaves of what the program computes, against the scale of the
 * teacher's deviation over four decades, in double precision.
 */
import type { Algebra } from '../../compiler/analysis/algebra.ts'
import { Evaluator } from '../../compiler/analysis/evaluate.ts'
import { magnitudesWith } from '../../compiler/analysis/magnitude.ts'
import type { Expression, NamedAtom } from '../../compiler/analysis/expressions.ts'
import type { Run, Tensor } from '../../compiler/ir/evaluate.ts'
import type { Deviation } from './derive.ts'
import type { Order } from './statements.ts'
import type { Instead, Trial } from './trial.ts'

/** Scales of the deviation: four decades, and one at which nothing but rounding can be left. */
export const scales: readonly number[] = [1, 0.1, 0.01, 1e-3, 1e-4]
const nothing = 1e-9

/** The smallest scales, at which nothing of any order up to the sixth is rounding. */
const decadesNear = 3

/** Quantities this much larger than what is left of them are not taken for a reason: nothing would be tried. */
const mostCancelling = 1e7

/** How what remains falls with the scale. */
export interface Measured {
  /** Norms of what remains, by scale. */
  readonly remainders: readonly number[]
  /** The power of the scale that they fall with; undefined where nothing remains but rounding. */
  readonly slope?: number
  /** Whether the largest of them is more than rounding. */
  readonly remains: boolean
}

/** A run with the teacher at a scale, and values of symbols in it. */
export interface Probe {
  readonly scale: number
  readonly outputs: Run['outputs']
  readonly evaluator: Evaluator
  /** What was presented. */
  readonly inputs: Readonly<Record<string, Tensor>>
}

/** Runs at every scale, the last at none, with other storages where they are given. */
export function probes(
  trial: Trial,
  deviations: readonly Deviation[],
  instead: Instead = {},
): readonly Probe[] {
  const rest = trial.run(instead)
  // With other weights the states rest elsewhere.
  const states = instead.storages && trial.restWith(instead)
  const answers = deviations.map(({ teacher, symbol }) => ({
    teacher,
    symbol,
    answer: rest[`value ${teacher.answer}`]!,
  }))
  return [...scales, nothing].map((scale) => {
    const given = answers.map(({ teacher, answer, symbol }) => {
      const direction = trial.drawn(`deviation ${teacher.name}`, answer.shape)
      const moved = departed(answer, direction, scale, symbol)
      // What is computed with, after rounding.
      const data = moved.data.map((x, at) => x - answer.data[at]!)
      return { teacher, symbol, moved, departs: { shape: symbol.shape, data } }
    })
    const inputs = Object.fromEntries(given.map(({ teacher, moved }) => [teacher.input, moved]))
    const outputs = trial.run({ ...instead, inputs: { ...instead.inputs, ...inputs } })
    const values = trial.values((symbol) => {
      if (symbol.role === 'weight') return instead.storages?.[symbol.name]
      if (symbol.role === 'state') {
        const state = states?.[symbol.name]
        return state && trial.latest(symbol.name, state)
      }
      return given.find((each) => each.symbol === symbol)?.departs
    })
    return { scale, outputs, inputs, evaluator: new Evaluator(values) }
  })
}

/** The answer and the deviation. Of probabilities it is in proportion to them, and sums to 0 where the symbol says so. */
function departed(answer: Tensor, direction: Tensor, scale: number, symbol: NamedAtom): Tensor {
  const { data } = direction
  const isProbability = symbol.total === 0
  const mean = isProbability ? answer.data.reduce((sum, e, i) => sum + e * data[i]!, 0) : 0
  const moved = answer.data.map((value, i) => {
    const step = isProbability ? value * (data[i]! - mean) : data[i]!
    return value + scale * step
  })
  return { shape: answer.shape, data: moved }
}

/** What the sum of the coefficients leaves of an output. */
export function remainders(
  algebra: Algebra,
  runs: readonly Probe[],
  output: string,
  coefficients: readonly Expression[],
): Measured {
  const formula = algebra.add(algebra.zero, ...coefficients)
  const all = runs.map(({ outputs, evaluator }) =>
    left(outputs[output]!.data, evaluator.value(formula).data),
  )
  return measured(all, runs, () => magnitudeOf(algebra, runs, coefficients))
}

/**
 * What one output has beside a number times another; `magnitude` is that of formulas of both: the terms that cancel
 * in them are not seen in what they come to.
 */
export function differenceMeasured(
  runs: readonly Probe[],
  output: string,
  other: string,
  factor: number,
  magnitude: () => number,
): Measured {
  const all = runs.map(({ outputs }) => left(outputs[output]!.data, outputs[other]!.data, factor))
  return measured(all, runs, magnitude)
}

/** The norm of the quantities that expressions are made of, where the teacher departs the most. */
export function magnitudeOf(
  algebra: Algebra,
  runs: readonly Probe[],
  expressions: readonly Expression[],
): number {
  const { data } = magnitudesWith(runs[0]!.evaluator).of(algebra.add(algebra.zero, ...expressions))
  return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0))
}

interface Left {
  /** Of what remains. */
  readonly norm: number
  /** Of what it remains of. */
  readonly size: number
}

function left(found: Float64Array, formula: Float64Array, factor = 1): Left {
  let norm = 0
  let size = 0
  for (let i = 0; i < found.length; i++) {
    const expected = factor * (formula.length === 1 ? formula[0]! : formula[i]!)
    norm += (found[i]! - expected) ** 2
    size += expected ** 2
  }
  return { norm: Math.sqrt(norm), size: Math.sqrt(size) }
}

/**
 * The slope at the smallest scales at which what remains is well above rounding. `magnitude`: of the quantities that
 * it remains of, some units in whose last place are rounding, too.
 */
export function measured(
  all: readonly Left[],
  runs: readonly Probe[],
  magnitude: () => number,
): Measured {
  const last = all.at(-1)!
  const norms = all.slice(0, -1).map(({ norm }) => norm)
  const at = runs.map(({ scale }) => scale)
  // Of intermediate values, which are of order 1 whatever the scale; and of the largest value.
  const largest = Math.max(...all.map(({ size }) => size))
  const rounding = 4 * last.norm + 2 ** -50 * largest
  const slopes = norms.flatMap((norm, i) => {
    const next = norms[i + 1]
    if (next === undefined || next <= 20 * rounding) return []
    return [Math.log10(norm / next) / Math.log10(at[i]! / at[i + 1]!)]
  })
  const slope = slopes.at(-1)
  // The larger scales may be behind a kink (a probability that is clipped): what holds is said of near rest.
  const most = Math.max(...norms.slice(norms.length > decadesNear ? -decadesNear : 0))
  const enough = 2 ** -50 * mostCancelling * largest
  const isMore = (): boolean => most > enough || most > 2 ** -50 * magnitude()
  const remains = most > 20 * rounding && isMore()
  return { remainders: norms, remains, ...(slope !== undefined && { slope }) }
}

/** Whether what was measured is what was derived: a power, or nothing at all. */
export function agrees(found: Measured, order: Order): boolean {
  if (order === 'drawn') return found.slope !== undefined && found.slope > 1.8
  if (order === 'exact') return !found.remains
  if (order === 'higher') return !found.remains || (found.slope ?? 4) > 3.5
  return found.slope !== undefined && Math.abs(found.slope - order) < 0.2
}
