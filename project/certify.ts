/** Certifies files of the disk, or of another host, in every form that they can take. */
import type { Compilation, Host } from '../compiler/compile.ts'
import type { CertifiedFile } from '../service/certificates/forms.ts'
import { certify, type Certificate } from '../service/certificates/index.ts'
import { choiceOf, compileSource, type Choice } from './compile.ts'
import { sourceIn, type Source } from './sources.ts'
import type { Surroundings } from './surroundings.ts'

export type { CertifiedFile } from '../service/certificates/forms.ts'

/** What holds of a file's circuit, in every form. Throws ProjectError for what does not exist. */
export async function certifyFile(
  where: Surroundings,
  file: string,
  host?: Host,
): Promise<CertifiedFile> {
  const source = sourceIn(where, file, host)
  // The compiler is loaded only where it is needed.
  const { certifyForms } = await import('../service/certificates/forms.ts')
  const { ParsedFiles } = await import('../service/parsed-files.ts')
  return certifyForms(source.main, source.host, new ParsedFiles())
}

/** What holds of one form of a file. Throws CompileError if it has errors. */
export function certifySource(
  source: Source,
  choice: Choice,
): { readonly certificates: readonly Certificate[] } & Pick<Compilation, 'sources'> {
  const compilation = compileSource(source, { ...choiceOf(choice), until: 'model' })
  return { certificates: certify(compilation), sources: compilation.sources }
}
