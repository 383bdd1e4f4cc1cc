/**
 * Observable Plot without a browser: pictures as text. The libraries are loaded when the first picture is drawn.
 *
 * A picture is the inside of an SVG element, so that pictures can be put below each other in one file, and into a
 * page. Texts of any origin may be given to Plot: the document escapes them; what XML cannot hold is taken out here.
 */
import type * as PlotModule from '@observablehq/plot'
import { markup, oneLine } from '../../contract/escape.ts'

/** A drawing of so many units; `body` is SVG. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly body: string
}

/** Plot, and how it draws here. */
export interface Plotter {
  readonly Plot: typeof PlotModule
  draw(
    options: PlotModule.PlotOptions & { readonly width: number; readonly height: number },
  ): Picture
}

let loading: Promise<Plotter> | undefined

/** Loads what draws, once. */
export function plotter(): Promise<Plotter> {
  loading ??= load()
  return loading
}

async function load(): Promise<Plotter> {
  const [Plot, { parseHTML }] = await Promise.all([
    import('@observablehq/plot'),
    import('linkedom'),
  ])
  const { document } = parseHTML('<html><body></body></html>')
  return {
    Plot,
    draw(options) {
      const svg = Plot.plot({
        ...options,
        className: 'plot',
        document: document as unknown as NonNullable<PlotModule.PlotOptions['document']>,
      })
      svg.querySelector('style')?.remove()
      return { width: options.width, height: options.height, body: rounded(svg.innerHTML) }
    },
  }
}

/** Places to a tenth of a unit: nobody sees more, and files are half as long. */
function rounded(body: string): string {
  return body.replace(/ (?:d|transform|[xy][12]?)="[^"]*"/g, (path) =>
    path.replace(/\d+\.\d+/g, (digits) => String(Math.round(Number(digits) * 10) / 10)),
  )
}

/** A text for a picture: on one line, and without what XML has no form for. */
export function shown(text: string): string {
  return oneLine(text).replace(/[\ufffe\uffff]/g, '\ufffd')
}

/** A text of at most so many characters. */
export function shortened(text: string, most: number): string {
  const characters = [...shown(text)]
  return characters.length <= most
    ? characters.join('')
    : `${characters.slice(0, most - 1).join('')}…`
}

/** About how wide a text is, in units of a picture. */
export function widthOf(text: string, fontSize = FONT_SIZE): number {
  return [...text].length * fontSize * 0.6
}

export const FONT_SIZE = 11
const FONT = 'system-ui, &quot;DejaVu Sans&quot;, sans-serif'

/** Pictures below each other as one. */
export function stacked(pictures: readonly Picture[], gap = 0): Picture {
  let height = 0
  const parts: string[] = []
  for (const each of pictures) {
    const top = parts.length === 0 ? 0 : height + gap
    parts.push(top === 0 ? each.body : `<g transform="translate(0,${top})">${each.body}</g>`)
    height = top + each.height
  }
  return {
    width: Math.max(0, ...pictures.map(({ width }) => width)),
    height,
    body: parts.join('\n'),
  }
}

/** What an SVG element says of the picture besides drawing it. */
export interface About {
  /** For who cannot see it, and for who points at it. */
  readonly title: string
  /** Behind it; default nothing. */
  readonly background?: string
}

/** The picture as an SVG element. */
export function svgOf({ width, height, body }: Picture, { title, background }: About): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${markup(shown(title))}" font-family="${FONT}" font-size="${FONT_SIZE}" text-anchor="middle" fill="currentColor">`,
    ...(background === undefined
      ? []
      : [`<rect width="100%" height="100%" fill="${background}"/>`]),
    body,
    '</svg>\n',
  ].join('\n')
}
