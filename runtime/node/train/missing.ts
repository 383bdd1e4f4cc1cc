/** Files of a run that its latest checkpoint counts on, and that somebody has removed. */
import { existsSync } from 'node:fs'
import { IoError } from '../../io/errors.ts'
import type { RecordsState } from '../../train/recorder.ts'

/** Why it cannot be read. */
export const MISSING = 'it is missing, though the run wrote it'

/** Throws IoError for a log of `lines` lines that is missing; `mend` is how to go on. */
export function requireLog(path: string, lines = 0, mend = ''): void {
  if (lines > 0 && !existsSync(path)) throw new IoError('read', path, `${MISSING}${mend}`)
}

/** Throws IoError for the checkpoint that a finished run must have. */
export function requireCheckpoint(path: string, isFinished: boolean): void {
  if (isFinished && !existsSync(path))
    throw new IoError('read', path, `${MISSING}: put it back, or begin anew`)
}

/** The first part of what was recorded that is missing though `state` counts on it, if one is. */
export function missingPart(
  parts: readonly { readonly number: number }[],
  { part: most, rows }: RecordsState = { part: 0, rows: {} },
): number | undefined {
  const last = Object.values(rows).some((count) => count > 0) ? most : most - 1
  const there = new Set(parts.map(({ number }) => number))
  for (let part = 1; part <= last; part++) if (!there.has(part)) return part
  return undefined
}
