/**
 * Answers about files in any host: what is wrong with them, what they describe, what a name means. Runs
 * in a browser; nothing that is reachable from here needs Node.js.
 */
export type { CompileOptions, Host } from '../compiler/compile.ts'
export type { Diagnostic, Severity } from '../grammar/diagnostics/diagnostic.ts'
export { renderDiagnostic, toJson as diagnosticData } from '../grammar/diagnostics/render.ts'
export type { DiagnosticData, Position, RenderOptions } from '../grammar/diagnostics/render.ts'
export { format } from '../grammar/print.ts'
export { checkAll, countOf, type Checked, type Finding } from './check-all.ts'
export type * from './describe.ts'
export { descriptionStyle } from './description/html.ts'
export {
  descriptionFormats,
  renderDescription,
  type DescriptionFormat,
} from './description/render.ts'
export { drawDiagram, type DiagramOptions } from './graph/diagram.ts'
export type { Mark, Marks } from './graph/circuit.ts'
export { hostInMemory } from './memory-host.ts'
export type { Declaration, Found } from './names.ts'
export { Workspace, type Hover } from './workspace.ts'
export {
  fromAssignment,
  fromDerivative,
  fromExpression,
  mathLatex,
  mathLatexLines,
  mathML,
  mathMLLines,
  mathText,
  type FromOptions,
  type Mathematics,
} from './typeset/index.ts'
