/**
 * How a reader or generator that a `.ccn` file names is run, and the generators. Readers of files come
 * with the host that has files; they also take `skip` and `count`, to use a stretch of what those hold.
 */

import { checkReader, numbersOf } from '../../contract/check-reader.ts'
import { readsFiles, signatureOf } from '../../contract/readers.ts'
import { checkValues } from './check.ts'
import { digits } from './digits/digits.ts'
import { film } from './film.ts'
import { argumentError, problemError } from './reader.ts'
import type { Reader, ReaderContext } from './reader.ts'
import { constant, teacherNetwork, xor } from './tasks.ts'
import {
  contextIntegration,
  delayedMatchToSample,
  goNogo,
  perceptualDecision,
  sine,
} from './trials/tasks.ts'
import type { ReaderPlan } from '../../contract/dataset.ts'
import { sparsePart } from './batches.ts'
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
  perceptual_decision: perceptualDecision,
  delayed_match_to_sample: delayedMatchToSample,
  context_integration: contextIntegration,
  go_nogo: goNogo,
  sine,
}

/** Runs a reader and checks what it gives. Throws DataError or IoError. */
export async function readPart(
  plan: ReaderPlan,
  context: ReaderContext,
  readers: Readers,
): Promise<DataPart> {
  const problem = checkReader(plan, context.fields)
  if (problem) throw problemError(plan, context, problem)
  const reader = Object.hasOwn(readers, plan.name) ? readers[plan.name] : undefined
  if (!reader) throw argumentError(plan, context, 'reads files, which there are none of here')
  const signature = signatureOf(plan.name)
  if (!signature || !readsFiles(signature)) {
    return checked(await reader.read(plan, context), plan, context)
  }
  const { skip: _, count: __, ...named } = plan.named
  const whole = await reader.read({ ...plan, named }, context)
  return checked(stretchOf(whole, plan, context), plan, context)
}

function stretchOf(whole: DataPart, plan: ReaderPlan, context: ReaderContext): DataPart {
  if (whole.count === 0) return whole
  const { skip = 0, count: given = -1 } = numbersOf(plan)
  const count = given < 0 ? Math.max(1, whole.count - skip) : given
  const end = skip + count
  if (end > whole.count) {
    const problem = `asks for examples ${skip} to ${end - 1}, but there are ${whole.count}`
    throw argumentError(plan, context, problem)
  }
  if (count === whole.count) return whole
  const fields = Object.entries(whole.fields).map(([name, values]) => {
    const size = values.length / whole.count
    return [name, values.slice(skip * size, end * size)]
  })
  const examples = Uint32Array.from({ length: count }, (_, at) => skip + at)
  return { count, fields: Object.fromEntries(fields), ...sparsePart(whole, examples) }
}

function checked(part: DataPart, plan: ReaderPlan, context: ReaderContext): DataPart {
  if (part.count === 0) throw argumentError(plan, context, 'gives no examples')
  checkValues(part, context)
  return part
}
