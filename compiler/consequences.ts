/**
 * One mistake, one message: what is found out of a file, without what only follows from something else that
 * is said. A stage reports what it sees; what a mistake brings with it is seen by stages that do not know of
 * each other, so that it is left out here, where all is together:
 *
 * - a name that is declared nowhere is told where it is first used, as it is its declaration that is missing;
 * - of a line that cannot be read nothing else is told, nor of what stands alone behind it; of one
 *   declaration only the first place that cannot be read;
 * - a declaration in which something cannot be read lacks nothing and names nothing that is unknown, and no
 *   cell misses a variable whose base, or import, is not known;
 * - the same mismatch of units of one declaration is told once, and none where a step is no time, or something cannot be read;
 * - of one place only the first error is told: what it is instead can be said once it is known;
 * - where something is wrong, nothing is unused, without a rule, or left as it is.
 */
import type { Span } from '../grammar/ast.ts'
import type { DiagnosticName } from '../grammar/diagnostics/codes.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'

/** Warnings of what is missing, which may be what is wrong: rules, uses, starts, connections. */
const ofAbsence: ReadonlySet<string> = new Set(
  'CCN6003 CCN6004 CCN8001 CCN8002 CCN8003 CCN8004'.split(' '),
)

/** What fills a gap of a message that is said of something: empty of any other message. */
const partOf = ({ said }: Diagnostic, name: DiagnosticName, gap: string): string =>
  said?.name === name ? String(said.parameters[gap] ?? '') : ''

const expectedAt = (each: Diagnostic): string => partOf(each, 'unexpectedToken', 'expected')
const foundAt = (each: Diagnostic): string => partOf(each, 'unexpectedToken', 'found')

/** Whether it is of an end of a block, or the rest of a line, that belongs to nothing. */
const isOfRest = (each: Diagnostic): boolean =>
  /a declaration|another part of a circuit|a statement|a property/.test(expectedAt(each)) &&
  foundAt(each).startsWith('`')

/** Whether the end of a block is missing where something else begins. */
const isUnclosed = (each: Diagnostic): boolean =>
  expectedAt(each) === '`}`' && foundAt(each).startsWith('`')

/** Whether the end of a block is missing up to the end of the file, as it still is if it was missing before. */
const isUnclosedAtEnd = (each: Diagnostic): boolean =>
  expectedAt(each) === '`}`' && !foundAt(each).startsWith('`')

/** Whether an end of a block stands alone, or one does not begin. */
const closes = (each: Diagnostic): boolean => foundAt(each) === '`}`'
const opens = (each: Diagnostic): boolean => expectedAt(each).startsWith('`{`')

/** What a value that is none, or of another unit, is said to be: `step`. */
const valueAt = (each: Diagnostic): string =>
  partOf(each, 'badValue', 'what') + partOf(each, 'unitExpected', 'what')
/** Whether there is nothing that `error` could count, which each place that measures it says. */
const isOfAnswers = (each: Diagnostic): boolean =>
  each.said?.name === 'noAnswer' || partOf(each, 'badValue', 'what') === '`error`'
const isOfStep = (each: Diagnostic): boolean => partOf(each, 'unitExpected', 'what') === '`step`'

/** Diagnostics in the order of the text, without those that follow from others; `items`: those of a file. */
export function withoutConsequences(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  items: readonly Span[],
): readonly Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return diagnostics
  const texts = new Texts(sources, items)
  const broken = errors.filter(isOfSyntax)
  const partial = new Set(broken.map((each) => texts.brokenItem(each)).filter((item) => item >= 0))
  const names = new Names(texts)
  const rests = new Rests(texts)
  const isWithoutBase = errors.some(lacksBase) || broken.some(({ span }) => texts.itemOf(span) < 0)
  const isWithoutStep = errors.some(isOfStep)
  const wrongElsewhere = errors.some((each) => !isOfAnswers(each))
  const units = new Mismatches()
  const places = new Set<string>()
  const isTold = ({ span: { file, start, end } }: Diagnostic): boolean => {
    const place = `${start} ${end} ${file}`
    const before = places.has(place)
    places.add(place)
    return before
  }
  return diagnostics.filter((each) => {
    if (each.severity !== 'error') return !ofAbsence.has(each.code)
    if (isOfSyntax(each)) return rests.isFirst(each)
    if (broken.some((other) => texts.isSameLine(other.span, each.span))) return false
    if (isInside.has(each.code) && partial.has(texts.itemOf(each.span))) return false
    if (isOfUnits(each)) {
      if (broken.length > 0 || !units.isFirst(each)) return false
      return !isWithoutStep || isOfStep(each)
    }
    // It may be the label whose presentation is wrong.
    if (isOfAnswers(each) && (wrongElsewhere || each !== errors[0])) return false
    if (isWithoutStep && valueAt(each) === 'The window of `count`') return false
    const name = nameIn(each)?.name
    // It may be what cannot be read that declares it.
    if (isWithoutBase && nameIn(each)?.isLocal === true) return false
    if (name !== undefined && broken.some(({ span }) => texts.lineHas(span, name))) return false
    return names.isFirst(each) && !isTold(each)
  })
}

/** What may be so because a part of the same declaration could not be read. */
const isInside: ReadonlySet<string> = new Set(
  'CCN2001 CCN2003 CCN2004 CCN2006 CCN2040 CCN6006 CCN6008'.split(' '),
)

const isOfUnits = ({ code }: Diagnostic): boolean => code === 'CCN4001' || code === 'CCN4003'

/** Whether it says that a cell or an import is not known, so that what it has is not either. */
const lacksBase = (each: Diagnostic): boolean =>
  each.code === 'CCN2008' ||
  each.code === 'CCN2011' ||
  partOf(each, 'unknownName', 'kind').startsWith('cell')

const isOfSyntax = ({ code }: Diagnostic): boolean => code.startsWith('CCN10')

/** The name that is said to be unknown, and whether it is one of a cell or rule. */
function nameIn(each: Diagnostic): { name: string; isLocal: boolean } | undefined {
  const name = partOf(each, 'unknownName', 'name')
  const isLocal = partOf(each, 'unknownName', 'kind').startsWith('variable or')
  return name === '' ? undefined : { name, isLocal }
}

/** Which mismatches of units were told of: the same one again, of the same declaration, follows from it. */
class Mismatches {
  readonly #told = new Map<string, Diagnostic[]>()

  isFirst(each: Diagnostic): boolean {
    const key = `${each.span.file} ${each.message}`
    const told = this.#told.get(key) ?? []
    this.#told.set(key, told)
    const { causes = [] } = each
    const follows = told.some(({ causes: before = [] }) => {
      const isNamed = causes.length > 0 && before.length > 0
      return !isNamed || causes.some((cause) => before.includes(cause))
    })
    // What is left out stands for what it follows from, too.
    told.push(each)
    return !follows
  }
}

/** Which names that mean nothing were told of. */
class Names {
  readonly #texts: Texts
  readonly #told = new Map<string, (number | 'everywhere')[]>()

  constructor(texts: Texts) {
    this.#texts = texts
  }

  /** Names of variables mean something else in every cell and rule, all others the same in a file. */
  isFirst(diagnostic: Diagnostic): boolean {
    const found = nameIn(diagnostic)
    if (!found) return true
    const { file } = diagnostic.span
    const key = `${file} ${found.name}`
    const told = this.#told.get(key) ?? []
    this.#told.set(key, told)
    const place = found.isLocal ? this.#texts.itemOf(diagnostic.span) : 'everywhere'
    const isKnown = found.isLocal
      ? told.includes(place) || told.includes('everywhere')
      : told.length > 0
    if (!isKnown) told.push(place)
    return !isKnown
  }
}

/** Which lines that cannot be read were told of. */
class Rests {
  readonly #texts: Texts
  #last: Diagnostic | undefined
  #wasRest = false

  constructor(texts: Texts) {
    this.#texts = texts
  }

  isFirst(diagnostic: Diagnostic): boolean {
    const last = this.#last
    const lines = last ? this.#texts.linesBetween(last.span, diagnostic.span) : Infinity
    // What is told with what to write instead is a mistake of its own.
    const isOwn =
      diagnostic.code !== 'CCN1002' || /^(?:did you mean|write) /i.test(diagnostic.hint ?? '')
    const isRest = !isOwn && (isOfRest(diagnostic) || isUnclosed(diagnostic))
    const follows =
      last !== undefined &&
      !(isOwn && (lines > 0 || diagnostic.code !== 'CCN1002')) &&
      (lines === 0 ||
        this.#texts.isSameItem(last.span, diagnostic.span) ||
        closes(diagnostic) ||
        (isUnclosed(last) && isUnclosedAtEnd(diagnostic)) ||
        (lines <= 3 && opens(last)) ||
        ((isRest || (this.#wasRest && lines <= 3)) &&
          !this.#texts.hasItemBetween(last.span, diagnostic.span)) ||
        // Behind a number or a mark that there is not, something else than that is missing.
        (lines <= 3 && last.code !== 'CCN1002'))
    this.#last = diagnostic
    this.#wasRest = isRest
    return !follows
  }
}

/** Places in texts. */
class Texts {
  readonly #sources: ReadonlyMap<string, string>
  readonly #items: readonly Span[]
  readonly #ends = new Map<string, readonly number[]>()

  constructor(sources: ReadonlyMap<string, string>, items: readonly Span[]) {
    this.#sources = sources
    this.#items = items
  }

  /** How many lines lie between the beginnings of two places; without end in different files. */
  linesBetween(a: Span, b: Span): number {
    return a.file === b.file ? Math.abs(this.#line(a) - this.#line(b)) : Infinity
  }

  isSameLine(a: Span, b: Span): boolean {
    return this.linesBetween(a, b) === 0
  }

  /** The declaration that a place lies in; -1 outside of all. */
  itemOf({ file, start }: Span): number {
    return this.#items.findIndex(
      (each) => each.file === file && each.start <= start && start < each.end,
    )
  }

  isSameItem(a: Span, b: Span): boolean {
    const item = this.itemOf(a)
    return item >= 0 && item === this.itemOf(b)
  }

  /** Whether the line of a place has a word, or one that begins so. */
  lineHas(place: Span, word: string): boolean {
    const text = this.#sources.get(place.file) ?? ''
    const number = this.#line(place)
    const ends = this.#ends.get(place.file) ?? []
    const line = text.slice(number === 0 ? 0 : ends[number - 1], ends[number])
    return line.split(/[^\w]+/).some((each) => each.startsWith(word))
  }

  /** The declaration that something could not be read of; the one before where its end is missing. */
  brokenItem(each: Diagnostic): number {
    const { span } = each
    if (!isUnclosed(each)) return this.itemOf(span)
    return this.#items.findLastIndex(({ file, start }) => file === span.file && start < span.start)
  }

  /** Whether a whole declaration lies between two places. */
  hasItemBetween(a: Span, b: Span): boolean {
    if (a.file !== b.file) return true
    return this.#items.some(
      ({ file, start, end }) => file === a.file && start > a.start && end <= b.start,
    )
  }

  #line({ file, start }: Span): number {
    let ends = this.#ends.get(file)
    if (!ends) {
      const text = this.#sources.get(file) ?? ''
      ends = [...text.matchAll(/\r\n?|\n/g)].map(({ index }) => index)
      this.#ends.set(file, ends)
    }
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle]! < start) low = middle + 1
      else high = middle
    }
    return low
  }
}
