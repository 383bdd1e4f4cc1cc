/** The picture of a sweep: what learning rate and feedback make of the error of `examples/xor.ccn`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Plot from '@observablehq/plot'
import { sweep } from '../project/index.ts'
import type { Draw } from './pictures.ts'
import { root } from './picture-runs.ts'

const kinds: Readonly<Record<string, string>> = {
  none: 'tied feedback',
  random_feedback: 'random feedback',
  no_event_feedback: 'no event pathway',
}

/** Ten seeds of each: 150 runs. */
export async function drawSweep(draw: Draw): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ccn-pictures-'))
  try {
    const { sweep: swept } = await sweep(join(root, 'examples', 'xor.ccn'), {
      name: 'feedback',
      vary: [`variant=${Object.keys(kinds).join(',')}`, 'rate=log(0.25,4,5)'],
      seeds: '1..10',
      report: ['loss'],
      sweeps: folder,
      jobs: 1,
    })
    const { groups } = await swept.summary()
    const rows = groups.flatMap(({ values, figures }) => {
      const { mean, standardError = 0 } = figures['loss']!
      if (mean === undefined) return []
      return [
        {
          kind: kinds[values['variant']!]!,
          rate: Number(values['rate']),
          mean,
          low: mean - standardError,
          high: mean + standardError,
        },
      ]
    })
    draw('sweep.svg', {
      x: { label: 'learning rate', type: 'log', ticks: [0.25, 0.5, 1, 2, 4], tickFormat: '~g' },
      y: { label: 'loss, mean ± standard error of 10 seeds', grid: true, domain: [0, 0.32] },
      marks: [
        Plot.ruleX(rows, { x: 'rate', y1: 'low', y2: 'high', stroke: 'kind', strokeWidth: 1.5 }),
        Plot.line(rows, { x: 'rate', y: 'mean', stroke: 'kind', strokeWidth: 2 }),
        Plot.dot(rows, { x: 'rate', y: 'mean', fill: 'kind', r: 3.5 }),
        Plot.text(
          rows.filter(({ rate }) => rate === 4),
          {
            x: 'rate',
            // The lower two end close to each other.
            y: ({ kind, mean }: (typeof rows)[number]) =>
              kind === kinds['random_feedback'] ? mean + 0.009 : mean,
            text: 'kind',
            fill: 'kind',
            textAnchor: 'start',
            dx: 8,
          },
        ),
      ],
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
