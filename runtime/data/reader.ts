/**
 * What a reader or generator is, and what all of them share: checking the arguments written in the
 * `.ccn` file, and fitting columns of values to the data set's fields. A reader makes one part
 * (train or test) of a data set; it knows formats, and nothing of experiments.
 */

import type { FieldPlan, ReaderPlan } from '../../contract/dataset.ts'
import type { DataPart } from './types.ts'
import { DataError } from './types.ts'

/** The data set that a reader works for. */
export interface ReaderContext {
  readonly dataset: string
  readonly fields: readonly FieldPlan[]
  /** The folder for files, if one is known. */
  readonly dataDir?: string | undefined
}

/** One argument of a reader, for documentation and checks. */
export interface ReaderParameter {
  readonly name: string
  readonly doc: string
  /** The value of a number that may be left out. */
  readonly default?: number
  /** The smallest whole number that makes sense; for numbers only. */
  readonly least?: number
}

export interface Reader {
  readonly summary: string
  readonly parameters: readonly ReaderParameter[]
  /** Whether it reads files from the data folder. */
  readonly needsFiles: boolean
  /** Makes a part of the data set. Throws DataError, or IoError for unreadable files. */
  read(plan: ReaderPlan, context: ReaderContext): Promise<DataPart>
}

/** Values for one field, row-major [count, ...shape]. */
export interface Column {
  readonly shape: readonly number[]
  readonly data: Float32Array
  /** Where the values came from, for messages: a file, or the generator's name. */
  readonly source: string
}

/**
 * The whole-number arguments of a generator, positional ones in the order of `parameters`. Throws
 * DataError for unknown, missing, repeated or unsuitable ones.
 */
export function numberArguments<Name extends string>(
  plan: ReaderPlan,
  parameters: readonly (ReaderParameter & { readonly name: Name })[],
  context: ReaderContext,
): Record<Name, number> {
  const names = parameters.map(({ name }) => name)
  checkNames(plan, names, context)
  if (plan.positional.length > names.length) {
    throw argumentError(plan, context, `takes at most ${names.length} arguments`)
  }
  const given = new Map<string, number | string>(Object.entries(plan.named))
  plan.positional.forEach((value, k) => {
    if (given.has(names[k]!)) throw argumentError(plan, context, `has ${names[k]} twice`)
    given.set(names[k]!, value)
  })
  const values: Partial<Record<Name, number>> = {}
  for (const { name, default: fallback, least = 0 } of parameters) {
    const value = given.get(name) ?? fallback
    if (value === undefined) throw argumentError(plan, context, `needs ${name} = NUMBER`)
    if (typeof value === 'string' || !Number.isSafeInteger(value) || value < least) {
      throw argumentError(plan, context, `needs a whole number from ${least} for ${name}`)
    }
    values[name] = value
  }
  return values as Record<Name, number>
}

/** Throws DataError for a named argument that is none of `names`. */
export function checkNames(
  plan: ReaderPlan,
  names: readonly string[],
  context: ReaderContext,
): void {
  for (const name of Object.keys(plan.named)) {
    if (names.includes(name)) continue
    const known = names.length > 0 ? `; it takes ${names.join(', ')}` : ''
    throw argumentError(plan, context, `has no argument ${name}${known}`)
  }
}

/** The file names among the positional arguments, at least `least` and at most `most`. */
export function fileArguments(
  plan: ReaderPlan,
  context: ReaderContext,
  least: number,
  most = least,
): string[] {
  const names = plan.positional.filter((value) => typeof value === 'string' && value !== '')
  if (names.length !== plan.positional.length) {
    throw argumentError(plan, context, 'takes file names in quotes')
  }
  if (names.length < least || names.length > most) {
    const expected = least === most ? `${least}` : `at least ${least}`
    throw argumentError(plan, context, `needs ${expected} file name(s), not ${names.length}`)
  }
  return names as string[]
}

/** A mistake in the arguments of `plan`: `Data set NAME: READER(...) PROBLEM.` */
export function argumentError(
  plan: ReaderPlan,
  context: ReaderContext,
  problem: string,
): DataError {
  return new DataError(`Data set ${context.dataset}: ${plan.name}(...) ${problem}.`)
}

/**
 * A part whose fields that are no labels take `inputs` in order, and whose label field takes
 * `label`. A data set may leave out the last inputs, or the label. Throws DataError if it has more
 * fields than there are columns.
 */
export function partByRole(
  inputs: readonly Column[],
  label: Column | undefined,
  context: ReaderContext,
): DataPart {
  const columns = new Map<string, Column>()
  const remaining = [...inputs]
  let labelLeft = label
  for (const field of context.fields) {
    const column = field.classes === undefined ? remaining.shift() : labelLeft
    if (field.classes !== undefined) labelLeft = undefined
    if (!column) {
      const source = inputs[0]?.source ?? 'the reader'
      throw new DataError(
        `Data set ${context.dataset}: nothing is left in ${source} for the field ${field.name}.`,
      )
    }
    columns.set(field.name, column)
  }
  return partByName(columns, context)
}

/** A part with a column for each field; all must fit the fields' shapes and have equal counts. */
export function partByName(columns: ReadonlyMap<string, Column>, context: ReaderContext): DataPart {
  let count = -1
  let countedIn = ''
  const fields: Record<string, Float32Array> = {}
  for (const field of context.fields) {
    const { shape, data, source } = columns.get(field.name)!
    const where = `Data set ${context.dataset}, field ${field.name}`
    if (!sameLayout(shape, field.shape)) {
      throw new DataError(
        `${where}: ${source} holds [${shape.join(', ')}] an example, ` +
          `but the field is declared as [${field.shape.join(', ')}].`,
      )
    }
    const rows = data.length / sizeOf(shape)
    if (count >= 0 && rows !== count) {
      throw new DataError(`${where}: ${source} has ${rows} examples, but ${countedIn} ${count}.`)
    }
    count = rows
    countedIn = source
    fields[field.name] = data
  }
  if (count < 0) throw new DataError(`Data set ${context.dataset} has no fields.`)
  return { count, fields }
}

/** Number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** Same values in the same order: equal but for axes of size 1, or one of the two flat. */
function sameLayout(found: readonly number[], declared: readonly number[]): boolean {
  const a = found.filter((size) => size !== 1)
  const b = declared.filter((size) => size !== 1)
  if (a.length <= 1 || b.length <= 1) return sizeOf(a) === sizeOf(b)
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}
