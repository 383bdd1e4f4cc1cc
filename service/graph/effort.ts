/**
 * How much work a circuit is for the layout, which nothing can stop once it has begun: each layer that a line
 * passes takes a place in it.
 */
import type { Circuit } from './circuit.ts'

/** Above this the layout does with a quicker placement, above the other it is not begun. */
const large = 500
const tooLarge = 25_000

/** Whether a circuit is drawn with all care, quickly, or not at all. */
export function effortFor(circuit: Circuit): 'careful' | 'quick' | 'none' {
  const places = placesOf(circuit)
  if (places > tooLarge) return 'none'
  return places > large ? 'quick' : 'careful'
}

/** Boxes, lines, and the layers that lines pass, if boxes stand behind those that send to them. */
function placesOf({ boxes, lines }: Circuit): number {
  const index = new Map(boxes.map(({ id }, i) => [id, i]))
  const ends = lines
    .map(({ from, to }) => ({ from: index.get(from) ?? 0, to: index.get(to) ?? 0 }))
    .toSorted((a, b) => a.to - b.to)
  const layers = new Int32Array(boxes.length)
  for (const { from, to } of ends) {
    if (from < to) layers[to] = Math.max(layers[to] ?? 0, (layers[from] ?? 0) + 1)
  }
  const passed = ends.map(({ from, to }) => Math.abs((layers[to] ?? 0) - (layers[from] ?? 0)))
  return passed.reduce((sum, count) => sum + count, boxes.length + lines.length)
}
