/** Diagrams of circuits, for a light and a dark page. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { graph } from '../project/graph.ts'
import { root } from './picture-runs.ts'

const examples = ['burstccn', 'dales', 'cifar10', 'spiking']

/** Draws the circuits of some examples. */
export async function drawDiagrams(): Promise<void> {
  for (const name of examples) {
    for (const theme of ['light', 'dark'] as const) {
      const { svg } = await graph(join(root, 'examples', `${name}.ccn`), { theme })
      const file = `docs/pictures/diagram_${name}_${theme}.svg`
      writeFileSync(join(root, file), `${svg}\n`)
      console.log(file)
    }
  }
}
