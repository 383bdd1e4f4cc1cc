/**
 * What a reader or generator is, and what all of them share: fitting columns of values to the data set's
 * fields. A reader makes one part (train or test) of a data set; it knows formats, and nothing of
 * experiments. What it takes stands in contract/readers.ts, and was checked before it is called.
 */

import type { FieldPlan, ReaderPlan } from '../../contract/dataset.ts'
import type { ReaderProblem } from '../../contract/check-reader.ts'
import { sameLayout, sizeOf } from '../../contract/readers.ts'
import type { DataPart, Values } from './types.ts'
import { DataError } from './types.ts'

export { sizeOf } from '../../contract/readers.ts'

/** The data set that a reader works for. */
export interface ReaderContext {
  readonly dataset: string
  readonly fields: readonly FieldPlan[]
  /** The folder for files, if one is known. */
  readonly dataDir?: string | undefined
  /** Other folders that files may lie in. */
  readonly allowed?: readonly string[] | undefined
  /** What values are kept in; default f32. */
  readonly precision?: 'f32' | 'f64' | undefined
  /** Told what becomes another number in that precision. */
  readonly warn?: ((text: string) => void) | undefined
}

export interface Reader {
  /** Makes a part of the data set. Throws DataError, or IoError for unreadable files. */
  read(plan: ReaderPlan, context: ReaderContext): Promise<DataPart>
}

/** Values for one field, row-major [count, ...shape]. */
export interface Column {
  readonly shape: readonly number[]
  readonly data: Values
  /** Where the values came from, for messages: a file, or the generator's name. */
  readonly source: string
}

/** The names of files among the arguments. */
export function fileNames({ positional }: ReaderPlan): readonly string[] {
  return positional.filter((value) => typeof value === 'string')
}

/** A mistake in the arguments of `plan`: `Data set NAME: READER(...) PROBLEM.` */
export function argumentError(
  plan: ReaderPlan,
  context: Pick<ReaderContext, 'dataset'>,
  problem: string,
): DataError {
  return new DataError(`Data set ${context.dataset}: ${plan.name}(...) ${problem}.`)
}

/** A problem that `checkReader` found, as an error. */
export function problemError(
  plan: ReaderPlan,
  { dataset }: Pick<ReaderContext, 'dataset'>,
  problem: ReaderProblem,
): DataError {
  switch (problem.kind) {
    case 'reader':
      return new DataError(
        `Data set ${dataset}: there is no reader ${plan.name}(...), only: ${problem.known.join(', ')}.`,
      )
    case 'option': {
      const known = problem.known.length > 0 ? `; it takes ${problem.known.join(', ')}` : ''
      return argumentError(plan, { dataset }, `has no argument ${problem.name}${known}`)
    }
    case 'missing':
      return argumentError(plan, { dataset }, `needs a value for ${problem.name}`)
    case 'many':
      return problem.expected === 0
        ? argumentError(plan, { dataset }, 'takes no argument without a name')
        : argumentError(plan, { dataset }, `takes at most ${problem.expected} without a name`)
    case 'value': {
      const { what, expected, found } = problem
      const text = `${what} must be ${expected}, but is ${found}.`.replaceAll('`', '')
      return new DataError(`Data set ${dataset}, ${plan.name}(...): ${text}`)
    }
  }
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

/** Throws DataError if an example in a source has another shape than its field. */
export function requireLayout(
  shape: readonly number[],
  field: FieldPlan,
  source: string,
  { dataset }: Pick<ReaderContext, 'dataset'>,
): void {
  if (
    field.time
      ? shape.length > 0 && sameLayout(shape.slice(1), field.shape)
      : sameLayout(shape, field.shape)
  )
    return
  throw new DataError(
    `Data set ${dataset}, field ${field.name}: ${source} holds [${shape.join(', ')}] an example, ` +
      `but the field is declared as [${[...(field.time ? ['time'] : []), ...field.shape].join(', ')}].`,
  )
}

/** A part with a column for each field; all must fit the fields' shapes and have equal counts. */
export function partByName(columns: ReadonlyMap<string, Column>, context: ReaderContext): DataPart {
  let count = -1
  let countedIn = ''
  const fields: Record<string, Values> = {}
  for (const field of context.fields) {
    const { shape, data, source } = columns.get(field.name)!
    const where = `Data set ${context.dataset}, field ${field.name}`
    requireLayout(shape, field, source, context)
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
