/** The text of a sweep in its file. */

/**
 * `sweep NAME { ... }` as it stands in a source; undefined if it is not there, as where it was said on a command
 * line. Comments and texts in quotes may hold braces.
 */
export function sweepText(source: string, name: string): string | undefined {
  const tokens = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|[{}]|[\w]+/g
  let words: readonly string[] = []
  let start = -1
  let last = 0
  let depth = 0
  for (const { 0: token, index } of source.matchAll(tokens)) {
    if (/^\/[/*]/.test(token)) continue
    if (token === '{') {
      depth++
    } else if (token === '}') {
      depth--
      if (depth === 0 && start >= 0) return source.slice(start, index + 1)
    } else if (depth === 0 && start < 0) {
      if (words.at(-1) === 'sweep' && token === name) start = last
      words = [token]
      last = index
    }
  }
  return undefined
}
