/** The options of each of the library's functions; types hold the tables to the interfaces, name by name. */
import * as v from 'valibot'
import { mostCopies } from '../../contract/copies.ts'
import type { Host } from '../../compiler/compile.ts'
import type { CompareOptions } from '../compare/index.ts'
import type { DescribeOptions } from '../describe.ts'
import type { DiffOptions } from '../diff.ts'
import type { EmitOptions } from '../emit.ts'
import type { EvaluateOptions } from '../evaluate.ts'
import type { GraphOptions } from '../graph.ts'
import type { PlotOptions } from '../plot.ts'
import type { ReportOptions } from '../report/write.ts'
import type { OpenOptions } from '../run.ts'
import type { Surroundings } from '../surroundings.ts'
import type { SweepOptions } from '../sweeps/index.ts'
import type { TrainOptions } from '../train.ts'
import {
  call,
  environment,
  finite,
  flag,
  having,
  host,
  oneOf,
  settings,
  text,
  texts,
  whole,
} from '../../contract/calls/values.ts'

type FileOptions = Partial<Surroundings> & { readonly host?: Host | undefined }
type Table<Options> = Readonly<Record<keyof Options, v.GenericSchema>>

const where = { cwd: text, env: environment, clock: call }

const signal = having('aborted', 'an AbortSignal')
const choice = { experiment: text, variants: texts, set: settings }
const precision = oneOf('f32', 'f64')
const engine = oneOf('auto', 'wasm', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu')
const data = { dataDir: text, allowRead: texts }

const check: Table<FileOptions> = { ...where, host }
const compile: Table<EmitOptions & FileOptions> = {
  ...check,
  ...choice,
  target: oneOf('tfjs', 'wasm'),
  emit: oneOf('ast', 'model', 'ir', 'plan', 'ts', 'wat', 'wasm'),
  precision,
  tape: whole(1),
  after: having('pass', 'a pass and what shows it'),
  onStage: call,
}
const describe: Table<DescribeOptions> = {
  ...check,
  ...choice,
  format: oneOf('text', 'markdown', 'html', 'html-fragment', 'latex', 'json'),
  output: text,
}
const diff: Table<DiffOptions> = { ...where, ...choice, output: text, out: text }
const graph: Table<GraphOptions> = { ...check, ...choice, theme: oneOf('auto', 'light', 'dark') }
const train: Table<TrainOptions> = {
  ...check,
  ...choice,
  ...data,
  engine,
  threads: whole(1),
  precision,
  epochs: whole(0),
  steps: whole(1),
  batch: whole(1),
  seed: whole(),
  replicate: whole(1, mostCopies),
  tape: whole(1),
  limit: whole(1),
  untilLoss: finite,
  noStop: flag,
  out: text,
  name: text,
  resume: v.union([v.literal(true), v.string()], 'the name of a run, or true for the latest'),
  force: flag,
  report: flag,
  live: v.strictObject({ port: v.optional(whole(1, 65_535)) }, 'an object that may have a port'),
  signal,
  on: call,
}
const evaluate: Table<EvaluateOptions> = {
  ...check,
  ...choice,
  ...data,
  checkpoint: text,
  part: oneOf('test', 'validation', 'train'),
  engine,
  threads: whole(1),
  out: text,
  on: call,
}
const plot: Table<PlotOptions> = {
  ...where,
  names: texts,
  output: text,
  from: finite,
  to: finite,
  out: text,
}
const sweep: Table<SweepOptions> = {
  ...check,
  ...data,
  experiment: text,
  set: settings,
  name: text,
  called: text,
  vary: texts,
  seeds: text,
  report: texts,
  epochs: whole(0),
  steps: whole(1),
  batch: whole(1),
  limit: whole(1),
  precision,
  weights: flag,
  warn: call,
  sweeps: text,
  network: engine,
  resume: flag,
  jobs: whole(1),
  signal,
  on: call,
}
const openSweep: Table<Pick<SweepOptions, 'cwd' | 'env' | 'clock' | 'sweeps'>> = {
  ...where,
  sweeps: text,
}
const openRun: Table<OpenOptions> = { ...where, out: text }
const compare: Table<CompareOptions> = { ...where, out: text }
const report: Table<ReportOptions> = { ...where, ...data, output: text, out: text }

/** See the module's head. */
export const known = {
  check,
  compile,
  describe,
  diff,
  graph,
  train,
  evaluate,
  plot,
  sweep,
  openSweep,
  openRun,
  compare,
  report,
}

/** A function whose options are known. */
export type Callable = keyof typeof known
