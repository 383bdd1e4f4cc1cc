/**
 * `npm run generate`: writes the modules that are made of other files. A spec fails if what stands in the
 * tree is not what this makes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { drawProgram } from '../compiler/code/draw-program.ts'
import { encodeModule } from '../compiler/emit/wasm/encoder/binary.ts'
import { wasmMachine } from '../compiler/emit/wasm/machine.ts'
import { renderModule } from '../compiler/emit/wasm/render.ts'
import { unshared } from '../runtime/engine/wasm/unshared.ts'

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

/** Where the program that draws patterns stands, in bytes. */
export const drawProgramPath = `${root}runtime/patterns/program.generated.ts`

/** The module of the program that draws patterns, by two hexadecimal digits a byte. */
export async function drawProgramModule(): Promise<string> {
  const memory = { initialPages: 1, maximumPages: 65_536 }
  const bytes = unshared(encodeModule(renderModule(drawProgram(wasmMachine), memory)))
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const module = `/** The program of compiler/code/draw-program.ts. Made by \`npm run generate\`. */
    export const drawProgram = '${digits}'
    `
  return format(module, { ...(await resolveConfig(drawProgramPath)), parser: 'typescript' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(supportPath, await supportModule())
  writeFileSync(drawProgramPath, await drawProgramModule())
}
