/** What a line says: the name, shape and pattern of its connections, and how it is drawn. */
import type { ConnectionDescription, PatternDescription } from '../describe.ts'
import { markSigns, type Hue, type Line, type Mark, type WeightKind } from './circuit.ts'
import { clean } from './words.ts'

/** The line of connections that are drawn as one. */
export function lineOf(
  id: string,
  group: readonly ConnectionDescription[],
  {
    from,
    to,
    taught,
    all,
    mark,
  }: {
    readonly from: string
    readonly to: string
    /** Whether it ends where the teacher enters. */
    readonly taught: boolean
    readonly all: readonly ConnectionDescription[]
    readonly mark?: Mark
  },
): Line {
  const first = group[0]!
  const { wire, rule, stp } = first
  const weight = weightOf(first)
  const part = first.from.part
  return {
    id,
    from,
    ...(part && { part: rangeText(part) }),
    to,
    site: first.to.compartment,
    step: from === to ? stepOf(first) : 0,
    title: `${mark ? markSigns[mark] : ''}${clean(wire ? first.from.signal : titleOf(group, all))}`,
    details: wire ? [] : detailsOf(group, from === to).map((text) => clean(text)),
    hue: hueOf(first, all),
    sign: wire ? 'wire' : signOf(first),
    weight,
    teaches: taught || group.some(({ teaches }) => teaches),
    ...(stp !== undefined && { passes: clean(passesText(first), 60) }),
    ...(rule !== undefined && { rule: clean(rule) }),
    ...(mark && { mark }),
  }
}

/** How late it arrives, where that is a number; or that each synapse has a delay of its own. */
function delayText({ delay = '', ownDelays }: ConnectionDescription): string | undefined {
  if (ownDelays) return 'each its own delay'
  return /^[\d.]+ \w+$/.test(delay) ? `after ${delay}` : undefined
}

/** `0..3999` */
const rangeText = ({ first, size }: { readonly first: number; readonly size: number }): string =>
  size === 1 ? `${first}` : `${first}..${first + size - 1}`

/** The declared sign, or what is known of the effect. */
export const signOf = ({ sign, effect }: ConnectionDescription): ConnectionDescription['sign'] =>
  sign === 'unsigned' ? (effect ?? sign) : sign

function weightOf({ wire, rule, tied, copied }: ConnectionDescription): WeightKind {
  if (wire) return 'wire'
  if (tied !== undefined) return 'tied'
  if (copied !== undefined) return 'copied'
  return rule === undefined ? 'fixed' : 'learns'
}

/** `W`; of some of a family `W[1..2]`. */
function titleOf(
  group: readonly ConnectionDescription[],
  all: readonly ConnectionDescription[],
): string {
  const { family, name } = group[0]!
  if (family === undefined) return name
  const whole = all.filter((each) => each.family === family).length === group.length
  if (whole) return family
  const indices = group.flatMap((each) => {
    const found = /\[(\d+)\]$/.exec(each.name)?.[1]
    return found === undefined ? [] : [Number(found)]
  })
  const [low, high] = [Math.min(...indices), Math.max(...indices)]
  if (indices.length === 0) return family
  if (low === high) return `${family}[${low}]`
  if (high - low + 1 === indices.length) return `${family}[${low}..${high}]`
  return `${family}[${indices.length <= 3 ? indices.join(', ') : `${indices.length} of them`}]`
}

function detailsOf(group: readonly ConnectionDescription[], loop: boolean): readonly string[] {
  const first = group[0]!
  const shapes = shorten([...new Set(group.map(shapeText))])
  const tied = first.tied ?? first.copied
  const relation = loop && group.some((each) => indexed(each)) ? stepText(first) : undefined
  const delay = delayText(first)
  return [
    ...(tied === undefined ? [] : [`= ${plainText(tied)}`]),
    ...shapes,
    ...(relation === undefined ? [] : [relation]),
    ...(delay === undefined ? [] : [delay]),
    ...(first.modulators ?? []).map((name) => `◇ ${name}`),
  ]
}

/** At most two shapes, or the first and the last. */
function shorten(texts: readonly string[]): readonly string[] {
  if (texts.length <= 2) return texts.join('').length > 16 ? texts : [texts.join(', ')]
  return [`${texts[0]} …`, `${texts.at(-1)}`]
}

const indexed = ({ from, to }: ConnectionDescription): boolean =>
  from.population.endsWith(']') && to.population.endsWith(']') && !from.part && !to.part

/** How far a connection leads within an array: 1 for one to the next layer. */
export function stepOf({ from, to }: ConnectionDescription): number {
  if (from.part ?? to.part) return 0
  const index = (name: string) => Number(/\[(\d+)\]$/.exec(name)?.[1] ?? 0)
  return index(to.population) - index(from.population)
}

/** Which layer leads to which: `l → l+1`. */
function stepText(connection: ConnectionDescription): string {
  const by = stepOf(connection)
  if (by === 0) return 'l → l'
  return by > 0 ? `l → l+${by}` : `l+${-by} → l`
}

function shapeText({ shape, connectivity, pattern }: ConnectionDescription): string {
  if (connectivity === 'one_to_one') return '1 to 1'
  if (connectivity === 'conv' || connectivity === 'conv_transpose') {
    return `${shape.slice(2).join('×')} conv${connectivity === 'conv' ? '' : 'ᵀ'}`
  }
  const size = shape.join('×')
  return pattern === undefined ? size : (patternText(pattern) ?? size)
}

/** `p = 2 %`, `in-degree 400`; undefined of all pairs. */
function patternText({ rule, p, count, expected }: PatternDescription): string | undefined {
  switch (rule) {
    case 'probability':
      return `p = ${percent(p ?? 0)}`
    case 'in_degree':
    case 'out_degree':
      return `${rule === 'in_degree' ? 'in' : 'out'}-degree ${count}`
    case 'number':
      return `${count} synapses`
    case 'one_to_one':
      return '1 to 1'
    case 'all':
      return undefined
    default:
      return expected === undefined ? 'list of pairs' : `about ${rounded(expected)} synapses`
  }
}

const percent = (p: number): string => `${rounded(100 * p)} %`
const rounded = (value: number): string => String(Number(value.toPrecision(3)))

/** As people write it: with a real minus and a dot for a product. */
function plainText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(' * ', ' · ').replaceAll('-', '−')
}

/** The colour: what short-term plasticity passes, or else the sign. */
function hueOf(connection: ConnectionDescription, all: readonly ConnectionDescription[]): Hue {
  const { wire, stp, synapse } = connection
  const sign = signOf(connection)
  if (wire) return 'wire'
  if (sign === 'inhibitory') return 'inhibitory'
  const filter = filterOf(connection)
  if (filter !== undefined) return filter
  if (stp !== undefined) {
    const others = all.filter((each) => each.stp !== undefined && filterOf(each) === undefined)
    const names = [...new Set(others.map((each) => each.synapse ?? each.stp))]
    return names.indexOf(synapse ?? stp) % 2 === 0 ? 'other-1' : 'other-2'
  }
  return sign === 'excitatory' ? 'excitatory' : 'plain'
}

/** What short-term plasticity passes, as it is declared, or else as its equations come to: depression passes events. */
function filterOf({
  stp,
  passes,
  pairedPulse,
}: ConnectionDescription): 'event' | 'burst' | undefined {
  if (stp === undefined) return undefined
  if (passes === 'event' || passes === 'burst') return passes
  return pairedPulse && (pairedPulse === 'depressing' ? 'event' : 'burst')
}

/** `depressing: passes events`; of one with equations `TsodyksMarkram: facilitating`. */
function passesText({ stp = '', passes, synapse, pairedPulse }: ConnectionDescription): string {
  if (passes === 'event' || passes === 'burst') return `${stp}: passes ${passes}s`
  const name = synapse ?? stp
  if (pairedPulse !== undefined) return `${name}: ${pairedPulse}`
  return synapse === undefined ? stp : `${synapse}: ${stp}`
}
