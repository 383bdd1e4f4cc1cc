/** An archive as those of more than 4 GiB are made. */
import { crc32 } from 'node:zlib'

/** A zip archive with one entry, whose sizes and places all stand in fields of 8 bytes. */
export function zip64(name: string, content: Uint8Array): Buffer {
  const small = (...numbers: number[]) => Buffer.from(new Uint16Array(numbers).buffer)
  const long = (...numbers: number[]) => Buffer.from(new BigUint64Array(numbers.map(BigInt)).buffer)
  const word = (...numbers: number[]) => Buffer.from(new Uint32Array(numbers).buffer)
  const full = 0xffffffff
  const sizes = [content.length, content.length]
  const common = Buffer.concat([small(45, 0, 0, 0, 33), word(crc32(content), full, full)])
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04'),
    common,
    small(name.length, 20),
    Buffer.from(name),
    small(1, 16),
    long(...sizes),
    content,
  ])
  const list = Buffer.concat([
    Buffer.from('PK\x01\x02'),
    small(45),
    common,
    small(name.length, 36, 0, 0, 0, 0, 0),
    word(full),
    Buffer.from(name),
    // Another field stands before the one of large numbers.
    small(0x7075, 4, 0, 0, 1, 24),
    long(...sizes, 0),
  ])
  return Buffer.concat([
    local,
    list,
    Buffer.from('PK\x06\x06'),
    long(44),
    small(45, 45),
    word(0, 0),
    long(1, 1, list.length, local.length),
    Buffer.from('PK\x06\x07'),
    word(0),
    long(local.length + list.length),
    word(1),
    Buffer.from('PK\x05\x06'),
    small(0, 0, 0xffff, 0xffff),
    word(full, full),
    small(0),
  ])
}
