/** Programs of what was compiled, for the targets. */
import type { Span } from '../grammar/ast.ts'
import type { WasmArtifact } from '../contract/artifact.ts'
import { emitWasm, type WasmOptions } from './emit/wasm/index.ts'
import type { IrModule } from './ir/ir.ts'
import { version } from './version.ts'

/** Source texts by path, so that generated code can say which line an equation came from. */
export type Sources = ReadonlyMap<string, string>

/** The tfjs target's TypeScript module. */
export function emitTypeScript(ir: IrModule, sources: Sources = new Map()): Promise<string> {
  return typeScript(ir, sources, true)
}

async function typeScript(ir: IrModule, sources: Sources, isForReading: boolean): Promise<string> {
  // Its printer and syntax trees are large: they are loaded where TypeScript is written.
  const { emitTfjs } = await import('./emit/tfjs/index.ts')
  return emitTfjs(ir, { version, locate: (span) => locate(sources, span), isForReading })
}

/** The same as JavaScript, for an engine that runs it at once. */
export async function emitJavaScript(ir: IrModule, sources: Sources = new Map()): Promise<string> {
  const { toJavaScript } = await import('./emit/tfjs/to-javascript.ts')
  return toJavaScript(await typeScript(ir, sources, false))
}

/**
 * What an engine of that target runs: a JavaScript module, or a WebAssembly program. The precision is
 * that of the program; JavaScript modules compute in f32.
 */
export async function emitProgram(
  target: 'tfjs' | 'wasm',
  ir: IrModule,
  sources: Sources = new Map(),
  options: WasmOptions = {},
): Promise<string | WasmArtifact> {
  return target === 'wasm' ? emitWasm(ir, options) : emitJavaScript(ir, sources)
}

/** `burstccn.ccn:41`, with the folder kept for the standard library: `std/burstccn.ccn:41`. */
function locate(sources: Sources, span: Span): string | undefined {
  const text = sources.get(span.file)
  if (text === undefined) return undefined
  const line = text.slice(0, span.start).split('\n').length
  const parts = span.file.split('/')
  const name = parts.at(-2) === 'std' ? parts.slice(-2).join('/') : parts.at(-1)
  return `${name}:${line}`
}
