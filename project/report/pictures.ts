/** Pictures in a page, each with what it shows in words. */
import { drawChart, roomForNames } from '../plots/chart.ts'
import type { Chart } from '../plots/chart-data.ts'
import { svgOf, type Picture, type Plotter } from '../plots/plotter.ts'
import { page as theme } from '../plots/theme.ts'
import { formatNumber } from '../../runtime/report/figures.ts'
import { html, raw, type Html } from './html.ts'

const WIDTH = 440
const HEIGHT = 170
const LEFT = 52

/** A picture with its caption. */
export function figure(picture: Picture, title: string, caption?: string): Html {
  return html`<figure>
    ${raw(svgOf(picture, { title }))}${
      caption !== undefined && html`<figcaption>${caption}</figcaption>`
    }
  </figure>`
}

/** Curves; who cannot see them is told where each begins and ends. */
export function curvesFigure(plotter: Plotter, name: string, chart: Chart, caption?: string): Html {
  const right = roomForNames(chart.curves.map((each) => each.name))
  const picture = drawChart(plotter, chart, {
    theme,
    width: WIDTH,
    height: HEIGHT,
    left: LEFT,
    right,
  })
  return figure(picture, `${name}: ${chart.curves.map(courseOf).join('; ')}`, caption)
}

function courseOf({ name, y }: Chart['curves'][number]): string {
  const values = Array.from(y).filter(Number.isFinite)
  return `${name} from ${formatNumber(values[0] ?? Number.NaN)} to ${formatNumber(values.at(-1) ?? Number.NaN)}`
}
