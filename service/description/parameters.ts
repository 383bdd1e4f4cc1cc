/** The parameters of a file: value, unit as written, meaning and source, as its comments say. */
import type { Param } from '../../compiler/model/model.ts'
import { nameSymbol, number, relation, type Mathematics } from '../typeset/index.ts'
import { code, inlinesOf, math, text, type Block, type Inline } from './document.ts'
import { inUnit, valueMath, withSource } from './quantities.ts'

/** The table; a column of sources stands there if a comment names one. */
export function parameterBlocks(params: readonly Param[]): readonly Block[] {
  if (params.length === 0) return []
  const cited = params.some(({ doc }) => withSource(doc).source !== undefined)
  return [
    {
      kind: 'table',
      caption: 'Parameters',
      head: ['Name', 'Symbol', 'Value', 'Range', 'Meaning', ...(cited ? ['Source'] : [])],
      widths: cited ? [16, 12, 13, 14, 27, 18] : [18, 13, 15, 16, 38],
      rows: params.map((param) => {
        const { name, value, unit, doc } = param
        const { meaning, source } = withSource(doc)
        return [
          [code(name)],
          [math(nameSymbol(name))],
          [math(valueMath(value, unit))],
          range(param),
          meaning === undefined ? [] : inlinesOf(meaning),
          ...(cited ? [source === undefined ? [] : [text(source)]] : []),
        ]
      }),
    },
  ]
}

/** `0 < p0 < 1`, in the unit of the parameter. */
function range({ name, range: limits, unit }: Param): readonly Inline[] {
  if (!limits) return []
  const { from, to, fromOpen, toOpen } = limits
  const end = (value: number): Mathematics => number(inUnit(value, unit), unit, 10)
  const symbol = nameSymbol(name)
  if (from !== undefined && to !== undefined) {
    return [
      math({
        kind: 'relation',
        sides: [end(from), symbol, end(to)],
        operators: [fromOpen ? '<' : '≤', toOpen ? '<' : '≤'],
      }),
    ]
  }
  if (from !== undefined) return [math(relation(symbol, fromOpen ? '>' : '≥', end(from)))]
  if (to !== undefined) return [math(relation(symbol, toOpen ? '<' : '≤', end(to)))]
  return []
}
