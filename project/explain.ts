/** What a file's circuit learns by, beside the gradient of its loss. */
import type { Compilation } from '../compiler/compile.ts'
import { explain } from '../service/explain/explain.ts'
import type { Explanation } from '../service/explain/explanation.ts'
import { choiceOf, compileSource, type Choice } from './compile.ts'
import { ProjectError } from './errors.ts'
import type { Source } from './sources.ts'

/** An explanation, and what was found in the file on the way. */
export interface Explained extends Pick<Compilation, 'diagnostics' | 'sources'> {
  readonly explanation: Explanation
}

/** Explains a file. Throws CompileError if it has errors. */
export function explainSource(source: Source, choice: Choice): Explained {
  const compilation = compileSource(source, { ...choiceOf(choice), optimise: false })
  const explanation = explain(compilation, choice.variants)
  if (!explanation)
    throw new ProjectError('There is no circuit in the file that could be explained.')
  const { diagnostics, sources } = compilation
  return { explanation, diagnostics, sources }
}
