/**
 * Takes files out of a tar archive held in memory: 512-byte blocks, a header and the content of one
 * file after another. Knows plain files of the old and the POSIX (ustar) form; other entries are
 * passed over.
 */

import { IoError } from '../../io/errors.ts'

const BLOCK = 512

/** The plain files of an archive by their names without folders. Throws IoError if it is damaged. */
export function readTar(archive: Buffer, path: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  let at = 0
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) return files // the end mark
    const size = octal(header, 124, 12)
    if (octal(header, 148, 8) !== headerSum(header) || size === undefined) {
      throw new IoError('read', path, `the tar archive is damaged at byte ${at}`)
    }
    const start = at + BLOCK
    if (start + size > archive.length)
      throw new IoError('read', path, 'the tar archive is cut short')
    const type = String.fromCharCode(header[156]!)
    const name = text(header, 0, 100).split('/').at(-1)!
    if (type === '0' || type === '\0') files.set(name, archive.subarray(start, start + size))
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  if (at < archive.length) throw new IoError('read', path, 'the tar archive is cut short')
  return files
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.toString('latin1', start, start + length)
  const end = field.indexOf('\0')
  return end < 0 ? field : field.slice(0, end)
}

function octal(header: Buffer, start: number, length: number): number | undefined {
  const digits = text(header, start, length).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** The sum of the header's bytes, its own field counted as spaces. */
function headerSum(header: Buffer): number {
  const sum = header.reduce((total, byte) => total + byte, 0)
  return sum - header.subarray(148, 156).reduce((total, byte) => total + byte, 0) + 8 * 32
}
