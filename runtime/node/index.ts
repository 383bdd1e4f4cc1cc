/**
 * The runtime's public face: engines that run compiled circuits, data, the experiment runner, and
 * the files it leaves. Nothing here knows the language or the compiler.
 */
export { EngineError, engineNames, listEngines, selectEngine } from './engine/index.ts'
export type { EngineName, EngineReport } from './engine/index.ts'
export type {
  CreateOptions,
  Engine,
  NamedArray,
  Network,
  Presented,
  Rates,
} from '../engine/network.ts'

export { fetchDataset } from './data/fetch.ts'
export { loadDataset } from './data/readers.ts'
export { DataError } from '../data/types.ts'
export type { DatasetPlan, FieldPlan } from '../../contract/dataset.ts'
export type { DataPart, LoadedDataset, LoadOptions } from '../data/types.ts'

export { IoError } from '../io/errors.ts'
export { decodeSafetensors, encodeSafetensors } from './io/safetensors.ts'
export type { StoredTensor, TensorFile } from './io/safetensors.ts'

export { loadStorages, readCheckpoint, readWeights, restoreNetwork } from './train/checkpoint.ts'
export type { Checkpoint } from './train/checkpoint.ts'
export { RunError } from '../train/errors.ts'
export { evaluate } from '../train/evaluate.ts'
export type { Scores } from '../train/evaluate.ts'
export type { Manifest, ManifestDraft } from './train/manifest.ts'
export type { RunOptions, RunStore, TimingRecord } from '../train/options.ts'
export { overridePlan } from '../train/override.ts'
export type { ExperimentPlan } from '../../contract/plan.ts'
export { Presenter } from '../train/present.ts'
export { silentReporter } from '../train/reporter.ts'
export type { EpochDone, Reporter, RunResult, RunStarted, StepDone } from '../train/reporter.ts'
export { runExperiment } from '../train/run.ts'
export { listRuns, RunFolder } from './train/run-folder.ts'
export type { EpochRecord, MetricsRecord, RunState, StepRecord } from '../train/state.ts'

export { jsonLinesReporter } from '../report/json-lines.ts'
export { linesReporter } from '../report/lines.ts'
export { summaryLines } from '../report/summary.ts'
export { terminalReporter } from '../report/terminal.ts'
