/**
 * Which token each comment travels with when the layout changes.
 *
 * A comment behind a token on its line trails that token; any other leads the token that follows
 * (the number of tokens stands for the end of the file). Positions are lines of the source, so
 * that blank lines can be kept and a doc comment stays next to what it documents.
 */
import type { IToken } from 'chevrotain'
import type { Comment } from '../ast.ts'
import { endOf } from '../lex.ts'

/** A comment, and the lines of the source on which it starts and ends. */
export interface Placed {
  readonly comment: Comment
  readonly firstLine: number
  readonly lastLine: number
}

/** The comments of a file by token index. */
export interface PlacedComments {
  leading(index: number): readonly Placed[]
  trailing(index: number): readonly Placed[]
  /** The line of the source on which token `index` starts, or its first leading comment. */
  topLine(index: number): number
  /** The line of the source on which token `index` ends, or its last trailing comment. */
  bottomLine(index: number): number
}

/** Sorts `comments` (in order) to `tokens`. */
export function placeComments(
  text: string,
  tokens: readonly IToken[],
  comments: readonly Comment[],
): PlacedComments {
  const lineOf = lineCounter(text)
  const leading = new Map<number, Placed[]>()
  const trailing = new Map<number, Placed[]>()
  let next = 0
  for (const comment of comments) {
    while (next < tokens.length && (tokens[next]?.startOffset ?? 0) < comment.span.start) next++
    const placed = {
      comment,
      firstLine: lineOf(comment.span.start),
      lastLine: lineOf(Math.max(comment.span.start, comment.span.end - 1)),
    }
    const before = tokens[next - 1]
    const behind = trailing.get(next - 1) ?? []
    const lineBefore = behind.at(-1)?.lastLine ?? before?.endLine
    const after = tokens[next]
    const isInline = after !== undefined && after.startLine === placed.lastLine
    if (lineBefore === placed.firstLine && !isInline && !leading.has(next)) {
      behind.push(placed)
      trailing.set(next - 1, behind)
    } else {
      const ahead = leading.get(next) ?? []
      ahead.push(placed)
      leading.set(next, ahead)
    }
  }
  const none: readonly Placed[] = []
  const leadingOf = (index: number) => leading.get(index) ?? none
  const trailingOf = (index: number) => trailing.get(index) ?? none
  return {
    leading: leadingOf,
    trailing: trailingOf,
    topLine: (index) => {
      const token = tokens[index]
      const end = token === undefined ? lineOf(text.length) : (token.startLine ?? 0)
      return leadingOf(index)[0]?.firstLine ?? end
    },
    bottomLine: (index) => {
      const token = tokens[index]
      const own = token === undefined ? 0 : lineOf(endOf(token) - 1)
      return trailingOf(index).at(-1)?.lastLine ?? own
    },
  }
}

/** A function from offsets to lines, counted from 1. */
function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (const match of text.matchAll(/\r\n?|\n/g)) starts.push(match.index + match[0].length)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}
