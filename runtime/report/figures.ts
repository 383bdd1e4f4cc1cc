/**
 * Numbers for people: errors in per cent, angles in degrees, times as a clock shows them, and
 * everything else with as many digits as mean something.
 */
import type { ExperimentPlan, MeasurePlan } from '../../contract/plan.ts'

/** `0.0153`, `12.3`, `1.2e-5`: three or four significant digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '-∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2).replace('e+', 'e')
  if (size >= 100) return value.toFixed(1)
  return value.toPrecision(3)
}

/** `12.34 %` of a fraction. */
export function formatPercent(fraction: number): string {
  return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(2)} %` : '–'
}

/** A score's value: an error rate in per cent, anything else as a number. */
export function formatScore(name: string, value: number): string {
  return isErrorRate(name) ? formatPercent(value) : formatNumber(value)
}

/** A measure's value with its unit: `23.1°`, `12.30 %`, `4.00 Hz`. */
export function formatMeasure(value: number, unit?: string): string {
  if (!Number.isFinite(value)) return formatNumber(value)
  if (unit === '%') return `${value.toFixed(2)} %`
  if (unit === '°') return `${value.toFixed(1)}°`
  return unit ? `${formatNumber(value)} ${unit}` : formatNumber(value)
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

/** Whether a score is a fraction of wrong answers. (Measures carry units; scores do not.) */
function isErrorRate(name: string): boolean {
  return name === 'error' || name.endsWith('_error')
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
    return [`${measure.label} ${formatMeasure(value, measure.unit)}`]
  })
}
