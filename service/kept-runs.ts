/**
 * What compilations of a file found, kept while the file is edited: what a form of it does not read may change
 * without that form being compiled anew. A form is an experiment, its variants and what is set.
 *
 * What a form reads of the main file is every declaration but the experiments and variants that it is not made of. Of
 * these it sees names, what they extend, which parameters their phases set, whether they have copies, and
 * which declarations they mention (`seenOf`). Declarations that are the same to the letter say the same wherever they
 * stand, so that what was found in them moves along. Everything else, a file that does not parse or says
 * something twice among it, is compiled anew.
 *
 * Kept are the forms of the last check of the files that were checked last, with one text each.
 */
import type { Compilation, CompileOptions } from '../compiler/compile.ts'
import type { Looks, Watch } from '../compiler/model/watch.ts'
import type { ExperimentItem, Item, VariantItem } from '../grammar/ast.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import type { Parsed } from '../grammar/parse.ts'
import { isOfFile, itemAt, layoutOf, movedIn, type Layout } from './layout.ts'

/** Files of which something is kept: those checked last. */
const mostFiles = 8

/** What a check asks of a compilation. */
export interface Made<Form> extends Pick<Compilation, 'reported' | 'sources'> {
  /** What else the check wants to know, as data. */
  readonly form: Form
}

/** Compiles a form: reads files with what it is given, and takes the tree of the main file from there if it is given. */
type Make<Form> = (read: Read, parsed: Parsed | undefined) => Made<Form>

/** Reads a file: its text, or undefined if there is none. */
type Read = (path: string) => string | undefined

interface Kept<Form> extends Made<Form> {
  readonly layout: Layout
  /** The numbers that it was compiled with, or that were found to make no difference. */
  readonly watch: Watch
  readonly looks: Looks
  /** Declarations that must be the same to the letter, but for numbers that are watched. */
  readonly wanted: ReadonlySet<number>
  /** What was read besides the main file, and what came of it. */
  readonly reads: ReadonlyMap<string, string | undefined>
}

/** See the module's head. */
export class KeptRuns<Form> {
  readonly #files = new Map<string, ReadonlyMap<string, Kept<Form>>>()

  /** Begins a check of the file at a path; `read` gives the same text of a file throughout. */
  begin(main: string, parsed: Parsed | undefined, read: Read): KeptCheck<Form> {
    const before = this.#files.get(main) ?? new Map<string, Kept<Form>>()
    const now = new Map<string, Kept<Form>>()
    this.#files.delete(main)
    this.#files.set(main, now)
    if (this.#files.size > mostFiles) this.#files.delete([...this.#files.keys()][0]!)
    const layout = parsed && layoutOf(parsed)
    return new KeptCheck(main, layout, before, now, read)
  }
}

/** One check. */
export class KeptCheck<Form> {
  readonly #main: string
  readonly #layout: Layout | undefined
  readonly #before: ReadonlyMap<string, Kept<Form>>
  readonly #now: Map<string, Kept<Form>>
  readonly #read: Read

  constructor(
    main: string,
    layout: Layout | undefined,
    before: ReadonlyMap<string, Kept<Form>>,
    now: Map<string, Kept<Form>>,
    read: Read,
  ) {
    this.#main = main
    this.#layout = layout
    this.#before = before
    this.#now = now
    this.#read = read
  }

  /** What a form's compilation finds, from before or by `make`. */
  run(options: CompileOptions, make: Make<Form>): Made<Form> {
    const layout = this.#layout
    if (!layout) return make(this.#read, undefined)
    const key = keyOf(options, layout)
    const before = this.#before.get(key)
    const kept = before && this.#recalled(before, layout)
    if (kept) {
      this.#now.set(key, kept)
      return kept
    }
    const reads = new Map<string, string | undefined>()
    let isWhole = true
    const read: Read = (path) => {
      try {
        const text = this.#read(path)
        if (path !== this.#main) reads.set(path, text)
        return text
      } catch (error) {
        isWhole = false
        throw error
      }
    }
    const { watch } = layout
    const { result: made, looks } = watch.during(() => make(read, layout.parsed))
    const wanted = isWhole ? wantedBy(layout, options, made.reported) : undefined
    if (wanted) this.#now.set(key, { ...made, layout, watch, looks, wanted, reads })
    // It is of use again when the mistake is taken back.
    else if (before) this.#now.set(key, before)
    return made
  }

  #recalled(kept: Kept<Form>, layout: Layout): Kept<Form> | undefined {
    const { layout: old, wanted, reads } = kept
    if (old.texts.length !== layout.texts.length) return undefined
    if (old.file.name?.name !== layout.file.name?.name) return undefined
    const isSame = old.texts.every((text, i) =>
      wanted.has(i) ? text === layout.texts[i] : old.seen[i] === layout.seen[i],
    )
    if (!isSame) return undefined
    for (const [path, text] of reads) {
      try {
        if (this.#read(path) !== text) return undefined
      } catch {
        return undefined
      }
    }
    const changed = layout.numbers.flatMap(({ text }, i) =>
      text === old.numbers[i]!.text ? [] : [i],
    )
    if (changed.length > 0 && !kept.watch.wouldFind(kept.looks, changed, layout.numbers))
      return undefined
    const sources = new Map(kept.sources)
    sources.set(this.#main, layout.file.text)
    const isMoved = layout.file.text !== old.file.text
    const move = <T>(it: T): T => (isMoved ? movedIn(it, old, layout) : it)
    return { ...kept, layout, sources, reported: move(kept.reported), form: move(kept.form) }
  }
}

/** What a form is asked for by; what a limit observes, which is a part of the tree, by where it stands. */
function keyOf({ observed, ...options }: CompileOptions, { file }: Layout): string {
  const places = observed?.map(({ span }) => {
    const at = itemAt(file, span)
    return [at, span.start - (file.items[at]?.span.start ?? 0)]
  })
  return JSON.stringify([options, places])
}

/**
 * Declarations that a form is made of, and those in which something was found; undefined if something was found
 * elsewhere.
 */
function wantedBy(
  layout: Layout,
  { experiment, variants = [] }: CompileOptions,
  reported: readonly Diagnostic[],
): ReadonlySet<number> | undefined {
  const { file, experiments } = layout
  const used = new Set<Item>([
    ...chainOf(experiments, [experiment ?? experiments[0]?.name.name ?? '']),
    ...chainOf(layout.variants, variants),
  ])
  const wanted = new Set<number>()
  for (const [i, item] of file.items.entries())
    if ((item.kind !== 'Experiment' && item.kind !== 'Variant') || used.has(item)) wanted.add(i)
  for (const { span, related = [], causes } of reported) {
    // Causes are told apart by where they stand.
    if (causes) return undefined
    for (const each of [span, ...related.map((other) => other.span)]) {
      if (each.file !== file.path) continue
      const at = itemAt(file, each)
      if (at >= 0) wanted.add(at)
      else if (!isOfFile(each, file)) return undefined
    }
  }
  return wanted
}

/** Items by their names, with all that they extend. */
function chainOf<I extends ExperimentItem | VariantItem>(
  items: readonly I[],
  names: readonly string[],
): ReadonlySet<I> {
  const chain = new Set<I>()
  const pending = [...names]
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const item = items.find((each) => each.name.name === name)
    if (!item || chain.has(item)) continue
    chain.add(item)
    if (item.base) pending.push(item.base.name)
  }
  return chain
}
