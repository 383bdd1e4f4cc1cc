/** Pictures of circuits that go on in time: spikes and short-term plasticity. */
import * as Plot from '@observablehq/plot'
import type { Draw } from './pictures.ts'
import { runOf, type MetricsLine } from './picture-runs.ts'

interface Point {
  readonly t: number
  readonly value: number
  readonly name: string
}

/** The two goals of the spiking ensembles: the output's event rate, and who bursts how much. */
export function drawSpiking(draw: Draw): void {
  const { metrics } = runOf(['examples/spiking.ccn'])
  const steps = metrics.filter(({ kind, t }) => kind === 'step' && (t ?? 0) >= 5)
  const goals = [
    { x1: 20, x2: 40, y: 10 },
    { x1: 60, x2: 80, y: 5 },
  ]
  const taught = Plot.rectX(goals, { x1: 'x1', x2: 'x2', fill: '#eee' })
  draw('spiking_rate.svg', {
    marginRight: 48,
    x: { label: 'time (s)' },
    y: { label: 'event rate of the outputs (Hz)', domain: [3, 11], grid: true },
    marks: [
      taught,
      Plot.ruleY(goals, { x1: 'x1', x2: 'x2', y: 'y', strokeDasharray: '4 4', strokeWidth: 2 }),
      Plot.text(goals, { x: 'x1', y: 'y', text: () => 'goal', textAnchor: 'start', dy: -8, dx: 4 }),
      Plot.line(pointsOf(steps, { rate: '' }), { x: 't', y: 'value', strokeWidth: 2 }),
    ],
  })
  const bursting = pointsOf(steps, { outputs: 'outputs', inputs: 'inputs' }, 100)
  draw('spiking_bursts.svg', {
    marginRight: 80,
    x: { label: 'time (s)' },
    y: { label: 'burst probability (%)', domain: [0, 80], grid: true },
    marks: [taught, ...lines(bursting, [52, 68])],
  })
}

/** What two synapses read from one spike train, and what there was to read. */
export function drawMultiplexing(draw: Draw): void {
  const { records } = runOf(['examples/multiplexing.ccn'])
  const traces = (names: Readonly<Record<string, string>>): readonly Point[] =>
    Object.entries(names).flatMap(([variable, name]) => {
      const values = (records.get(variable) ?? []).filter(({ t }) => t >= 40 && t < 50)
      const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length
      const square = values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0)
      const std = Math.sqrt(square / values.length)
      return values.map(({ t, value }) => ({ t, value: (value - mean) / std, name }))
    })
  const pictures = {
    'multiplexing_events.svg': traces({
      'event_filter.level': 'event rate',
      'event_decoder.level': 'depressing synapse',
    }),
    'multiplexing_bursts.svg': traces({
      'burst_filter.level': 'burst rate',
      'burst_decoder.level': 'facilitating synapse',
    }),
  }
  for (const [file, points] of Object.entries(pictures)) {
    draw(file, {
      x: { label: 'time (s)' },
      y: { label: 'standard deviations from the mean', domain: [-3, 4], grid: true },
      color: {
        scheme: 'Observable10',
        legend: false,
        domain: [...new Set(points.map((each) => each.name))],
      },
      marks: lines(points, [2.6, 3.4]),
    })
  }
}

function pointsOf(
  lines: readonly MetricsLine[],
  names: Readonly<Record<string, string>>,
  factor = 1,
): readonly Point[] {
  return Object.entries(names).flatMap(([measure, name]) =>
    lines.map(({ t = 0, measures }) => ({
      t,
      value: (measures?.[measure] ?? Number.NaN) * factor,
      name,
    })),
  )
}

/** Lines, each with its name beside the frame at the height given. */
function lines(points: readonly Point[], heights: readonly number[]): Plot.Markish[] {
  const names = [...new Set(points.map(({ name }) => name))]
  const last = Math.max(...points.map(({ t }) => t))
  const labels = names.map((name, i) => ({ name, t: last, value: heights[i] ?? 0 }))
  return [
    Plot.line(points, { x: 't', y: 'value', stroke: 'name', strokeWidth: 2 }),
    Plot.text(labels, {
      x: 't',
      y: 'value',
      text: 'name',
      fill: 'name',
      textAnchor: 'start',
      dx: 6,
    }),
  ]
}
