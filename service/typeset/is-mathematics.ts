/** Whether something is a tree of mathematics, as far as its renderers look. */
import type { Mathematics } from './mathematics.ts'

/** By kind: what it needs, pieces, lists of pieces, or texts. */
interface Needs {
  readonly pieces?: readonly string[]
  readonly lists?: readonly string[]
  readonly texts?: readonly string[]
}

const needs: Readonly<Record<Mathematics['kind'], Needs>> = {
  symbol: { texts: ['name'] },
  number: { texts: ['text'] },
  words: { texts: ['text'] },
  sum: { lists: ['terms'] },
  product: { lists: ['factors'], texts: ['operator'] },
  quotient: { pieces: ['over', 'under'] },
  power: { pieces: ['base', 'exponent'] },
  transpose: { pieces: ['of'] },
  application: { pieces: ['function'], lists: ['args'] },
  root: { pieces: ['of'] },
  fenced: { lists: ['items'], texts: ['fence'] },
  derivative: { pieces: ['of', 'by'] },
  over: { pieces: ['body'], texts: ['operator'] },
  relation: { lists: ['sides'] },
  logic: { lists: ['operands'], texts: ['operator'] },
  not: { pieces: ['of'] },
  cases: { lists: ['cases'] },
  guarded: { pieces: ['trigger', 'of'], texts: ['words'] },
}

/** See the module's head. */
export function isMathematics(value: unknown): value is Mathematics {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  const { kind } = value
  if (typeof kind !== 'string' || !Object.hasOwn(needs, kind)) return false
  const { pieces = [], lists = [], texts = [] } = needs[kind as Mathematics['kind']]
  const has = value as unknown as Readonly<Record<string, unknown>>
  return (
    texts.every((each) => typeof has[each] === 'string') &&
    pieces.every((each) => isMathematics(has[each])) &&
    lists.every((each) => {
      const items = has[each]
      return Array.isArray(items) && items.every(isItem)
    })
  )
}

/** A piece; or a term or a case, which has one as its value. */
const isItem = (item: unknown): boolean =>
  isMathematics(item) ||
  (typeof item === 'object' && item !== null && 'value' in item && isMathematics(item.value))
