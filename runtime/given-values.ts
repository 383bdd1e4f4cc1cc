/** What the runtime's public functions are given, for `contract/calls/`. */
import * as v from 'valibot'
import {
  able,
  call,
  finite,
  flag,
  having,
  lists,
  named,
  oneOf,
  text,
  texts,
  whole,
} from '../contract/calls/values.ts'

/** The plan of an experiment. */
export const plan = lists(
  ['present', 'optimisers', 'measures', 'scores', 'records', 'phases'],
  'the plan of an experiment, which a compilation has as `plan`',
)

const reader = v.looseObject({
  name: v.string('a reader'),
  positional: v.array(v.unknown(), 'the values of a reader'),
  named: v.looseObject({}, 'the values of a reader by name'),
})

/** The plan of a data set. */
export const dataset = v.looseObject(
  {
    name: v.string('a data set with a name'),
    fields: v.array(
      v.looseObject({ name: v.string('a field'), shape: v.array(v.number('sizes'), 'sizes') }),
      'a data set with its fields',
    ),
    train: reader,
    test: reader,
  },
  'the plan of a data set, which that of an experiment has as `data.dataset`',
)

/** How a data set is loaded. */
export const loading = v.looseObject(
  {
    dataDir: v.optional(text),
    allowed: v.optional(texts),
    precision: v.optional(oneOf('f32', 'f64')),
    standardise: flag,
    validation: finite,
    limit: v.optional(whole(1)),
    seed: finite,
  },
  'options with `standardise`, `validation` and `seed`',
)

/** Some examples. */
export const part = having(['count', 'fields'], 'a part of a data set')

/** What `loadDataset` returns. */
export const loaded = having(['plan', 'train', 'validation', 'test'], 'a data set that was loaded')

/** An instance of a circuit. */
export const network = able(
  ['infer', 'score', 'step', 'measuredStep', 'observe', 'save', 'load', 'set'],
  'a network, which an engine made',
)

/** Receives what happens in a run. */
export const reporter = able(
  ['started', 'step', 'evaluating', 'epoch', 'phase', 'ended', 'failed'],
  'a reporter, such as silentReporter',
)

/** Arrays by name. */
export const arrays = v.record(
  v.string(),
  v.looseObject({ shape: v.array(v.number('sizes'), 'arrays with a shape'), data: v.unknown() }),
  'arrays by name',
)

/** What may be changed of an experiment from outside; what is said in it is looked at where it is changed. */
export const overrides = v.looseObject({}, 'an object of what is to be changed')

/** How a run is run. */
export const running = v.looseObject(
  {
    store: v.optional(able(['addMetrics', 'addTiming', 'saveCheckpoint'], 'a store of runs')),
    state: v.optional(having(['step', 'epoch', 'batch'], 'the state of a run')),
    parameters: v.optional(v.looseObject({}, 'values by name')),
    variables: v.optional(texts),
    states: v.optional(texts),
    initial: v.optional(arrays),
    examples: v.optional(arrays),
    patterns: v.optional(v.looseObject({}, 'patterns by name')),
    interrupt: v.optional(having('aborted', 'an AbortSignal')),
    clock: v.optional(call),
    checkpointSeconds: v.optional(finite),
  },
  'an object of options',
)

/** What folders of runs are given. */
export const folder = named('a folder')
export const runName = named('the name of a run')
export const manifest = having('plan', 'a manifest')
export const draft = having(['model', 'experiment', 'plan', 'sources'], 'the draft of a manifest')
export const newRun = having(['root', 'startedAt'], 'an object with root and startedAt')
