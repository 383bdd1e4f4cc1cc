/**
 * One mistake, one message: what is found out of a file, without what only follows from something else that
 * is said. A stage reports what it sees; what a mistake brings with it is seen by stages that do not know of
 * each other, so that it is left out here, where all is together:
 *
 * - a name that is declared nowhere is told where it is first used, as it is its declaration that is missing;
 *   names of one file of the library that is not imported are told together;
 * - of a line that cannot be read nothing else is told, nor of what stands alone behind it; of one
 *   declaration only the first place that cannot be read;
 * - a declaration in which something cannot be read lacks nothing and names nothing that is unknown, and no
 *   cell misses a variable whose base, or import, is not known;
 * - what a line says again as a whole is told once;
 * - the same mismatch of units of one declaration is told once, of one cell or rule the first of each variable, and none where a step is no time, or something cannot be read;
 * - of one place only the first error is told: what it is instead can be said once it is known;
 * - where something is wrong, nothing is unused, without a rule, or left as it is.
 */
import type { Span } from '../grammar/ast.ts'
import type { DiagnosticName } from '../grammar/diagnostics/codes.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { importableFrom } from './model/foreign-names.ts'

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
const isOfArguments = ({ code }: Diagnostic): boolean => code === 'CCN2005' || code === 'CCN2007'
/** Whether a time is said to be no whole number of steps, and whether it is shorter than one. */
const isOfSteps = (each: Diagnostic): boolean =>
  /steps? of /.test(partOf(each, 'badValue', 'expected'))
const isOfShortStep = (each: Diagnostic): boolean =>
  partOf(each, 'badValue', 'expected').startsWith('at least one step of')
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
  const names = new Names()
  const wrongArguments = errors.filter(isOfArguments)
  /** Whether arguments of the same declaration, or of what another file declares, are not as they should be. */
  const isAfterArguments = ({ span }: Diagnostic): boolean =>
    wrongArguments.some(
      (other) => texts.isSameItem(other.span, span) || other.span.file !== span.file,
    )
  const again = new Set<string>()
  const isSaidAgain = (each: Diagnostic): boolean => {
    const { code, span, message } = each
    const what = ofRepetition.has(code) ? '' : message
    const where = code === 'CCN2019' ? `in ${texts.itemOf(span)}` : texts.lineOf(span)
    const key = `${code} ${where} ${span.file} ${isOfShortStep(each) ? 'step' : what}`
    const before = again.has(isOfShortStep(each) ? 'step' : key)
    again.add(isOfShortStep(each) ? 'step' : key)
    return before
  }
  const rests = new Rests(texts)
  const isWithoutBase = errors.some(lacksBase) || broken.some(({ span }) => texts.itemOf(span) < 0)
  const isWithoutStep = errors.some(isOfStep)
  const wrongElsewhere = errors.some((each) => !isOfAnswers(each))
  const units = new Mismatches(texts)
  const places = new Set<string>()
  const isTold = ({ span: { file, start, end } }: Diagnostic): boolean => {
    const place = `${start} ${end} ${file}`
    const before = places.has(place)
    places.add(place)
    return before
  }
  const libraries = new Libraries(errors)
  const left = diagnostics.filter((each) => {
    if (each.severity !== 'error') return !ofAbsence.has(each.code)
    if (isOfSyntax(each)) return rests.isFirst(each)
    if (broken.some((other) => texts.isSameLine(other.span, each.span))) return false
    if (isInside.has(each.code) && partial.has(texts.itemOf(each.span))) return false
    if (isOfUnits(each)) {
      if (broken.length > 0 || isAfterArguments(each) || !units.isFirst(each)) return false
      if (isSaidAgain(each)) return false
      return !isWithoutStep || isOfStep(each)
    }
    // It may be the label whose presentation is wrong.
    if (isOfAnswers(each) && (wrongElsewhere || each !== errors[0])) return false
    if (isWithoutStep && (valueAt(each) === 'The window of `count`' || isOfSteps(each)))
      return false
    const name = nameIn(each)?.name
    // It may be what cannot be read that declares it.
    if (isWithoutBase && (nameIn(each)?.isLocal === true || each.said?.name === 'unknownMember'))
      return false
    if (name !== undefined && broken.some(({ span }) => texts.lineHas(span, name))) return false
    if (libraries.follows(each) || isSaidAgain(each)) return false
    return names.isFirst(each) && !isTold(each)
  })
  return left.map((each) => libraries.together(each))
}

/** What is said of a name, a statement or an import that stands there twice. */
const ofRepetition: ReadonlySet<string> = new Set('CCN2002 CCN6007'.split(' '))

/** What may be so because a part of the same declaration could not be read. */
const isInside: ReadonlySet<string> = new Set(
  'CCN2001 CCN2003 CCN2004 CCN2006 CCN2040 CCN3002 CCN3005 CCN6006 CCN6008'.split(' '),
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

/** The name of what a cell does not have. */
const memberIn = (each: Diagnostic): string | undefined =>
  partOf(each, 'unknownMember', 'name') || partOf(each, 'notPresentable', 'name') || undefined

/** Names that files of the library declare, and that are imported from none. */
class Libraries {
  /** The names by the file of the library and the file that lacks them. */
  readonly #lacking = new Map<string, string[]>()
  readonly #failed: ReadonlySet<string>

  constructor(errors: readonly Diagnostic[]) {
    this.#failed = new Set(errors.map((each) => partOf(each, 'importMissing', 'path')))
    for (const each of errors) {
      const found = lackingImport(each)
      if (!found) continue
      const key = `${found.path} ${each.span.file}`
      const names = this.#lacking.get(key) ?? []
      if (!names.includes(found.name)) names.push(found.name)
      this.#lacking.set(key, names)
    }
  }

  /** Whether it is of a name that would be imported with another, or that an import meant that failed. */
  follows(each: Diagnostic): boolean {
    const found = lackingImport(each)
    if (!found) return false
    const names = this.#lacking.get(`${found.path} ${each.span.file}`) ?? []
    return this.#failed.has(found.path) || names[0] !== found.name
  }

  /** With the import of all of them as its hint. */
  together(each: Diagnostic): Diagnostic {
    const found = lackingImport(each)
    const names = (found && this.#lacking.get(`${found.path} ${each.span.file}`)) ?? []
    if (!found || names.length < 2) return each
    const list = names.toSorted().join(', ')
    const hint = `they are declared in the standard library: \`import { ${list} } from "${found.path}"\``
    return { ...each, hint }
  }
}

/** The one file of the library that declares a name that is unknown. */
function lackingImport({ said }: Diagnostic): { name: string; path: string } | undefined {
  if (said?.name !== 'unknownName') return undefined
  const [path, ...others] = importableFrom(said.parameters)
  return path === undefined || others.length > 0
    ? undefined
    : { name: String(said.parameters['name']), path }
}

/** Which mismatches of units were told of: the same one again, of the same declaration, follows from it. */
class Mismatches {
  readonly #texts: Texts
  readonly #told = new Map<string, Diagnostic[]>()
  readonly #causes = new Set<string>()

  constructor(texts: Texts) {
    this.#texts = texts
  }

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
    return !this.#isOfSame(each) && !follows
  }

  /** Whether one of a variable of the same cell or rule was told of. */
  #isOfSame({ span, causes = [] }: Diagnostic): boolean {
    const item = this.#texts.itemOf(span)
    const keys = causes.map((cause) => `${item} ${span.file} ${cause}`)
    const isKnown = keys.some((key) => this.#causes.has(key))
    for (const key of keys) this.#causes.add(key)
    return isKnown
  }
}

/** Which names that mean nothing were told of. */
class Names {
  readonly #told = new Set<string>()

  /** A name of a file is told once, and a member once of each type of cells, or not if the name is unknown itself. */
  isFirst(diagnostic: Diagnostic): boolean {
    const name = nameIn(diagnostic)?.name ?? memberIn(diagnostic)
    if (name === undefined) return true
    const { file } = diagnostic.span
    const owner = /\(cell (\w+)\)/.exec(partOf(diagnostic, 'unknownMember', 'owner'))?.[1] ?? ''
    const [whole, own] = [`${file} ${name}`, `${file} ${name} ${owner}`]
    if (this.#told.has(whole) || this.#told.has(own)) return false
    this.#told.add(nameIn(diagnostic) ? whole : own)
    return true
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

  /** The number of the line that a place begins in. */
  lineOf(span: Span): number {
    return this.#line(span)
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
