/**
 * Elements of SVG as text. Everything that is not ours is escaped; numbers are short; colours are named by
 * what they stand for, so that one picture can follow the reader's theme.
 */
import { markup, oneLine } from '../../contract/escape.ts'
import { colourOf, type Role, type Theme } from './palette.ts'

/** Attributes; `fill` and `stroke` are roles, or `none`. */
export interface Attributes {
  readonly fill?: Role | 'none'
  readonly stroke?: Role | 'none'
  readonly [name: string]: string | number | undefined
}

/** Makes elements of one theme, and remembers the roles that were used. */
export class Pen {
  readonly roles = new Set<Role>()
  readonly #theme: Theme

  constructor(theme: Theme) {
    this.#theme = theme
  }

  /** An element with its content, which is markup. */
  element(name: string, attributes: Attributes, content = ''): string {
    const { fill, stroke, ...rest } = attributes
    const classes: string[] = []
    const colours = (['fill', 'stroke'] as const).flatMap((key) => {
      const role = key === 'fill' ? fill : stroke
      if (role === undefined) return []
      if (role === 'none') return [`${key}="none"`]
      this.roles.add(role)
      classes.push(`${key}-${role}`)
      return [`${key}="${colourOf(role, this.#theme)}"`]
    })
    const given = Object.entries(rest).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [`${key}="${typeof value === 'number' ? short(value) : markup(value)}"`],
    )
    // Classes serve a picture that follows the reader's theme alone.
    const named =
      this.#theme === 'auto' && classes.length > 0 ? [`class="${classes.join(' ')}"`] : []
    const all = [...named, ...colours, ...given]
    const head = [name, ...all].join(' ')
    return content === '' ? `<${head}/>` : `<${head}>${content}</${name}>`
  }

  /** A line of text, from its left end on, or as `text-anchor` says. */
  text(text: string, x: number, y: number, attributes: Attributes): string {
    return this.element('text', { x, y, ...attributes }, markup(oneLine(text)))
  }
}

/** At most two decimals. */
export const short = (value: number): string => String(Math.round(value * 100) / 100)
