/**
 * What a run's manifest and the state in a checkpoint look like. A folder of a run may come from anywhere:
 * whatever is read of it is checked by these schemas first. Keys that are not named here are let be, so
 * that a later version of ccn may add some.
 */
import * as v from 'valibot'
import { mostCopies } from '../../../contract/copies.ts'
import type { EvaluatedPlan } from '../../../contract/plan.ts'
import { figure, pathBelow, place, sha256, whole, word, words } from '../io/schema.ts'

const figures = v.record(v.string(), figure)
const optional = v.exactOptional
/** How many seeds a circuit is run with: of each there is a folder. */
const copies = v.pipe(whole, v.maxValue(mostCopies, `at most ${mostCopies} copies`))
const names = words

const source = v.looseObject({
  root: v.picklist(['project', 'library']),
  path: pathBelow,
  sha256,
  text: v.pipe(v.string(), v.maxLength(2 ** 24, 'at most 16 MiB of text')),
})

const invocation = v.looseObject({
  experiment: optional(word),
  variants: names,
  set: v.record(v.string(), v.string()),
  epochs: optional(whole),
  steps: optional(whole),
  batch: optional(whole),
  seed: optional(v.number()),
  replicate: optional(copies),
  limit: optional(whole),
  untilLoss: optional(v.number()),
  noStop: optional(v.boolean()),
  dataDir: optional(place),
  tape: optional(whole),
  precision: optional(v.picklist(['f32', 'f64'])),
})

const file = v.looseObject({
  name: word,
  path: place,
  array: optional(v.string()),
  sha256,
  location: place,
})

const interval = v.looseObject({ unit: v.picklist(['steps', 'epochs']), count: v.number() })

const reader = v.looseObject({
  name: word,
  positional: v.array(v.union([v.number(), v.string()])),
  named: v.record(v.string(), v.union([v.number(), v.string()])),
  step: optional(v.number()),
})

const dataset = v.looseObject({
  name: word,
  fields: v.array(
    v.looseObject({
      name: word,
      shape: v.array(whole),
      time: optional(v.literal(true)),
      lasts: optional(word),
      classes: optional(whole),
      mean: optional(v.array(v.number())),
      std: optional(v.array(v.number())),
    }),
  ),
  train: reader,
  test: reader,
})

const lasts = v.looseObject({
  unit: v.picklist(['steps', 'epochs', 'examples']),
  count: v.pipe(v.number(), v.minValue(0, 'at least 0')),
})

const phase = v.looseObject({
  kind: v.literal('phase'),
  name: word,
  lasts,
  settings: figures,
  plasticity: v.boolean(),
  frozen: names,
  perturb: optional(v.array(v.looseObject({ storage: word, by: v.looseObject({ kind: word }) }))),
})

interface Part {
  kind: 'phase' | 'repeat'
}
const part: v.GenericSchema<Part> = v.lazy((value) =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'repeat'
    ? v.looseObject({ kind: v.literal('repeat'), times: whole, phases: v.array(part) })
    : phase,
)

/** The compiler holds the list to be whole. */
const combines = Object.keys({
  mean: true,
  sum: true,
  max: true,
  min: true,
  variance: true,
  std: true,
  cv: true,
} satisfies Record<EvaluatedPlan['combine'], true>)

/** What something is told in, by name. */
const units = v.record(v.string(), v.looseObject({ unit: v.string(), scale: v.number() }))

const plan = v.looseObject({
  name: word,
  data: optional(
    v.looseObject({
      dataset,
      standardise: v.boolean(),
      validation: v.number(),
      smoothing: v.number(),
      limit: optional(v.number()),
      ordered: optional(v.literal(true)),
      once: optional(v.literal(true)),
      augment: optional(v.looseObject({ fields: names, steps: v.array(v.looseObject({})) })),
    }),
  ),
  present: v.array(
    v.looseObject({
      input: word,
      field: word,
      encoding: word,
      size: whole,
      time: optional(v.literal(true)),
      fit: optional(v.picklist(['stretched', 'padded'])),
      inference: v.boolean(),
    }),
  ),
  batch: whole,
  evaluationBatch: whole,
  epochs: optional(whole),
  clock: optional(v.looseObject({ step: v.number(), steps: whole, hold: v.number() })),
  seed: v.number(),
  replicate: optional(copies),
  varied: optional(
    v.pipe(
      v.array(v.record(v.string(), v.string())),
      v.maxLength(mostCopies, `at most ${mostCopies} copies`),
    ),
  ),
  precision: optional(v.literal('f64')),
  optimisers: v.array(v.looseObject({ name: word, kind: word, rate: figure })),
  measures: v.array(
    v.looseObject({
      label: v.string(),
      outputs: v.array(v.string()),
      unit: optional(v.string()),
      scale: optional(v.number()),
      partial: optional(v.literal(true)),
      every: interval,
    }),
  ),
  scores: names,
  records: v.array(
    v.looseObject({
      variables: names,
      times: optional(names),
      weights: names,
      units: optional(units),
      every: interval,
    }),
  ),
  weightUnits: optional(units),
  infinite: optional(names),
  evaluation: optional(
    v.looseObject({
      every: optional(whole),
      steps: whole,
      phases: v.array(phase),
      keep: names,
      states: names,
      written: names,
      measures: v.array(
        v.looseObject({
          label: v.string(),
          output: v.string(),
          value: v.string(),
          combine: v.picklist(combines),
          factor: v.number(),
          over: whole,
        }),
      ),
    }),
  ),
  checks: optional(v.record(v.string(), v.string())),
  stops: optional(
    v.array(
      v.looseObject({
        text: v.string(),
        figure: v.string(),
        of: v.picklist(['evaluation', 'measure']),
        test: v.picklist(['<', '<=', '>', '>=', 'stalls']),
        value: optional(v.number()),
        lasts,
      }),
    ),
  ),
  phases: v.array(part),
})

const date = v.pipe(v.string(), v.isoTimestamp('a time as ISO 8601 writes it'))

/** `manifest.json`, but for its format, which is looked at first. */
export const manifestSchema = v.looseObject({
  name: word,
  model: word,
  experiment: word,
  sources: v.pipe(
    v.array(source),
    v.minLength(1, 'one source at least'),
    v.maxLength(1000, 'at most 1000 sources'),
  ),
  invocation,
  dataDirCode: optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a code'))),
  parameters: figures,
  files: optional(v.array(file)),
  examples: optional(v.looseObject({ train: sha256, validation: sha256, test: sha256 })),
  patterns: optional(v.array(v.looseObject({ name: v.string(), count: whole, hash: v.string() }))),
  plan,
  seed: v.number(),
  resolved: optional(v.string()),
  engine: word,
  versions: v.looseObject({ ccn: word, node: word, tfjs: word }),
  startedAt: date,
  finishedAt: optional(date),
  failure: optional(v.pipe(v.string(), v.maxLength(2 ** 16, 'at most 64 kB'))),
  result: optional(v.looseObject({ kind: v.picklist(['epoch', 'phase']) })),
})

const means = v.record(v.string(), v.looseObject({ sum: figure, count: whole }))

const round = v.looseObject({
  begins: whole,
  ends: v.nullable(whole),
  phases: v.record(v.string(), means),
})

/** Where a run stands. */
export const stateSchema = v.looseObject({
  epoch: whole,
  batch: whole,
  step: whole,
  best: optional(
    v.looseObject({
      epoch: whole,
      part: v.picklist(['validation', 'test']),
      score: word,
      value: figure,
    }),
  ),
  scoreMeans: means,
  measureMeans: means,
  metricsLines: whole,
  timingLines: whole,
  last: optional(v.looseObject({ kind: v.picklist(['epoch', 'phase']) })),
  stops: optional(
    v.array(
      v.looseObject({
        since: optional(whole),
        best: optional(v.looseObject({ value: figure, at: whole })),
      }),
    ),
  ),
  stopped: optional(word),
  plateaus: optional(
    v.record(
      v.string(),
      v.looseObject({
        best: optional(figure),
        bad: whole,
        resting: whole,
        rates: v.array(v.tuple([whole, figure])),
      }),
    ),
  ),
  rounds: optional(v.looseObject({ current: round, last: optional(round) })),
  records: optional(v.looseObject({ part: whole, rows: v.record(v.string(), whole) })),
})
