/**
 * The units that a number may carry: their names, their scale to the base units, their dimension.
 *
 * A dimension is a vector of exponents over the base dimensions; two quantities may be added if
 * their vectors are equal. Electrical units are derived from current, voltage and time
 * (`F = A s / V`), because that is what neurons are written in. Counts of presentation (steps,
 * epochs, batches, examples) are dimensions of their own: they do not convert into seconds here.
 * The parser uses only the names; the checker uses the rest.
 */

/** What a dimension is built from. */
export type BaseDimension = 'time' | 'current' | 'voltage' | 'step' | 'epoch' | 'batch' | 'example'

/** Exponents over the base dimensions; an absent one is zero. */
export type Dimension = Readonly<Partial<Record<BaseDimension, number>>>

/** A unit as written after a number. */
export interface Unit {
  readonly name: string
  /** How many base units (s, A, V, step, epoch, batch, example) one of this unit is. */
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
  ['step', 1, { step: 1 }],
  ['steps', 1, { step: 1 }],
  ['epoch', 1, { epoch: 1 }],
  ['epochs', 1, { epoch: 1 }],
  ['batches', 1, { batch: 1 }],
  ['examples', 1, { example: 1 }],
]

/** Every unit by name. */
export const units: ReadonlyMap<string, Unit> = new Map(
  rows.map(([name, scale, dimension]) => [name, { name, scale, dimension }]),
)

/** Whether `name` is the name of a unit. */
export function isUnit(name: string): boolean {
  return units.has(name)
}
