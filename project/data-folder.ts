/**
 * Which folder data are read from, and whether that is for the model's author to say. A folder that the
 * user names is taken as it is. What else says so must stay below the current folder, links followed: the
 * default, which may be a link that came with a project, and a run's manifest, which may come from
 * elsewhere - unless the manifest carries a code made with the user's key, as those of the user's own
 * runs do.
 */
import { existsSync } from 'node:fs'
import { codeOf, isCodeOf, userKey } from '../runtime/node/io/user-key.ts'
import { liesBelow } from '../runtime/node/io/confine.ts'
import type { Manifest, ManifestDraft } from '../runtime/node/train/manifest.ts'
import { ProjectError } from './errors.ts'
import { pathIn, shownIn, type Surroundings } from './surroundings.ts'

/** Where data are looked for unless something else is said. */
export const defaultDataDir = 'data'

/**
 * The folder of data files: as given, else as the run has it, else what CCN_DATA_DIR says, else `data`.
 * Throws ProjectError if it leads to somewhere that the user has not named.
 */
export async function dataFolder(
  where: Surroundings,
  given: string | undefined,
  manifest?: Manifest,
): Promise<string> {
  if (given !== undefined) return pathIn(where, given)
  const kept = manifest?.invocation.dataDir
  if (manifest && kept !== undefined) {
    if (isOwn(where, manifest) || (await isHere(where, kept))) return kept
    throw new ProjectError(
      `The run has its data in ${kept}, and was not started by you: nothing is read there unasked.`,
      { hint: `If that is where they are, say so by --data-dir ${kept}.` },
    )
  }
  const told = where.env['CCN_DATA_DIR']
  if (told !== undefined && told !== '') return pathIn(where, told)
  const folder = pathIn(where, defaultDataDir)
  if (await isHere(where, folder)) return folder
  throw new ProjectError(
    `The data folder ${shownIn(where, folder)} is a link that leads out of the current folder.`,
    { hint: 'Name the folder that it leads to by --data-dir FOLDER, or in CCN_DATA_DIR.' },
  )
}

/** The draft of a manifest with a code that tells later that its data folder was the user's choice. */
export function signed(where: Surroundings, draft: ManifestDraft): ManifestDraft {
  const { dataDir } = draft.invocation
  const key = dataDir === undefined ? undefined : userKey(where.env)
  if (!key || dataDir === undefined) return draft
  return { ...draft, dataDirCode: codeOf(key, ...subject(draft, dataDir)).toString('hex') }
}

/** What the code is of: which model may read where. */
function subject({ sources }: Pick<Manifest, 'sources'>, dataDir: string): readonly string[] {
  return ['data folder of a run', dataDir, ...sources.map(({ sha256 }) => sha256)]
}

function isOwn(where: Surroundings, manifest: Manifest): boolean {
  const { dataDirCode: code, invocation } = manifest
  const key = code === undefined ? undefined : userKey(where.env)
  if (!key || code === undefined || invocation.dataDir === undefined) return false
  return isCodeOf(Buffer.from(code, 'hex'), key, ...subject(manifest, invocation.dataDir))
}

/** Whether there is no such folder, or it lies below the current one. */
async function isHere(where: Surroundings, folder: string): Promise<boolean> {
  return !existsSync(folder) || (await liesBelow(folder, [where.cwd]))
}
