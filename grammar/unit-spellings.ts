/**
 * Which unit a misspelt one was meant to be: `msec` is `ms`, `mv` and `Mv` are `mV`, `µs` is `us`,
 * `kΩ` is `kohm`.
 *
 * A word is taken apart into a prefix and the name of a unit, long or short, in any case. Where that
 * does not decide (`MS` could be a time or a conductance), nothing is suggested but the list.
 */
import { suggest } from './diagnostics/suggest.ts'
import { isUnit, units } from './units.ts'

const prefixes: Readonly<Record<string, string>> = {
  pico: 'p',
  nano: 'n',
  micro: 'u',
  milli: 'm',
  centi: 'c',
  kilo: 'k',
  mega: 'M',
  giga: 'G',
}

const stems: Readonly<Record<string, string>> = {
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  minute: 'min',
  minutes: 'min',
  mins: 'min',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  hz: 'Hz',
  hertz: 'Hz',
  v: 'V',
  volt: 'V',
  volts: 'V',
  a: 'A',
  amp: 'A',
  amps: 'A',
  ampere: 'A',
  amperes: 'A',
  siemens: 'S',
  f: 'F',
  farad: 'F',
  farads: 'F',
  ohm: 'ohm',
  ohms: 'ohm',
  m: 'm',
  metre: 'm',
  metres: 'm',
  meter: 'm',
  meters: 'm',
}

/** Words that mean a unit, and have no prefix. */
const whole: Readonly<Record<string, string>> = {
  timestep: 'step',
  timesteps: 'steps',
  tick: 'step',
  ticks: 'steps',
  iteration: 'step',
  iterations: 'steps',
  batch: 'batches',
  example: 'examples',
  sample: 'examples',
  samples: 'examples',
}

/** Units that the language does without, and what to write. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['ns', '`nS` is a conductance; a nanosecond is `0.001 us`'],
  ['nsec', 'a nanosecond is `0.001 us`'],
  ['ps', '`pS` is a conductance; a picosecond is `1e-6 us`'],
  ['Ms', 'milliseconds are `ms`, millisiemens `mS`'],
  ['MS', 'milliseconds are `ms`, millisiemens `mS`'],
  ['day', 'a day is `24 h`'],
  ['days', 'a day is `24 h`'],
  ['d', 'a day is `24 h`'],
  ['MHz', 'a megahertz is `1000 kHz`'],
  ['Gohm', 'a gigaohm is `1000 Mohm`'],
  ['GOhm', 'a gigaohm is `1000 Mohm`'],
  ['nV', 'a nanovolt is `0.001 uV`'],
  ['kV', 'a kilovolt is `1000 V`'],
  ['percent', 'a share is a number, as in `0.02`'],
  ['M', 'concentrations have no unit here: leave it out'],
  ['mM', 'concentrations have no unit here: leave it out'],
  ['uM', 'concentrations have no unit here: leave it out'],
  ['nM', 'concentrations have no unit here: leave it out'],
  ['nm', 'a nanometre is `0.001 um`'],
  ['km', 'a kilometre is `1000 m`'],
])

/** Every unit, those of one dimension together. */
export const unitList: string = (() => {
  const groups = new Map<string, string[]>()
  for (const { name, dimension } of units.values()) {
    const isCount = ['step', 'epoch', 'batch', 'example'].some((base) =>
      Object.hasOwn(dimension, base),
    )
    const key = isCount ? 'counts' : JSON.stringify(dimension)
    const group = groups.get(key) ?? []
    group.push(name)
    groups.set(key, group)
  }
  return [...groups.values()].map((names) => names.join(' ')).join(', ')
})()

/** The unit that `word` stands for, if it is clear which. */
export function meantUnit(word: string): string | undefined {
  const plain = word.replace(/[µμ]/gu, 'u').replace(/[ΩΩω]/gu, 'ohm').normalize('NFKD')
  if (isUnit(plain)) return plain
  const lower = plain.toLowerCase()
  if (Object.hasOwn(whole, lower)) return whole[lower]
  const long = Object.keys(prefixes).find((each) => lower.startsWith(each))
  if (long !== undefined) return unitOf(prefixes[long] ?? '', lower.slice(long.length))
  const stem = unitOf('', lower)
  if (stem !== undefined) return stem
  const [first = ''] = plain
  const rest = lower.slice(1)
  const sure = unitOf(first, rest)
  if (sure !== undefined) return sure
  const inCase = [first.toLowerCase(), first.toUpperCase()].flatMap(
    (each) => unitOf(each, rest) ?? [],
  )
  return inCase.length === 1 ? inCase[0] : undefined
}

function unitOf(prefix: string, stem: string): string | undefined {
  if (!Object.hasOwn(stems, stem)) return undefined
  const name = prefix + (stems[stem] ?? '')
  return isUnit(name) ? name : undefined
}

/** Whether it is known what `word` was meant to be. */
export function hasUnitHint(word: string): boolean {
  return elsewhere.has(word) || meantUnit(word) !== undefined
}

/** What to write in place of the unit `word`, which does not exist. */
export function unitHint(word: string): string {
  const list = `the units are ${unitList}`
  const other = elsewhere.get(word)
  if (other !== undefined) return other
  const meant = meantUnit(word) ?? suggest(word, units.keys())
  if (meant !== undefined)
    return `did you mean \`${meant}\`? ${list[0]?.toUpperCase()}${list.slice(1)}`
  return list
}
