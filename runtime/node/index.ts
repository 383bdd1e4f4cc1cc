/**
 * The runtime's public face: engines that run compiled circuits, data, the experiment runner, and
 * the files it leaves. Nothing here knows the language or the compiler. What functions cannot take ends in a CallError.
 */
export { CallError } from '../../contract/calls/call.ts'
export {
  decodeSafetensors,
  encodeSafetensors,
  evaluate,
  fetchDataset,
  jsonLinesReporter,
  linesReporter,
  listRuns,
  loadDataset,
  loadStorages,
  overridePlan,
  Presenter,
  readCheckpoint,
  readWeights,
  restoreNetwork,
  runExperiment,
  selectEngine,
  summaryLines,
  terminalReporter,
} from './given.ts'
export { EngineError, engineNames, listEngines } from './engine/index.ts'
export type { EngineName, EngineReport } from './engine/index.ts'
export type {
  CreateOptions,
  Engine,
  NamedArray,
  Network,
  Presented,
  Rates,
} from '../engine/network.ts'

export { DataError } from '../data/types.ts'
export type { DatasetPlan, FieldPlan } from '../../contract/dataset.ts'
export type { DataPart, LoadedDataset, LoadOptions } from '../data/types.ts'

export { IoError } from '../io/errors.ts'
export type { StoredTensor, TensorFile } from './io/safetensors.ts'

export type { Checkpoint } from './train/checkpoint.ts'
export { RunError } from '../train/errors.ts'
export type { Scores } from '../train/evaluate.ts'
export type { Manifest, ManifestDraft } from './train/manifest.ts'
export type { RunOptions, RunStore, TimingRecord } from '../train/options.ts'
export type { ExperimentPlan } from '../../contract/plan.ts'
export { silentReporter } from '../train/reporter.ts'
export type { EpochDone, Reporter, RunResult, RunStarted, StepDone } from '../train/reporter.ts'
export { RunFolder } from './train/run-folder.ts'
export type { EpochRecord, MetricsRecord, RunState, StepRecord } from '../train/state.ts'
