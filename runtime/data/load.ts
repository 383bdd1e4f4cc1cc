/**
 * From a data set's declaration to arrays: read both parts, split off a validation part, cut the
 * training part short if asked, standardise. The one entry for the experiment runner.
 */

import { permutation, streamKey } from '../support/random.ts'
import { gatherBatch, sparsePart } from './batches.ts'
import { generators, readPart, type Readers } from './readers.ts'
import { standardiseParts } from './standardise.ts'
import { DataError } from './types.ts'
import type { DatasetPlan } from '../../contract/dataset.ts'
import type { DataPart, LoadOptions, LoadedDataset } from './types.ts'

/**
 * Loads a data set. Steps, in order: both parts are read and checked; `validation` training
 * examples, drawn at random from `seed`, are split off (both halves stay in file order); the rest
 * is cut to `limit`; fields are standardised. Throws DataError, or IoError for unreadable files:
 * both messages are for the user. `readers` are those that the
 * host has; without files only the generators.
 */
export async function loadDataset(
  plan: DatasetPlan,
  options: LoadOptions,
  readers: Readers = generators,
): Promise<LoadedDataset> {
  const { dataDir, allowed, precision } = options
  const notes: string[] = []
  const warn = (text: string): void => void (notes.includes(text) || notes.push(text))
  const context = { dataset: plan.name, fields: plan.fields, dataDir, allowed, precision, warn }
  const whole = await readPart(plan.train, context, readers)
  const test = await readPart(plan.test, context, readers)
  const { train, validation } = splitTrain(whole, plan, options)
  const parts = { plan, train, validation, test, ...(notes.length > 0 && { notes }) }
  if (!options.standardise) return parts
  return { ...parts, zero: standardiseParts(plan.fields, train, [validation, test], plan.name) }
}

function splitTrain(
  whole: DataPart,
  plan: DatasetPlan,
  { validation, limit, seed }: LoadOptions,
): { train: DataPart; validation: DataPart } {
  const left = whole.count - validation
  if (!Number.isInteger(validation) || validation < 0 || left < 1) {
    throw new DataError(
      `Data set ${plan.name} has ${whole.count} training examples: ` +
        `a validation part of ${validation} cannot be split off.`,
    )
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new DataError(`Data set ${plan.name} cannot be cut to ${limit} training examples.`)
  }
  const order = permutation(streamKey(seed, 'validation split'), 0, whole.count)
  const train = order.subarray(validation).toSorted().subarray(0, limit)
  return {
    validation: pick(whole, order.subarray(0, validation).toSorted()),
    train: train.length === whole.count ? whole : pick(whole, train),
  }
}

function pick(part: DataPart, examples: Uint32Array): DataPart {
  const names = Object.keys(part.fields)
  return {
    ...gatherBatch(part, examples, 0, examples.length, names),
    ...sparsePart(part, examples),
  }
}
