/**
 * Makes a text that fails smaller: leaves out ever smaller pieces, lines first, then tokens, as long as
 * it goes on failing in the same way (delta debugging, Zeller and Hildebrandt 2002).
 */
import { endOf, lex } from '../../grammar/lex.ts'

/** Whether a text still fails as the first one did. */
export type Fails = (text: string) => Promise<boolean>

/** A smaller text that fails; looks for at most `time` milliseconds. */
export async function reduce(text: string, fails: Fails, time: number): Promise<string> {
  const end = performance.now() + time
  let best = text
  for (const cut of [linesOf, tokensOf, charactersOf]) {
    for (let size = Infinity; ;) {
      const before = best
      best = await without(best, cut, fails, end)
      if (best.length >= before.length || best.length >= size || performance.now() > end) break
      size = best.length
    }
  }
  return best
}

async function without(
  text: string,
  cut: (text: string) => readonly string[],
  fails: Fails,
  end: number,
): Promise<string> {
  let parts = cut(text)
  for (let size = Math.max(1, parts.length >> 1); size >= 1; size >>= 1) {
    for (let at = 0; at < parts.length;) {
      if (performance.now() > end) return parts.join('')
      const fewer = [...parts.slice(0, at), ...parts.slice(at + size)]
      if (fewer.length < parts.length && (await fails(fewer.join('')))) parts = fewer
      else at += size
    }
  }
  return parts.join('')
}

const linesOf = (text: string): readonly string[] => text.split(/(?<=\n)/)

function tokensOf(text: string): readonly string[] {
  let from = 0
  const pieces = lex(text, 'reduce.ccn').tokens.map((token) => {
    const piece = text.slice(from, endOf(token))
    from = endOf(token)
    return piece
  })
  return [...pieces, text.slice(from)]
}

const charactersOf = (text: string): readonly string[] => (text.length > 400 ? [text] : [...text])
