/**
 * Which `.ccn` file, variants and parameters say what a fixture's configuration says, and where each
 * of the fixture's tensors is found in the compiled model. No mathematics: everything that moves a
 * weight stands in the `.ccn` files.
 */
import type { FixtureConfig, OptimiserConfig } from './config.ts'
import type { Fixture } from './fixture.ts'

/** Where one of the fixture's tensors is found: a sum of our variables. */
export interface Place {
  readonly names: readonly string[]
  /** How the fixture lays the tensor out, compared with ours. */
  readonly layout: 'same' | 'transposed' | 'diagonal'
  /** Ours times this is the fixture's: rules are changes here and gradients there. */
  readonly factor?: number
  /** Added to ours: what one model counts in and the other leaves out. */
  readonly constant?: number
}

/** A place, or why a tensor of the fixture has none. */
export type Found = Place | { readonly uncompared: string }

/** Reads measures by our labels; the index is that of an element of a family. */
export interface Measured {
  readonly value: (label: string, index?: number) => number
  /** Examples times units of a hidden layer, of the output, or of several layers. */
  readonly count: (layers: 'hidden' | 'all' | number) => number
  /** Hidden layers. */
  readonly layers: number
}

export interface Mapping {
  /** Path below `examples/`. */
  readonly file: string
  readonly variants: readonly string[]
  readonly experiment: string
  readonly set: Readonly<Record<string, string>>
  /** The variable that the circuit answers with. */
  readonly output: string
  readonly storage: (key: string, layer: number) => Found | undefined
  readonly variable: (key: string, layer: number) => Found | undefined
  /** The fixture's measure of this name, from ours; undefined if it is unknown. */
  readonly measure: (key: string, measured: Measured) => number | undefined
  /** Our families of optimisers, in the order of the fixture's `lr_used`. */
  readonly optimisers: readonly {
    readonly families: readonly string[]
    readonly config: OptimiserConfig
  }[]
  /** Kinds of measures that have no counterpart here, with the reason. */
  readonly unmeasured?: Readonly<Record<string, string>>
  /** Name of the random stream of a layer's noise. */
  readonly noiseStream: (layer: number) => string
  /**
   * Whether weights are tied by a factor that single precision rounds: the fixture's own first step
   * then has them rounded, also in its run in double precision, and ours has not.
   */
  readonly roundedTies: boolean
}

export const list = (values: readonly (number | string)[]): string => `[${values.join(', ')}]`

export const same = (...names: readonly string[]): Place => ({ names, layout: 'same' })

export const transpose = (name: string): Place => ({ names: [name], layout: 'transposed' })

export const gradient = (name: string, layout: Place['layout'] = 'same'): Place => ({
  names: [name],
  layout,
  factor: -1,
})

export const rectifiers: readonly string[] = ['relu', 'ln_relu', 'relu_ln', 'ms_relu_n', 'relu_rms']

export function sizes(config: FixtureConfig): Record<string, string> {
  return {
    inputs: String(config.n_inputs),
    outputs: String(config.n_outputs),
    layers: String(config.n_hidden_units.length),
    hidden: list(config.n_hidden_units),
  }
}

/** `rate`, `momentum` and `decay` of a family by their parameters; what does not learn has rate 0. */
export function optimiser(
  names: { readonly rate: string; readonly momentum: string; readonly decay: string },
  settings: OptimiserConfig | null | undefined,
): Record<string, string> {
  return {
    [names.rate]: String(settings?.lr ?? 0),
    [names.momentum]: String(settings?.momentum ?? 0),
    [names.decay]: String(settings?.weight_decay ?? 0),
  }
}

/** The population of a layer: the hidden ones, then the output. */
export const owner = (fixture: Fixture, layer: number): string =>
  layer === fixture.init.length - 1 ? 'y' : `h[${layer}]`

/** The input of a layer: with noise what reached the synapses, without it what the layer below emits. */
export const inputOf = (fixture: Fixture, weight: string, rate: string, layer: number): Found => {
  if ((fixture.forward_noise ?? 0) > 0) return same(`${weight}[${layer}].sent`)
  return layer === 0 ? { uncompared: 'it is what is presented' } : same(`h[${layer - 1}].${rate}`)
}

/** Whether single precision holds a number exactly. */
export const isSingle = (value: number): boolean => Math.fround(value) === value
