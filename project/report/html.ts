/**
 * HTML as a tagged template: what is put into it is escaped, unless it is HTML itself.
 *
 *     html`<h1>${name}</h1>${rows.map((row) => html`<p>${row}</p>`)}`
 */
import { markup } from '../../contract/escape.ts'

/** Text that is HTML. Only `html` and `raw` make it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What can stand in a template: nothing stands for undefined and false. */
export type Part = Html | string | number | undefined | false | readonly Part[]

/** See the module's head. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(texts.map((text, i) => (i === 0 ? text : written(parts[i - 1]) + text)).join(''))
}

/** Text that is known to be HTML: a picture, or a fragment that another module has escaped. */
export const raw = (text: string): Html => new Html(text)

function written(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return (part as readonly Part[]).map(written).join('')
  return markup(String(part))
}
