/**
 * What a manifest says of examples that were read from files: a hash of each part, so that a run cannot go on with
 * others, whose figures would be those of neither. Examples that are generated follow from the plan, and need none.
 */
import { createHash, type Hash } from 'node:crypto'
import type { ReaderPlan } from '../../../contract/dataset.ts'
import type { DataPart, LoadedDataset } from '../../data/types.ts'
import { RunError } from '../../train/errors.ts'

/** Bytes that are hashed at once. */
const PIECE = 2 ** 26

/** SHA-256 of the parts, as they are presented: standardised, in the precision of the run. */
export interface DataIdentity {
  readonly train: string
  readonly validation: string
  readonly test: string
}

/** Copies of a run share their data. */
const known = new WeakMap<LoadedDataset, DataIdentity>()

/** Undefined where nothing was read from a file. */
export function dataIdentity(data: LoadedDataset | undefined): DataIdentity | undefined {
  if (!data || ![data.plan.train, data.plan.test].some(namesFile)) return undefined
  const found = known.get(data) ?? {
    train: hashOf(data.train),
    validation: hashOf(data.validation),
    test: hashOf(data.test),
  }
  known.set(data, found)
  return found
}

/** Throws RunError unless the examples are those that the run `name` had; runs of older versions do not say. */
export function requireSameData(
  name: string,
  before: DataIdentity | undefined,
  now: DataIdentity | undefined,
): void {
  if (!before || !now) return
  const parts = (['train', 'validation', 'test'] as const).filter(
    (part) => before[part] !== now[part],
  )
  if (parts.length === 0) return
  throw new RunError(
    `Run ${name} cannot go on, as its data are not what they were (${parts.join(', ')}). ` +
      'Start a new run for that, or put the files back; --data-dir says where they are.',
  )
}

function namesFile({ positional, named }: ReaderPlan): boolean {
  return [...positional, ...Object.values(named)].some((each) => typeof each === 'string')
}

function hashOf({ count, fields, silence, sparse = {} }: DataPart): string {
  const hash = createHash('sha256')
  hash.update(`${count} ${silence ?? 'none'}\n`)
  for (const name of Object.keys(fields).toSorted()) addTo(hash, name, fields[name]!)
  for (const name of Object.keys(sparse).toSorted()) {
    const { width, rows, places } = sparse[name]!
    addTo(hash, `${name} ${width} rows`, rows)
    addTo(hash, `${name} places`, places)
  }
  return hash.digest('hex')
}

function addTo(
  hash: Hash,
  name: string,
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): void {
  hash.update(`${name} ${byteLength}\n`)
  for (let at = 0; at < byteLength; at += PIECE)
    hash.update(new Uint8Array(buffer, byteOffset + at, Math.min(PIECE, byteLength - at)))
}
