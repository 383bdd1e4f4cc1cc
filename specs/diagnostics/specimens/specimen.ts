/** A source that one diagnostic is shown by. */
import type { CompileOptions } from '../../../compiler/compile.ts'

export interface Specimen {
  readonly code: string
  /** The main file; the mark is the diagnostic's span, if it lies there. */
  readonly source: string
  readonly options?: CompileOptions
  /** How much mixing of channels `ccn explain` is asked to warn of. */
  readonly mixing?: number
  /** Other files of the project. */
  readonly files?: Readonly<Record<string, string>>
  /** What stands beside it, because it says something else of the same source. */
  readonly beside?: readonly string[]
}
