/**
 * Lays out the tokens of a file as a Prettier document.
 *
 * Statements stand on lines of their own, two spaces in from the block they belong to. A block that
 * was on one line stays there if it fits; a bracket that does not fit holds one element a line; an
 * expression that does not fit breaks before its loosest operators. One blank line is kept where
 * there was at least one. Every token and every comment is printed exactly once.
 */
import type { IToken } from 'chevrotain'
import { builders } from 'prettier/doc'
import { marks } from '../tokens.ts'
import type { Lexed } from '../lex.ts'
import { alignMark } from './align.ts'
import type { Placed, PlacedComments } from './comments.ts'
import type { Facts } from './facts.ts'

type Doc = builders.Doc

const {
  breakParent,
  fill,
  group,
  hardline,
  ifBreak,
  indent,
  line,
  lineSuffix,
  literalline,
  softline,
} = builders

/** The document of a file without syntax errors; if `aligned`, with the marks of its columns. */
export function layOut(
  lexed: Lexed,
  facts: Facts,
  comments: PlacedComments,
  aligned: boolean,
): Doc {
  return new Layout(lexed, facts, comments, aligned).file()
}

class Layout {
  private readonly tokens: readonly IToken[]
  private readonly partner: Int32Array
  private readonly facts: Facts
  private readonly comments: PlacedComments
  private readonly aligned: boolean

  constructor(lexed: Lexed, facts: Facts, comments: PlacedComments, aligned: boolean) {
    this.aligned = aligned
    this.tokens = lexed.tokens
    this.partner = lexed.partner
    this.facts = facts
    this.comments = comments
  }

  file(): Doc {
    const end = this.tokens.length
    const rest = this.leading(end, false)
    if (end === 0) return rest.length === 0 ? '' : [rest, hardline]
    const parts: Doc[] = [this.statements(0, end), hardline]
    if (rest.length > 0) {
      if (this.blankBefore(end)) parts.push(hardline)
      parts.push(rest, hardline)
    }
    return parts
  }

  // --- statements and blocks -------------------------------------------------------------------

  /** The statements of tokens `from` to `to`, a line each. */
  private statements(from: number, to: number): Doc {
    const starts = this.startsWithin(from, to)
    const parts: Doc[] = []
    starts.forEach((start, index) => {
      if (index > 0) parts.push(this.betweenStatements(start, hardline))
      parts.push(this.statement(start, starts[index + 1] ?? to))
    })
    return parts
  }

  private betweenStatements(start: number, separator: Doc): Doc {
    if (this.staysOnLine(start)) return '  '
    return separator === hardline && this.blankBefore(start) ? [hardline, hardline] : separator
  }

  /** Whether statement `start` shares its line with the one before: `batch 32  epochs 3`. */
  private staysOnLine(start: number): boolean {
    const { values, starts } = this.facts
    if (!values.has(start) || this.comments.leading(start).length > 0) return false
    if (this.comments.trailing(start - 1).length > 0) return false
    let before = start - 1
    while (before > 0 && !starts.has(before)) before--
    return values.has(before) && this.tokens[start - 1]?.endLine === this.tokens[start]?.startLine
  }

  private startsWithin(from: number, to: number): number[] {
    const starts = [from]
    for (let i = from; i < to; i = this.leap(i)) {
      if (i > from && this.facts.starts.has(i)) starts.push(i)
    }
    return starts
  }

  private statement(from: number, to: number): Doc {
    return [this.leading(from, true), this.unled(from, to), this.trailing(to - 1)]
  }

  /** A statement without the comments around it, which must not make it break. */
  private unled(from: number, to: number): Doc {
    const parts: Doc[] = []
    let segment = from
    const flush = (end: number) => {
      if (end > segment) parts.push(this.sequence(segment, end, true))
    }
    for (let i = from; i < to; i = this.leap(i)) {
      if (i > from && this.facts.lines.has(i)) {
        flush(i)
        parts.push(indent([hardline, this.leading(i, true), this.unled(i, to)]))
        return parts
      }
      if (!this.isBlock(i)) continue
      flush(i)
      if (i > from) parts.push(this.separator(i, ' '), this.leading(i, true))
      parts.push(this.block(i))
      segment = this.leap(i)
      if (segment < to) parts.push(this.separator(segment, ' '), this.leading(segment, true))
    }
    flush(to)
    return parts
  }

  private isBlock(index: number): boolean {
    if (this.tokens[index]?.tokenType !== marks.LBrace) return false
    return this.tokens[index - 1]?.image !== 'import'
  }

  private block(open: number): Doc {
    const close = this.partner[open] ?? open
    const inside = this.leading(close, false)
    const first = [this.text(open), this.inner(open)]
    const last = [this.text(close), this.inner(close)]
    if (close === open + 1) {
      if (inside.length === 0 && this.comments.trailing(open).length === 0) return [first, last]
      const body = inside.length === 0 ? [] : indent([hardline, inside])
      return [first, body, hardline, last]
    }
    if (inside.length === 0 && this.tokens[open]?.startLine === this.tokens[close]?.startLine) {
      const members = this.startsWithin(open + 1, close)
      const between = [ifBreak('', ' '), line]
      const body = members.map((start, index): Doc => {
        const statement = this.statement(start, members[index + 1] ?? close)
        return index === 0 ? statement : [this.betweenStatements(start, between), statement]
      })
      return group([first, indent([line, body]), line, last])
    }
    const gap = inside.length === 0 ? [] : this.blankBefore(close) ? [hardline, hardline] : hardline
    const body = [hardline, this.statements(open + 1, close), gap, inside]
    return [first, indent(body), hardline, last]
  }

  // --- tokens within a statement ---------------------------------------------------------------

  /**
   * Tokens `from` to `to`, no block among them, breaking before their loosest operators. The
   * comments before the first are `led` already where it starts a part of a statement.
   */
  private sequence(from: number, to: number, led = false): Doc {
    const breaks = this.breaksWithin(from, to)
    const parts: Doc[] = []
    for (let i = from; i < to; i = this.leap(i)) {
      if (i > from) {
        const separator = this.separator(i, breaks.has(i) ? line : this.space(i))
        parts.push(separator === hardline && breaks.size === 0 ? indent(separator) : separator)
      }
      if (i > from || !led) parts.push(this.leading(i, true))
      parts.push(this.leap(i) > i + 1 ? this.bracket(i) : this.token(i))
    }
    return breaks.size === 0 ? parts : group(indent(parts))
  }

  private breaksWithin(from: number, to: number): ReadonlySet<number> {
    let loosest = Infinity
    const breaks: number[] = []
    const add = (index: number, binds: number) => {
      if (binds > loosest) return
      if (binds < loosest) breaks.length = 0
      loosest = binds
      breaks.push(index)
    }
    for (let i = from; i < to; i = this.leap(i)) {
      const binds = this.facts.operators.get(i)
      if (binds !== undefined) add(i, binds)
      else if (this.tokens[i]?.tokenType === marks.Comma) add(i + 1, -1)
    }
    return new Set(breaks)
  }

  private bracket(open: number): Doc {
    const close = this.partner[open] ?? open
    const isImport = this.tokens[open]?.tokenType === marks.LBrace
    const edge = isImport ? line : softline
    // Alternately what an element is, with its comma, and a line.
    const elements: Doc[] = []
    let from = open + 1
    for (let i = open + 1; i <= close; i = this.leap(i)) {
      const isComma = this.tokens[i]?.tokenType === marks.Comma
      if (!isComma && i !== close) continue
      const element: Doc[] = from < i ? [this.sequence(from, i)] : []
      if (isComma) element.push(this.separator(i, ''), this.leading(i, true), this.token(i))
      if (element.length > 0) elements.push(element)
      // A line comment behind the comma ends the line, also where more would fit.
      if (isComma) elements.push(isImport && i + 1 < close ? this.separator(i + 1, line) : line)
      from = i + 1
      if (i === close) break
    }
    const last = [this.leading(close, true), this.token(close)]
    if (elements.length === 0) return [this.token(open), this.separator(close, ''), last]
    const body = isImport ? fill(elements) : elements
    return group([this.token(open), indent([edge, body]), edge, last])
  }

  /** The token after `index`, or after the bracket that opens there. */
  private leap(index: number): number {
    return Math.max(index, this.partner[index] ?? -1) + 1
  }

  private text(index: number): string {
    return this.tokens[index]?.image ?? ''
  }

  /** A token with the comments behind it, but not those before it. */
  private token(index: number): Doc {
    return [this.mark(index), this.text(index), this.inner(index)]
  }

  /** The comments behind token `index`, unless a statement ends there and prints them itself. */
  private inner(index: number): Doc {
    const next = this.tokens[index + 1]
    // The braces of an import hold no statements.
    const closes =
      next?.tokenType === marks.RBrace && this.isBlock(this.partner[index + 1] ?? index + 1)
    const ends = next === undefined || closes || this.facts.starts.has(index + 1)
    const opens = this.tokens[index]?.tokenType === marks.LBrace
    return ends && !opens ? [] : [this.trailing(index), this.breakBehind(index)]
  }

  private breakBehind(index: number): Doc {
    return this.comments.trailing(index).length > 0 ? breakParent : ''
  }

  private mark(index: number): string {
    const column = this.facts.columns.get(index)
    return column === undefined || !this.aligned ? '' : alignMark[column]
  }

  private space(index: number): string {
    const { clauses, tight, tightBehind } = this.facts
    if (clauses.has(index)) return '  '
    if (tight.has(index) || tightBehind.has(index - 1)) return ''
    if (/^(\(|\[|\.|\.\.\.)$/.test(this.text(index - 1))) return ''
    return /^([)\],]|\.)$/.test(this.text(index)) ? '' : ' '
  }

  // --- comments --------------------------------------------------------------------------------

  /** What stands between token `index` and the one before it; `usual` if no comment is in the way. */
  private separator(index: number, usual: Doc): Doc {
    // What trails a token ended its line: joined to the next, it would lead that one the next time.
    const ends = this.comments.trailing(index - 1).length > 0
    const first = this.comments.leading(index)[0]
    const ownLine = first !== undefined && first.firstLine > this.comments.bottomLine(index - 1)
    if (ends || ownLine) return hardline
    // A comment on the line is parted from both tokens, whichever it travels with.
    return first !== undefined && usual === '' ? ' ' : usual
  }

  private blankBefore(index: number): boolean {
    return this.comments.topLine(index) > this.comments.bottomLine(index - 1) + 1
  }

  /** The comments before token `index`, with what parts them from it if it `follows`. */
  private leading(index: number, follows: boolean): Doc[] {
    const placed = this.comments.leading(index)
    return placed.map((each, i): Doc => {
      const isLast = i === placed.length - 1
      if (isLast && !follows) return commentText(each)
      const nextLine = placed[i + 1]?.firstLine ?? this.tokens[index]?.startLine ?? 0
      const gap = nextLine - each.lastLine
      return [commentText(each), gap === 0 ? ' ' : gap === 1 ? hardline : [hardline, hardline]]
    })
  }

  private trailing(index: number): Doc {
    return this.comments.trailing(index).map((each): Doc => {
      if (each.comment.style === 'block') return [' ', commentText(each)]
      const mark = this.aligned ? alignMark.comment : ''
      return lineSuffix(['  ', mark, commentText(each)])
    })
  }
}

function commentText({ comment }: Placed): Doc {
  const lines = comment.text.split(/\r\n?|\n/)
  if (comment.style !== 'block') return (lines[0] ?? '').trimEnd()
  return lines.flatMap((text, index): Doc[] => (index === 0 ? [text] : [literalline, text]))
}
