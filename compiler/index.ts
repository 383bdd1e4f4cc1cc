/**
 * The compiler's public face: compile a file, emit code from what came of it, print any stage. What functions cannot take
 * ends in a CallError.
 */
export { CallError } from '../contract/calls/call.ts'
export type { Compilation, CompileOptions, Host } from './compile.ts'
export type { Sources } from './emitted.ts'
export {
  compile,
  emitJavaScript,
  emitProgram,
  emitTypeScript,
  emitWasm,
  keptTexts,
  optimise,
  printAst,
  printIr,
  printModel,
  printPlan,
  printWasm,
} from './given.ts'
export type { SourceFile } from '../grammar/ast.ts'
export type { Diagnostic, Severity } from '../grammar/diagnostics/diagnostic.ts'
export type { IrModule } from './ir/ir.ts'
export type { Model } from './model/model.ts'
export { passNames } from './passes/index.ts'
export { version } from './version.ts'
