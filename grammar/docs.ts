/**
 * Which `///` comment documents which declaration.
 *
 * Lines of doc comments directly above a token, with no blank line between, belong to the
 * declaration that starts there; a doc comment behind a token on its line belongs to the
 * declaration that ends there. The block at the head of a file is the file's own if `model`
 * follows it, or a blank line.
 */
import type { IToken } from 'chevrotain'
import { contextual, DocComment } from './tokens.ts'

/** Doc texts by the index of the token that they stand at. */
export interface Docs {
  readonly file?: string
  /** Above the token that starts a declaration. */
  readonly above: ReadonlyMap<number, string>
  /** Behind the token that ends a declaration. */
  readonly behind: ReadonlyMap<number, string>
}

/** A run of doc comments on lines of their own, one under the other. */
interface Run {
  readonly lines: string[]
  /** Index of the token that follows. */
  readonly next: number
  lastLine: number
}

/** Sorts the doc comments among `comments` (in order) to the `tokens` they belong to. */
export function findDocs(tokens: readonly IToken[], comments: readonly IToken[]): Docs {
  const behind = new Map<number, string>()
  const runs: Run[] = []
  let next = 0
  let previousLine = 0
  for (const comment of comments) {
    while (next < tokens.length && (tokens[next]?.startOffset ?? 0) < comment.startOffset) next++
    const before = tokens[next - 1]
    const line = comment.startLine ?? 0
    if (comment.tokenType !== DocComment) {
      previousLine = 0
      continue
    }
    const text = comment.image.slice(3).trim()
    if (before !== undefined && before.endLine === line) {
      behind.set(next - 1, text)
      previousLine = 0
      continue
    }
    const run = runs.at(-1)
    if (run !== undefined && previousLine === line - 1 && run.next === next) {
      run.lines.push(text)
      run.lastLine = line
    } else {
      runs.push({ lines: [text], next, lastLine: line })
    }
    previousLine = line
  }
  const above = new Map<number, string>()
  let file: string | undefined
  runs.forEach((run, index) => {
    const token = tokens[run.next]
    const adjacent = token !== undefined && token.startLine === run.lastLine + 1
    const heads = index === 0 && run.next === 0
    const text = run.lines.join('\n').trim()
    if (heads && (!adjacent || token.tokenType === contextual.model)) file = text
    else if (adjacent) above.set(run.next, text)
  })
  return { above, behind, ...(file === undefined ? {} : { file }) }
}
