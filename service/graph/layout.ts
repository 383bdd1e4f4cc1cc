/**
 * Places boxes and lines: ELK finds the layers, the order in them, and ways for lines that leave room for
 * their labels; the picture is drawn by ourselves from what it found.
 */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js'
import { placeBox, type PlacedBox, type Port } from './boxes.ts'
import type { Circuit, Line } from './circuit.ts'
import { textWidth } from './metrics.ts'
import { leading, smallSize, textSize } from './sizes.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** A box at its place. */
export interface BoxAt extends PlacedBox, Point {}

/** A line with its bends, from its source to its target, and its text. */
export interface LineAt {
  readonly line: Line
  readonly points: readonly Point[]
  readonly label?: LabelAt
}

/** Text beside or on a line; `x` and `y` are its top left corner. */
export interface LabelAt extends Point {
  readonly width: number
  readonly height: number
  readonly lines: readonly string[]
}

/** See the module's head. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly BoxAt[]
  readonly lines: readonly LineAt[]
}

const options: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '2',
  'elk.spacing.labelNode': '4',
  'elk.layered.thoroughness': '20',
  'elk.randomSeed': '1',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
}

/** Lays a circuit out. */
export async function layOut(circuit: Circuit): Promise<Layout> {
  const placed = circuit.boxes.map((box) => placeBox(circuit, box))
  // The library is large: it is loaded by those who draw.
  const { default: elk } = await import('elkjs/lib/elk.bundled.js')
  const root = await new elk.default().layout(graphOf(circuit, placed))
  const boxes = placed.map((each): BoxAt => {
    const node = root.children?.find(({ id }) => id === nodeId(circuit, each.box.id))
    return {
      ...each,
      x: Math.round((node?.x ?? 0) + each.margin.left),
      y: Math.round((node?.y ?? 0) + each.margin.top),
    }
  })
  const at = new Map(boxes.map((each) => [each.box.id, each]))
  const lines = circuit.lines.flatMap((line, i): readonly LineAt[] => {
    if (line.from === line.to) return []
    const edge = root.edges?.find(({ id }) => id === `e${i}`)
    return edge ? [lineAt(line, edge, at)] : []
  })
  return { width: root.width ?? 0, height: root.height ?? 0, boxes, lines }
}

const nodeId = (circuit: Circuit, box: string): string =>
  `n${circuit.boxes.findIndex(({ id }) => id === box)}`
const portId = (circuit: Circuit, { line, end }: Port): string =>
  `p${circuit.lines.indexOf(line)}${end}`

function graphOf(circuit: Circuit, placed: readonly PlacedBox[]): ElkNode {
  return {
    id: 'root',
    layoutOptions: options,
    children: placed.map((each) => {
      const { box, margin } = each
      const width = each.width + margin.left + margin.right
      return {
        id: nodeId(circuit, box.id),
        width,
        height: each.height + margin.top + margin.bottom,
        layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
        ports: each.ports
          .filter(({ line }) => line.from !== line.to)
          .map((port) => ({
            id: portId(circuit, port),
            x: port.side === 'left' ? 0 : width,
            y: margin.top + port.y,
            width: 0,
            height: 0,
            layoutOptions: { 'elk.port.side': port.side === 'left' ? 'WEST' : 'EAST' },
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

const labelNode = (i: number, { width, height }: Pick<LabelAt, 'width' | 'height'>) => ({
  id: `l${i}`,
  text: 'x',
  width,
  height,
  layoutOptions: { 'elk.edgeLabels.inline': 'true' },
})

/** The room that the text of a line needs. */
export function labelSize(line: Line): {
  readonly width: number
  readonly height: number
  readonly lines: readonly string[]
} {
  const lines = [...(line.title === '' ? [] : [line.title]), ...line.details]
  const widths = lines.map((text, i) =>
    textWidth(text, i === 0 ? textSize : smallSize, i === 0 ? 'bold' : 'regular'),
  )
  return {
    width: Math.ceil(Math.max(0, ...widths)) + 8,
    height: lines.length * leading + 2,
    lines,
  }
}

function lineAt(line: Line, edge: ElkExtendedEdge, at: ReadonlyMap<string, BoxAt>): LineAt {
  const [section] = edge.sections ?? []
  const [from, to] = [at.get(line.from), at.get(line.to)]
  const bends = section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : []
  // From the room around a box to the box itself.
  const first = from &&
    bends[0] && { x: bends[0].x <= from.x ? from.x : from.x + from.width, y: bends[0].y }
  const last = to &&
    bends.at(-1) && { x: bends.at(-1)!.x <= to.x ? to.x : to.x + to.width, y: bends.at(-1)!.y }
  const points = [...(first ? [first] : []), ...bends, ...(last ? [last] : [])]
  const [label] = edge.labels ?? []
  const { lines } = labelSize(line)
  return {
    line,
    points: straight(points),
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
  for (const { x, y } of points.map(halved)) {
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

const halved = ({ x, y }: Point): Point => ({ x: Math.round(2 * x) / 2, y: Math.round(2 * y) / 2 })
