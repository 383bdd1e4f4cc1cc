/**
 * `npm run generate`: writes the modules that are made of other files. A spec fails if what stands in the
 * tree is not what this makes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where the texts of runtime/support stand for the compiler, which reads no files. */
export const supportPath = `${root}compiler/emit/tfjs/support.generated.ts`

/** The module of the texts that generated networks carry with them. */
export async function supportModule(): Promise<string> {
  const text = (name: string): string =>
    JSON.stringify(readFileSync(`${root}runtime/support/${name}.ts`, 'utf8'))
  const module = `/** The files of runtime/support as text. Made by \`npm run generate\`. */
    import type { SupportSources } from './options.ts'

    export const supportSources: SupportSources = {
      random: ${text('random')},
      poisson: ${text('poisson')},
      binomial: ${text('binomial')},
      svd: ${text('svd')},
      matrices: ${text('matrices')},
      synapses: ${text('synapses')},
      tensors: ${text('tensors')},
    }
    `
  return format(module, { ...(await resolveConfig(supportPath)), parser: 'typescript' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(supportPath, await supportModule())
}
