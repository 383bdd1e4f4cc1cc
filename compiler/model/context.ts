/**
 * What every step of building a model carries along: where diagnostics go, what was used, what could
 * not be made, and how much has been done, so that no description takes all of the machine.
 */
import type { Span } from '../../grammar/ast.ts'
import {
  filled,
  type Beside,
  type DiagnosticParameters,
  type Said,
} from '../../grammar/diagnostics/create.ts'
import { codes, type DiagnosticName } from '../../grammar/diagnostics/codes.ts'
import type { Diagnostic } from '../../grammar/diagnostics/diagnostic.ts'
import { unnamed } from '../../grammar/parser/lost.ts'
import { foreignHint } from './foreign-names.ts'
import type { WeightExpression } from './model.ts'
import { calledByName } from './statement-hints.ts'

/** No run gives more diagnostics of one severity; whoever has so many has another problem. */
export const mostDiagnostics = 100

/** How deep values may stand on one another. */
const deepestValue = 500

/** What follows from a name that is missing because its declaration could not be read. */
const aboutNames: ReadonlySet<DiagnosticName> = new Set<DiagnosticName>([
  'unknownName',
  'unknownMember',
  'unknownOption',
  'unknownField',
  'importMissing',
  'missingArgument',
  'notLocal',
  'notPresentable',
  'missingStatement',
])

/** What is said of an expression that stands where a name is needed: it has none to be quoted. */
function withoutName(
  diagnostic: DiagnosticName,
  { name, kind, found, expected }: DiagnosticParameters,
): DiagnosticParameters | undefined {
  if (name !== 'this' && name !== '') return undefined
  if (diagnostic === 'wrongKind') {
    return { found: found ?? '', expected: String(expected).replace(/,$/, '') }
  }
  if (diagnostic !== 'unknownName') return undefined
  return { found: 'an expression', expected: `the name of a ${kind}` }
}

export class Context {
  readonly diagnostics: Diagnostic[] = []
  /** Values of a tape, at most. */
  tapeLimit = 268_435_456
  /** Parameters that decided a shape, a count or a branch. */
  readonly structural = new Set<string>()
  /** Parameters that some phase of the file sets: what is made of them can be another number then. */
  phased: ReadonlySet<string> = new Set()
  /** Parameters that anything read. */
  readonly used = new Set<string>()
  /** Definitions and imports that anything read, as `file:name`. */
  readonly usedDefinitions = new Set<string>()
  /** Families that were declared and could not be made as they say; why was reported. */
  readonly broken = new Set<string>()
  /** Expressions of weights of families that could not be made: names in them are checked all the same. */
  readonly unplaced: WeightExpression[] = []
  /** How many pairs a file lists, as the source file `from` names it; undefined if it is not known. */
  pairsIn: (path: string, from: string) => number | undefined = () => undefined
  /** A population among the broken has no cell, so that its biases are not known. */
  brokenCells = false
  /** Names in what the parser had to leave out. */
  readonly lost = new Set<string>()
  /** Something could not be made of which not even the names are known. */
  brokenUnknown = false
  /** Lists whose parameters are marked as used. */
  readonly marked = new WeakSet<object>()
  readonly #circles = new Set<string>()
  readonly #seen = new Set<string>()
  readonly #counts = { error: 0, warning: 0, remark: 0 }
  #depth = 0

  /** Reports once for each place and message, however often the place is expanded. */
  report<N extends DiagnosticName>(name: N, span: Span, ...said: Said<N>): undefined {
    const [parameters, beside = {}] = said
    return this.#report(name, span, parameters ?? {}, beside)
  }

  #report(
    name: DiagnosticName,
    span: Span,
    parameters: DiagnosticParameters,
    extra: Beside,
  ): undefined {
    // The loss may stand in what is missing.
    if (name === 'noLoss' && this.isPartial) return undefined
    if (
      this.lost.size > 0 &&
      aboutNames.has(name) &&
      this.#isLost(parameters['name'] ?? parameters['statement'])
    ) {
      return undefined
    }
    const nameless = withoutName(name, parameters)
    const isCalled = nameless?.['expected'] === 'the name of a function'
    const hint =
      foreignHint(name, parameters) ?? extra.hint ?? (isCalled ? calledByName : undefined)
    this.add(
      nameless
        ? filled('wrongExpression', span, nameless, { ...extra, hint })
        : filled(name, span, parameters, { ...extra, hint }),
    )
    return undefined
  }

  /** Reports unless the same was said of another place: of limits, which much else would pass too. */
  reportOnce<N extends DiagnosticName>(name: N, span: Span, ...said: Said<N>): undefined {
    const { code } = codes[name]
    if (this.diagnostics.some((each) => each.code === code)) return undefined
    return this.report(name, span, ...said)
  }

  /** Reports definitions that depend on each other, once, wherever the circle is entered. */
  reportCircle(names: readonly string[], span: Span, hint?: string): undefined {
    const key = [...new Set(names)].toSorted().join(' ')
    if (this.#circles.has(key)) return undefined
    this.#circles.add(key)
    const cycle = names.map((name) => `\`${name}\``).join(' -> ')
    return this.report('definitionCycle', span, { cycle }, { hint })
  }

  add(found: Diagnostic): void {
    // What every element of an array repeats is one mistake, whatever the element is called.
    const what = found.severity === 'error' ? '' : found.message
    const key = `${found.code} ${found.span.file} ${found.span.start} ${found.span.end} ${what}`
    if (this.#seen.has(key)) return
    if (this.#counts[found.severity]++ >= mostDiagnostics) return
    this.#seen.add(key)
    this.diagnostics.push(found)
  }

  /** Whether an error of this very place was reported. */
  hasErrorAt({ file, start, end }: Span): boolean {
    return this.diagnostics.some(
      ({ severity, span }) =>
        severity === 'error' && span.file === file && span.start === start && span.end === end,
    )
  }

  get hasErrors(): boolean {
    return this.#counts.error > 0
  }

  /** Whether a name may be one of what the parser had to leave out. */
  isLostName(name: string): boolean {
    return this.lost.has(name) || this.lost.has(unnamed)
  }

  /**
   * Whether something of the circuit could not be read or made. A connection of a population that a variant
   * drops is not made either, without any error.
   */
  get isPartial(): boolean {
    return (this.broken.size > 0 && this.hasErrors) || this.brokenUnknown || this.lost.size > 0
  }

  #isLost(name: string | number | undefined): boolean {
    if (this.lost.has(unnamed)) return true
    return typeof name === 'string' && name.split('.').some((part) => this.lost.has(part))
  }

  /** Whether further errors are not kept; it is too late for hints then. */
  get isFull(): boolean {
    return this.#counts.error >= mostDiagnostics
  }

  /** Whether a family, or something around it, was declared and could not be made as it says. */
  isBroken(family: string): boolean {
    if (this.brokenUnknown || this.broken.has(family) || this.isLostName(family)) return true
    const dot = family.lastIndexOf('.')
    return dot > 0 && this.isBroken(family.slice(0, dot))
  }

  /** A value that is found by evaluating others first; reports too many that stand on one another. */
  nested<T>(span: Span, make: () => T): T | undefined {
    if (this.#depth >= deepestValue) {
      return this.report('tooDeep', span, { limit: deepestValue })
    }
    this.#depth++
    const made = make()
    this.#depth--
    return made
  }
}
