/** A source file as a manifest keeps it. */
import { createHash } from 'node:crypto'

/** A source file, by its path below the project folder or the standard library. */
export interface SourceRecord {
  readonly root: 'project' | 'library'
  /** With `/` between folders. */
  readonly path: string
  readonly sha256: string
  readonly text: string
}

/** A source record with its hash. */
export function sourceRecord(root: SourceRecord['root'], path: string, text: string): SourceRecord {
  return { root, path, sha256: sha256(text), text }
}

/** The hash of a text or of bytes, in hexadecimal. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}
