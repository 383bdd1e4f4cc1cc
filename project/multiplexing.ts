/** What a file's types of short-term plasticity pass of the messages of a spike train. */
import type { Compilation } from '../compiler/compile.ts'
import {
  multiplexing,
  type Multiplexing,
  type TrainOptions,
} from '../service/multiplexing/index.ts'
import { choiceOf, compileSource, type Choice } from './compile.ts'
import type { Source } from './sources.ts'

/** Multiplexing, and what was found in the file on the way. */
export interface MultiplexedFile extends Pick<Compilation, 'diagnostics' | 'sources'> {
  readonly multiplexing: Multiplexing
}

/** Solves the equations of a file's terminals. Throws CompileError if it has errors. */
export function multiplexSource(
  source: Source,
  choice: Choice,
  trains?: TrainOptions,
): MultiplexedFile {
  const compilation = compileSource(source, { ...choiceOf(choice), until: 'model' })
  const { diagnostics, sources } = compilation
  return { multiplexing: multiplexing(compilation, trains), diagnostics, sources }
}
