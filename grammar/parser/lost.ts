/**
 * What is left out where something does not parse: the names in it, which mean nothing further on, so that
 * nothing is said of them a second time.
 */
import { tokenMatcher, type IToken } from 'chevrotain'
import { hidesName } from '../foreign-words.ts'
import { contextual, ItemKeyword, keywords, Name, Role } from '../tokens.ts'

/** Stands among the names of what was left out for a declaration whose name is not known. */
export const unnamed = '*'

/** Words that a name follows. */
const declaring = [
  ItemKeyword,
  Role,
  contextual.state,
  contextual.input,
  contextual.bias,
  contextual.compartment,
  contextual.field,
]

/** Words that a member of a cell or a data set begins with. */
export const memberWords = [...declaring.slice(1), contextual.train, contextual.test]

/** The names among the tokens from `start` up to `end`, of a member or an item that begins there. */
export function namesIn(tokens: readonly IToken[], start: number, end: number): readonly string[] {
  const names: string[] = []
  for (let i = start; i < end; i++) {
    const [token, next] = [tokens[i], tokens[i + 1]]
    if (token && tokenMatcher(token, Name)) names.push(token.image)
    const isNamed = next !== undefined && tokenMatcher(next, Name)
    if (token?.tokenType === keywords.as && !isNamed) names.push(unnamed)
  }
  const [first, second] = [tokens[start], tokens[start + 1]]
  const declares = first && declaring.some((type) => tokenMatcher(first, type))
  const isNamed = second && tokenMatcher(second, Name) && second.tokenType !== contextual.when
  if ((declares && !isNamed) || (first && hidesName(first.image))) names.push(unnamed)
  return names
}
