/** Pictures of learning the digits: how the test error falls, and how near changes are to the gradient. */
import * as Plot from '@observablehq/plot'
import type { Draw } from './pictures.ts'
import { runOf } from './picture-runs.ts'

const epochs = 40

/** Runs of the digits experiment, under the names that the pictures have for them. */
const runs = [
  { name: 'backprop', arguments_: ['examples/backprop.ccn'] },
  { name: 'feedback tied to W', arguments_: ['examples/burstccn.ccn', '--variant', 'symmetric'] },
  { name: 'random feedback', arguments_: ['examples/burstccn.ccn'] },
  {
    name: 'without event feedback',
    arguments_: ['examples/burstccn.ccn', '--variant', 'no_event_feedback'],
  },
] as const

export function drawDigits(draw: Draw): void {
  const records = runs.flatMap(({ name, arguments_ }) =>
    runOf([...arguments_, '--experiment', 'digits', '--epochs', String(epochs)])
      .metrics.filter(({ kind }) => kind === 'epoch')
      .map(({ epoch = 0, test, measures }) => ({
        name,
        epoch,
        error: test?.error ?? Number.NaN,
        measures: measures ?? {},
      })),
  )
  /** Angles of the hidden layers of the run with random feedback. */
  const angles = records
    .filter(({ name, epoch }) => name === 'random feedback' && epoch > 0)
    .flatMap(({ epoch, measures }) =>
      [0, 1, 2].map((layer) => ({
        epoch,
        layer: `hidden layer ${layer + 1}`,
        angle: measures[`angle(W, backprop)[${layer}]`] ?? Number.NaN,
      })),
    )
  draw('learning.svg', {
    x: { label: 'epoch' },
    y: { label: 'test error (%)', domain: [0, 100], grid: true },
    marks: [
      Plot.line(records, {
        x: 'epoch',
        y: 'error',
        stroke: 'name',
        // Feedback tied to W learns as backprop does: its line lies on the other.
        strokeWidth: ({ name }: { readonly name: string }) => (name === 'backprop' ? 6 : 2),
      }),
      Plot.text(apart(ends(records), 6), {
        x: 'epoch',
        y: 'error',
        text: 'name',
        fill: 'name',
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  })
  draw('angles.svg', {
    x: { label: 'epoch' },
    y: { label: 'angle to backprop (degrees)', domain: [40, 95], grid: true },
    marks: [
      Plot.ruleY([90], { strokeDasharray: '4 4' }),
      Plot.line(angles, { x: 'epoch', y: 'angle', stroke: 'layer', strokeWidth: 2 }),
      Plot.text(ends(angles), {
        x: 'epoch',
        y: 'angle',
        text: 'layer',
        fill: 'layer',
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  })
}

const ends = <T extends { readonly epoch: number }>(rows: readonly T[]): T[] =>
  rows.filter(({ epoch }) => epoch === epochs)

/** Labels at least `gap` apart, from below. */
function apart<T extends { readonly error: number }>(rows: readonly T[], gap: number): T[] {
  const placed: T[] = []
  for (const row of rows.toSorted((a, b) => a.error - b.error)) {
    const least = (placed.at(-1)?.error ?? -Infinity) + gap
    placed.push({ ...row, error: Math.max(row.error, least) })
  }
  return placed
}
