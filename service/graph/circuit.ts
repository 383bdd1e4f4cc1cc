/** A circuit as it is drawn: populations folded into boxes, connections into lines. Plain data. */

/** What a comparison says of something: for `ccn diff`. */
export type Mark = 'added' | 'removed' | 'changed'

/** Before a title, as colour alone does not tell everybody. */
export const markSigns: Readonly<Record<Mark, string>> = {
  added: '+ ',
  removed: '− ',
  changed: '~ ',
}

/** Marks by the names of populations and connections: `h[0]`, `W[1]`. */
export interface Marks {
  readonly populations?: Readonly<Record<string, Mark>>
  readonly connections?: Readonly<Record<string, Mark>>
}

/** Where lines reach a box: a compartment, or an input. */
export interface Site {
  readonly name: string
  /** A soma is drawn as a cell body, what stands above it as a dendrite, an input as an opening. */
  readonly kind: 'soma' | 'dendrite' | 'compartment' | 'input'
  /** Whether the teacher enters here. */
  readonly taught: boolean
}

/** Populations of one family, or what comes from outside. */
export interface Box {
  readonly id: string
  readonly kind: 'population' | 'outside'
  readonly title: string
  /** How many populations it stands for; above 1 it is drawn as a stack. */
  readonly count: number
  /** Numbers of units: `200`, `64×14×14`. */
  readonly size: string
  /** The type of cell, or what data it is. */
  readonly type: string
  /** From top to bottom. */
  readonly sites: readonly Site[]
  /** Parts that connections leave: `0..3999`. */
  readonly parts: readonly string[]
  /** Of all that its connections do. */
  readonly sign: 'excitatory' | 'inhibitory' | 'unsigned'
  readonly mark?: Mark
}

/** How a weight comes about; `wire`: there is none. */
export type WeightKind = 'learns' | 'fixed' | 'tied' | 'copied' | 'wire'

/** What a line's colour says. */
export type Hue =
  | 'event'
  | 'burst'
  | 'inhibitory'
  | 'excitatory'
  | 'plain'
  | 'wire'
  | 'teacher'
  | 'other-1'
  | 'other-2'

/** Connections of one family between the same two boxes. */
export interface Line {
  readonly id: string
  readonly from: string
  /** The part of its source that it leaves, one of `parts`. */
  readonly part?: string
  readonly to: string
  readonly site: string
  /** How far it leads within an array, where it does: 1 to the next layer, -1 back. */
  readonly step: number
  /** `W[1..2]`; of a wire what it carries. */
  readonly title: string
  /** Small lines below the title: shape, pattern, tie. */
  readonly details: readonly string[]
  readonly hue: Hue
  readonly sign: 'excitatory' | 'inhibitory' | 'unsigned' | 'wire'
  readonly weight: WeightKind
  /** Whether it carries the teaching signal. */
  readonly teaches: boolean
  /** What the legend says of its colour and of how it learns. */
  readonly passes?: string
  readonly rule?: string
  readonly mark?: Mark
}

/** See the module's head. Boxes are in the order in which signals flow. */
export interface Circuit {
  readonly name: string
  readonly summary: string
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
  /** Signals that reach all synapses of a rule: `dopamine = reward.r - 0.5`. */
  readonly modulators: readonly string[]
}
