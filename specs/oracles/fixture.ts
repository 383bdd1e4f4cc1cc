/**
 * Oracle fixtures: what the published reference programs computed, step by step, from given initial
 * weights and inputs. `specs/oracles/README.md` says where they come from and how to run more.
 */
import { readFileSync } from 'node:fs'

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
}

export interface OptimiserConfig {
  readonly lr: number
  readonly momentum: number
  readonly weight_decay: number
}

export interface WeightConfig {
  readonly mode: string
  readonly scale?: number
  readonly grad_type?: string
  readonly optimiser?: OptimiserConfig | null
}

export interface FixtureConfig {
  readonly model_name: string
  readonly n_inputs: number
  readonly n_outputs: number
  readonly n_hidden_units: readonly number[]
  readonly hidden_activation_function: string
  readonly output_activation_function: string
  readonly p_baseline?: number
  readonly error_scale?: number
  readonly output_activity_shift?: number | null
  readonly local_feedback_scales?: readonly number[] | null
  readonly n_apical_branches?: readonly number[] | null
  readonly feedback_bottleneck_sizes?: readonly number[] | null
  readonly apical_bias_learning?: boolean
  readonly W: WeightConfig
  readonly Y?: WeightConfig
  readonly Q?: WeightConfig
}

export interface Fixture {
  readonly case: string
  readonly doc: string
  readonly config: FixtureConfig
  readonly batch: number
  readonly use_teacher: boolean
  readonly forward_noise: number | null
  readonly init: readonly FixtureLayer[]
  readonly inputs: readonly FixtureTensor[]
  readonly targets: readonly FixtureTensor[]
  readonly standard_normal_draws?: readonly (readonly FixtureTensor[])[]
  readonly lr_schedule?: unknown
  readonly lr_used?: readonly number[] | Readonly<Record<string, readonly number[]>>
  readonly runs: Readonly<Record<'float32' | 'float64', readonly FixtureStep[]>>
}

export const readFixture = (path: string): Fixture =>
  JSON.parse(readFileSync(path, 'utf8')) as Fixture

/** The numbers of a tensor in row-major order; null (NaN in JSON) becomes NaN. */
export function numbersOf(tensor: FixtureTensor): Float32Array {
  const flat: number[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each)
    else flat.push(value === null ? Number.NaN : Number(value))
  }
  visit(tensor.data)
  return Float32Array.from(flat)
}

/** A matrix with rows and columns exchanged; anything else as it is. */
export function transposed(shape: readonly number[], data: Float32Array): Float32Array {
  const [rows, columns] = shape
  if (rows === undefined || columns === undefined || shape.length !== 2) return data
  const result = new Float32Array(data.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j] ?? 0
  return result
}
