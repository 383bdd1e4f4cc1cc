/** A host of texts in memory, with the standard library that is installed. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../compiler/compile.ts'
import { hostInMemory } from '../service/memory-host.ts'
import { libraryRoot } from './package-info.ts'

/** The texts of the standard library, by paths as they are imported: `std/cells.ccn`. */
export function libraryTexts(): Readonly<Record<string, string>> {
  const names = readdirSync(join(libraryRoot, 'std')).filter((name) => name.endsWith('.ccn'))
  return Object.fromEntries(
    names.map((name) => [`std/${name}`, readFileSync(join(libraryRoot, 'std', name), 'utf8')]),
  )
}

/** A host of `files` by their paths from the project's folder: `model.ccn`, `parts/cells.ccn`. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  return hostInMemory(files, libraryTexts())
}
