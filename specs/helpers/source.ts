/**
 * Sources in specs: dedented templates, and places marked as `⟦here⟧`.
 */

/** A source text without its marks, and the places that were marked, in order. */
export interface Marked {
  readonly text: string
  readonly spans: readonly { readonly start: number; readonly end: number }[]
}

/** Removes the first and last blank lines of a template and the indentation its lines share. */
export function dedent(strings: TemplateStringsArray, ...values: readonly unknown[]): string {
  const raw = strings.raw.reduce((text, part, i) => text + String(values[i - 1]) + part)
  const lines = raw
    .replace(/^[ \t]*\n/, '')
    .replace(/\n[ \t]*$/, '')
    .split('\n')
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const shared = indents.length === 0 ? 0 : Math.min(...indents)
  return lines.map((line) => line.slice(shared)).join('\n')
}

/** Takes the marks `⟦` and `⟧` out of `source`; `⟦⟧` marks a place between two characters. */
export function marked(source: string): Marked {
  const spans: { start: number; end: number }[] = []
  const open: number[] = []
  let text = ''
  for (const character of source) {
    if (character === '⟦') open.push(text.length)
    else if (character === '⟧') {
      const start = open.pop()
      if (start === undefined) throw new Error('a mark closes that was not opened')
      spans.push({ start, end: text.length })
    } else text += character
  }
  if (open.length > 0) throw new Error('a mark is not closed')
  return { text, spans: spans.sort((a, b) => a.start - b.start) }
}
