/**
 * Numbers for people: errors in per cent, angles in degrees, times as a clock shows them, and
 * everything else with as many digits as mean something.
 */
import {
  evaluatedFigures,
  type EvaluatedName,
  type EvaluatedPlan,
  type ExperimentPlan,
  type MeasurePlan,
} from '../../contract/plan.ts'
import { isErrorRate } from '../train/evaluate.ts'

/** `0.0153`, `12.3`, `1.2e-5`: three or four significant digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '-∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2).replace('e+', 'e')
  if (size >= 100) return value.toFixed(1)
  return value.toPrecision(3)
}

/** What of a plan says what scores are told in. */
export type ScorePlan = Pick<ExperimentPlan, 'evaluation'>

/** What a score is told in: as an `evaluate` block measures it, error rates in per cent, anything else as a number. */
export function scoreUnit(
  name: string,
  { evaluation }: ScorePlan = {},
): { readonly unit?: string; readonly scale?: number } {
  const known: readonly (EvaluatedName | EvaluatedPlan)[] = evaluation
    ? evaluatedFigures(evaluation)
    : []
  const measured = known.find(({ output }) => output === name)
  if (measured?.unit !== undefined) return { unit: measured.unit, scale: measured.scale ?? 1 }
  // A figure that the block calls so, as in `error = mean(y.d ^ 2)`, is a rate only if it is one.
  if (measured) return 'factor' in measured && measured.factor === 100 ? { unit: '%' } : {}
  return isErrorRate(name) ? { unit: '%' } : {}
}

/** A score's value, with its unit. */
export function formatScore(name: string, value: number, plan?: ScorePlan): string {
  const { unit, scale } = scoreUnit(name, plan)
  return formatMeasure(value, unit, scale)
}

/** A measure's value with its unit, one of which is `scale`: `23.1°`, `12.30 %`, `-70.0 mV`. */
export function formatMeasure(inSi: number, unit?: string, scale = 1): string {
  const value = scaled(inSi, scale)
  if (!Number.isFinite(value)) return formatNumber(value)
  if (unit === '%') return `${value.toFixed(2)} %`
  if (unit === '°') return `${value.toFixed(1)}°`
  return unit === undefined || unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`
}

/** `0:07`, `12:30`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  const tail = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}

/** Time in the circuit: `1 ms`, `0.25 s`, `2100 s`. */
export function formatTime(seconds: number): string {
  const [value, unit] =
    seconds !== 0 && Math.abs(seconds) < 0.1 ? [seconds * 1000, 'ms'] : [seconds, 's']
  return `${Number(value.toPrecision(6))} ${unit}`
}

/** `8,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** A value in a unit that is `scale` in SI, without the last bits that a division leaves. */
export function scaled(value: number, scale = 1): number {
  return scale === 1 || !Number.isFinite(value) ? value : Number((value / scale).toPrecision(12))
}

/** A number that a run came to, with its unit beside it. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit?: string
  /** Of a measure of `backprop` in a circuit with a past: which gradient that is. */
  readonly gradient?: string
}

/** Every measure as it is told: in the unit that the model writes. */
export function measureFigures(
  { measures }: ExperimentPlan,
  values: Readonly<Record<string, number>>,
): Figure[] {
  return measures.flatMap(({ outputs, unit, scale, gradient }) =>
    outputs.flatMap((name): Figure[] => {
      const value = values[name]
      if (value === undefined) return []
      const of = {
        ...(unit !== undefined && { unit }),
        ...(gradient !== undefined && { gradient }),
      }
      return [{ name, value: scaled(value, scale), ...of }]
    }),
  )
}

/** Scores as they are told: in their units. */
export function scoreFigures(
  part: string,
  scores: Readonly<Record<string, number>> | undefined,
  plan?: ScorePlan,
): Figure[] {
  return Object.entries(scores ?? {}).map(([name, value]) => {
    const { unit, scale } = scoreUnit(name, plan)
    const told = { name: `${part} ${name}`, value: scaled(value, scale) }
    return { ...told, ...(unit !== undefined && { unit }) }
  })
}

/** The output that stands for a whole family of measures: the overall one. */
export function overallOutput({ label, outputs }: MeasurePlan): string | undefined {
  return outputs.includes(label) ? label : outputs.at(-1)
}

/** The score that people look at first: `error`, or else `loss`, or else the first. */
export function headline(scores: Readonly<Record<string, number>>): string | undefined {
  return ['error', 'loss', ...Object.keys(scores)].find((name) => Object.hasOwn(scores, name))
}

/** `loss 0.0153`, `error 12.30 %`. */
export function scoreTexts(scores: Readonly<Record<string, number>>): string[] {
  return Object.entries(scores).map(([name, value]) => `${name} ${formatScore(name, value)}`)
}

/** `angle(W, backprop) 23.1°`: the overall value of each measure that is no score. */
export function measureTexts(
  plan: ExperimentPlan,
  measures: Readonly<Record<string, number>>,
): string[] {
  return plan.measures.flatMap((measure) => {
    const output = overallOutput(measure)
    const value = output === undefined ? undefined : measures[output]
    if (value === undefined || plan.scores.includes(output!)) return []
    return [`${measure.label} ${formatMeasure(value, measure.unit, measure.scale)}`]
  })
}
