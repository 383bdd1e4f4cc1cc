/** Images of a data set as PNG: grey, or of three colours where the first axis has so many. */
import { crc32, deflateSync } from 'node:zlib'

/** Values of an image; `shape` is [rows, columns] or [3, rows, columns]. */
export interface ImageValues {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

/** Larger ones are drawn by some of their pixels. */
const MOST_SIDE = 64

/** Whether values of this shape can be looked at. */
export function isImage(shape: readonly number[]): boolean {
  const [rows = 0, columns = 0] = shape.slice(-2)
  const flat = shape.length === 2 || (shape.length === 3 && (shape[0] === 1 || shape[0] === 3))
  return flat && rows >= 4 && columns >= 4 && rows / columns <= 8 && columns / rows <= 8
}

/** A PNG file as `data:` URL; the lowest value is black, the highest white. */
export function imageUrl(image: ImageValues): string {
  return `data:image/png;base64,${pngOf(image).toString('base64')}`
}

function pngOf({ shape, values }: ImageValues): Buffer {
  const [rows = 1, columns = 1] = shape.slice(-2)
  const channels = shape.length === 3 && shape[0] === 3 ? 3 : 1
  const step = Math.max(1, Math.ceil(Math.max(rows, columns) / MOST_SIDE))
  const [height, width] = [Math.ceil(rows / step), Math.ceil(columns / step)]
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of Array.from(values)) {
    if (value < low) low = value
    if (value > high) high = value
  }
  const span = high - low
  const scale = span > 0 && Number.isFinite(span) ? 255 / span : 0
  // Each row begins with the number of its filter: none.
  const pixels = Buffer.alloc(height * (1 + width * channels))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = values[(channel * rows + y * step) * columns + x * step] ?? 0
        pixels[y * (1 + width * channels) + 1 + x * channels + channel] = Number.isFinite(value)
          ? Math.round((value - low) * scale)
          : 0
      }
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  // 8 bits of grey, or of red, green and blue.
  head.set([8, channels === 3 ? 2 : 0, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(pixels, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
