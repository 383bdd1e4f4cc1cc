/**
 * The map of the compiler: text -> syntax tree -> model -> tensor program -> generated code. Each
 * stage is a pure function; what it finds wrong comes back as diagnostics, and a stage runs only
 * if those before it found no error. Reading files is the host's business.
 */
import type { SourceFile } from '../grammar/ast.ts'
import type { ExperimentPlan } from '../runtime/train/plan.ts'
import type { Diagnostic } from './diagnostics/diagnostic.ts'
import type { IrModule } from './ir/ir.ts'
import type { Model } from './model/model.ts'

/** Reads source files: `std/...` from the standard library, everything else below the project. */
export interface Host {
  /** Text of the file at an absolute path; undefined if there is none. Throws if unreadable. */
  readonly read: (path: string) => string | undefined
  /** Folder that imports may not leave. */
  readonly projectRoot: string
  /** Folder of the standard library. */
  readonly libraryRoot: string
}

export interface CompileOptions {
  /** Variants, applied in order. */
  readonly variants?: readonly string[]
  /** Parameters set from outside, as text: `hidden` -> `100` or `[20, 15]`. */
  readonly set?: Readonly<Record<string, string>>
  /** Which experiment to compile for; default the first of the file. */
  readonly experiment?: string
  /** Stop after this stage. */
  readonly until?: 'ast' | 'model' | 'ir'
  /** Called with the name and milliseconds of every stage. */
  readonly onStage?: (stage: string, milliseconds: number) => void
  /** Optimisation passes are run unless false. */
  readonly optimise?: boolean
}

export interface Compilation {
  readonly diagnostics: readonly Diagnostic[]
  /** Every source file that was read, by path, for rendering diagnostics. */
  readonly sources: ReadonlyMap<string, string>
  readonly ast?: SourceFile
  readonly model?: Model
  readonly ir?: IrModule
  readonly plan?: ExperimentPlan
}

export type Compile = (path: string, host: Host, options?: CompileOptions) => Compilation
