/**
 * The units that a number may carry: their names, their scale to the base units, their dimension.
 *
 * A dimension is a vector of exponents over the base dimensions; two quantities may be added if
 * their vectors are equal. Electrical units are derived from current, voltage and time
 * (`F = A s / V`), because that is what neurons are written in. Counts of presentation (steps,
 * epochs, batches, examples, presentations) are dimensions of their own: they do not convert into seconds here.
 * A compound unit is one word of units, `uF/cm^2`, `ohm*cm`, `m/s`: read from left to right.
 * The parser uses only the names; the checker uses the rest.
 */

/** What a dimension is built from. */
export type BaseDimension =
  | 'time'
  | 'current'
  | 'voltage'
  | 'length'
  | 'step'
  | 'epoch'
  | 'batch'
  | 'example'
  | 'presentation'
  | 'evaluation'

/** Exponents over the base dimensions; an absent one is zero. */
export type Dimension = Readonly<Partial<Record<BaseDimension, number>>>

/** A unit as written after a number. */
export interface Unit {
  readonly name: string
  /** How many base units (s, A, V, m, step, epoch, batch, example) one of this unit is. */
  readonly scale: number
  readonly dimension: Dimension
}

const frequency: Dimension = { time: -1 }
const conductance: Dimension = { current: 1, voltage: -1 }
const capacitance: Dimension = { current: 1, time: 1, voltage: -1 }
const resistance: Dimension = { voltage: 1, current: -1 }

type Row = readonly [name: string, scale: number, dimension: Dimension]

const rows: readonly Row[] = [
  ['s', 1, { time: 1 }],
  ['ms', 1e-3, { time: 1 }],
  ['us', 1e-6, { time: 1 }],
  ['min', 60, { time: 1 }],
  ['h', 3600, { time: 1 }],
  ['Hz', 1, frequency],
  ['kHz', 1e3, frequency],
  ['V', 1, { voltage: 1 }],
  ['mV', 1e-3, { voltage: 1 }],
  ['uV', 1e-6, { voltage: 1 }],
  ['A', 1, { current: 1 }],
  ['mA', 1e-3, { current: 1 }],
  ['uA', 1e-6, { current: 1 }],
  ['nA', 1e-9, { current: 1 }],
  ['pA', 1e-12, { current: 1 }],
  ['S', 1, conductance],
  ['mS', 1e-3, conductance],
  ['uS', 1e-6, conductance],
  ['nS', 1e-9, conductance],
  ['pS', 1e-12, conductance],
  ['F', 1, capacitance],
  ['mF', 1e-3, capacitance],
  ['uF', 1e-6, capacitance],
  ['nF', 1e-9, capacitance],
  ['pF', 1e-12, capacitance],
  ['ohm', 1, resistance],
  ['kohm', 1e3, resistance],
  ['Mohm', 1e6, resistance],
  ['m', 1, { length: 1 }],
  ['cm', 1e-2, { length: 1 }],
  ['mm', 1e-3, { length: 1 }],
  ['um', 1e-6, { length: 1 }],
  ['%', 0.01, {}],
  ['step', 1, { step: 1 }],
  ['steps', 1, { step: 1 }],
  ['epoch', 1, { epoch: 1 }],
  ['epochs', 1, { epoch: 1 }],
  ['batches', 1, { batch: 1 }],
  ['examples', 1, { example: 1 }],
  ['evaluation', 1, { evaluation: 1 }],
  ['evaluations', 1, { evaluation: 1 }],
  ['presentation', 1, { presentation: 1 }],
  ['presentations', 1, { presentation: 1 }],
]

/** Every unit by name. */
export const units: ReadonlyMap<string, Unit> = new Map(
  rows.map(([name, scale, dimension]) => [name, { name, scale, dimension }]),
)

/** Whether `name` is the name of a unit, not of a compound one. */
export function isUnit(name: string): boolean {
  return units.has(name)
}

/** A unit in a compound one, and its exponent, which is not 0. */
export interface UnitFactor {
  readonly name: string
  readonly exponent: number
}

/** How large the exponents in a unit may be. */
export const largestExponent = 9

/** What a unit is made of, as it is written; undefined if some of it is none. */
export function unitFactors(text: string): readonly UnitFactor[] | undefined {
  const parts = text.match(/[*/]?[^*/]+/g) ?? []
  if (!/^[a-zA-Z]/.test(text) || parts.join('') !== text) return undefined
  const factors: UnitFactor[] = []
  for (const part of parts) {
    const [, mark = '', name = '', power = '1'] =
      /^([*/]?)([a-zA-Z]+)(?:\^(-?\d+(?:\.5)?))?$/.exec(part) ?? []
    const exponent = mark === '/' ? -Number(power) : Number(power)
    if (!isUnit(name) || exponent === 0 || Math.abs(exponent) > largestExponent) return undefined
    factors.push({ name, exponent })
  }
  return factors
}

/** A unit by its text, `mV` or `uF/cm^2`; undefined if there is no such. */
export function unitOf(text: string): Unit | undefined {
  const plain = units.get(text)
  if (plain !== undefined) return plain
  const factors = unitFactors(text)
  if (factors === undefined) return undefined
  let above = 1
  let below = 1
  const dimension: Partial<Record<BaseDimension, number>> = {}
  for (const { name, exponent } of factors) {
    const unit = units.get(name)
    if (unit === undefined) return undefined
    // What is exact stays so: 1e-6 / 1e-4 is nearer to 0.01 than 1e-6 * 1e4 with a power below 0.
    if (exponent > 0) above *= unit.scale ** exponent
    else below *= unit.scale ** -exponent
    for (const [key, value] of Object.entries(unit.dimension)) {
      const base = key as BaseDimension
      const sum = (dimension[base] ?? 0) + value * exponent
      if (sum === 0) delete dimension[base]
      else dimension[base] = sum
    }
  }
  return { name: text, scale: above / below, dimension }
}

/** The text of a product of units: `mS/cm^2`, `s^-1`. */
export function unitText(factors: readonly UnitFactor[]): string {
  const ordered = [
    ...factors.filter(({ exponent }) => exponent > 0),
    ...factors.filter(({ exponent }) => exponent < 0),
  ]
  return ordered
    .map(({ name, exponent }, i) => {
      const size = i > 0 ? Math.abs(exponent) : exponent
      return `${i === 0 ? '' : exponent < 0 ? '/' : '*'}${name}${size === 1 ? '' : `^${size}`}`
    })
    .join('')
}
