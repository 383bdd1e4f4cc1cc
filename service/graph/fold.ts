/**
 * Folds a description into what is drawn: populations of an array become one box, their connections one
 * line for each pair of boxes.
 */
import type {
  ConnectionDescription,
  Description,
  ConnectionEnd,
  ExperimentDescription,
  PopulationDescription,
} from '../describe.ts'
import {
  markSigns,
  type Box,
  type Circuit,
  type Line,
  type Mark,
  type Marks,
  type Site,
} from './circuit.ts'
import { lineOf, signOf, stepOf } from './lines.ts'
import { flowOrder } from './order.ts'
import { clean } from './words.ts'
import { outsideOf, presentedTo, switches } from './outside.ts'

/** Folds a description; the experiment that is shown is the first of that name, or else the first. */
export function foldCircuit(
  description: Description,
  { experiment, marks = {} }: { readonly experiment?: string; readonly marks?: Marks } = {},
): Circuit {
  const { populations, connections, experiments, modulators, name, doc } = description
  const families = grouped(populations, ({ family }) => family).map(
    ([family, members]) => [family, remaining(members, marks.populations)] as const,
  )
  const homes = new Map(populations.map((each) => [each.name, each.family]))
  const home = (end: ConnectionEnd): string =>
    homes.get(end.part?.of ?? end.population) ?? end.population
  const shown = experiments.find((each) => each.name === experiment) ?? experiments[0]
  const taught = new Set(
    populations.flatMap((each) => each.taught.map((input) => `${each.family}.${input}`)),
  )
  const isGone = ({ name: each }: ConnectionDescription): boolean =>
    isRemoved(marks.connections, each)
  const keyOf = (each: ConnectionDescription): string =>
    `${groupOf(each, home)}${isGone(each) ? ' removed' : ''}`
  const lines = grouped(connections, keyOf).map(([id, group]) =>
    lineOf(id, group, {
      from: home(group[0]!.from),
      to: home(group[0]!.to),
      taught: taught.has(`${home(group[0]!.to)}.${group[0]!.to.compartment}`),
      all: connections,
      ...markOf(group, marks.connections),
    }),
  )
  const boxes = families.map(([family, members]) =>
    boxOf(family, members, { connections, lines, marks, shown }),
  )
  const outside = outsideOf(description, families, shown)
  const order = flowOrder(
    families.map(([id, members]) => ({
      id,
      members: members.map((each) => each.name),
      inhibitory: boxes.find((box) => box.id === id)?.sign === 'inhibitory',
    })),
    connections.map(({ from, to, wire }) => ({
      from: from.part?.of ?? from.population,
      to: to.part?.of ?? to.population,
      wire,
    })),
  )
  const placed = order.flatMap((id) => {
    const near = outside.filter(({ line }) => line.to === id)
    const box = boxes.find((each) => each.id === id)
    const before = near.filter(({ line }) => line.hue !== 'teacher').map((each) => each.box)
    const after = near.filter(({ line }) => line.hue === 'teacher').map((each) => each.box)
    return [...before, ...(box ? [box] : []), ...after]
  })
  const all = [...lines, ...outside.map(({ line }) => line)]
  const isCompared = Object.keys({ ...marks.populations, ...marks.connections }).length > 0
  return {
    name,
    summary: summaryOf(doc, boxes, lines),
    boxes: placed,
    lines: isCompared ? all.map(muted) : all,
    modulators: modulators.map((each) => clean(`${each.name} = ${each.text}`, 60)),
  }
}

/** Of what is compared, what is the same stands back. */
const muted = (line: Line): Line =>
  line.mark ? { ...line, teaches: false } : { ...line, hue: 'wire', teaches: false }

/** Items by a key, in the order in which keys first occur. */
export function grouped<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const known = groups.get(key)
    if (known) known.push(item)
    else groups.set(key, [item])
  }
  return [...groups]
}

/** Connections that are drawn as one line have the same key. */
function groupOf(connection: ConnectionDescription, home: (end: ConnectionEnd) => string): string {
  const { family, from, to, wire, rule, stp, pairedPulse, synapse, connectivity } = connection
  const kind = [
    signOf(connection),
    rule,
    stp,
    pairedPulse,
    synapse,
    connectivity.startsWith('conv'),
    wire,
  ]
  return JSON.stringify([
    family ?? from.signal,
    home(from),
    partOf(from),
    home(to),
    partOf(to),
    to.compartment,
    ...kind,
    connection.tied !== undefined,
    connection.copied !== undefined,
    home(from) === home(to) ? stepOf(connection) : 0,
  ])
}

/** The part of a population as its source is written: `0..3999`. */
export function partOf({ part }: ConnectionEnd): string | undefined {
  if (!part) return undefined
  return part.size === 1 ? `${part.first}` : `${part.first}..${part.first + part.size - 1}`
}

interface Surrounding {
  readonly connections: readonly ConnectionDescription[]
  readonly lines: readonly Line[]
  readonly marks: Marks
  readonly shown: ExperimentDescription | undefined
}

function boxOf(
  family: string,
  members: readonly PopulationDescription[],
  { lines, marks, shown }: Surrounding,
): Box {
  const reached = lines.filter(({ to }) => to === family).map(({ site }) => site)
  const used = new Set([...reached, ...presentedTo(members, shown).map(({ site }) => site)])
  const leaving = lines.filter(({ from }) => from === family)
  const marked = markOf(members, marks.populations)
  return {
    id: family,
    kind: 'population',
    title: `${marked.mark ? markSigns[marked.mark] : ''}${clean(family)}`,
    count: members.length,
    size: unique(members.map(({ shape }) => shape.join('×'))).join(', '),
    type: clean(unique(members.map(({ cell }) => cell)).join(', ')),
    sites: sitesOf(members, used),
    parts: unique(leaving.flatMap(({ part }) => (part === undefined ? [] : [part]))),
    sign: signOfAll(leaving),
    ...marked,
  }
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)]

/** What is reached, from top to bottom: inputs, dendrites, the soma. */
function sitesOf(
  members: readonly PopulationDescription[],
  used: ReadonlySet<string>,
): readonly Site[] {
  const taught = new Set(members.flatMap((each) => each.taught))
  const switched = members.some((each) => each.switched.length > 0)
  const compartments = unique(members.flatMap((each) => each.compartments))
  const hasSoma = compartments.includes('soma')
  const inputs = unique(members.flatMap((each) => each.inputs)).filter((name) => used.has(name))
  const kindOf = (name: string): Site['kind'] => {
    if (!hasSoma) return 'compartment'
    return name === 'soma' ? 'soma' : 'dendrite'
  }
  const input = (name: string): Site => ({ name, kind: 'input', taught: taught.has(name) })
  const compartment = (name: string): Site => ({ name, kind: kindOf(name), taught: false })
  return [
    ...compartments.filter((name) => name !== 'soma').map(compartment),
    ...(switched ? [input(switches)] : []),
    ...inputs.map(input),
    ...(hasSoma ? [compartment('soma')] : []),
  ]
}

function signOfAll(leaving: readonly Line[]): Box['sign'] {
  const signs = unique(leaving.filter(({ weight }) => weight !== 'wire').map(({ sign }) => sign))
  const [only] = signs
  return signs.length === 1 && only !== 'wire' ? (only as Box['sign']) : 'unsigned'
}

const isRemoved = (marks: Marks['populations'] = {}, name: string): boolean =>
  Object.hasOwn(marks, name) && marks[name] === 'removed'

/** Populations that are drawn as one box: those that are left, if there are any. */
function remaining(
  members: readonly PopulationDescription[],
  marks: Marks['populations'],
): readonly PopulationDescription[] {
  const left = members.filter(({ name }) => !isRemoved(marks, name))
  return left.length > 0 ? left : members
}

/** The mark of things drawn as one: what all of them have, or that something changed. */
function markOf(
  members: readonly { readonly name: string }[],
  marks: Readonly<Record<string, Mark>> = {},
): { readonly mark?: Mark } {
  const found = members.map(({ name }) => (Object.hasOwn(marks, name) ? marks[name] : undefined))
  const [first] = found
  if (found.every((each) => each === undefined)) return {}
  return { mark: first !== undefined && found.every((each) => each === first) ? first : 'changed' }
}

function summaryOf(doc: string | undefined, boxes: readonly Box[], lines: readonly Line[]): string {
  const populations = boxes.map(
    ({ title, count, size, type }) =>
      `${title}${count > 1 ? ` (${count} populations)` : ''} of ${size} ${type}`,
  )
  const connections = lines.map(
    ({ title, from, to, site, weight }) =>
      `${title} from ${from} to ${to}.${site}${weight === 'wire' ? '' : `, ${weight}`}`,
  )
  const first = doc?.split(/\n\s*\n/)[0]?.replaceAll(/\s+/g, ' ')
  return [
    ...(first === undefined || first === '' ? [] : [first]),
    `Populations: ${populations.join('; ')}.`,
    `Connections: ${connections.join('; ')}.`,
  ].join('\n')
}
