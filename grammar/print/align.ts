/**
 * Lines up what stands in columns in consecutive lines: the `=` and the ranges of parameters,
 * the `=` in functions, the cell types of populations, the comments behind code.
 *
 * The layout leaves a mark (a control character, of no width) where a column may start; this pass
 * replaces marks by spaces. Lines far apart in length are left alone, so that one long line does
 * not push the others away, and so is a run that would grow too wide.
 */
import type { Column } from './facts.ts'

/** The marks of the columns. */
export const alignMark: Readonly<Record<Column | 'comment', string>> = {
  equals: '\u0001',
  range: '\u0002',
  colon: '\u0003',
  comment: '\u0004',
}

/** Whether `text` has one of the marks already, so that nothing can be lined up. */
export function hasMarks(text: string): boolean {
  return [...Object.values(alignMark)].some((mark) => text.includes(mark))
}

/** Lines whose columns differ by more than this are not brought together. */
const greatestShift = 32

/** Replaces the marks in `text`; no code is made wider than `width` by it. */
export function align(text: string, width: number): string {
  let lines = text.split('\n')
  for (const mark of Object.values(alignMark)) lines = alignColumn(lines, mark, width)
  return lines.join('\n')
}

/** A run is a block of lines of the same indentation, with no blank line between. */
function alignColumn(lines: readonly string[], mark: string, width: number): string[] {
  const out: string[] = []
  let run: string[] = []
  const flush = () => {
    for (const line of alignRun(run, mark, width)) out.push(line)
    run = []
  }
  for (const line of lines) {
    const first = run[0] ?? line
    if (line === '' || first === '' || indentOf(line) !== indentOf(first)) flush()
    run.push(line)
  }
  flush()
  return out
}

function alignRun(lines: readonly string[], mark: string, width: number): readonly string[] {
  if (!lines.some((line) => line.includes(mark))) return lines
  const columns = lines.map((line) => (line.includes(mark) ? columnOf(line, mark) : Infinity))
  const limit = columns.reduce((a, b) => Math.min(a, b), Infinity) + greatestShift
  const target = columns.reduce((a, b) => (b <= limit ? Math.max(a, b) : a), -Infinity)
  const pads = columns.map((column) => (column <= limit ? target - column : 0))
  const widest = lines.reduce(
    (most, line, index) =>
      Math.max(most, codeWidth(line) + (pads[index] ?? 0) * Number(!isComment(mark))),
    0,
  )
  const fits = widest <= width || lines.every((line) => codeWidth(line) <= target)
  return lines.map((line, index) => line.replace(mark, fits ? ' '.repeat(pads[index] ?? 0) : ''))
}

function isComment(mark: string): boolean {
  return mark === alignMark.comment
}

function columnOf(line: string, mark: string): number {
  return visible(line.slice(0, line.indexOf(mark))).length
}

/** The width of a line without the comment behind its code. */
function codeWidth(line: string): number {
  const comment = line.indexOf(alignMark.comment)
  return visible(comment < 0 ? line : line.slice(0, comment)).trimEnd().length
}

function visible(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0001-\u0004]/g, '')
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
