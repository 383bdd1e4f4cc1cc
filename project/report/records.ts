/**
 * What was recorded along time, as far as a page has room for it. Records are looked at before they are read: those of
 * spikes take a thousand times as much memory as on the disk.
 */
import { openNpz } from '../../runtime/node/io/npz.ts'
import { withFile } from '../../runtime/node/io/source.ts'
import { readRecorded, recordedNames } from '../../runtime/node/train/recorded.ts'
import type { RunFolder } from '../../runtime/node/train/run-folder.ts'
import type { Events, Series } from '../../runtime/report/series.ts'

/** Values of one name that are read, and of all together that are gone through. */
const MOST_VALUES = 6_000_000
const MOST_IN_ALL = 40_000_000

/** What was read, and the names of what was too much. */
export interface Records {
  readonly series: readonly (Series | Events)[]
  readonly left: readonly string[]
}

/** Reads what was recorded, without what is measured. Throws IoError. */
export async function recordsOf(run: RunFolder): Promise<Records> {
  const { plan } = run.manifest
  const measured = new Set(plan.measures.flatMap(({ outputs }) => outputs))
  const names = recordedNames(run).filter((name) => !measured.has(name))
  const counts = await countsOf(run)
  const countOf = (name: string): number => counts.get(name) ?? 0
  const inAll = [...counts.values()].reduce((sum, count) => sum + count, 0)
  let room = MOST_VALUES
  const read = names.filter((name) => {
    if (inAll > MOST_IN_ALL || countOf(name) > room) return false
    room -= countOf(name)
    return true
  })
  return {
    series: read.length > 0 ? await readRecorded(run, read) : [],
    left: names.filter((name) => !read.includes(name)),
  }
}

/** Numbers of values by name, from the heads of arrays. */
async function countsOf(run: RunFolder): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const { path } of await run.recordParts()) {
    await withFile(path, (source) => {
      const { names, shape } = openNpz(source, path)
      for (const name of names) {
        const count = shape(name).reduce((product, length) => product * length, 1)
        counts.set(name, (counts.get(name) ?? 0) + count)
      }
    })
  }
  return counts
}
