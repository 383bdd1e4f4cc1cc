/** Descriptions in their formats. */
import type { Compilation } from '../../compiler/compile.ts'
import { describe } from '../describe.ts'
import { toHtml, toHtmlFragment } from './html.ts'
import { documentOf, type Chosen } from './index.ts'
import { descriptionData } from './json.ts'
import { toLatex } from './latex.ts'
import { toMarkdown } from './markdown.ts'

/**
 * `text`: Markdown with equations as lines of Unicode; `markdown`: with equations as blocks of LaTeX; `html`: a page;
 * `html-fragment`: what a page with `descriptionStyle` puts below a title; `latex`: a document; `json`: plain data.
 */
export const descriptionFormats = [
  'text',
  'markdown',
  'html',
  'html-fragment',
  'latex',
  'json',
] as const

export type DescriptionFormat = (typeof descriptionFormats)[number]

/** Describes what was compiled; undefined if the circuit could not be known. */
export function renderDescription(
  compilation: Compilation,
  format: DescriptionFormat,
  chosen: Chosen = {},
): string | undefined {
  const document = documentOf(compilation, chosen)
  const description = describe(compilation)
  if (!document || !description) return undefined
  switch (format) {
    case 'text':
      return toMarkdown(document, 'text')
    case 'markdown':
      return toMarkdown(document, 'latex')
    case 'html':
      return toHtml(document)
    case 'html-fragment':
      return toHtmlFragment(document)
    case 'latex':
      return toLatex(document)
    case 'json':
      return `${JSON.stringify(descriptionData(compilation, description, chosen), undefined, 2)}\n`
  }
}
