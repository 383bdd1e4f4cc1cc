/**
 * Draws the README's pictures, by runs of the digits experiment (`npm run docs:pictures`, about a
 * minute): how the test error falls, and how near each rule's changes are to the gradient.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = join(root, 'docs', 'pictures')
const epochs = 40

/** A run of `examples/FILE.ccn`, under the name that the pictures have for it. */
const runs = [
  { name: 'backprop', arguments_: ['examples/backprop.ccn'] },
  { name: 'feedback tied to W', arguments_: ['examples/burstccn.ccn', '--variant', 'symmetric'] },
  { name: 'random feedback', arguments_: ['examples/burstccn.ccn'] },
  {
    name: 'without event feedback',
    arguments_: ['examples/burstccn.ccn', '--variant', 'no_event_feedback'],
  },
] as const

interface Record_ {
  readonly kind: 'epoch' | 'step'
  readonly epoch: number
  readonly test?: { readonly error: number }
  readonly measures?: Readonly<Record<string, number>>
}

/** The metrics of a run, made in a folder that is removed again. */
function metricsOf(arguments_: readonly string[]): readonly Record_[] {
  const out = mkdtempSync(join(tmpdir(), 'ccn-pictures-'))
  try {
    const command = ['bin/ccn.js', 'train', ...arguments_, '--experiment', 'digits']
    const options = ['--epochs', String(epochs), '--out', out, '--name', 'run', '--quiet']
    const { status, stderr } = spawnSync(process.execPath, [...command, ...options], {
      cwd: root,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    const lines = readFileSync(join(out, 'run', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
    return lines.map((line) => JSON.parse(line) as Record_)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

const epochRecords = runs.flatMap(({ name, arguments_ }) =>
  metricsOf(arguments_)
    .filter(({ kind }) => kind === 'epoch')
    .map(({ epoch, test, measures }) => ({
      name,
      epoch,
      error: (test?.error ?? Number.NaN) * 100,
      measures: measures ?? {},
    })),
)

/** Angles of the hidden layers of the run with random feedback. */
const angles = epochRecords
  .filter(({ name, epoch }) => name === 'random feedback' && epoch > 0)
  .flatMap(({ epoch, measures }) =>
    [0, 1, 2].map((layer) => ({
      epoch,
      layer: `hidden layer ${layer + 1}`,
      angle: measures[`angle(W, backprop)[${layer}]`] ?? Number.NaN,
    })),
  )

const style = { background: 'white', fontSize: '12px', fontFamily: 'system-ui, sans-serif' }
const colour = { scheme: 'Observable10', legend: false } as const

function write(file: string, plot: Plot.PlotOptions): void {
  const { document } = parseHTML('<html><body></body></html>')
  const svg = Plot.plot({
    ...plot,
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  writeFileSync(join(pictures, file), `${svg.outerHTML}\n`)
}

mkdirSync(pictures, { recursive: true })
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
const frame = { width: 640, height: 320, marginRight: 150, marginLeft: 48, style, color: colour }

write('learning.svg', {
  ...frame,
  x: { label: 'epoch' },
  y: { label: 'test error (%)', domain: [0, 100], grid: true },
  marks: [
    Plot.line(epochRecords, {
      x: 'epoch',
      y: 'error',
      stroke: 'name',
      // Feedback tied to W learns as backprop does: its line lies on the other.
      strokeWidth: ({ name }: { readonly name: string }) => (name === 'backprop' ? 6 : 2),
    }),
    Plot.text(apart(ends(epochRecords), 6), {
      x: 'epoch',
      y: 'error',
      text: 'name',
      fill: 'name',
      textAnchor: 'start',
      dx: 6,
    }),
  ],
})
write('angles.svg', {
  ...frame,
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
