/** What the emitter is given besides the module. */
import type { Locate } from './statements.ts'

/** The text of the files of runtime/support that generated modules carry with them. */
export interface SupportSources {
  /** Random numbers keyed by seed, stream and step. */
  readonly random: string
  /** Poisson draws, by what `random` has. */
  readonly poisson: string
  /** Binomial draws, by what both have. */
  readonly binomial: string
  /** Truncated singular value decomposition. */
  readonly svd: string
  readonly matrices: string
  /** Sums over synapses, and rings. */
  readonly synapses: string
  /** Convolutions in NCHW layout. */
  readonly tensors: string
}

export interface EmitOptions {
  /** Version of ccn, for the header. */
  readonly version?: string
  /** Where an equation stands, for comments; default: nothing is said. */
  readonly locate?: Locate
  /** Whether the text is laid out; default true. What runs at once is left as it is put together. */
  readonly isForReading?: boolean
}
