/**
 * A document as plain data: what a description consists of, in no format. Renderers (`markdown.ts`, `html.ts`,
 * `latex.ts`) write it; all texts in it are as they are, and escaped by them.
 */
import type { Mathematics } from '../typeset/index.ts'

/** A piece of a line. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'math'; readonly math: Mathematics }
  /** A name or a piece of the file. */
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }

export type Block =
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'heading'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'equations'; readonly equations: readonly Mathematics[] }
  | { readonly kind: 'items'; readonly items: readonly (readonly Inline[])[] }
  | Table

export interface Table {
  readonly kind: 'table'
  /** For those who hear the page: what the table is of. */
  readonly caption: string
  readonly head: readonly string[]
  /** The first column is widest where there are few, else columns share the width by these. */
  readonly widths: readonly number[]
  readonly rows: readonly (readonly (readonly Inline[])[])[]
}

export interface Section {
  /** Letter of the form, where it has one: A to G. */
  readonly letter?: string
  readonly title: string
  readonly blocks: readonly Block[]
}

export interface DescriptionDocument {
  readonly title: string
  readonly introduction: readonly Block[]
  readonly sections: readonly Section[]
}

export const text = (content: string): Inline => ({ kind: 'text', text: content })
export const code = (content: string): Inline => ({ kind: 'code', text: content })
export const strong = (content: string): Inline => ({ kind: 'strong', text: content })
export const math = (content: Mathematics): Inline => ({ kind: 'math', math: content })

/** A paragraph for each block of lines of a comment. */
export function paragraphsOf(doc: string | undefined): readonly Block[] {
  if (doc === undefined) return []
  return doc
    .split(/\n\s*\n/)
    .map((part) => part.replaceAll(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .map((part) => ({ kind: 'paragraph', inlines: inlinesOf(part) }))
}

/** A comment in a line: what stands between backquotes is code. */
export function inlinesOf(doc: string): readonly Inline[] {
  return doc
    .replaceAll(/\s+/g, ' ')
    .split(/`([^`]+)`/)
    .flatMap((part, i) => (part === '' ? [] : [i % 2 === 1 ? code(part) : text(part)]))
}

/** Inlines with something between them. */
export function joined(parts: readonly (readonly Inline[])[], between: string): readonly Inline[] {
  return parts.flatMap((part, i) => (i === 0 ? part : [text(between), ...part]))
}
