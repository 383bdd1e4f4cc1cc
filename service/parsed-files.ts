/**
 * Keeps what was parsed, so that a text is parsed once however often it is compiled. Syntax trees are
 * immutable; what compilations find out about them they keep beside them.
 */
import { parse, type Parsed } from '../grammar/parse.ts'

/** Texts that are kept; those used last. */
const most = 1000

/** See the module's head. */
export class ParsedFiles {
  readonly #kept = new Map<string, { readonly text: string; readonly parsed: Parsed }>()

  /** What a text at a path is, parsed now or before. */
  readonly parse = (text: string, path: string): Parsed => {
    const before = this.#kept.get(path)
    if (before?.text === text) return before.parsed
    const parsed = parse(text, path)
    this.#kept.delete(path)
    this.#kept.set(path, { text, parsed })
    if (this.#kept.size > most) this.#kept.delete([...this.#kept.keys()][0]!)
    return parsed
  }
}
