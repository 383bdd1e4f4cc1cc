/**
 * `sweeps/NAME/sweep.json`: a sweep as it was defined, with the sources and every point, so that any
 * process that sees the folder can work on it, whatever has become of the model's file since.
 */
import * as v from 'valibot'
import type { SweepPlan } from '../../contract/sweep.ts'
import { IoError } from '../../runtime/io/errors.ts'
import {
  checked,
  pathBelow,
  place,
  sha256,
  whole,
  word,
  words,
} from '../../runtime/node/io/schema.ts'
import { readBytes } from '../../runtime/node/io/source.ts'
import { writeFileAtomic } from '../../runtime/node/io/atomic.ts'
import { sourceRecord, type SourceRecord } from '../../runtime/node/train/source-record.ts'

import type { FigureUnit } from './figures.ts'
import type { InputFile } from './inputs.ts'

const FORMAT = 'sweep 1'
/** No definition is longer: about a million points. */
const MOST_BYTES = 2 ** 29

/** A point, ready to be run. */
export interface DefinedPoint {
  /** See `identity.ts`. */
  readonly key: string
  /** What varies, by name; seeds apart. */
  readonly values: Readonly<Record<string, string>>
  readonly variants: readonly string[]
  readonly set: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  readonly seed?: number | undefined
}

/** What is the same of all points. */
export interface Common {
  readonly experiment?: string | undefined
  readonly precision?: 'f32' | 'f64' | undefined
  readonly engine: string
  readonly dataDir?: string | undefined
  readonly allowRead?: readonly string[] | undefined
  /** Whether the weights at the end are kept. */
  readonly weights?: boolean | undefined
}

/** See the module's head. */
export interface SweepFile {
  readonly name: string
  /** Of the model. */
  readonly model: string
  /** As it was named, for commands that repeat a point. */
  readonly file: string
  readonly version: string
  /** That the folders are the user's choice (`trust.ts`). */
  readonly code?: string | undefined
  readonly plan: SweepPlan
  /** What figures are told in, by name. */
  readonly units: Readonly<Record<string, FigureUnit>>
  readonly common: Common
  /** Of every point; absent where they differ, or the experiment runs by a clock. */
  readonly epochs?: number | undefined
  readonly sources: readonly SourceRecord[]
  /** The folder of the project, absolute: what the sources name lies beside them. */
  readonly root: string
  /** What points are computed from besides. */
  readonly files: readonly InputFile[]
  readonly points: readonly DefinedPoint[]
}

const texts = v.record(v.string(), v.string())
const figure = v.object({
  label: word,
  figure: word,
  when: v.variant('at', [
    v.object({ at: v.literal('end') }),
    v.object({ at: v.literal('best') }),
    v.object({ at: v.literal('epoch'), epoch: whole }),
    v.object({ at: v.literal('last'), epochs: whole }),
  ]),
})
const choice = v.union([v.object({ variants: words }), v.object({ text: v.string() })])
const distribution = v.variant('kind', [
  v.object({
    kind: v.picklist(['uniform', 'log_uniform', 'integer']),
    from: v.number(),
    to: v.number(),
    unit: v.optional(word),
  }),
  v.object({ kind: v.literal('choice'), choices: v.array(choice) }),
])
const plan = v.object({
  name: word,
  doc: v.optional(v.string()),
  experiment: v.optional(word),
  settings: texts,
  axes: v.array(v.object({ names: words, steps: v.array(v.array(choice)) })),
  draws: v.optional(
    v.object({
      count: whole,
      draws: v.array(v.object({ name: word, from: distribution })),
      goal: v.optional(
        v.object({
          direction: v.picklist(['minimise', 'maximise']),
          figure,
          halving: v.optional(whole),
        }),
      ),
    }),
  ),
  seeds: v.optional(v.array(whole)),
  figures: v.array(figure),
  stops: v.array(
    v.object({
      text: word,
      figure: word,
      test: v.picklist(['<', '<=', '>', '>=']),
      value: v.number(),
      epoch: v.optional(whole),
    }),
  ),
})
const schema = v.object({
  format: v.literal(FORMAT),
  name: word,
  model: word,
  file: place,
  version: word,
  code: v.optional(sha256),
  plan,
  units: v.record(v.string(), v.object({ unit: word, scale: v.number() })),
  common: v.object({
    experiment: v.optional(word),
    precision: v.optional(v.picklist(['f32', 'f64'])),
    engine: word,
    dataDir: v.optional(place),
    allowRead: v.optional(v.array(place)),
    weights: v.optional(v.boolean()),
  }),
  epochs: v.optional(whole),
  root: place,
  files: v.array(v.object({ location: place, sha256 })),
  sources: v.pipe(
    v.array(
      v.object({
        root: v.picklist(['project', 'library']),
        path: pathBelow,
        sha256,
        text: v.string(),
      }),
    ),
    v.minLength(1, 'at least one source'),
  ),
  points: v.array(
    v.object({
      key: sha256,
      values: texts,
      variants: words,
      set: texts,
      settings: texts,
      seed: v.optional(v.number()),
    }),
  ),
})

/** Writes the definition of a sweep. Throws IoError. */
export async function writeSweepFile(path: string, sweep: SweepFile): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify({ format: FORMAT, ...sweep })}\n`)
}

/** Reads the definition of a sweep. Throws IoError if it is missing, damaged, or none. */
export async function readSweepFile(path: string): Promise<SweepFile> {
  const fail = (reason: string): never => {
    throw new IoError('read', path, reason)
  }
  const text = Buffer.from(await readBytes(path, MOST_BYTES)).toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('it is no JSON: the file is damaged')
  }
  const { format: _, ...sweep } = checked(schema, value, 'the sweep', fail)
  const sources = sweep.sources.map(({ root, path: below, sha256: hash, text: source }) => {
    const record = sourceRecord(root, below, source)
    return record.sha256 === hash ? record : fail(`the text of ${below} is not what it was`)
  })
  return { ...sweep, plan: sweep.plan as SweepPlan, sources }
}
