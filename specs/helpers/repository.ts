/** The repository that the specs run in: its folder, and a host that reads its files. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Host } from '../../compiler/compile.ts'

/** The repository's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')

/** Reads the repository's own files. */
export const host: Host = {
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
  projectRoot: root,
  libraryRoot: `${root}/library`,
}
