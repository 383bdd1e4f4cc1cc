/**
 * What is wrong with a reader as a `.ccn` file writes it, and with the fields that it is to fill: the
 * first mistake, as data, which the compiler shows at its place and the runtime says in a sentence.
 */
import type { FieldPlan, ReaderPlan } from './dataset.ts'
import {
  mostValues,
  readerSignatures,
  sameLayout,
  signatureOf,
  sizeOf,
  type ReaderSignature,
} from './readers.ts'

/** Where a problem is: a named argument, one by its position, a field, or the reader as a whole. */
export type ReaderPlace =
  | { readonly argument: string | number }
  | { readonly field: string }
  | Readonly<Record<never, never>>

/** What is wrong with a reader's arguments, or with the fields that it is to fill. */
export type ReaderProblem = ReaderPlace &
  (
    | { readonly kind: 'reader'; readonly known: readonly string[] }
    | { readonly kind: 'option'; readonly name: string; readonly known: readonly string[] }
    | { readonly kind: 'missing'; readonly name: string }
    | { readonly kind: 'many'; readonly expected: number; readonly found: number }
    | {
        readonly kind: 'value'
        /** `count`, `the file for x`. */
        readonly what: string
        /** What it must be, e.g. `a whole number of at least 1`. */
        readonly expected: string
        readonly found: string
      }
  )

/** The first thing that is wrong; undefined if all is as it should be. */
export function checkReader(
  plan: ReaderPlan,
  fields: readonly FieldPlan[],
): ReaderProblem | undefined {
  const signature = signatureOf(plan.name)
  if (!signature) return { kind: 'reader', known: Object.keys(readerSignatures) }
  return (
    checkNames(plan, signature, fields) ??
    checkFiles(plan, signature, fields) ??
    checkFieldArguments(plan, signature, fields) ??
    checkTexts(plan, signature) ??
    checkNumbers(plan, signature) ??
    checkReals(plan, signature) ??
    checkGiven(plan, signature, fields)
  )
}

function checkNames(
  { named }: ReaderPlan,
  { numbers, reals = [], lists = [], texts = [], fields: argument }: ReaderSignature,
  fields: readonly FieldPlan[],
): ReaderProblem | undefined {
  const ofFields = argument ? fields.map(({ name }) => name) : []
  const known = [...ofFields, ...[...texts, ...numbers, ...reals, ...lists].map(({ name }) => name)]
  const unknown = Object.keys(named).find((name) => !known.includes(name))
  return unknown === undefined
    ? undefined
    : { kind: 'option', argument: unknown, name: unknown, known }
}

function checkFiles(
  { name, positional }: ReaderPlan,
  { files }: ReaderSignature,
  fields: readonly FieldPlan[],
): ReaderProblem | undefined {
  if (!files) return undefined
  const labelled = fields.some(({ classes }) => classes !== undefined)
  const needed = name === 'idx' && !labelled ? files.slice(0, 1) : files
  const wrong = positional.findIndex((value) => typeof value !== 'string' || value === '')
  if (wrong >= 0) {
    const what = `The ${ordinal(wrong)} argument of \`${name}\``
    const found = shown(positional[wrong])
    return { kind: 'value', argument: wrong, what, expected: 'the name of a file in quotes', found }
  }
  const missing = needed[positional.length]
  if (missing) return { kind: 'missing', name: missing.name }
  if (positional.length > needed.length && !files.some(({ more }) => more)) {
    const [expected, found] = [needed.length, positional.length]
    return { kind: 'many', argument: expected, expected, found }
  }
  return undefined
}

function checkFieldArguments(
  { named, positional }: ReaderPlan,
  { files, fields: argument }: ReaderSignature,
  fields: readonly FieldPlan[],
): ReaderProblem | undefined {
  if (!argument) return undefined
  if (!files && positional.length > 0) {
    return { kind: 'many', argument: 0, expected: 0, found: positional.length }
  }
  for (const { name } of fields) {
    const value = Object.hasOwn(named, name) ? named[name] : undefined
    if (value === undefined) {
      if (argument.required) return { kind: 'missing', name }
      continue
    }
    const isNumber = typeof value === 'number' && Number.isFinite(value)
    if (argument.kind === 'number' ? isNumber : typeof value === 'string' && value !== '') continue
    const expected = fieldWords[argument.kind]
    return { kind: 'value', argument: name, what: `\`${name}\``, expected, found: shown(value) }
  }
  return undefined
}

const fieldWords = {
  file: 'the name of a file in quotes',
  text: 'text in quotes',
  number: 'a number',
} as const

function checkTexts(
  { named }: ReaderPlan,
  { texts = [] }: ReaderSignature,
): ReaderProblem | undefined {
  for (const { name, oneOf } of texts) {
    const value = Object.hasOwn(named, name) ? named[name] : undefined
    if (value === undefined) continue
    const fits = typeof value === 'string' && value !== ''
    if (fits && (oneOf?.includes(value) ?? true)) continue
    const expected = oneOf ? oneOf.map((each) => `\`${each}\``).join(', ') : 'a name'
    return { kind: 'value', argument: name, what: `\`${name}\``, expected, found: shown(value) }
  }
  return undefined
}

/** The positional arguments that are numbers: those of generators. */
function placedNumbers(
  { positional }: ReaderPlan,
  { files, fields }: ReaderSignature,
): ReaderPlan['positional'] {
  return files || fields ? [] : positional
}

function checkNumbers(plan: ReaderPlan, signature: ReaderSignature): ReaderProblem | undefined {
  const { numbers } = signature
  const placed = placedNumbers(plan, signature)
  if (placed.length > numbers.length) {
    const [expected, found] = [numbers.length, placed.length]
    return { kind: 'many', argument: expected, expected, found }
  }
  for (const [k, argument] of numbers.entries()) {
    const { name, default: fallback, least = 0 } = argument
    const own = Object.hasOwn(plan.named, name) ? plan.named[name] : undefined
    const byPlace = placed[k]
    if (own !== undefined && byPlace !== undefined) {
      const found = `given twice, as ${shown(byPlace)} and ${shown(own)}`
      return { kind: 'value', argument: name, what: `\`${name}\``, expected: 'one number', found }
    }
    const value = own ?? byPlace
    if (value === undefined && fallback === undefined) return { kind: 'missing', name }
    if (value === undefined) continue
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) continue
    return {
      kind: 'value',
      argument: own === undefined ? k : name,
      what: `\`${name}\``,
      expected: `a whole number from ${least}`,
      found: shown(value),
    }
  }
  return undefined
}

/** Times, rates and other numbers of 0 or more, and lists of numbers. */
function checkReals(
  { named }: ReaderPlan,
  { reals = [], lists = [] }: ReaderSignature,
): ReaderProblem | undefined {
  for (const { name } of reals) {
    const value = Object.hasOwn(named, name) ? named[name] : undefined
    if (value === undefined) continue
    if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) continue
    const expected = 'a number from 0'
    return { kind: 'value', argument: name, what: `\`${name}\``, expected, found: shown(value) }
  }
  for (const { name } of lists) {
    const value = Object.hasOwn(named, name) ? named[name] : undefined
    const numbers = value === undefined ? [0] : String(value).split(',').map(Number)
    if (String(value).trim() !== '' && numbers.every((each) => Number.isFinite(each))) continue
    const expected = 'numbers, as in `[6.4, 51.2]`'
    return { kind: 'value', argument: name, what: `\`${name}\``, expected, found: shown(value) }
  }
  return undefined
}

/** A list of numbers, at its default if it is left out. */
export function listOf(plan: ReaderPlan, name: string): readonly number[] {
  const value = Object.hasOwn(plan.named, name) ? plan.named[name] : undefined
  if (value !== undefined) return String(value).split(',').map(Number)
  return signatureOf(plan.name)?.lists?.find((each) => each.name === name)?.default ?? []
}

/** The numbers of a reader whose arguments are right, those that are left out at their defaults. */
export function numbersOf(plan: ReaderPlan): Readonly<Record<string, number>> {
  const signature = signatureOf(plan.name)
  const byPosition = signature ? placedNumbers(plan, signature) : []
  const entries = (signature?.numbers ?? []).map(({ name, default: fallback }, k) => {
    const own = Object.hasOwn(plan.named, name) ? plan.named[name] : undefined
    return [name, Number(own ?? byPosition[k] ?? fallback)] as const
  })
  const reals = (signature?.reals ?? []).map(({ name, default: fallback }) => {
    const own = Object.hasOwn(plan.named, name) ? plan.named[name] : undefined
    return [name, Number(own ?? fallback)] as const
  })
  return Object.fromEntries([...entries, ...reals])
}

/** Whether what a reader gives fits the fields, and into memory. */
function checkGiven(
  plan: ReaderPlan,
  signature: ReaderSignature,
  fields: readonly FieldPlan[],
): ReaderProblem | undefined {
  if (plan.name === 'idx' && fields.length !== plan.positional.length) {
    const [found, expected] = [`${fields.length}`, `as many as files, ${plan.positional.length}`]
    return { kind: 'value', what: 'The number of fields', expected, found }
  }
  if (plan.name === 'spikes') {
    const [field, more] = fields
    if (more) return nothingFor(plan, more.name)
    if (field?.classes !== undefined) return nothingFor(plan, field.name)
  }
  const numbers = numbersOf(plan)
  const given = signature.gives?.(numbers)
  if (!given) return undefined
  const shapes = given.inputs.map((shape, k) => ({ shape, time: k < (given.along ?? 0) }))
  let { classes } = given
  for (const { name, shape, time = false, classes: declared } of fields) {
    if (declared !== undefined) {
      if (classes === undefined) return nothingFor(plan, name)
      const isAlong = (given.along ?? 0) > 0
      if (time !== isAlong)
        return notAlong(plan, name, { shape, time }, { shape: [], time: isAlong })
      if (declared < classes && !signature.files) {
        const expected = `at least ${classes}, as \`${plan.name}\` gives`
        const what = `The number of classes of \`${name}\``
        return { kind: 'value', field: name, what, expected, found: String(declared) }
      }
      classes = undefined
      continue
    }
    const next = shapes.shift()
    if (!next) return nothingFor(plan, name)
    if (next.time === time && sameLayout(next.shape, shape)) continue
    return notAlong(plan, name, { shape, time }, next)
  }
  const each = given.inputs.reduce((sum, shape) => sum + sizeOf(shape), 0)
  const count = Object.hasOwn(numbers, 'count') && !signature.files ? numbers['count'] : undefined
  const hidden = (numbers['hidden'] ?? 0) * each
  if (count !== undefined && !(count * each + hidden <= mostValues)) {
    const most = Math.floor((mostValues - hidden) / each)
    const expected =
      most >= 1
        ? `at most ${most}, as more would not fit into memory`
        : 'of a network that fits into memory'
    const argument = Object.hasOwn(plan.named, 'count') ? 'count' : 0
    return { kind: 'value', argument, what: '`count`', expected, found: String(count) }
  }
  return undefined
}

interface Layout {
  readonly shape: readonly number[]
  readonly time: boolean
}

function notAlong({ name }: ReaderPlan, field: string, own: Layout, given: Layout): ReaderProblem {
  const text = ({ shape, time }: Layout): string =>
    `[${[...(time ? ['time'] : []), ...shape].join(', ')}]`
  const expected = `${text(given)}, as \`${name}\` gives`
  return { kind: 'value', field, what: `The shape of \`${field}\``, expected, found: text(own) }
}

function nothingFor({ name }: ReaderPlan, field: string): ReaderProblem {
  const expected = `one that \`${name}\` can fill`
  return { kind: 'value', field, what: `The field \`${field}\``, expected, found: 'one too many' }
}

function ordinal(index: number): string {
  return ['first', 'second', 'third'][index] ?? `${index + 1}th`
}

function shown(value: number | string | undefined): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
