/**
 * How a reader or generator that a `.ccn` file names is run, and the generators. Readers of files come
 * with the host that has files; they also take `skip` and `count`, to use a stretch of what those hold.
 */

import { checkValues } from './check.ts'
import { digits } from './digits/digits.ts'
import { film } from './film.ts'
import { argumentError, numberArguments } from './reader.ts'
import type { Reader, ReaderContext, ReaderParameter } from './reader.ts'
import { constant, teacherNetwork, xor } from './tasks.ts'
import { DataError } from './types.ts'
import type { ReaderPlan } from '../../contract/dataset.ts'
import type { DataPart } from './types.ts'

/** Readers and generators by name. */
export type Readers = Readonly<Record<string, Reader>>

/** What makes data out of nothing. */
export const generators: Readers = {
  digits,
  film,
  xor,
  constant,
  teacher_network: teacherNetwork,
}

/** What every reader of files takes besides its own arguments. */
export const STRETCH = [
  { name: 'skip', doc: 'number of examples to leave out at the start', default: 0 },
  { name: 'count', doc: 'number of examples to keep; all by default', default: -1, least: 1 },
] as const satisfies readonly ReaderParameter[]

/** Runs a reader and checks what it gives. Throws DataError or IoError. */
export async function readPart(
  plan: ReaderPlan,
  context: ReaderContext,
  readers: Readers,
): Promise<DataPart> {
  const reader = Object.hasOwn(readers, plan.name) ? readers[plan.name] : undefined
  if (!reader) {
    const known = Object.keys(readers).join(', ')
    throw new DataError(
      `Data set ${context.dataset}: there is no reader ${plan.name}(...), only: ${known}.`,
    )
  }
  if (!reader.needsFiles) return checked(await reader.read(plan, context), plan, context)

  const { skip = 0, count, ...named } = plan.named
  const whole = await reader.read({ ...plan, named }, context)
  const part = stretchOf(whole, plan, { skip, count }, context)
  return checked(part, plan, context)
}

function stretchOf(
  whole: DataPart,
  plan: ReaderPlan,
  { skip, count }: { skip: number | string; count: number | string | undefined },
  context: ReaderContext,
): DataPart {
  if (whole.count === 0) return whole
  const named = { skip, count: count ?? Math.max(1, whole.count - Number(skip)) }
  const stretch = numberArguments({ name: plan.name, positional: [], named }, STRETCH, context)
  const end = stretch.skip + stretch.count
  if (end > whole.count) {
    const problem = `asks for examples ${stretch.skip} to ${end - 1}, but there are ${whole.count}`
    throw argumentError(plan, context, problem)
  }
  if (stretch.count === whole.count) return whole
  const fields = Object.entries(whole.fields).map(([name, values]) => {
    const size = values.length / whole.count
    return [name, values.slice(stretch.skip * size, end * size)]
  })
  return { count: stretch.count, fields: Object.fromEntries(fields) }
}

function checked(part: DataPart, plan: ReaderPlan, context: ReaderContext): DataPart {
  if (part.count === 0) throw argumentError(plan, context, 'gives no examples')
  checkValues(part, context)
  return part
}
