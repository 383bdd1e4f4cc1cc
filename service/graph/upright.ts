/**
 * A box where signals flow upwards: they reach it from below, feedback from above; what leads back to the box
 * goes around on the right, feedback on the left. The cell stands in it, its dendrite up.
 */
import {
  asideOf,
  endsOf,
  headOf,
  labelSize,
  loopsFirst,
  loopsLast,
  padding,
  stackHeight,
  titleOf,
  type End,
  type Loop,
  type Place,
  type PlacedBox,
  type Point,
  type Port,
} from './boxes.ts'
import type { Box, Circuit, Site } from './circuit.ts'
import { textWidth } from './metrics.ts'
import { leading, portPitch, smallSize, textSize, titleSize } from './sizes.ts'

/** The strip along the border in which the names of sites stand. */
const stripHeight = 17
/** Below it, where the tuft of a dendrite spreads. */
const crownHeight = 10
const first = 13
/** From the cell to the text beside it. */
const beside = 17

/** Places everything in and around a box. */
export function placeUpright(circuit: Circuit, box: Box): PlacedBox {
  const ends = endsOf(circuit, box)
  const at = (site: Site, feedback: boolean) =>
    ends.filter(
      (each) => each.end === 'to' && each.line.site === site.name && each.feedback === feedback,
    )
  const isBare = ({ kind }: Site) => kind === 'soma'
  const out = loopsLast(ends.filter(({ end, feedback }) => end === 'from' && !feedback))
  const top = strip([
    ...box.sites.flatMap((site) => {
      const here = loopsFirst(at(site, true))
      // What nothing reaches is named here too.
      const named = here.length > 0 || (at(site, false).length === 0 && !isBare(site))
      return named ? [{ site, ends: here, name: isBare(site) ? '' : site.name }] : []
    }),
    ...box.parts.map((part) => ({
      ends: out.filter(({ line }) => line.part === part),
      name: `${box.title}[${part}]`,
    })),
    { ends: out.filter(({ line }) => line.part === undefined), name: '' },
  ])
  const bottom = strip([
    { ends: loopsFirst(ends.filter(({ end, feedback }) => end === 'from' && feedback)), name: '' },
    ...box.sites.flatMap((site) => {
      const here = loopsLast(at(site, false))
      return here.length > 0 ? [{ site, ends: here, name: isBare(site) ? '' : site.name }] : []
    }),
  ])
  const soma = box.sites.find(({ kind }) => kind === 'soma')
  const dendrites = box.sites.filter(({ kind }) => kind === 'dendrite')
  const reached = (kind: Site['kind'], ports: readonly Placed[]) =>
    ports.flatMap((each) => (each.site?.kind === kind ? [each.x] : []))
  const below = reached('soma', bottom.ports)
  const above = reached('dendrite', top.ports)
  // Without a dendrite what comes from above reaches the body.
  const onBody = reached('soma', top.ports)
  const middle = soma
    ? Math.round(Math.max(22, mean(below), dendrites.length > 0 ? mean(above) : 0))
    : 0
  const topNames = top.names.length > 0
  const crown = dendrites.length > 0 ? crownHeight : 0
  const topRoom = (topNames ? stripHeight : 6) + (soma ? crown : 0)
  const bottomRoom = bottom.names.length > 0 || soma ? stripHeight : 6
  const head = headOf(box)
  const left = soma
    ? Math.max(middle + beside, ...[...below, ...onBody].map((x) => x + 7))
    : padding
  const texts = [
    textWidth(titleOf(box), titleSize, 'bold'),
    ...head.map((line) => textWidth(line, smallSize)),
  ]
  const least = box.kind === 'outside' ? 50 : 84
  const width = Math.ceil(
    Math.max(least, left + Math.max(...texts) + padding, top.width, bottom.width),
  )
  const loops = ends.filter(({ loop, end }) => loop !== undefined && end === 'from')
  const tallest = Math.max(
    0,
    ...loops.map(({ line }) => labelSize(line).height - 2 * asideOf(0) + 20),
  )
  const text = titleSize + head.length * leading
  const height = Math.ceil(Math.max(topRoom + text + bottomRoom + 2, tallest))
  const titleAt = topRoom + (height - topRoom - bottomRoom - text) / 2 + titleSize - 3
  const ports = [
    ...top.ports.map((each): Port => ({ ...portOf(each), side: 'top', y: 0 })),
    ...bottom.ports.map((each): Port => ({ ...portOf(each), side: 'bottom', y: height })),
  ]
  const names = [
    ...top.names.map((each) => ({ ...each, y: 12.5 })),
    ...bottom.names.map((each) => ({ ...each, y: height - 5 })),
  ]
  return {
    box,
    width,
    height,
    title: { x: left, y: Math.round(titleAt) },
    head,
    places: box.sites.map((site): Place => ({
      site,
      drawn: site.kind === 'soma',
      x: middle,
      y: site.kind === 'soma' ? height - bottomRoom - 4 : topRoom - 1,
      names: names.flatMap(({ site: owner, x, y }) => (owner === site ? [{ x, y }] : [])),
    })),
    parts: names.flatMap(({ site, text: part, x, y }) =>
      site ? [] : [{ text: part, x, y, anchor: 'start' as const }],
    ),
    ports,
    twigs: soma
      ? [
          ...above.map((x) => ({ x, y: 0 })),
          ...onBody.map((x) => ({ x, y: 0, body: true as const })),
          ...below.map((x) => ({ x, y: height })),
        ]
      : [],
    ...around(box, ends, ports, width, height),
  }
}

const mean = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : numbers.reduce((a, b) => a + b, 0) / numbers.length

const portOf = ({ end: { line, end }, x }: Placed) => ({ line, end, x })

/** What stands along a border: lines that reach one site, and its name. */
interface Item {
  readonly site?: Site
  readonly ends: readonly End[]
  readonly name: string
}

interface Placed {
  readonly end: End
  readonly site?: Site
  readonly x: number
}

interface Strip {
  readonly ports: readonly Placed[]
  readonly names: readonly { readonly site?: Site; readonly text: string; readonly x: number }[]
  readonly width: number
}

function strip(items: readonly Item[]): Strip {
  const [ports, names]: [Placed[], Strip['names'][number][]] = [[], []]
  let x = first
  for (const { site, ends, name } of items) {
    const owner = site ? { site } : {}
    ports.push(...ends.map((end, i) => ({ end, x: x + i * portPitch, ...owner })))
    x += ends.length * portPitch
    if (name !== '') {
      const start = ends.length > 0 ? x - portPitch + 7 : x - 4
      names.push({ text: name, x: start, ...owner })
      x = Math.ceil(start + textWidth(name, textSize)) + 12
    }
  }
  return { ports, names, width: x }
}

/** Loops around the box, and the room that they take. */
function around(
  box: Box,
  ends: readonly End[],
  ports: readonly Port[],
  width: number,
  height: number,
): Pick<PlacedBox, 'loops' | 'margin'> {
  const room = { left: 0, right: stackHeight(box) }
  let most = -1
  const loops: Loop[] = []
  for (const { line, end, loop, feedback } of ends) {
    if (loop === undefined || end === 'to') continue
    most = Math.max(most, loop)
    const size = labelSize(line)
    const side = feedback ? 'left' : 'right'
    const x = Math.max(room[side] + 4 + size.width / 2, asideOf(loop))
    room[side] = Math.ceil(x + size.width / 2)
    const along = feedback ? -x : width + x
    const start = ports.find((each) => each.line === line && each.end === 'from')?.x ?? 0
    const stop = ports.find((each) => each.line === line && each.end === 'to')?.x ?? 0
    const [high, low] = [-asideOf(loop) - stackHeight(box), height + asideOf(loop)]
    const [from, leave, turn, to] = feedback ? [height, low, high, 0] : [0, high, low, height]
    const points: readonly Point[] = [
      { x: start, y: from },
      { x: start, y: leave },
      { x: along, y: leave },
      { x: along, y: turn },
      { x: stop, y: turn },
      { x: stop, y: to },
    ]
    const label = { ...size, x: along - size.width / 2, y: (height - size.height) / 2 }
    loops.push({ line, points, label })
  }
  const across = most < 0 ? 0 : asideOf(most) + 6
  return {
    loops,
    margin: {
      left: room.left,
      right: room.right,
      top: across + stackHeight(box),
      bottom: across,
    },
  }
}
