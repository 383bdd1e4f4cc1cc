/**
 * Diagnostics as people read them (a frame of the source with the place underlined) and as data.
 *
 * Whatever the source holds, the output is safe for a terminal: control characters become visible
 * ones, tabs become spaces, long lines are cut around the place. Columns count UTF-16 units from
 * 1, as editors do; carets count what is displayed (wide characters take two cells).
 */
import type { Span } from '../ast.ts'
import { coloursIf, type Colours } from './colours.ts'
import type { Diagnostic, Severity } from './diagnostic.ts'

/** How to render. */
export interface RenderOptions {
  /** ANSI colours; default false. */
  readonly color?: boolean
}

/** A diagnostic as data, with lines and columns from 1, ends exclusive. */
export interface DiagnosticData {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly file: string
  readonly start: Position
  readonly end: Position
  readonly hint?: string
  readonly related?: readonly {
    readonly message: string
    readonly file: string
    readonly start: Position
    readonly end: Position
  }[]
}

/** A place in a text: line and column from 1, and the offset they stand for. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** Displayed cells of a source line; longer ones are cut. */
const frameWidth = 96
/** Cells kept before the place where a line is cut. */
const lead = 32

/** The text of the diagnostic's file, or the texts of all files by path: a map, or a function that knows them. */
export type Sources = string | ReadonlyMap<string, string> | ((file: string) => string | undefined)

/** The line and column of `offset` in `text`. */
export function positionAt(text: string, offset: number): Position {
  const at = Math.max(0, Math.min(offset, text.length))
  let line = 1
  let start = 0
  for (const match of text.matchAll(/\r\n?|\n/g)) {
    const next = match.index + match[0].length
    if (next > at) break
    line++
    start = next
  }
  return { line, column: at - start + 1, offset: at }
}

/**
 * The diagnostic with the parts of the sources it speaks of. Places in files whose text is not
 * known are named without a frame.
 */
export function renderDiagnostic(
  d: Diagnostic,
  sources: Sources,
  options: RenderOptions = {},
): string {
  const textOf = lookup(d, sources)
  const colors = coloursIf(options.color ?? false)
  const paint = painter(d.severity, colors)
  const lines = [paint(`${d.severity}[${d.code}]`) + colors.bold(`: ${safe(d.message)}`)]
  lines.push(...frame(d.span, textOf(d.span.file), paint, colors))
  for (const { span, message } of d.related ?? []) {
    lines.push(colors.cyan('  note') + `: ${safe(message)}`)
    lines.push(...frame(span, textOf(span.file), colors.cyan, colors))
  }
  if (d.hint !== undefined)
    lines.push(`  ${colors.blue('=')} ${colors.bold('hint')}: ${safe(d.hint)}`)
  return lines.join('\n')
}

/** The diagnostic as data. In a file whose text is not known, every place is on line 1. */
export function toJson(d: Diagnostic, sources: Sources): DiagnosticData {
  const textOf = lookup(d, sources)
  const place = (span: Span) => {
    const text = textOf(span.file)
    const at = (offset: number): Position =>
      text === undefined ? { line: 1, column: 1, offset } : positionAt(text, offset)
    return { file: span.file, start: at(span.start), end: at(span.end) }
  }
  const related = d.related?.map(({ span, message }) => ({ message, ...place(span) }))
  return {
    code: d.code,
    severity: d.severity,
    message: d.message,
    ...place(d.span),
    ...(d.hint === undefined ? {} : { hint: d.hint }),
    ...(related === undefined ? {} : { related }),
  }
}

function lookup(d: Diagnostic, sources: Sources): (file: string) => string | undefined {
  if (typeof sources === 'function') return sources
  if (typeof sources === 'string') return (file) => (file === d.span.file ? sources : undefined)
  return (file) => sources.get(file)
}

function painter(severity: Severity, colors: Colours): (text: string) => string {
  switch (severity) {
    case 'error':
      return (text) => colors.bold(colors.red(text))
    case 'warning':
      return (text) => colors.bold(colors.yellow(text))
    case 'remark':
      return (text) => colors.bold(colors.blue(text))
  }
}

/** ` --> path:line:column`, and the lines that `span` touches: the first, and the last of several. */
function frame(
  span: Span,
  text: string | undefined,
  paint: (text: string) => string,
  colors: Colours,
): string[] {
  if (text === undefined) return [` ${colors.blue('-->')} ${safe(span.file)}`]
  const start = positionAt(text, span.start)
  const end = positionAt(text, Math.max(span.start, span.end))
  const gutter = String(end.line).length
  const bar = (label: string) => colors.blue(`${label.padStart(gutter)} |`)
  const out = [
    `${' '.repeat(gutter)}${colors.blue('-->')} ${safe(span.file)}:${start.line}:${start.column}`,
    bar(''),
  ]
  const show = (position: Position, from: number, to: number) => {
    const row = lineAt(text, position)
    const { shown, before, width } = cut(row, from, to)
    out.push(`${bar(String(position.line))} ${shown}`.trimEnd())
    out.push(`${bar('')} ${' '.repeat(before)}${paint('^'.repeat(Math.max(1, width)))}`)
  }
  if (start.line === end.line) {
    show(start, start.column - 1, end.column - 1)
    return out
  }
  show(start, start.column - 1, Infinity)
  if (end.line > start.line + 1) out.push(colors.blue(`${' '.repeat(gutter)} ...`))
  if (end.column > 1) show(end, 0, end.column - 1)
  return out
}

function lineAt(text: string, position: Position): string {
  const start = position.offset - (position.column - 1)
  const rest = /[\r\n]/g
  rest.lastIndex = start
  const end = rest.exec(text)?.index ?? text.length
  return text.slice(start, end)
}

/** A source line as displayed, cut around the units `from` to `to`, and where these are in it. */
function cut(
  row: string,
  from: number,
  to: number,
): { readonly shown: string; readonly before: number; readonly width: number } {
  let cells = 0
  let before = 0
  let after = 0
  let index = 0
  const shown: { readonly text: string; readonly at: number }[] = []
  const budget = Math.max(0, from) + 4 * frameWidth
  for (const character of row) {
    if (index >= budget) break
    if (index <= from) before = cells
    const text = display(character, cells)
    shown.push({ text, at: cells })
    cells += cellsOf(character, text)
    index += character.length
    if (index <= to) after = cells
  }
  if (index <= from) before = cells
  const width = Math.max(0, after - before)
  const clipped = index < row.length
  if (cells <= frameWidth && !clipped) {
    return { shown: shown.map(({ text }) => text).join(''), before, width }
  }
  const left = before <= frameWidth - lead ? 0 : before - lead
  const right = left + frameWidth
  const kept = shown.filter(({ at }) => at >= left && at < right)
  const offset = kept[0]?.at ?? left
  const body = kept.map(({ text }) => text).join('')
  const head = left > 0 ? '... ' : ''
  const tail = cells > right || clipped ? ' ...' : ''
  const start = before - offset
  return {
    shown: head + body + tail,
    before: head.length + start,
    width: Math.min(width, frameWidth - start),
  }
}

/** One character as displayed at cell `column`: tabs end at the next fourth cell. */
function display(character: string, column: number): string {
  if (character === '\t') return ' '.repeat(4 - (column % 4))
  return isUnsafe(character) ? picture(character) : character
}

function safe(text: string): string {
  return [...text]
    .map((character) => (isUnsafe(character) ? picture(character) : character))
    .join('')
}

/** Controls, direction marks, zero-width characters and lone surrogates. */
function isUnsafe(character: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return code === 0x7f ? '\u2421' : '\ufffd'
}

function cellsOf(character: string, displayed: string): number {
  if (character === '\t') return displayed.length
  if (/\p{Mn}|\p{Me}/u.test(character)) return 0
  return isWide(character.codePointAt(0) ?? 0) ? 2 : 1
}

/** East Asian wide characters and emoji, by block. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  )
}
