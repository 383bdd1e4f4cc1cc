/**
 * A page as one file: a head that forbids it everything but its own style and pictures, landmarks, a list of its
 * sections, and the sections.
 */
import { html, raw, type Html, type Part } from './html.ts'
import { style } from './style.ts'

/** A part of a page with a heading. */
export interface Section {
  /** For links to it. */
  readonly id: string
  readonly title: string
  readonly body: Part
}

/** See the module's head. */
export interface Page {
  readonly title: string
  /** Below the title. */
  readonly lead: Part
  /** Above the list of sections. */
  readonly summary?: Part
  readonly sections: readonly Section[]
  readonly foot: Part
}

/** What stands between the tags of the body. */
export function bodyOf({ title, lead, summary, sections, foot }: Page): Html {
  return html`<a class="skip" href="#content">To the content</a>
    <header class="top">
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
      ${summary}
      <nav aria-label="Sections">
        <ul>
          ${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
        </ul>
      </nav>
    </header>
    <main id="content">
      ${sections.map(
        ({ id, title: name, body }) =>
          html`<section id="${id}" aria-labelledby="${id}-title">
            <h2 id="${id}-title">${name}</h2>
            ${body}
          </section> `,
      )}
    </main>
    <footer>${foot}</footer> `
}

/** The whole file. `script` is for a page that is served, with what it may fetch. */
export function documentOf(
  page: Page,
  script?: { readonly text: string; readonly hash: string },
): string {
  const may = script ? `script-src '${script.hash}'; connect-src 'self'; ` : ''
  const policy = `default-src 'none'; ${may}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`
  // As text: a space within the script would change the hash that allows it.
  const tail = script ? `<script>${script.text}</script>\n` : ''
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="ccn" />
        <meta name="referrer" content="no-referrer" />
        <title>${page.title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        ${bodyOf(page)}${raw(tail)}
      </body>
    </html> `
  return text
}
