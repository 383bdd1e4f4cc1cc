/**
 * A main file as a check compares it with what it was before: declaration by declaration, with what forms that are not
 * made of a declaration see of it, and with the numbers that may change by themselves.
 */
import { namesIn, usableNames } from '../compiler/check/unused.ts'
import { hasDuplicates } from '../compiler/model/duplicates.ts'
import { parametersSet } from '../compiler/model/experiment/protocol.ts'
import { Watch } from '../compiler/model/watch.ts'
import type {
  ExperimentItem,
  Expression,
  Item,
  NumberLiteral,
  SourceFile,
  Span,
  VariantItem,
} from '../grammar/ast.ts'
import type { Parsed } from '../grammar/parse.ts'
import { walk } from '../grammar/walk.ts'

/** See the module's head. */
export interface Layout {
  readonly file: SourceFile
  readonly experiments: readonly ExperimentItem[]
  readonly variants: readonly VariantItem[]
  /** The text of each declaration, without the numbers that are watched. */
  readonly texts: readonly string[]
  /** What forms see of it that are not made of it. */
  readonly seen: readonly string[]
  /** What was parsed, with numbers that know that they are looked at. */
  readonly parsed: Parsed
  readonly watch: Watch
  /** The numbers that are watched, in the order of the text. */
  readonly numbers: readonly NumberLiteral[]
}

/** Undefined for a file of which more than its declarations counts. */
export function layoutOf(parsed: Parsed): Layout | undefined {
  const { file, diagnostics, lost } = parsed
  if (diagnostics.length > 0 || lost.size > 0 || hasDuplicates(file)) return undefined
  const experiments = file.items.filter((item) => item.kind === 'Experiment')
  const variants = file.items.filter((item) => item.kind === 'Variant')
  for (const items of [experiments, variants])
    if (new Set(items.map(({ name }) => name.name)).size < items.length) return undefined
  const declared = new Set(file.items.flatMap(usableNames))
  const texts = file.items.map((item) => textOf(item, file.text))
  const seen = file.items.map((item, i) => seenOf(item, declared) ?? texts[i]!)
  const numbers = file.items.flatMap(numbersOf)
  const watch = new Watch(numbers)
  const watched = { ...file, items: watchedItems(file, watch, numbers) }
  return {
    ...{ file, experiments, variants, texts, seen, watch, numbers },
    parsed: { ...parsed, file: watched },
  }
}

/**
 * The numbers of a declaration that are watched: defaults of parameters, what experiments and variants set them to, and
 * options of optimisers but schedules, which quote what they watch. Of these nothing reads the text but through the tree.
 */
function numbersOf(item: Item): readonly NumberLiteral[] {
  const found: NumberLiteral[] = []
  for (const value of valuesOf(item))
    walk(value, (node) => {
      if (node.kind === 'NumberLiteral') found.push(node)
    })
  return found
}

/** The values in which numbers are watched, in the order of the text. */
function valuesOf(item: Item): readonly Expression[] {
  switch (item.kind) {
    case 'Param':
      return [item.value]
    case 'Experiment':
      return item.statements.flatMap((each) =>
        each.kind === 'Setting'
          ? [each.value]
          : each.kind === 'Optimise'
            ? each.optimiser.args.flatMap(({ name, value }) =>
                name?.name === 'schedule' ? [] : [value],
              )
            : [],
      )
    case 'Variant':
      return item.changes.flatMap((each) => (each.kind === 'SetChange' ? [each.value] : []))
    default:
      return []
  }
}

/** A declaration's text, with a mark in the place of every number that is watched. */
function textOf(item: Item, text: string): string {
  let { start } = item.span
  let made = ''
  for (const { span, text: number } of numbersOf(item)) {
    made += `${text.slice(start, span.start)}\0`
    start = span.start + number.length
  }
  return made + text.slice(start, item.span.end)
}

/** Declarations with literals that are watched. */
function watchedItems(
  { items }: SourceFile,
  watch: Watch,
  numbers: readonly NumberLiteral[],
): readonly Item[] {
  const places = new Map<unknown, number>(numbers.map((each, place) => [each, place]))
  /** What has no such number in it stays the node that it is. */
  const replaced = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node
    const place = places.get(node)
    if (place !== undefined) return watch.literal(place)
    const inner = Object.entries(node).map(([key, each]) => [key, each, replaced(each)] as const)
    if (inner.every(([, before, now]) => before === now)) return node
    if (Array.isArray(node)) return inner.map(([, , now]) => now)
    return Object.fromEntries(inner.map(([key, , now]) => [key, now]))
  }
  return items.map((item) => (numbersOf(item).length > 0 ? (replaced(item) as Item) : item))
}

/** What forms see of an experiment or variant that they are not made of; undefined of what all are made of. */
function seenOf(item: Item, declared: ReadonlySet<string>): string | undefined {
  if (item.kind !== 'Experiment' && item.kind !== 'Variant') return undefined
  const mentioned = new Set(namesIn(item).filter((name) => declared.has(name)))
  const { kind, name, base } = item
  const phases =
    kind === 'Experiment'
      ? [
          [...parametersSet(item)],
          item.statements.some(
            (each) =>
              each.kind === 'Replicate' ||
              (each.kind === 'Value' && each.name.name === 'replicate'),
          ),
        ]
      : []
  return JSON.stringify([kind, name.name, base?.name, [...mentioned].toSorted(), ...phases])
}

/** The declaration that a place stands in; -1 if it stands in none. */
export const itemAt = ({ items }: SourceFile, { start, end }: Span): number =>
  items.findIndex(({ span }) => span.start <= start && end <= span.end)

const isSamePlace = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end

/** Whether a place is the whole file, its beginning or its name. */
export const isOfFile = (span: Span, file: SourceFile): boolean =>
  isSamePlace(span, file.span) ||
  (span.start === 0 && span.end === 0) ||
  (file.name !== undefined && isSamePlace(span, file.name.span))

/** Data with every place of a text where it is in another, of the same declarations but for numbers. */
export function movedIn<T>(it: T, before: Layout, now: Layout): T {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit)
    if (typeof value !== 'object' || value === null) return value
    if ('file' in value && 'start' in value && 'end' in value)
      return moved(value as Span, before, now)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, visit(each)]))
  }
  return visit(it) as T
}

function moved(span: Span, before: Layout, now: Layout): Span {
  const { file: from } = before
  const { file: to } = now
  if (span.file !== from.path) return span
  const at = itemAt(from, span)
  if (at >= 0) {
    const item = from.items[at]!
    const by = (place: number): number =>
      to.items[at]!.span.start - item.span.start + grownUpTo(place, item, before, now)
    const [start, end] = [span.start + by(span.start), span.end + by(span.end)]
    return start === span.start && end === span.end ? span : { ...span, start, end }
  }
  if (isSamePlace(span, from.span)) return to.span
  if (from.name && to.name && isSamePlace(span, from.name.span)) return to.name.span
  return span
}

/** How much longer the numbers of a declaration are that end at a place of the text or before it. */
function grownUpTo(place: number, { span }: Item, before: Layout, now: Layout): number {
  let by = 0
  for (const [i, number] of before.numbers.entries()) {
    const { start } = number.span
    const { length } = number.text
    if (start < span.start || start + length > place) continue
    by += now.numbers[i]!.text.length - length
  }
  return by
}
