/** Damages bytes in the ways that readers of files are known to fall for. */

/** Numbers from 0 up to 1. */
export type Random = () => number

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

const texts = [
  ...'-1 0 1e308 99999999999999999999 NaN null true {} [] "" __proto__ constructor ../../x /etc/passwd'.split(
    ' ',
  ),
  '\n',
  '\r\n',
  '\u2028',
  '\u001b[2J',
  '\0',
  '"',
  ',',
  "'",
  '('.repeat(200),
  '['.repeat(5000),
  '{"a":'.repeat(500),
]

type Way = (bytes: Buffer, at: number, random: Random, others: readonly Uint8Array[]) => Buffer

const pick = <T>(items: readonly T[], random: Random): T =>
  items[Math.floor(random() * items.length)]!

const replace = (bytes: Buffer, at: number, length: number, by: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + length)])

const ways: readonly Way[] = [
  // Turns a bit over.
  (bytes, at, random) => {
    const copy = Buffer.from(bytes)
    if (copy.length > 0) copy[at % copy.length]! ^= 1 << Math.floor(random() * 8)
    return copy
  },
  // Cuts the file off, or takes a piece out of it.
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, random) => replace(bytes, at, 1 + Math.floor(random() * 64), Buffer.alloc(0)),
  // Says a piece twice.
  (bytes, at, random) => {
    const piece = bytes.subarray(at, at + 1 + Math.floor(random() * 128))
    return replace(bytes, Math.floor(random() * bytes.length), 0, piece)
  },
  // Puts a number that is too large, or too small, in the place of another.
  (bytes, at, random) => {
    const word = Buffer.alloc(4)
    if (random() < 0.5) word.writeUInt32LE(pick(extremes, random))
    else word.writeUInt32BE(pick(extremes, random))
    const length = pick([1, 2, 4], random)
    return replace(bytes, at, length, word.subarray(0, length))
  },
  // Puts a text in, or in the place of some of it.
  (bytes, at, random) =>
    replace(bytes, at, pick([0, 0, 1, 4, 12], random), Buffer.from(pick(texts, random))),
  // Exchanges a number that is written as a text, or a word, for another.
  (bytes, _, random) => {
    const found = [...bytes.toString('latin1').matchAll(/[\w.-]+/g)]
    const word = found.length > 0 ? pick(found, random) : undefined
    if (!word) return bytes
    return replace(bytes, word.index, word[0].length, Buffer.from(pick(texts, random)))
  },
  // Goes on as another file does.
  (bytes, at, random, others) => {
    const other = Buffer.from(pick(others, random))
    return Buffer.concat([
      bytes.subarray(0, at),
      other.subarray(Math.floor(random() * other.length)),
    ])
  },
  // Fills up.
  (bytes, at, random) =>
    replace(bytes, at, 0, Buffer.alloc(Math.floor(random() * 3000), Math.floor(random() * 256))),
]

/** The bytes, damaged once or a few times. */
export function damage(
  bytes: Uint8Array,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  let damaged: Buffer = Buffer.from(bytes)
  const times = 1 + Math.floor(random() * random() * 5)
  for (let k = 0; k < times; k++) {
    damaged = pick(ways, random)(damaged, Math.floor(random() * damaged.length), random, others)
  }
  return damaged
}
