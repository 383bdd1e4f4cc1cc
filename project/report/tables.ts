/** Tables of pages: a caption, heads with their scope, numbers at the right. */
import { html, type Html, type Part } from './html.ts'

/** A column. */
export interface Head {
  readonly name: string
  /** Numbers, which stand at the right. */
  readonly number?: boolean
}

/** See the module's head; the first cell of a row is its head. */
export function table(
  caption: Part,
  heads: readonly (string | Head)[],
  rows: readonly (readonly Part[])[],
): Html {
  const columns = heads.map((head) => (typeof head === 'string' ? { name: head } : head))
  const isNumber = (i: number): boolean => (columns[i] as Head | undefined)?.number === true
  // What may scroll sideways must be reached by keys.
  const called = typeof caption === 'string' ? caption : 'Table'
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${called}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ name }, i) => html`<th scope="col" ${isNumber(i) && html` class="n"`}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, i) =>
                i === 0
                  ? html`<th scope="row">${cell}</th>`
                  : html`<td${isNumber(i) && html` class="n"`}>${cell}</td>`,
              )}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}
