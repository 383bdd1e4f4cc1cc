/** Unpacks gzip, but never to more than can be meant. */
import { constants, gunzip, gunzipSync } from 'node:zlib'

/** What may always be unpacked. */
const HARMLESS = 256 * 2 ** 20
/** How many times its own size a file may unpack to: images of hand-written digits take 5 times theirs. */
const DENSEST = 100

/** Whether so few packed bytes would unpack to so many that nobody can have meant it. */
export function tooDense(packed: number, unpacked: number): boolean {
  return unpacked > Math.max(HARMLESS, DENSEST * packed)
}

/** The most that a file of this size may unpack to, unless more is known of it. */
export function mostUnpacked(packed: number): number {
  return Math.max(HARMLESS, DENSEST * packed)
}

/** Whether bytes are packed: told by the first two, which begin no other format that is read here. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Some bytes of the beginning: at least `bytes` of them, or all that there are. Throws if damaged. */
export function gunzipHead(packed: Uint8Array, bytes: number): Buffer {
  return gunzipSync(packed.subarray(0, bytes + 1024), { finishFlush: constants.Z_SYNC_FLUSH })
}

/** The content, or 'damaged', or 'too much' if it is longer than `most` bytes. */
export async function gunzipUpTo(
  packed: Uint8Array,
  most: number,
): Promise<Buffer | 'damaged' | 'too much'> {
  return new Promise((resolve) => {
    gunzip(packed, { maxOutputLength: Math.max(1, most) }, (error, content) => {
      if (!error) resolve(content)
      else
        resolve('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'too much' : 'damaged')
    })
  })
}
