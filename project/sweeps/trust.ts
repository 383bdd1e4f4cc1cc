/**
 * Whether a sweep that is gone on with may read where its definition says. What a sweep's folder holds may
 * come from elsewhere: its project, its data and what else it reads must lie below the current folder, links
 * followed, unless the definition carries a code made with the user's key, as those of the user's own do.
 */
import { existsSync } from 'node:fs'
import { liesBelow } from '../../runtime/node/io/confine.ts'
import { codeOf, isCodeOf, userKey } from '../../runtime/node/io/user-key.ts'
import { ProjectError } from '../errors.ts'
import { shownIn, type Surroundings } from '../surroundings.ts'
import type { SweepFile } from './sweep-file.ts'

/** A definition with a code that tells later that its folders were the user's choice. */
export function signedSweep(where: Surroundings, sweep: SweepFile): SweepFile {
  const key = userKey(where.env)
  return key ? { ...sweep, code: codeOf(key, ...subject(sweep)).toString('hex') } : sweep
}

/** Throws ProjectError if a sweep that somebody else defined reads where the user has not said. */
export async function requireTrusted(where: Surroundings, sweep: SweepFile): Promise<void> {
  if (isOwn(where, sweep)) return
  for (const folder of foldersOf(sweep)) {
    if (!existsSync(folder) || (await liesBelow(folder, [where.cwd]))) continue
    const file = shownIn(where, sweep.file)
    throw new ProjectError(
      `The sweep ${sweep.name} reads in ${folder}, and was not defined by you: nothing is read there unasked.`,
      { hint: `If that is meant, define it anew: ccn sweep ${file} ${sweep.plan.name}.` },
    )
  }
}

function isOwn(where: Surroundings, sweep: SweepFile): boolean {
  const key = sweep.code === undefined ? undefined : userKey(where.env)
  if (!key || sweep.code === undefined) return false
  return isCodeOf(Buffer.from(sweep.code, 'hex'), key, ...subject(sweep))
}

const foldersOf = ({ root, common }: SweepFile): readonly string[] => [
  root,
  ...(common.dataDir === undefined ? [] : [common.dataDir]),
  ...(common.allowRead ?? []),
]

/** What the code is of: which model may read where. */
const subject = (sweep: SweepFile): readonly string[] => [
  'folders of a sweep',
  JSON.stringify(foldersOf(sweep)),
  ...sweep.sources.map(({ text }) => text),
]
