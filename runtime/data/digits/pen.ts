/**
 * The hand that writes: from a style to pen tracks on the image. Points are put a little aside,
 * joined by smooth curves, bent by a slowly varying displacement, and then slanted, turned,
 * stretched and moved as a whole; the pen's width varies along a stroke.
 */

import type { Stroke, Style } from './styles.ts'

/** How strongly the writing varies. Lengths in sheet units (an image is about 20 high). */
export interface Hand {
  /** Deviation of each point that the pen passes. */
  readonly wobble: number
  /** Deviation of a stroke as a whole. */
  readonly strokeShift: number
  /** Amplitude of the bending of the sheet. */
  readonly bend: number
  /** Deviation of the slant: sideways movement for each unit of height. */
  readonly slant: number
  /** Deviation of the turn, in radians. */
  readonly turn: number
  /** Smallest and largest width of a pixel image's digit and its height, as factors. */
  readonly stretchX: readonly [number, number]
  readonly stretchY: readonly [number, number]
  /** Deviation of the position, in pixels. */
  readonly shift: number
  /** Smallest and largest half-width of the pen, in pixels. */
  readonly pen: readonly [number, number]
}

/** Random numbers, one at a time. */
export interface Draws {
  /** From the uniform distribution on [0, 1). */
  uniform(): number
  /** From the normal distribution. */
  normal(): number
}

/** Numbers in a row for each point on a track: x, y (pixels), half-width of the pen. */
export type Track = Float64Array

/** Pieces of line for each span between two points. */
const PIECES = 5
const SHEET_CENTRE_X = 5
const SHEET_CENTRE_Y = 7

/** Writes a style onto an image of this size; one track for each stroke. */
export function write(style: Style, hand: Hand, draws: Draws, size: number): Track[] {
  const place = drawPlacement(hand, draws, size)
  const halfWidth = between(hand.pen, draws)
  return style.strokes.map((stroke) => {
    const dx = hand.strokeShift * draws.normal()
    const dy = hand.strokeShift * draws.normal()
    const moved = wobble(stroke, hand, draws).map(([x, y]): [number, number] => [x + dx, y + dy])
    const track = smooth(moved)
    const phase = 2 * Math.PI * draws.uniform()
    const swing = 0.25 * draws.uniform()
    for (let at = 0; at < track.length; at += 3) {
      place(track, at)
      track[at + 2] = halfWidth * (1 + swing * Math.sin(phase + (4 * at) / track.length))
    }
    return track
  })
}

/** A point given twice (a corner) stays one point. */
function wobble(stroke: Stroke, hand: Hand, draws: Draws): [number, number][] {
  const moved: [number, number][] = []
  stroke.forEach((point, k) => {
    if (k > 0 && point === stroke[k - 1]) moved.push(moved[k - 1]!)
    else
      moved.push([point[0] + hand.wobble * draws.normal(), point[1] + hand.wobble * draws.normal()])
  })
  return moved
}

/** Catmull and Rom's curve through the points; at a corner it ends and begins anew. */
function smooth(points: readonly (readonly [number, number])[]): Track {
  const track = new Float64Array(3 * ((points.length - 1) * PIECES + 1))
  let at = 0
  for (let k = 0; k + 1 < points.length; k++) {
    const from = points[k]!
    const to = points[k + 1]!
    if (from === to) continue
    const before = points[k - 1] ?? from
    const after = points[k + 2] ?? to
    for (let piece = at === 0 ? 0 : 1; piece <= PIECES; piece++) {
      const t = piece / PIECES
      track[at] = curve(before[0], from[0], to[0], after[0], t)
      track[at + 1] = curve(before[1], from[1], to[1], after[1], t)
      at += 3
    }
  }
  return track.subarray(0, at)
}

function curve(before: number, from: number, to: number, after: number, t: number): number {
  const slopeFrom = (to - before) / 2
  const slopeTo = (after - from) / 2
  const rise = to - from
  const square = 3 * rise - 2 * slopeFrom - slopeTo
  const cube = slopeFrom + slopeTo - 2 * rise
  return from + t * (slopeFrom + t * (square + t * cube))
}

/** Draws a bend and a placement; the result rewrites the point at track[at], sheet to pixels. */
function drawPlacement(hand: Hand, draws: Draws, size: number): (track: Track, at: number) => void {
  const waves = Array.from({ length: 4 }, () => ({
    amplitude: hand.bend * draws.normal(),
    alongX: 0.25 * draws.normal(),
    alongY: 0.25 * draws.normal(),
    phase: 2 * Math.PI * draws.uniform(),
  }))
  const unit = size / 20 // pixels for a sheet unit: a digit 14 high covers 0.7 of the image
  const scaleX = unit * between(hand.stretchX, draws)
  const scaleY = unit * between(hand.stretchY, draws)
  const slant = hand.slant * draws.normal()
  const turn = hand.turn * draws.normal()
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)]
  const centreX = size / 2 + hand.shift * draws.normal()
  const centreY = size / 2 + hand.shift * draws.normal()
  return (track, at) => {
    let x = track[at]!
    let y = track[at + 1]!
    for (const [k, { amplitude, alongX, alongY, phase }] of waves.entries()) {
      const push = amplitude * Math.sin(alongX * x + alongY * y + phase)
      if (k % 2 === 0) x += push
      else y += push
    }
    const sheetY = scaleY * (y - SHEET_CENTRE_Y)
    const sheetX = scaleX * (x - SHEET_CENTRE_X) - slant * sheetY
    track[at] = centreX + cosine * sheetX - sine * sheetY
    track[at + 1] = centreY + sine * sheetX + cosine * sheetY
  }
}

function between([low, high]: readonly [number, number], draws: Draws): number {
  return low + (high - low) * draws.uniform()
}
