/**
 * `ccn` as a library: what the command line does, as functions that return and tell data. Nothing here
 * prints. Errors that people can do something about are of the classes below.
 */
import type { Host } from '../compiler/compile.ts'
import { checkFiles } from './check.ts'
import { checkName, checkNames, checkOptions } from './options/check.ts'
import { diff as diffIn, type Compared, type DiffOptions } from './diff.ts'
import { describe as describeFile, type Described, type DescribeOptions } from './describe.ts'
import { emitStage, type EmittedFile, type EmitOptions } from './emit.ts'
import type { CheckedFile } from './check.ts'
import type { Diagnostic } from '../grammar/diagnostics/diagnostic.ts'
import { evaluate as evaluateTarget, type EvaluateOptions, type Evaluation } from './evaluate.ts'
import { compare as compareIn, type CompareOptions, type Comparison } from './compare/index.ts'
import { graph as graphOf, type Drawn, type GraphOptions } from './graph.ts'
import { plot as plotRun, type PlotOptions } from './plot.ts'
import { report as reportIn, type ReportOptions } from './report/write.ts'
import { openRun as openRunIn, Run, type OpenOptions } from './run.ts'
import { sourceIn } from './sources.ts'
import { surroundings, type Surroundings } from './surroundings.ts'
import { openSweep as openSweepOf, runSweep, Sweep, type SweepOptions } from './sweeps/index.ts'
import { train as trainIn, type TrainOptions } from './train.ts'
import type { RunResult } from '../runtime/train/reporter.ts'

export { version } from '../compiler/version.ts'
export type { Host } from '../compiler/compile.ts'
export type { Diagnostic, Severity } from '../grammar/diagnostics/diagnostic.ts'
export type { DiagnosticData, RenderOptions } from '../grammar/diagnostics/render.ts'
export {
  diagnosticData,
  diskHost,
  format,
  memoryHost,
  renderDiagnostic,
  saveSvgAs,
} from './given.ts'
export type { Finding } from '../service/check-all.ts'
export type { CheckedFile } from './check.ts'
export type { Described, DescribeOptions } from './describe.ts'
export type { Compared, DiffOptions } from './diff.ts'
export type { Change, Difference, FactDifference } from '../service/difference/index.ts'
export type { DescriptionFormat } from '../service/description/render.ts'
export type { EmittedFile, EmitOptions, Stage, Target } from './emit.ts'
export { CompileError, ProjectError } from './errors.ts'
export type { Evaluation, EvaluateOptions, Part } from './evaluate.ts'
export type { Drawn, GraphOptions } from './graph.ts'
export type { PictureKind } from './pictures.ts'
export type { TrainEvent } from './events.ts'
export type { ComparedGroup, ComparedRun, CompareOptions, Comparison } from './compare/index.ts'
export type { MeanResult, Result } from './compare/results.ts'
export type { PlotOptions } from './plot.ts'
export type { ReportOptions } from './report/write.ts'
export { Run, type OpenOptions } from './run.ts'
export type { Surroundings } from './surroundings.ts'
export { Sweep, type SweepEvent, type SweepOptions } from './sweeps/index.ts'
export { SweepPoint } from './sweeps/point-view.ts'
export type { PointResult } from './sweeps/store.ts'
export type { Estimate, Group, Progress, SweepSummary } from './sweeps/summary.ts'
export type { DefinedPoint } from './sweeps/sweep-file.ts'
export type { TrainOptions } from './train.ts'
export type { EngineChoice } from './experiment.ts'
export { DataError } from '../runtime/data/types.ts'
export { EngineError } from '../runtime/engine/errors.ts'
export { PatternError } from '../runtime/patterns/errors.ts'
export type { NamedArray } from '../runtime/engine/network.ts'
export { IoError } from '../runtime/io/errors.ts'
export type { Manifest } from '../runtime/node/train/manifest.ts'
export type { Events, Series } from '../runtime/report/series.ts'
export { RunError } from '../runtime/train/errors.ts'
export type {
  EpochRecord,
  MetricsRecord,
  PhaseRecord,
  RunState,
  StepRecord,
} from '../runtime/train/state.ts'

/** How to read files. */
export interface FileOptions extends Partial<Surroundings> {
  /** Where source files are read; default: the disk. */
  readonly host?: Host | undefined
}

/**
 * What is wrong with files, and those below folders, in every experiment and variant. Files with errors
 * are no reason to throw. Throws ProjectError for what does not exist.
 */
export async function check(
  files: string | readonly string[],
  options: FileOptions = {},
): Promise<readonly CheckedFile[]> {
  checkOptions('check', options)
  const names = typeof files === 'string' ? [files] : files
  checkNames('check', 'a file, or a list of files', names)
  return checkFiles(surroundings(options), names, options.host)
}

/** What a file was compiled to. */
export interface CompiledFile {
  /** One text, or for `wasm` the files of a program. */
  readonly files: readonly EmittedFile[]
  /** Warnings and remarks. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Compiles a file to one stage of the compiler. Throws CompileError or ProjectError. */
export async function compile(
  file: string,
  options: EmitOptions & FileOptions = {},
): Promise<CompiledFile> {
  checkOptions('compile', options)
  checkName('compile', 'a file', file)
  const find = () => sourceIn(surroundings(options), file, options.host)
  const { files, diagnostics } = await emitStage(find, options)
  return { files, diagnostics }
}

/**
 * Describes a file in the form of the field, and writes that where `output` says. Throws CompileError,
 * ProjectError or IoError.
 */
export async function describe(file: string, options: DescribeOptions = {}): Promise<Described> {
  checkOptions('describe', options)
  checkName('describe', 'a file', file)
  return describeFile(file, options)
}

/**
 * How two circuits differ in meaning: files or runs; or, where `after` is left out, a file as it stands and with
 * the options' variants and parameters. Writes a picture of it where `output` says. Throws CompileError,
 * ProjectError or IoError.
 */
export async function diff(
  before: string,
  after?: string,
  options: DiffOptions = {},
): Promise<Compared> {
  checkOptions('diff', options)
  checkName('diff', 'a file or run', before)
  if (after !== undefined) checkName('diff', 'a second file or run', after)
  return diffIn(before, after, options)
}

/** How training ended, and the run that is left. */
export interface Trained extends RunResult {
  readonly run: Run
  /** Why the page of the run could not be written. */
  readonly pageProblem?: string
}

/**
 * Trains a file in a folder of its own; with `resume`, goes on with a run, and the file may be left out.
 * Ends as `interrupted` once `signal` is aborted, with everything saved. Throws CompileError,
 * ProjectError, DataError, EngineError, IoError or RunError.
 */
export async function train(
  file: string | undefined,
  options: TrainOptions = {},
): Promise<Trained> {
  checkOptions('train', options)
  if (file !== undefined) checkName('train', 'a file', file)
  const { run, status, state, pageProblem } = await trainIn(file, options)
  return {
    run: new Run(run),
    status,
    state,
    ...(pageProblem !== undefined && { pageProblem }),
  }
}

/**
 * Scores of a run, by name or folder, or of a `.ccn` file. Throws CompileError, ProjectError, DataError,
 * EngineError or IoError.
 */
export async function evaluate(target: string, options: EvaluateOptions = {}): Promise<Evaluation> {
  checkOptions('evaluate', options)
  checkName('evaluate', 'a run or a file', target)
  return evaluateTarget(target, options)
}

/** Draws what a run recorded and measured; gives the path of the picture. */
export async function plot(run: string, options: PlotOptions = {}): Promise<string> {
  checkOptions('plot', options)
  checkName('plot', 'a run', run)
  return plotRun(run, options)
}

/** How a sweep ended. */
export interface Swept {
  readonly sweep: Sweep
  readonly status: 'finished' | 'interrupted'
}

/**
 * Runs a sweep that a file declares, or that the options say; what was done before is not done again. Ends as
 * `interrupted` once `signal` is aborted, with every point saved. That points fail is no reason to throw: the
 * summary tells. Throws CompileError, ProjectError, EngineError or IoError.
 */
export async function sweep(file: string | undefined, options: SweepOptions = {}): Promise<Swept> {
  checkOptions('sweep', options)
  if (file !== undefined) checkName('sweep', 'a file', file)
  const { folder, status } = await runSweep(file, options)
  return { sweep: new Sweep(folder), status }
}

/** Writes the page of a run once more; gives its path. Throws ProjectError or IoError. */
export async function report(run: string, options: ReportOptions = {}): Promise<string> {
  checkOptions('report', options)
  checkName('report', 'a run', run)
  return reportIn(run, options)
}

/**
 * What runs differ in, what they came to, and their curves; runs that differ in the seed alone are a group, told by
 * mean and standard error. Throws ProjectError or IoError.
 */
export async function compare(
  runs: readonly string[],
  options: CompareOptions = {},
): Promise<Comparison> {
  checkOptions('compare', options)
  checkNames('compare', 'a list of runs', runs)
  return compareIn(runs, options)
}

/** Draws the circuit of a file. Throws CompileError or ProjectError. */
export async function graph(file: string, options: GraphOptions = {}): Promise<Drawn> {
  checkOptions('graph', options)
  checkName('graph', 'a file', file)
  return graphOf(file, options)
}

/** The run of that name, or in that folder. Throws ProjectError if there is none. */
export async function openRun(name: string, options: OpenOptions = {}): Promise<Run> {
  checkOptions('openRun', options)
  checkName('openRun', 'the name of a run', name)
  return openRunIn(name, options)
}

/** The sweep of that name in a folder of sweeps. Throws ProjectError if there is none. */
export async function openSweep(
  name: string,
  options: Pick<SweepOptions, 'sweeps'> & Partial<Surroundings> = {},
): Promise<Sweep> {
  checkOptions('openSweep', options)
  checkName('openSweep', 'the name of a sweep', name)
  return openSweepOf(name, options)
}
