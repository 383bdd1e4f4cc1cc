/**
 * Colours of pictures: those of a file, which is paper, and those of a page, which are its own to say for light and
 * dark. The colours of curves are dark enough on white (at least 4.5 to 1) to be those of their names too.
 */

/** See the module's head; each is a colour as SVG takes it. */
export interface Theme {
  readonly ink: string
  /** Of what is less important: labels of phases, ticks. */
  readonly faint: string
  readonly grid: string
  readonly series: readonly string[]
}

const light = [
  '#2f5fc4',
  '#b45309',
  '#0f766e',
  '#b83280',
  '#4d7c0f',
  '#6d3fc9',
  '#b3261e',
  '#6b5b2a',
] as const
const dark = [
  '#8ab4ff',
  '#f2ae66',
  '#5ed8c6',
  '#f29fce',
  '#b3d96b',
  '#c2a8ff',
  '#ff948a',
  '#d8c68f',
] as const

/** Of files: on white. */
export const paper: Theme = {
  ink: '#111',
  faint: '#666',
  grid: '#ddd',
  series: light,
}

/** Of pictures in a page, which has the properties of `themeStyle`. */
export const page: Theme = {
  ink: 'var(--ink)',
  faint: 'var(--faint)',
  grid: 'var(--grid)',
  series: light.map((_, i) => `var(--c${i})`),
}

const properties = (series: readonly string[]): string =>
  series.map((colour, i) => `--c${i}: ${colour};`).join(' ')

/** What curves are coloured by in a page: declarations for light and for dark. */
export const seriesStyle = { light: properties(light), dark: properties(dark) } as const

/** The colour of the curve of that number. */
export function colourOf({ series }: Theme, i: number): string {
  return series[i % series.length]!
}
