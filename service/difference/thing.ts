/** Things of a file, taken apart into facts. */
import type { Fact } from './reads.ts'

export type ThingKind =
  | 'parameter'
  | 'population'
  | 'connection'
  | 'matrix'
  | 'let'
  | 'modulator'
  | 'phase'
  | 'property'
  | 'refinement'
  | 'dataset'
  | 'experiment'
  | 'sweep'

/** A thing of a file with its facts by name. */
export interface Thing {
  readonly kind: ThingKind
  readonly name: string
  /** Things of one family are told together where they differ alike. */
  readonly family: string
  readonly facts: ReadonlyMap<string, Fact>
}

/** Facts with their names. */
export type Facts = readonly (readonly [string, Fact])[]

/** A thing of some facts. */
export const thing = (kind: ThingKind, name: string, family: string, facts: Facts): Thing => ({
  kind,
  name,
  family,
  facts: new Map(facts),
})
