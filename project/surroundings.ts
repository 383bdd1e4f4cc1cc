/**
 * Where a function of a project is called: what relative paths are relative to, and what the environment
 * says. The command line passes its own; a program that imports ccn gets those of its process.
 */
import { isAbsolute, relative, resolve } from 'node:path'

/** See the module's head. */
export interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** Those of this process, but for what is given. */
export function surroundings(given: Partial<Surroundings> = {}): Surroundings {
  const { env = process.env, clock = Date.now } = given
  return {
    // Asked for where it is needed: a working folder may be gone.
    get cwd() {
      return given.cwd ?? process.cwd()
    },
    env,
    clock,
  }
}

/** The absolute path of one that may be relative. */
export function pathIn(where: Surroundings, text: string): string {
  return isAbsolute(text) ? resolve(text) : resolve(where.cwd, text)
}

/** A path as people should see it: from the current folder, if it is below it. */
export function shownIn(where: Surroundings, path: string): string {
  if (!isAbsolute(path)) return path
  const below = relative(where.cwd, path)
  return below === '' ? '.' : below.startsWith('..') ? path : below
}
