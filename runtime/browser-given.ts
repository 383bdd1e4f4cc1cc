/**
 * Functions of the runtime as pages call them: what they cannot take ends in a CallError before anything is done.
 */
import * as v from 'valibot'
import { called, calledLater } from '../contract/calls/call.ts'
import { flag, instance, optional, whole } from '../contract/calls/values.ts'
import { loadDataset as load } from './data/load.ts'
import { loadArtifact as artifact } from './engine/wasm/artifact-files.ts'
import {
  dataset,
  loaded,
  loading,
  network,
  overrides,
  plan,
  reporter,
  running,
} from './given-values.ts'
import { overridePlan as override } from './train/override.ts'
import { runExperiment as run } from './train/run.ts'

/** Options of the engine. */
export const engineOptions = { table: { threads: whole(1), adapts: flag, fused: flag } }

/** Where a circuit is fetched from. */
export const address = v.union([v.string(), instance(URL, '')], 'the address of a file')

const bytes = optional(instance(Uint8Array, 'the bytes of a program, a Uint8Array'))

/** A compiled circuit from its files; see `engine/wasm/artifact-files.ts`. Throws CallError or EngineError. */
export const loadArtifact: typeof artifact = called(
  'loadArtifact',
  [
    v.union(
      [v.string(), v.looseObject({})],
      'the text of a NAME.json, or what JSON.parse gave for it',
    ),
    v.looseObject({ fused: bytes, plain: bytes }, 'the programs { fused, plain }'),
  ],
  artifact,
)

/** Makes a data set by its generators. Rejects with CallError or DataError. */
export const loadDataset: typeof load = calledLater('loadDataset', [dataset, loading], load)

/** The plan with `overrides` in place. Throws CallError or RunError. */
export const overridePlan: typeof override = called('overridePlan', [plan, overrides], override)

/** Runs the experiment; see `train/run.ts`. Rejects with CallError, DataError or RunError. */
export const runExperiment: typeof run = calledLater(
  'runExperiment',
  [plan, network, optional(loaded), running, reporter],
  run,
)
