/**
 * Ink on paper: draws pen tracks into an image. A pixel's ink is what part of it the pen covers,
 * taken from the distance to the nearest piece of line, so that edges are smooth.
 */

import type { Track } from './pen.ts'

/** Inks a track into `image`, row-major [size, size], whose values are the covered parts, 0 .. 1. */
export function inkTrack(image: Float32Array, size: number, track: Track): void {
  for (let at = 0; at + 3 < track.length; at += 3) {
    inkPiece(
      image,
      size,
      track[at]!,
      track[at + 1]!,
      track[at + 2]!,
      track[at + 3]!,
      track[at + 4]!,
      track[at + 5]!,
    )
  }
}

/** A piece of line from (x0, y0) to (x1, y1), with half-widths r0 and r1. */
function inkPiece(
  image: Float32Array,
  size: number,
  x0: number,
  y0: number,
  r0: number,
  x1: number,
  y1: number,
  r1: number,
): void {
  const reach = Math.max(r0, r1) + 0.5
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach))
  const right = Math.min(size - 1, Math.ceil(Math.max(x0, x1) + reach))
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach))
  const bottom = Math.min(size - 1, Math.ceil(Math.max(y0, y1) + reach))
  const alongX = x1 - x0
  const alongY = y1 - y0
  const perLength = 1 / (alongX * alongX + alongY * alongY + 1e-9)
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0
      const py = row + 0.5 - y0
      const t = Math.min(1, Math.max(0, (px * alongX + py * alongY) * perLength))
      const dx = px - t * alongX
      const dy = py - t * alongY
      const covered = r0 + t * (r1 - r0) + 0.5 - Math.sqrt(dx * dx + dy * dy)
      const pixel = row * size + column
      if (covered > image[pixel]!) image[pixel] = Math.min(1, covered)
    }
  }
}
