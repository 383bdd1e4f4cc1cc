/** Compiles modules to text, checks the text as a user's project would, and runs it. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { emitTfjs, toJavaScript, type EmitOptions } from '../../../compiler/emit/tfjs/index.ts'
import type { IrModule } from '../../../compiler/ir/ir.ts'
import { selectEngine, type EngineName } from '../../../runtime/node/engine/index.ts'
import { withPatterns } from '../../helpers/drawn.ts'
import type { CreateOptions, Network } from '../../../runtime/engine/network.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Equations stand at the line that their position happens to be. */
const options: EmitOptions = {
  version: '1.2.3',
  locate: ({ file, start }) => `${file}:${start + 1}`,
}

/** The TypeScript text of a module. */
export function emit(module: IrModule): Promise<string> {
  return emitTfjs(module, options)
}

/** A running network. */
export async function run(
  module: IrModule,
  create: CreateOptions = {},
  engineName: EngineName = 'tfjs-wasm',
): Promise<Network> {
  const engine = await selectEngine(engineName)
  return engine.instantiate(toJavaScript(await emit(module)), withPatterns(module, create))
}

/** What TypeScript says against the texts, with every strict option on. */
export function strictErrors(texts: Readonly<Record<string, string>>): string[] {
  const files = new Map(
    Object.entries(texts).map(([name, text]) => [join(root, 'specs', `${name}.ts`), text]),
  )
  const compilerOptions: ts.CompilerOptions = {
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noImplicitAny: true,
    noImplicitReturns: true,
    noImplicitOverride: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  }
  const host = ts.createCompilerHost(compilerOptions)
  // ts-morph's own compiler comes without the library files; those of the project serve.
  const library = join(root, 'node_modules/typescript/lib')
  host.getDefaultLibLocation = () => library
  host.getDefaultLibFileName = (given) => join(library, ts.getDefaultLibFileName(given))
  const read = host.readFile.bind(host)
  const exists = host.fileExists.bind(host)
  const source = host.getSourceFile.bind(host)
  host.readFile = (path) => files.get(path) ?? read(path)
  host.fileExists = (path) => files.has(path) || exists(path)
  host.getSourceFile = (path, language, ...rest) => {
    const text = files.get(path)
    return text === undefined
      ? source(path, language, ...rest)
      : ts.createSourceFile(path, text, language, true)
  }
  const program = ts.createProgram([...files.keys()], compilerOptions, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line =
      file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}
