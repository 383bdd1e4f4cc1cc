/** The typesetting of mathematics: a tree of it, how it is made, and how it is written. */
export type * from './mathematics.ts'
export * from './build.ts'
export { nameSymbol, symbolsOf, verbatim, withDistinctSymbols } from './symbols.ts'
export {
  fromExpression,
  fromAssignment,
  fromDerivative,
  type FromOptions,
} from './from-expression.ts'
export { mathText } from './text.ts'
export { mathLatex, mathLatexInline, mathLatexLines } from './latex.ts'
export { mathML, mathMLLines } from './mathml.ts'
export { escapeLatex } from './escape-latex.ts'
export { escapeXml } from './escape-xml.ts'
