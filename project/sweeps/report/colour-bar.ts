/** The scale of a heat map: a bar of its colours with the numbers that they stand for, to the right of the cells. */
import type * as PlotModule from '@observablehq/plot'
import { tickText, type Range } from '../../plots/numbers.ts'
import { FONT_SIZE, shown, widthOf } from '../../plots/plotter.ts'
import { colourOf, page as theme } from '../../plots/theme.ts'

const SVG = 'http://www.w3.org/2000/svg'
/** Between the cells and the bar, its width, and the room before its numbers. */
const GAP = 12
const WIDTH = 10
const BEFORE = 4
/** Pieces of one colour. */
const PIECES = 32

/** How opaque the colour of a value is: ink is read on all of them, on paper of either colour. */
export function depthOf(value: number, [low, high]: Range): number {
  return 0.05 + 0.45 * (high > low ? (value - low) / (high - low) : 0.5)
}

/** Ends and middle, from the top; one number where there is one value. */
function numbersOf([low, high]: Range): readonly number[] {
  return high > low ? [high, low + (high - low) / 2, low] : [high]
}

const textOf = (value: number, unit: string | undefined): string =>
  `${tickText(Number(value.toPrecision(3)))}${unit === undefined ? '' : ` ${shown(unit)}`}`

/** The room that the bar of a range takes. */
export function barWidth(range: Range, unit: string | undefined): number {
  const widest = Math.max(...numbersOf(range).map((value) => widthOf(textOf(value, unit))))
  return GAP + WIDTH + BEFORE + widest + 2
}

/** A mark that draws the bar. Its values are in the unit. */
export function colourBar(range: Range, unit: string | undefined): PlotModule.RenderFunction {
  return (_index, _scales, _values, dimensions, context) => {
    const { document } = context
    const { width, height, marginTop, marginBottom, marginRight } = dimensions
    const element = (name: string, attributes: Readonly<Record<string, string | number>>) => {
      const made = document.createElementNS(SVG, name)
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`)
      return made
    }
    const group = element('g', { 'aria-label': 'colours' })
    const x = width - marginRight + GAP
    const whole = height - marginTop - marginBottom
    const one = whole / PIECES
    for (let i = 0; i < PIECES; i++) {
      group.append(
        element('rect', {
          x,
          y: marginTop + i * one,
          width: WIDTH,
          height: one,
          fill: colourOf(theme, 0),
          'fill-opacity': (range[1] > range[0]
            ? depthOf(1 - i / (PIECES - 1), [0, 1])
            : depthOf(range[0], range)
          ).toFixed(3),
        }),
      )
    }
    const numbers = numbersOf(range)
    for (const [i, value] of numbers.entries()) {
      const share = numbers.length === 1 ? 0.5 : i / (numbers.length - 1)
      const text = element('text', {
        x: x + WIDTH + BEFORE,
        y: marginTop + share * whole,
        // At the ends the number stands beside the bar, not beyond it.
        dy: share === 0 ? '0.75em' : share === 1 ? 0 : '0.35em',
        fill: theme.faint,
        'font-size': FONT_SIZE - 1,
        'text-anchor': 'start',
      })
      text.textContent = textOf(value, unit)
      group.append(text)
    }
    return group as ReturnType<PlotModule.RenderFunction>
  }
}
