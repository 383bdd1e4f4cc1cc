/**
 * The runtime's functions as other programs call them: what they cannot take ends in a CallError before anything is done.
 * Rooms of the house import the functions themselves.
 */
import * as v from 'valibot'
import { called, calledLater, checkCall } from '../../contract/calls/call.ts'
import {
  able,
  call,
  finite,
  flag,
  having,
  instance,
  named,
  optional,
  whole,
} from '../../contract/calls/values.ts'
import {
  arrays,
  dataset,
  loaded,
  loading,
  network,
  overrides,
  part,
  plan,
  reporter,
  running,
} from '../given-values.ts'
import { jsonLinesReporter as jsonLines } from '../report/json-lines.ts'
import { linesReporter as lines } from '../report/lines.ts'
import { summaryLines as summary } from '../report/summary.ts'
import { terminalReporter as terminal } from '../report/terminal.ts'
import { evaluate as scores } from '../train/evaluate.ts'
import { overridePlan as override } from '../train/override.ts'
import { Presenter as Presenting } from '../train/present.ts'
import { runExperiment as run } from '../train/run.ts'
import { fetchDataset as fetchData } from './data/fetch.ts'
import { loadDataset as load } from './data/readers.ts'
import { selectEngine as select } from './engine/index.ts'
import * as safetensors from './io/safetensors.ts'
import * as checkpoints from './train/checkpoint.ts'
import { listRuns as list } from './train/run-folder.ts'

const path = named('the path of a file')
const folder = named('a folder')
const anything = v.looseObject({}, 'an object')
const write = v.function('a function that takes text')

/** The engine of that name, or the fastest; see `engine/index.ts`. Rejects with CallError or EngineError. */
export const selectEngine: typeof select = calledLater(
  'selectEngine',
  [
    optional(named('the name of an engine')),
    { table: { threads: whole(1), adapts: flag, fused: flag } },
  ],
  select,
)

/** Fetches a public data set; see `data/fetch.ts`. Rejects with CallError, DataError or IoError. */
export const fetchDataset: typeof fetchData = calledLater(
  'fetchDataset',
  [
    named('the name of a data set'),
    folder,
    { table: { sources: anything, onProgress: call, fetchImpl: call, patience: finite } },
  ],
  fetchData,
)

/** Reads or generates a data set. Rejects with CallError, DataError or IoError. */
export const loadDataset: typeof load = calledLater('loadDataset', [dataset, loading], load)

/** The tensors and metadata of a file. Throws CallError or IoError. */
export const decodeSafetensors: typeof safetensors.decodeSafetensors = called(
  'decodeSafetensors',
  [
    v.union(
      [instance(Uint8Array, ''), able(['read'], '')],
      'the bytes of a file, a Uint8Array, or what reads them',
    ),
    path,
    optional(call),
  ],
  safetensors.decodeSafetensors,
)

const tensor = v.looseObject({
  shape: v.array(v.number('sizes'), 'tensors by name, a Map'),
  data: v.custom(
    (value) => ArrayBuffer.isView(value) && 'length' in value,
    'tensors with their values as typed arrays',
  ),
})

/** The bytes of a file with these tensors. Throws CallError, or RangeError for a shape that does not fit. */
export const encodeSafetensors: typeof safetensors.encodeSafetensors = called(
  'encodeSafetensors',
  [
    v.map(v.string('tensors by name, a Map'), tensor, 'tensors by name, a Map'),
    optional(v.record(v.string(), v.string('texts by name'), 'texts by name')),
  ],
  safetensors.encodeSafetensors,
)

/** Loads all storages; see `train/checkpoint.ts`. Throws CallError or IoError. */
export const loadStorages: typeof checkpoints.loadStorages = called(
  'loadStorages',
  [network, arrays, path],
  checkpoints.loadStorages,
)

/** Reads a checkpoint. Rejects with CallError or IoError. */
export const readCheckpoint: typeof checkpoints.readCheckpoint = calledLater(
  'readCheckpoint',
  [path, optional(named('the identity of a run'))],
  checkpoints.readCheckpoint,
)

/** Reads the tensors of any safetensors file. Rejects with CallError or IoError. */
export const readWeights: typeof checkpoints.readWeights = calledLater(
  'readWeights',
  [path],
  checkpoints.readWeights,
)

/** Puts the network where the checkpoint left it. Throws CallError or IoError. */
export const restoreNetwork: typeof checkpoints.restoreNetwork = called(
  'restoreNetwork',
  [
    network,
    v.looseObject({ state: having('step', 'a checkpoint'), storages: arrays }, 'a checkpoint'),
    path,
  ],
  checkpoints.restoreNetwork,
)

/** All runs below a folder whose manifests can be read, the latest first. Rejects with CallError. */
export const listRuns: typeof list = calledLater('listRuns', [folder], list)

/** The mean scores on a part of a data set; see `train/evaluate.ts`. Rejects with CallError. */
export const evaluate: typeof scores = calledLater(
  'evaluate',
  [network, able(['present'], 'a Presenter'), part, whole(1), optional(call), optional(anything)],
  scores,
)

/** The plan with `overrides` in place. Throws CallError or RunError. */
export const overridePlan: typeof override = called('overridePlan', [plan, overrides], override)

/** Runs the experiment; see `train/run.ts`. Rejects with CallError, DataError or RunError. */
export const runExperiment: typeof run = calledLater(
  'runExperiment',
  [plan, network, optional(loaded), running, reporter],
  run,
)

/** Turns examples of a data set into network inputs; see `train/present.ts`. Throws CallError or DataError. */
export class Presenter extends Presenting {
  constructor(...given: ConstructorParameters<typeof Presenting>) {
    checkCall(
      'new Presenter',
      [
        v.array(
          having(['input', 'field', 'encoding'], 'what is presented, a list'),
          'what is presented, a list',
        ),
        dataset,
        finite,
        optional(anything),
        optional(whole(1)),
      ],
      given,
    )
    super(...given)
  }
}

/** Reports a run as JSON lines; see `report/json-lines.ts`. Throws CallError. */
export const jsonLinesReporter: typeof jsonLines = called(
  'jsonLinesReporter',
  [write, optional(anything), optional(anything)],
  jsonLines,
)

/** Reports a run as plain lines. Throws CallError. */
export const linesReporter: typeof lines = called('linesReporter', [write], lines)

/** Lines about the state that a run ended in. Throws CallError. */
export const summaryLines: typeof summary = called(
  'summaryLines',
  [plan, having(['step', 'epoch', 'measureMeans'], 'the state of a run')],
  summary,
)

/** Reports a run on a terminal. Throws CallError. */
export const terminalReporter: typeof terminal = called(
  'terminalReporter',
  [
    v.looseObject(
      { write, columns: v.function('a function'), colour: flag, clock: optional(call) },
      'an object with write, columns and colour',
    ),
  ],
  terminal,
)
