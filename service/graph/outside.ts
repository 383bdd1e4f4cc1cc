/** What comes into a circuit from outside: data, the teacher, and what a protocol switches. */
import type { Description, ExperimentDescription, PopulationDescription } from '../describe.ts'
import type { Box, Line } from './circuit.ts'
import { clean } from './words.ts'

/** The opening by which a protocol sets a population's parameters. */
export const switches = 'parameters'

/** Something from outside, and the line by which it enters. */
export interface Entry {
  readonly box: Box
  readonly line: Line
}

/** What is presented to the populations of a family: to which input, and what. */
export function presentedTo(
  [member]: readonly PopulationDescription[],
  shown: ExperimentDescription | undefined,
): readonly { readonly site: string; readonly value: string }[] {
  if (!member) return []
  return (shown?.presented ?? []).flatMap(({ target, value }) => {
    const [, name, input] = /^(.*?)(?:\[[^\]]*\])?(?:\.(\w+))?$/.exec(target) ?? []
    if (name !== member.family) return []
    return [{ site: input ?? member.inputs[0] ?? '', value }]
  })
}

/** What enters a circuit in an experiment. */
export function outsideOf(
  { populations, connections }: Description,
  families: readonly (readonly [string, readonly PopulationDescription[]])[],
  shown: ExperimentDescription | undefined,
): readonly Entry[] {
  const taughtByLoss = populations.some(({ taught }) => taught.length > 0)
  const taughtBySwitch = !taughtByLoss && connections.some(({ teaches }) => teaches)
  return families.flatMap(([family, members]) => {
    const [member] = members
    if (!member) return []
    const presented = presentedTo(members, shown).map(({ site, value }) =>
      entry(family, site, {
        title: value,
        type: shown?.data ?? 'data',
        taught: member.taught.includes(site),
      }),
    )
    if (member.switched.length === 0) return presented
    const taught = taughtBySwitch || member.taught.length > 0
    const title = member.switched.join(', ')
    return [...presented, entry(family, switches, { title, type: 'set by the protocol', taught })]
  })
}

function entry(
  family: string,
  site: string,
  {
    title,
    type,
    taught,
  }: { readonly title: string; readonly type: string; readonly taught: boolean },
): Entry {
  const id = `outside ${family}.${site}`
  return {
    box: {
      id,
      kind: 'outside',
      title: clean(title),
      type: clean(type),
      size: '',
      count: 1,
      sites: [],
      parts: [],
      sign: 'unsigned',
    },
    line: {
      id,
      from: id,
      to: family,
      site,
      step: 0,
      title: '',
      details: [],
      hue: taught ? 'teacher' : 'wire',
      sign: 'wire',
      weight: 'wire',
      teaches: taught,
    },
  }
}
