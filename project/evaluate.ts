/**
 * Scores of a run, rebuilt from what its manifest holds, or of a file with weights from a checkpoint.
 */
import type { Host } from '../compiler/compile.ts'
import type { ExperimentPlan } from '../contract/plan.ts'
import type { DataPart, LoadedDataset } from '../runtime/data/types.ts'
import type { NamedArray, Network } from '../runtime/engine/network.ts'
import { selectEngine } from '../runtime/node/engine/index.ts'
import { readWeights } from '../runtime/node/train/checkpoint.ts'
import type { Invocation } from '../runtime/node/train/manifest.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import { evaluate as scoresOf, type Scores, traceScore } from '../runtime/train/evaluate.ts'
import { ClockEvaluation } from '../runtime/train/clock-evaluation.ts'
import { RunError } from '../runtime/train/errors.ts'
import { findInScores, probabilityBehind, valueText } from '../runtime/train/finite.ts'
import { pick } from '../runtime/train/pick.ts'
import { Presenter } from '../runtime/train/present.ts'
import type { Choice } from './compile.ts'
import { breathing } from './breathing.ts'
import { misuse, ProjectError } from './errors.ts'
import type { Listener } from './events.ts'
import {
  compileExperiment,
  storedSource,
  type CompiledExperiment,
  type EngineChoice,
} from './experiment.ts'
import { dataOf, loadWeights, networkOf } from './network.ts'
import { copiesIn, findNamed, requireOne } from './runs.ts'
import { sourceIn, type Source } from './sources.ts'
import { pathIn, surroundings, type Surroundings } from './surroundings.ts'

/** Parts of the data that can be evaluated. */
export type Part = 'test' | 'validation' | 'train'

/** What to evaluate, and how. */
export interface EvaluateOptions extends Choice, Partial<Surroundings> {
  /** Of a run: 'latest' (the default), 'best', or a file. Of a file: none, or a file. */
  readonly checkpoint?: string | undefined
  /** Default 'test'. */
  readonly part?: Part | undefined
  /** Default: that of the run, else the fastest. */
  readonly engine?: EngineChoice | undefined
  readonly threads?: number | undefined
  /** Folder of data files; default: as in training. */
  readonly dataDir?: string | undefined
  /** Folders that data, weights and masks may lie in besides the data folder and the project's. */
  readonly allowRead?: readonly string[] | undefined
  /** Folder of runs; default `runs`. */
  readonly out?: string | undefined
  /** Where source files are read; default: the disk. */
  readonly host?: Host | undefined
  /** Told what the compiler warns of. */
  readonly on?: Listener | undefined
}

/** What an evaluation came to. */
export interface Evaluation {
  /** Of the run, or the file as it was named. */
  readonly name: string
  /** Parameters that were set from outside. */
  readonly set: Readonly<Record<string, string>>
  /** The file of the weights; absent if they are untrained. */
  readonly weights?: string
  readonly part: Part
  readonly examples: number
  /** Says what scores are told in. */
  readonly plan: ExperimentPlan
  /** By name: `loss`, and `error` as a fraction where examples have labels. */
  readonly scores: Scores
}

type Storages = Readonly<Record<string, NamedArray>>

/** What is evaluated. */
interface Subject {
  readonly name: string
  readonly source: Source
  readonly invocation: Invocation
  /** None: as they are initially. */
  readonly weights?: { readonly path: string; readonly storages: Storages }
  readonly run?: RunFolder
}

/**
 * Evaluates a run, by name or folder, or a `.ccn` file. Throws CompileError, ProjectError, DataError,
 * EngineError or IoError.
 */
export async function evaluate(
  target: string,
  options: EvaluateOptions,
  where: Surroundings = surroundings(options),
): Promise<Evaluation> {
  const subject = await findSubject(where, target, options)
  const { run, invocation, weights } = subject
  const choice = options.engine ?? run?.manifest.engine ?? 'auto'
  const { threads, on } = options
  const engine = await selectEngine(choice as EngineChoice, {
    adapts: true,
    ...(threads !== undefined && { threads }),
  })
  const compiled = await compileExperiment(where, subject.source, invocation, engine)
  const { diagnostics, sources } = compiled
  if (diagnostics.length > 0) on?.({ kind: 'compiled', diagnostics, sources })
  if (compiled.plan.clock && !compiled.plan.evaluation) {
    throw new ProjectError(`${subject.name} runs by a clock: there is nothing to evaluate.`, {
      hint: 'Say how test examples are passed through it, as in `evaluate { phase free 20 steps }`; its measures are in metrics.jsonl, what it recorded in records/.',
    })
  }
  const { dataDir, allowRead } = options
  const note = (text: string): void => on?.({ kind: 'noted', text })
  const order = { ...subject, file: target, dataDir, allowRead, note }
  const data = await dataOf(where, compiled, order)
  if (!data) throw new ProjectError(`${subject.name} presents no examples.`)
  for (const text of data.notes ?? []) note(text)
  const name = options.part ?? 'test'
  const part = requirePart(data, name)
  const { weights: trained, ...untrained } = order
  const network = await networkOf(where, compiled, engine, compiled.plan.clock ? untrained : order)
  try {
    const { plan } = compiled
    if (plan.clock) {
      const scores = await evaluateByClock(compiled, network, {
        part,
        data,
        weights: trained,
        note,
      })
      const bad = findInScores(scores)
      if (bad) throw new RunError(`The ${bad.name} of the ${name} examples is ${valueText(bad)}.`)
      return {
        name: subject.name,
        set: invocation.set,
        ...(weights && { weights: weights.path }),
        part: name,
        examples: part.count,
        plan,
        scores,
      }
    }
    const presenter = new Presenter(plan.present, data.plan, 0)
    const scores = await scoresOf(
      network,
      presenter,
      part,
      plan.evaluationBatch,
      breathing(),
      plan.evaluation,
    )
    const bad = findInScores(scores ?? {})
    if (bad) {
      const culprit = traceScore(bad, network, presenter, part, plan, compiled)
      const draw = culprit === bad ? probabilityBehind(bad, plan.checks) : undefined
      if (draw !== undefined)
        throw new RunError(
          `A probability was not from 0 to 1 for the ${name} examples: that of \`bernoulli\` in ${draw}.`,
        )
      throw new RunError(
        `The ${bad.name} of the ${name} examples is ${valueText(bad)}` +
          `${culprit === bad ? '' : `, as ${culprit.name} is ${valueText(culprit)}`}.`,
      )
    }
    return {
      name: subject.name,
      set: invocation.set,
      ...(weights && { weights: weights.path }),
      part: name,
      examples: part.count,
      plan,
      scores: scores ?? {},
    }
  } finally {
    network.dispose()
  }
}

/** Evaluates every copy of a run of several, or what `evaluate` does. Throws as that. */
export async function evaluateAll(
  target: string,
  options: EvaluateOptions,
  where: Surroundings,
): Promise<readonly Evaluation[]> {
  if (target.endsWith('.ccn')) return [await evaluate(target, options, where)]
  const run = await findNamed(where, target, pathIn(where, options.out ?? 'runs'))
  const copies = await copiesIn(run)
  if (copies.length > 1 && options.checkpoint !== undefined) {
    const isOfEach = options.checkpoint === 'latest' || options.checkpoint === 'best'
    if (!isOfEach) requireOne(run, 'evaluated with weights of a file')
  }
  const found: Evaluation[] = []
  for (const copy of copies) {
    // A copy that stopped before its first checkpoint has nothing to evaluate.
    if (copies.length > 1 && !copy.hasCheckpoint('latest')) continue
    found.push(await evaluate(copy.path, options, where))
  }
  return found
}

/** Test examples in a circuit with a past: their states begin as they were before the first step. */
async function evaluateByClock(
  compiled: CompiledExperiment,
  network: Network,
  {
    part,
    data,
    weights,
    note,
  }: {
    readonly part: DataPart
    readonly data: LoadedDataset
    readonly weights: Subject['weights'] | undefined
    readonly note: (text: string) => void
  },
): Promise<Scores> {
  const { plan } = compiled
  const { evaluation } = plan
  if (!evaluation) return {}
  const initial = pick(network.save(), evaluation.states)
  if (weights) loadWeights(network, compiled, weights, note)
  const options = { parameters: compiled.draft.parameters, initial, pause: breathing() }
  const scores = await new ClockEvaluation(plan, evaluation, network, data, options).of(part)
  return scores ?? {}
}

function findSubject(
  where: Surroundings,
  target: string,
  options: EvaluateOptions,
): Promise<Subject> {
  return target.endsWith('.ccn')
    ? subjectOfFile(where, target, options)
    : subjectOfRun(where, target, options)
}

async function subjectOfFile(
  where: Surroundings,
  file: string,
  { checkpoint, variants, set, experiment, host }: EvaluateOptions,
): Promise<Subject> {
  if (checkpoint === 'latest' || checkpoint === 'best') {
    throw misuse(`Only a run has a ${checkpoint} checkpoint; ${file} is a file.`)
  }
  const path = checkpoint === undefined ? undefined : pathIn(where, checkpoint)
  return {
    name: file,
    source: sourceIn(where, file, host),
    invocation: {
      variants: variants ?? [],
      set: set ?? {},
      ...(experiment !== undefined && { experiment }),
    },
    ...(path !== undefined && { weights: { path, storages: await readWeights(path) } }),
  }
}

async function subjectOfRun(
  where: Surroundings,
  target: string,
  { checkpoint = 'latest', variants, set, experiment, out = 'runs' }: EvaluateOptions,
): Promise<Subject> {
  if (variants || set || experiment !== undefined) {
    throw misuse(
      'A run has its variants, parameters and experiment; name a .ccn file to choose others.',
    )
  }
  const run = await findNamed(where, target, pathIn(where, out))
  requireOne(run, 'evaluated')
  const { sources, invocation } = run.manifest
  const subject = { name: run.name, source: storedSource(sources), invocation, run }
  if (checkpoint !== 'latest' && checkpoint !== 'best') {
    const path = pathIn(where, checkpoint)
    return { ...subject, weights: { path, storages: await readWeights(path) } }
  }
  if (!run.hasCheckpoint(checkpoint)) {
    throw new ProjectError(`Run ${run.name} has no ${checkpoint} checkpoint yet.`)
  }
  const { storages } = await run.readCheckpoint(checkpoint)
  return { ...subject, weights: { path: run.checkpointPath(checkpoint), storages } }
}

function requirePart(data: LoadedDataset, name: Part): DataPart {
  const part = data[name]
  if (part.count > 0) return part
  throw new ProjectError(`The experiment has no ${name} data.`, {
    hint: name === 'validation' ? 'Add e.g. `data mnist { validation 10000 }`.' : undefined,
  })
}
