/**
 * Places boxes and lines: ELK finds the layers, the order in them, and ways for lines that leave room for
 * their labels; the picture is drawn by ourselves from what it found. Signals flow to the right; upwards where
 * the picture would be too wide for a page.
 */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js'
import type { Elk } from './elk.ts'
import {
  isFeedback,
  labelSize,
  type Direction,
  type Label,
  type PlacedBox,
  type Point,
  type Port,
} from './boxes.ts'
import type { Circuit, Line } from './circuit.ts'
import { effortFor } from './effort.ts'
import { placeSideways } from './sideways.ts'
import { placeUpright } from './upright.ts'

/** A box at its place. */
export interface BoxAt extends PlacedBox, Point {}

/** A line with its bends, from its source to its target, and its text. */
export interface LineAt {
  readonly line: Line
  readonly points: readonly Point[]
  readonly label?: Label
}

/** See the module's head. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly BoxAt[]
  readonly lines: readonly LineAt[]
}

/** A picture that is expected to be wider flows upwards. */
const widest = 1000
/** Room between two layers: of lines without text, of lines with text, and for each of these that turns. */
const bareGap = 40
const namedGap = 90
const trackGap = 9

const options: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '9',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '2',
  'elk.spacing.labelNode': '4',
  'elk.layered.thoroughness': '5',
  'elk.randomSeed': '1',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
}

/** For what is large: places that are found in a moment, and fewer trials. */
const quickOptions: Readonly<Record<string, string>> = {
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.thoroughness': '1',
}

// The library is large: it is loaded by those who draw.
const imported = async (): Promise<Elk> => (await import('elkjs/lib/elk.bundled.js')).default

/** Lays a circuit out; `load` gives the library where a host has a quicker way to it than to import it. */
export async function layOut(
  circuit: Circuit,
  load: () => Elk | Promise<Elk> = imported,
): Promise<Layout> {
  const effort = effortFor(circuit)
  if (effort === 'none') throw new TooLargeToDraw(circuit.boxes.length, circuit.lines.length)
  const sideways = circuit.boxes.map((box) => placeSideways(circuit, box))
  const direction = expectedWidth(circuit, sideways) > widest ? 'up' : 'right'
  const placed =
    direction === 'right' ? sideways : circuit.boxes.map((box) => placeUpright(circuit, box))
  const graph = graphOf(circuit, placed, direction)
  const root = await arrange(
    effort === 'quick'
      ? { ...graph, layoutOptions: { ...graph.layoutOptions, ...quickOptions } }
      : graph,
    await load(),
  )
  const boxes = placed.map((each, i): BoxAt => {
    const node = root.children?.find(({ id }) => id === `n${i}`)
    return {
      ...each,
      x: (node?.x ?? 0) + each.margin.left,
      y: (node?.y ?? 0) + each.margin.top,
    }
  })
  const at = new Map(boxes.map((each) => [each.box.id, each]))
  const lines = circuit.lines.flatMap((line, i): readonly LineAt[] => {
    const edge = root.edges?.find(({ id }) => id === `e${i}`)
    return edge ? [lineAt(line, edge, at)] : []
  })
  const loops = boxes.flatMap((box) =>
    box.loops.map(({ line, points, label }): LineAt => ({
      line,
      points: points.map(shifted(box)),
      label: { ...label, ...shifted(box)(label) },
    })),
  )
  return {
    width: root.width ?? 0,
    height: root.height ?? 0,
    boxes,
    lines: [...lines, ...loops],
  }
}

/** A circuit has so many populations and connections that the layout's library does not come to an end with them. */
export class TooLargeToDraw extends Error {
  override readonly name = 'TooLargeToDraw'

  constructor(...counts: readonly [boxes: number, lines: number]) {
    const [boxes, lines] = counts.map((count) => count.toLocaleString('en-US'))
    super(
      `A circuit of ${boxes} boxes and ${lines} lines is too large to be laid out: an array of populations is one box.`,
    )
  }
}

/** Asks ELK; what it cannot do is a mistake of ours, unless it is too much. */
async function arrange(graph: ElkNode, elk: Elk): Promise<ElkNode> {
  try {
    return (await new elk.default().layout(graph)) as ElkNode
  } catch (error) {
    // It goes through a graph by calls within calls.
    if (error instanceof RangeError) {
      throw new TooLargeToDraw(graph.children?.length ?? 0, graph.edges?.length ?? 0)
    }
    // Of a long message the beginning: it may hold the whole graph.
    const reason = String(error).slice(0, 200)
    throw new Error(`the circuit could not be laid out: ${reason}`, { cause: error })
  }
}

const shifted =
  ({ x, y }: Point) =>
  (point: Point): Point => ({ x: x + point.x, y: y + point.y })

/** How wide a picture that flows to the right will be about: the widest box of each layer, and the gaps. */
function expectedWidth(circuit: Circuit, placed: readonly PlacedBox[]): number {
  const between = circuit.lines
    .filter(({ from, to }) => from !== to)
    .map((line) => {
      const { from, to } = line
      const [low, high] = isFeedback(circuit, line) ? [to, from] : [from, to]
      return { low, high, named: labelSize(line).lines.length > 0 }
    })
  const layers = new Map<string, number>()
  const layerOf = (id: string): number => layers.get(id) ?? 0
  const widths: number[] = []
  for (const { box, width, margin } of placed) {
    const before = between.filter(({ high }) => high === box.id).map(({ low }) => layerOf(low) + 1)
    const layer = Math.max(0, ...before)
    layers.set(box.id, layer)
    widths[layer] = Math.max(widths[layer] ?? 0, width + margin.left + margin.right)
  }
  return widths.reduce((sum, width, layer) => {
    const across = between.filter(({ low, high }) => layerOf(low) < layer && layerOf(high) >= layer)
    const gap = across.some(({ named }) => named) ? namedGap + across.length * trackGap : bareGap
    return sum + width + (layer === 0 ? 0 : gap)
  }, 0)
}

const portId = (circuit: Circuit, { line, end }: Port): string =>
  `p${circuit.lines.indexOf(line)}${end}`
const sides = { left: 'WEST', right: 'EAST', top: 'NORTH', bottom: 'SOUTH' } as const

function graphOf(circuit: Circuit, placed: readonly PlacedBox[], direction: Direction): ElkNode {
  return {
    id: 'root',
    layoutOptions: { ...options, 'elk.direction': direction === 'up' ? 'UP' : 'RIGHT' },
    children: placed.map((each, i) => {
      const { margin } = each
      const width = each.width + margin.left + margin.right
      const height = each.height + margin.top + margin.bottom
      return {
        id: `n${i}`,
        width,
        height,
        layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
        ports: each.ports
          .filter(({ line }) => line.from !== line.to)
          .map((port) => ({
            id: portId(circuit, port),
            ...onMargin(port, margin, width, height),
            width: 0,
            height: 0,
            layoutOptions: { 'elk.port.side': sides[port.side] },
          })),
      }
    }),
    edges: circuit.lines.flatMap((line, i) => {
      if (line.from === line.to) return []
      const size = labelSize(line)
      return [
        {
          id: `e${i}`,
          sources: [`p${i}from`],
          targets: [`p${i}to`],
          labels: size.lines.length > 0 ? [labelNode(i, size)] : [],
        },
      ]
    }),
  }
}

/** A port at the border of the room around a box. */
function onMargin(
  { side, x, y }: Port,
  margin: PlacedBox['margin'],
  width: number,
  height: number,
): Point {
  switch (side) {
    case 'left':
      return { x: 0, y: margin.top + y }
    case 'right':
      return { x: width, y: margin.top + y }
    case 'top':
      return { x: margin.left + x, y: 0 }
    case 'bottom':
      return { x: margin.left + x, y: height }
  }
}

const labelNode = (i: number, { width, height }: Pick<Label, 'width' | 'height'>) => ({
  id: `l${i}`,
  text: 'x',
  width,
  height,
  layoutOptions: { 'elk.edgeLabels.inline': 'true' },
})

/** A line with its ends at the boxes themselves, not at the room around them. */
function lineAt(line: Line, edge: ElkExtendedEdge, at: ReadonlyMap<string, BoxAt>): LineAt {
  const [section] = edge.sections ?? []
  const bends = section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : []
  const end = (which: 'from' | 'to'): readonly Point[] => {
    const box = at.get(line[which])
    const port = box?.ports.find((each) => each.line === line && each.end === which)
    return box && port ? [shifted(box)(port)] : []
  }
  const [label] = edge.labels ?? []
  const { lines } = labelSize(line)
  return {
    line,
    points: straight([...end('from'), ...bends, ...end('to')]),
    ...(label && {
      label: {
        x: label.x ?? 0,
        y: label.y ?? 0,
        width: label.width ?? 0,
        height: label.height ?? 0,
        lines,
      },
    }),
  }
}

/** Without points that stand twice, or in the middle of straight stretches. */
function straight(points: readonly Point[]): readonly Point[] {
  const bends: Point[] = []
  for (const { x, y } of points.map(rounded)) {
    const [last, before] = [bends.at(-1), bends.at(-2)]
    if (last && last.x === x && last.y === y) continue
    const along =
      last &&
      before &&
      ((before.x === last.x && last.x === x) || (before.y === last.y && last.y === y))
    if (along) bends.pop()
    bends.push({ x, y })
  }
  return bends
}

const rounded = ({ x, y }: Point): Point => ({
  x: Math.round(100 * x) / 100,
  y: Math.round(100 * y) / 100,
})
