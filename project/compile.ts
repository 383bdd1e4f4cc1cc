/** Calls the compiler; errors in a file are thrown. */
import { compile, type Compilation, type CompileOptions } from '../compiler/compile.ts'
import { CompileError } from './errors.ts'
import type { Source } from './sources.ts'

/** Which experiment of a file, and which model of those it describes. */
export interface Choice {
  /** Default: the first of the file. */
  readonly experiment?: string | undefined
  /** Variants, applied in order. */
  readonly variants?: readonly string[] | undefined
  /** Parameters set from outside, as text: `hidden` -> `100` or `[20, 15]`. */
  readonly set?: Readonly<Record<string, string>> | undefined
}

/** The choice as the compiler takes it. */
export function choiceOf({ experiment, variants, set }: Choice): CompileOptions {
  return {
    ...(experiment !== undefined && { experiment }),
    ...(variants && { variants }),
    ...(set && { set }),
  }
}

/** A limit of the tape in bytes, as the compiler takes it. */
export const tapeLimit = ({ tape }: { readonly tape?: number | undefined }): CompileOptions =>
  tape === undefined ? {} : { tapeBytes: tape }

/** Compiles. Throws CompileError if the file has errors; warnings are in the compilation. */
export function compileSource({ main, host }: Source, options: CompileOptions): Compilation {
  const compilation = compile(main, host, options)
  const { diagnostics, sources } = compilation
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    throw new CompileError(diagnostics, sources)
  }
  return compilation
}
