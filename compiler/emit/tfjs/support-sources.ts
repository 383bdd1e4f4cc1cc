/**
 * Reads the files of runtime/support that generated modules carry with them. The only part of the
 * emitter that touches the file system; it works from the source tree and from dist/.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SupportSources } from './options.ts'

/** The support files of this package. */
export function readSupportSources(): SupportSources {
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)))
  const read = (name: string): string =>
    readFileSync(join(root, 'runtime', 'support', `${name}.ts`), 'utf8')
  return { random: read('random'), svd: read('svd'), tensors: read('tensors') }
}

/** The folder at or above `folder` whose package.json is this package's. */
function packageRoot(folder: string): string {
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof content === 'object' && content && 'name' in content && content.name === 'ccn') {
      return folder
    }
  }
  const parent = dirname(folder)
  if (parent === folder) throw new Error('The folder of the package ccn was not found')
  return packageRoot(parent)
}
