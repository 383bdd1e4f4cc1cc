/**
 * A long-lived host of files that are edited: keeps every text that was parsed, so that a change costs
 * what it changes. An editor's server or a page keeps one for as long as it lives.
 *
 * Texts given by `open` stand in the place of what the host has, until `close`; the rest is read from the
 * host each time, and parsed anew where it has changed.
 */
import { checkCall } from '../contract/calls/call.ts'
import * as values from '../contract/calls/values.ts'
import { compileOptions } from '../compiler/options.ts'
import { compile, type CompileOptions, type Host } from '../compiler/compile.ts'
import { format as formatText } from '../grammar/print.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { checkAll, type Checked, type CheckHistory } from './check-all.ts'
import { KeptRuns } from './kept-runs.ts'
import { describe, type Description } from './describe.ts'
import { Names, type Found } from './names.ts'
import { ParsedFiles } from './parsed-files.ts'

/** What is known of a name, to be shown beside it. */
export interface Hover extends Found {
  /** The head of the declaration, as written. */
  readonly text: string
}

const pathValue = values.named('the path of a file')
const textValue = values.named('a text')
const offsetValue = values.whole(0)

/** See the module's head. Paths are absolute. Throws CallError for what makes no sense. */
export class Workspace {
  readonly #opened = new Map<string, string>()
  readonly #parsed = new ParsedFiles()
  readonly #history: CheckHistory = { parse: this.#parsed.parse, runs: new KeptRuns() }
  readonly #host: Host
  readonly #names: Names

  constructor(host: Host) {
    checkCall('new Workspace', [values.host], [host])
    const { projectRoot, libraryRoot } = host
    this.#host = {
      projectRoot,
      libraryRoot,
      read: (path) => this.#opened.get(path) ?? host.read(path),
    }
    this.#names = new Names(this.#host, this.#parsed)
  }

  /** Opens a file with a text, or changes its text. */
  open(path: string, text: string): void {
    checkCall('open', [pathValue, textValue], [path, text])
    this.#opened.set(path, text)
  }

  /** Goes back to what the host has. */
  close(path: string): void {
    checkCall('close', [pathValue], [path])
    this.#opened.delete(path)
  }

  /** What is wrong with a file, in every experiment and variant. */
  check(path: string): Checked {
    checkCall('check', [pathValue], [path])
    return checkAll(path, this.#host, this.#history)
  }

  /** What is wrong with one form of a file: quicker than `check`, which looks at all. */
  diagnose(path: string, options: CompileOptions = {}): readonly Diagnostic[] {
    checkCall('diagnose', [pathValue, compileOptions], [path, options])
    return this.#compile(path, options).diagnostics
  }

  /** The model of a file, as plain data; undefined if it cannot be known. */
  describe(path: string, options: CompileOptions = {}): Description | undefined {
    checkCall('describe', [pathValue, compileOptions], [path, options])
    return describe(this.#compile(path, { ...options, until: 'model' }))
  }

  /** Where the name at an offset was declared; undefined where there is none, or it is not known. */
  definition(path: string, offset: number): Found | undefined {
    checkCall('definition', [pathValue, offsetValue], [path, offset])
    return this.#names.at(path, offset)
  }

  /** What is known of the name at an offset. */
  hover(path: string, offset: number): Hover | undefined {
    checkCall('hover', [pathValue, offsetValue], [path, offset])
    const found = this.#names.at(path, offset)
    if (!found) return undefined
    const { whole } = found.declaration
    const text = this.#host.read(whole.file)?.slice(whole.start, whole.end) ?? ''
    return { ...found, text: /^[^{\n]*/.exec(text)![0].trimEnd() }
  }

  /** The text of a file in the canonical layout; as it is, with what is wrong, if it does not parse. */
  format(path: string): ReturnType<typeof formatText> | undefined {
    checkCall('format', [pathValue], [path])
    const text = this.#host.read(path)
    return text === undefined ? undefined : formatText(text, path)
  }

  #compile(path: string, options: CompileOptions) {
    const { parse } = this.#parsed
    return compile(path, this.#host, { optimise: false, parse, ...options })
  }
}
