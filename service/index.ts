/**
 * Answers about files in any host: what is wrong with them, what they describe, what a name means. Runs
 * in a browser; nothing that is reachable from here needs Node.js. What functions cannot take ends in a CallError.
 */
export { CallError } from '../contract/calls/call.ts'
export type { CompileOptions, Host } from '../compiler/compile.ts'
export type { Diagnostic, Severity } from '../grammar/diagnostics/diagnostic.ts'
export type { DiagnosticData, Position, RenderOptions } from '../grammar/diagnostics/render.ts'
export type { Checked, Finding } from './check-all.ts'
export type * from './describe.ts'
export { descriptionStyle } from './description/html.ts'
export { descriptionFormats, type DescriptionFormat } from './description/render.ts'
export {
  checkAll,
  countOf,
  diagnosticData,
  drawDiagram,
  format,
  fromAssignment,
  fromDerivative,
  fromExpression,
  hostInMemory,
  mathLatex,
  mathLatexLines,
  mathML,
  mathMLLines,
  mathText,
  renderDescription,
  renderDiagnostic,
} from './given.ts'
export type { DiagramOptions } from './graph/diagram.ts'
export type { Mark, Marks } from './graph/circuit.ts'
export type { Declaration, Found } from './names.ts'
export type { FromOptions, Mathematics } from './typeset/index.ts'
export { Workspace, type Hover } from './workspace.ts'
