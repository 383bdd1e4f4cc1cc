/**
 * Oracle fixtures: what the published reference programs computed, step by step, from given initial
 * weights and inputs. `specs/oracles/README.md` says where they come from and how to run more.
 */
import { readFileSync } from 'node:fs'
import type { FixtureConfig } from './config.ts'

export interface FixtureTensor {
  readonly shape: readonly number[]
  readonly data: unknown
}

/** Tensors of one layer by the fixture's names: `W`, `W_bias`, `Y`, ... */
export type FixtureLayer = Readonly<Record<string, FixtureTensor | null | undefined>>

export interface FixtureStep {
  readonly step: number
  readonly output: FixtureTensor
  readonly loss_mse_before_update: number
  readonly state_before_update?: readonly FixtureLayer[]
  readonly params_after_update?: readonly FixtureLayer[]
  readonly measures_after_update?: Readonly<Record<string, number | null>>
  /** Learning rates of the step, grouped by optimiser: W (weights, biases), Y, Q. */
  readonly lr_used?: unknown
}

export interface Fixture {
  readonly case: string
  readonly doc: string
  readonly config: FixtureConfig
  readonly batch: number
  readonly use_teacher: boolean
  readonly forward_noise?: number | null
  readonly init: readonly FixtureLayer[]
  readonly inputs: readonly FixtureTensor[]
  readonly targets: readonly FixtureTensor[]
  readonly standard_normal_draws?: readonly (readonly FixtureTensor[])[]
  /** Steps in an epoch, and epochs. */
  readonly lr_schedule?: readonly [number, number] | null
  readonly runs: Readonly<Record<'float32' | 'float64', readonly FixtureStep[]>>
}

/** Reads a fixture; one number for the sizes of all hidden layers becomes a list. */
export function readFixture(path: string): Fixture {
  const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture
  const { n_hidden_units: units, n_hidden_layers: layers = 1 } = fixture.config ?? {}
  if (typeof units !== 'number') return fixture
  const list = Array.from({ length: layers }, () => units)
  return { ...fixture, config: { ...fixture.config, n_hidden_units: list } }
}

/** The numbers of a tensor in row-major order; null (NaN in JSON) becomes NaN. */
export function numbersOf(tensor: FixtureTensor): Float64Array {
  const flat: number[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each)
    else flat.push(value === null ? Number.NaN : Number(value))
  }
  visit(tensor.data)
  return Float64Array.from(flat)
}

/**
 * What a fixture presents or begins with: numbers in single precision, of which the file has nine
 * digits. Both runs of the reference begin with exactly these.
 */
export function givenOf(tensor: FixtureTensor): Float64Array {
  return numbersOf(tensor).map(Math.fround)
}

/** A matrix with rows and columns exchanged; anything else as it is. */
export function transposed(shape: readonly number[], data: Float64Array): Float64Array {
  const [rows, columns] = shape
  if (rows === undefined || columns === undefined || shape.length !== 2) return data
  const result = new Float64Array(data.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j] ?? 0
  return result
}
