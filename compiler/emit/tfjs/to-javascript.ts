/** A generated module as JavaScript, for engines that run it at once: types are left out. */
import { ts } from 'ts-morph'

/** The ES module of the TypeScript text. Types are not checked. */
export function toJavaScript(typescript: string): string {
  return ts.transpileModule(typescript, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  }).outputText
}
