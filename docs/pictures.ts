/**
 * Draws the README's pictures: diagrams of circuits, and runs of the examples (`npm run docs:pictures`, a few minutes; with
 * names, those alone: `npm run docs:pictures -- spiking`).
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { drawDiagrams } from './picture-diagrams.ts'
import { drawDigits } from './picture-digits.ts'
import { drawPage } from './picture-page.ts'
import { root } from './picture-runs.ts'
import { drawSweep } from './picture-sweep.ts'
import { drawMultiplexing, drawSpiking } from './picture-time.ts'

const pictures = join(root, 'docs', 'pictures')
const style = { background: 'white', fontSize: '12px', fontFamily: 'system-ui, sans-serif' }
const frame = {
  width: 640,
  height: 320,
  marginRight: 150,
  marginLeft: 48,
  style,
  color: { scheme: 'Observable10', legend: false },
} as const

/** Writes a picture in the frame that all share. */
export type Draw = (file: string, plot: Plot.PlotOptions) => void

const draw: Draw = (file, plot) => {
  const { document } = parseHTML('<html><body></body></html>')
  const svg = Plot.plot({
    ...frame,
    ...plot,
    document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  writeFileSync(join(pictures, file), `${svg.outerHTML}\n`)
  console.log(`docs/pictures/${file}`)
}

const all: Readonly<Record<string, (draw: Draw) => void | Promise<void>>> = {
  diagrams: drawDiagrams,
  digits: drawDigits,
  page: drawPage,
  spiking: drawSpiking,
  multiplexing: drawMultiplexing,
  sweep: drawSweep,
}

mkdirSync(pictures, { recursive: true })
const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in all))
if (unknown !== undefined) {
  console.error(`There are no pictures named ${unknown}; there are ${Object.keys(all).join(', ')}.`)
  process.exitCode = 1
} else {
  for (const [name, make] of Object.entries(all))
    if (asked.length === 0 || asked.includes(name)) await make(draw)
}
