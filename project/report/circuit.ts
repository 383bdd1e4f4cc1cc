/** The circuit of a run, from the texts that its manifest keeps. */
import { diagram } from '../diagram.ts'
import type { Compilation } from '../../compiler/compile.ts'
import { describe, type Description } from '../../service/describe.ts'
import { compileSource, choiceOf } from '../compile.ts'
import { storedSource } from '../experiment.ts'
import type { Manifest } from '../../runtime/node/train/manifest.ts'

/** What a page says of it. */
export interface Circuit {
  readonly description: Description
  /** Parameters as the file has them, before variants and settings. */
  readonly before: Description | undefined
  readonly compilation: Compilation
}

/** Compiles as far as the model. Throws CompileError if this version of ccn does not take the texts any more. */
export function circuitOf({ sources, invocation }: Manifest): Circuit {
  const source = storedSource(sources)
  const compilation = compileSource(source, { ...choiceOf(invocation), until: 'model' })
  const description = describe(compilation)
  if (!description) throw new Error('the circuit cannot be known')
  const changed = invocation.variants.length > 0 || Object.keys(invocation.set).length > 0
  const { experiment } = invocation
  const before = changed
    ? describe(compileSource(source, { ...choiceOf({ experiment }), until: 'model' }))
    : description
  return { description, before, compilation }
}

/** The diagram of a circuit, in the colours that the reader's system says. */
export async function diagramOf(
  { description }: Circuit,
  { experiment }: Pick<Manifest, 'experiment'>,
): Promise<string> {
  return diagram(description, { theme: 'auto', experiment })
}

/** The description in the form of the field, as a part of a page whose style has `descriptionStyle`. */
export async function describedIn({ compilation }: Circuit): Promise<string | undefined> {
  const { documentOf } = await import('../../service/description/index.ts')
  const { toHtmlFragment } = await import('../../service/description/html.ts')
  const document = documentOf(compilation)
  return document && toHtmlFragment(document, 3)
}
