/** What building a model needs from outside: files, and what was asked for. */
import type { Expression } from '../../grammar/ast.ts'
import type { Parsed } from '../../grammar/parse.ts'

/** Reads source files: `std/...` from the standard library, everything else below the project. */
export interface Host {
  /**
   * Text of the file at an absolute path; undefined if there is none. Throws if it is unreadable, an
   * error that says why in `reason`, or in its message. Of `FILE#pairs` the text is how many pairs of units
   * the file lists, by which memory is planned; undefined where that is not known.
   */
  readonly read: (path: string) => string | undefined
  /** Folder that imports may not leave. */
  readonly projectRoot: string
  /** Folder of the standard library. */
  readonly libraryRoot: string
}

/** Which of the models that a file describes. */
export interface ModelOptions {
  /** Variants, applied in order. */
  readonly variants?: readonly string[]
  /** Parameters set from outside, as text: `hidden` -> `100` or `[20, 15]`. */
  readonly set?: Readonly<Record<string, string>>
  /** Which experiment to compile for; default the first of the file. */
  readonly experiment?: string
  /** One more sweep, as text, whose source file is called `--vary`. */
  readonly sweep?: string
  /** What is recorded, or measured where it calls something, besides what the experiment says. */
  readonly observed?: readonly Expression[]
  /** Parses a text, or gives what was parsed before; default: parses. */
  readonly parse?: (text: string, path: string) => Parsed
}
