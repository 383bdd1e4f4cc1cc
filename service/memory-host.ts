/** Source files that are texts in memory: for tests, pages and tools. */
import type { Host } from '../compiler/compile.ts'

const projectRoot = '/project'
const libraryRoot = '/library'

/**
 * A host of `files` by their paths from the project's folder (`model.ccn`, `parts/cells.ccn`), and of the
 * standard library, by paths as they are imported (`std/cells.ccn`).
 */
export function hostInMemory(
  files: Readonly<Record<string, string>>,
  library: Readonly<Record<string, string>>,
): Host {
  const texts = new Map<string, string>()
  for (const [path, text] of Object.entries(files)) texts.set(`${projectRoot}/${path}`, text)
  for (const [path, text] of Object.entries(library)) texts.set(`${libraryRoot}/${path}`, text)
  return { read: (path) => texts.get(path), projectRoot, libraryRoot }
}
