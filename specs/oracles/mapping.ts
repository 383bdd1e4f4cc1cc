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
  /** Of a variable with one number for each channel, how many units have it together. */
  readonly shared?: Readonly<Record<string, number>>
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

/** What one of the fixture's optimisers is of. */
interface Optimised {
  readonly families: readonly string[]
  readonly config: OptimiserConfig
  /** It is configured, but no rule moves what it is for. */
  readonly inert: boolean
}

/** None, or one that families of ours have. */
export const optimised = (
  families: readonly string[],
  config: OptimiserConfig | null | undefined,
  inert = false,
): readonly Optimised[] => (config ? [{ families, config, inert }] : [])

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
  readonly optimisers: readonly Optimised[]
  /** Kinds of measures that have no counterpart here, with the reason. */
  readonly unmeasured?: Readonly<Record<string, string>>
  /** Name of the random stream that a step's draws are for, by their order: mostly one for each layer. */
  readonly noiseStream: (draw: number) => string
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

/** Shapes [channels, height, width] of the convolutional layers; none of fully connected models. */
export function areasOf(config: FixtureConfig): readonly (readonly [number, number, number])[] {
  const { in_shape, out_channels, kernel_sizes, strides, paddings, dilations } = config
  let [height = 0, width = 0] = in_shape ?? []
  return (out_channels ?? []).map((channels, layer) => {
    const size = (before: number): number => {
      const reach = (dilations?.[layer] ?? 1) * ((kernel_sizes?.[layer] ?? 1) - 1)
      const free = before + 2 * (paddings?.[layer] ?? 0) - reach - 1
      return Math.floor(free / (strides?.[layer] ?? 1)) + 1
    }
    ;[height, width] = [size(height), size(width)]
    return [channels, height, width]
  })
}

/** Units of each hidden layer, the convolutional ones first. */
export const hiddenSizes = (config: FixtureConfig): readonly number[] => [
  ...areasOf(config).map(([channels, height, width]) => channels * height * width),
  ...config.n_hidden_units,
]

export function sizes(config: FixtureConfig): Record<string, string> {
  const common = {
    outputs: String(config.n_outputs),
    layers: String(config.n_hidden_units.length),
    hidden: list(config.n_hidden_units),
  }
  const areas = areasOf(config)
  if (areas.length === 0) return { ...common, inputs: String(config.n_inputs) }
  const [height, width] = config.in_shape ?? []
  return {
    ...common,
    inputs: String(config.in_channels?.[0]),
    height: String(height),
    width: String(width),
    areas: String(areas.length),
    channels: list(config.out_channels ?? []),
    rows: list(areas.map((area) => area[1])),
    columns: list(areas.map((area) => area[2])),
    kernels: list(config.kernel_sizes ?? []),
    strides: list(config.strides ?? []),
    paddings: list(config.paddings ?? []),
    dilations: list(config.dilations ?? []),
    groups: list(config.groups ?? []),
    ...feedbackGeometry(config),
  }
}

/**
 * The published programs pass feedback with the padding and the dilation of the layer that it goes to,
 * where those of the layer that it comes from would be right.
 */
function feedbackGeometry({
  paddings = [],
  dilations = [],
}: FixtureConfig): Record<string, string> {
  const shifted = (values: readonly number[]): string =>
    list(values.map((value, layer) => values[layer - 1] ?? value))
  return { feedback_paddings: shifted(paddings), feedback_dilations: shifted(dilations) }
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

/** The population of a layer: the convolutional ones, the dense hidden ones, then the output. */
export function owner(fixture: Fixture, layer: number): string {
  const areas = fixture.config.out_channels?.length ?? 0
  if (layer === fixture.init.length - 1) return 'y'
  return layer < areas ? `c[${layer}]` : `h[${layer - areas}]`
}

/** The somatic potential with the bias, which in a convolutional layer is one for each channel. */
export function somaOf(fixture: Fixture, layer: number): Place {
  const name = owner(fixture, layer)
  const [, height = 1, width = 1] = areasOf(fixture.config)[layer] ?? []
  return { ...same(`${name}.soma`, `${name}.k`), shared: { [`${name}.k`]: height * width } }
}

/** The input of a layer: with noise what reached the synapses, without it what the layer below emits. */
export const inputOf = (fixture: Fixture, weight: string, rate: string, layer: number): Found => {
  if ((fixture.forward_noise ?? 0) > 0) return same(`${weight}[${layer}].sent`)
  return layer === 0
    ? { uncompared: 'it is what is presented' }
    : same(`${owner(fixture, layer - 1)}.${rate}`)
}

/** Whether single precision holds a number exactly. */
export const isSingle = (value: number): boolean => Math.fround(value) === value
