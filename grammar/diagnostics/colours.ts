/** Colours of a terminal, as far as they are used; a page and a file have none. */

/** Paints a text. */
export type Paint = (text: string) => string

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const

/** A paint for each colour. */
export type Colours = Readonly<Record<keyof typeof codes, Paint>>

/** Colours that paint, or leave every text as it is. */
export function coloursIf(enabled: boolean): Colours {
  const paint = ([on, off]: readonly [number, number]): Paint => {
    if (!enabled) return (text) => text
    // What ends inside ends all of it: begin again there.
    return (text) => {
      const end = `\u001b[${off}m`
      return `\u001b[${on}m${text.replaceAll(end, `${end}\u001b[${on}m`)}${end}`
    }
  }
  const entries = Object.entries(codes).map(([name, code]) => [name, paint(code)])
  return Object.fromEntries(entries) as Colours
}
