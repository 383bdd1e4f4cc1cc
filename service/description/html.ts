/**
 * A description as HTML with MathML: a whole page that needs nothing else, or a fragment for one. For light and dark,
 * for paper, and for those who hear it; no scripts.
 */
import { escapeXml, mathML, mathMLLines } from '../typeset/index.ts'
import type { Block, DescriptionDocument, Inline } from './document.ts'

/** A page of its own. */
export function toHtml(document: DescriptionDocument): string {
  const title = escapeXml(document.title)
  const links = document.sections
    .map(
      ({ letter, title: name }, i) =>
        `<li><a href="#section-${i + 1}">${letter === undefined ? '' : `${letter}: `}${escapeXml(name)}</a></li>`,
    )
    .join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${pageStyle}
${descriptionStyle}
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<nav aria-label="Sections"><ul>${links}</ul></nav>
${toHtmlFragment(document, 2)}
</main>
</body>
</html>
`
}

/**
 * The content of a description, for a page that has `descriptionStyle` (within an element of the class
 * `ccn-description`) and a title: sections under headings from `level` on.
 */
export function toHtmlFragment({ introduction, sections }: DescriptionDocument, level = 2): string {
  const body = sections.map(
    ({ letter, title, blocks }, i) =>
      `<section aria-labelledby="section-${i + 1}">
<h${level} id="section-${i + 1}">${letter === undefined ? '' : `<span class="letter">${letter}</span> `}${escapeXml(title)}</h${level}>
${blocks.map((each) => printBlock(each, level + 1)).join('\n')}
</section>`,
  )
  return `<div class="ccn-description">
${introduction.map((each) => printBlock(each, level + 1)).join('\n')}
${body.join('\n')}
</div>`
}

function printBlock(block: Block, level: number): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${line(block.inlines)}</p>`
    case 'heading':
      return `<h${level}>${line(block.inlines)}</h${level}>`
    case 'items':
      return `<ul>${block.items.map((item) => `<li>${line(item)}</li>`).join('\n')}</ul>`
    case 'equations':
      return `<div class="equations" tabindex="0" role="group" aria-label="Equations">${mathMLLines(block.equations, 84)}</div>`
    case 'table': {
      const columns = block.widths.map((width) => `<col style="width: ${width}%">`).join('')
      const head = block.head
        .map((each) => (each === '' ? '<td></td>' : `<th scope="col">${escapeXml(each)}</th>`))
        .join('')
      const rows = block.rows.map(
        ([first = [], ...others]) =>
          `<tr><th scope="row">${line(first)}</th>${others.map((cell) => `<td>${line(cell)}</td>`).join('')}</tr>`,
      )
      return `<div class="table" tabindex="0" role="group" aria-label="${escapeXml(block.caption)}"><table>
<caption>${escapeXml(block.caption)}</caption>
<colgroup>${columns}</colgroup>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`
    }
  }
}

const line = (inlines: readonly Inline[]): string => inlines.map(printInline).join('')

function printInline(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
      return escapeXml(inline.text)
    case 'strong':
      return `<strong>${escapeXml(inline.text)}</strong>`
    case 'code':
      return `<code>${escapeXml(inline.text)}</code>`
    case 'math':
      return mathML(inline.math)
  }
}

/** What a page needs whose all is a description. */
const pageStyle = `:root { color-scheme: light dark; }
body { margin: 0; background: light-dark(#ffffff, #16181d); color: light-dark(#1c1f26, #e4e6eb);
  font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; margin: 0 0 0.5rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding: 0; margin: 0 0 1.5rem; font-size: 0.9rem; }
a { color: light-dark(#1a56a8, #8ab8ff); }
@page { margin: 15mm; }
@media print { main { max-width: none; padding: 0; } nav { display: none; } body { font-size: 10.5pt; background: #fff; color: #000; } }`

/** The style of a description, wherever it stands: only what has its class. */
export const descriptionStyle = `.ccn-description h2 { font-size: 1.3rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.25rem;
  border-bottom: 1px solid light-dark(#d5d9e0, #3a3f4a); }
.ccn-description h3, .ccn-description h4 { font-size: 1.05rem; font-weight: 400; margin: 1.6rem 0 0.4rem; }
.ccn-description .letter { display: inline-block; min-width: 1.5em; text-align: center; border-radius: 0.25em;
  background: light-dark(#e3ebf7, #2a3950); }
.ccn-description p { max-width: 46rem; margin: 0.6rem 0; }
.ccn-description code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
.ccn-description .table, .ccn-description .equations { overflow-x: auto; margin: 0.8rem 0; }
.ccn-description table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
.ccn-description caption { text-align: left; font-weight: 600; padding: 0.2rem 0 0.4rem; }
.ccn-description tbody th { text-align: left; font-weight: 400; }
.ccn-description tbody th code { overflow-wrap: break-word; }
.ccn-description th, .ccn-description td { padding: 0.35rem 0.6rem; vertical-align: top; text-align: left;
  border-bottom: 1px solid light-dark(#e3e6eb, #2f343e); }
.ccn-description thead th { font-weight: 600; border-bottom: 2px solid light-dark(#c3c9d3, #4a5160); }
.ccn-description .equations { padding: 0.7rem 1rem; border-radius: 0.4rem; background: light-dark(#f6f7f9, #1e2128); }
.ccn-description .equations math { text-align: left; margin: 0; }
.ccn-description mtd { padding-block: 0.25em; }
@media print { .ccn-description section { break-inside: auto; } .ccn-description h2, .ccn-description h3, .ccn-description h4 { break-after: avoid; }
  .ccn-description table, .ccn-description tr, .ccn-description .equations { break-inside: avoid; } .ccn-description .table, .ccn-description .equations { overflow: visible; background: none; } }`
