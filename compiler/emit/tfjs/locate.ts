/** Where equations stand, for the comments of generated code. */
import type { Locate } from './statements.ts'

/**
 * Gives `std/burstccn.ccn:41`: the path below the first of `roots` that holds it, and the line.
 * `sources` are the texts by path; an equation of a file that is not among them has no place.
 */
export function locateIn(
  sources: ReadonlyMap<string, string>,
  roots: readonly string[] = [],
): Locate {
  return ({ file, start }) => {
    const text = sources.get(file)
    if (text === undefined) return undefined
    const root = roots.find((folder) => file.startsWith(`${folder.replace(/\/$/, '')}/`))
    const path = root === undefined ? file : file.slice(root.replace(/\/$/, '').length + 1)
    return `${path}:${text.slice(0, start).split('\n').length}`
  }
}
