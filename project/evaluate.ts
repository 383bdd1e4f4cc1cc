/**
 * `ccn eval`: scores of a run, rebuilt from what its manifest holds, or of a file with weights from
 * a checkpoint.
 */
import type { NamedArray } from '../runtime/engine/network.ts'
import { selectEngine } from '../runtime/node/engine/index.ts'
import type { DataPart, LoadedDataset } from '../runtime/data/types.ts'
import { formatCount, formatScore, headline } from '../runtime/report/figures.ts'
import { loadStorages, readWeights } from '../runtime/node/train/checkpoint.ts'
import { evaluate, type Scores } from '../runtime/train/evaluate.ts'
import { placeholders, readFileArrays } from '../runtime/node/train/file-arrays.ts'
import type { Invocation } from '../runtime/node/train/manifest.ts'
import { Presenter } from '../runtime/train/present.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import { engineOptions, type ModelArguments } from '../cli/arguments.ts'
import { sourceOnDisk, type Source } from './sources.ts'
import { CliError, usageError } from '../cli/errors.ts'
import { compileExperiment, loadData, storedSource, type EngineChoice } from './experiment.ts'
import { openRun } from './runs.ts'
import type { Session } from '../cli/session.ts'

/** Parts of the data that can be evaluated. */
export const parts = ['test', 'validation', 'train'] as const

/** Arguments of `ccn eval`. */
export interface EvalArguments extends ModelArguments {
  readonly checkpoint?: string
  readonly part: (typeof parts)[number]
  readonly engine?: EngineChoice
  readonly threads?: number
  readonly dataDir?: string
  readonly out: string
  readonly json?: boolean
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

/** Evaluates a run, by name or folder, or a `.ccn` file. */
export async function evaluateTarget(session: Session, target: string, args: EvalArguments) {
  const subject = await findSubject(session, target, args)
  const { run, invocation, weights } = subject
  const choice = args.engine ?? run?.manifest.engine ?? 'auto'
  const engine = await selectEngine(choice as EngineChoice, engineOptions(args))
  const compiled = await compileExperiment(session, subject.source, invocation, engine)
  if (compiled.plan.clock) {
    throw new CliError(`${subject.name} runs by a clock: there is nothing to evaluate.`, {
      hint: 'Its measures are in metrics.jsonl, what it recorded in records/.',
    })
  }
  const data = await loadData(session, compiled.plan, args.dataDir ?? invocation.dataDir)
  if (!data) throw new CliError(`${subject.name} presents no examples.`)
  const part = requirePart(data, args.part)
  const { arrays } = weights
    ? { arrays: placeholders(compiled.files) }
    : await readFileArrays(compiled.files)
  const network = await engine.instantiate(compiled.program, {
    seed: compiled.plan.seed,
    files: arrays,
  })
  try {
    if (weights) loadStorages(network, weights.storages, weights.path)
    const presenter = new Presenter(compiled.plan.present, data.plan, 0)
    const scores = await evaluate(network, presenter, part, compiled.plan.evaluationBatch)
    print(session, subject, args, part, scores ?? {})
  } finally {
    network.dispose()
  }
}

function findSubject(session: Session, target: string, args: EvalArguments): Promise<Subject> {
  return target.endsWith('.ccn')
    ? subjectOfFile(session, target, args)
    : subjectOfRun(session, target, args)
}

async function subjectOfFile(
  session: Session,
  file: string,
  { checkpoint, variant, set, experiment }: EvalArguments,
): Promise<Subject> {
  if (checkpoint === 'latest' || checkpoint === 'best') {
    throw usageError(`Only a run has a ${checkpoint} checkpoint; ${file} is a file.`)
  }
  const path = checkpoint === undefined ? undefined : session.path(checkpoint)
  return {
    name: file,
    source: sourceOnDisk(session, file),
    invocation: {
      variants: variant ?? [],
      set: set ?? {},
      ...(experiment !== undefined && { experiment }),
    },
    ...(path !== undefined && { weights: { path, storages: await readWeights(path) } }),
  }
}

async function subjectOfRun(
  session: Session,
  target: string,
  { checkpoint = 'latest', variant, set, experiment, out }: EvalArguments,
): Promise<Subject> {
  if (variant || set || experiment !== undefined) {
    throw usageError(
      'A run has its variants, parameters and experiment; name a .ccn file to choose others.',
    )
  }
  const run = await openRun(session, target, session.path(out))
  const { sources, invocation } = run.manifest
  const subject = { name: run.name, source: storedSource(sources), invocation, run }
  if (checkpoint !== 'latest' && checkpoint !== 'best') {
    const path = session.path(checkpoint)
    return { ...subject, weights: { path, storages: await readWeights(path) } }
  }
  if (!run.hasCheckpoint(checkpoint)) {
    throw new CliError(`Run ${run.name} has no ${checkpoint} checkpoint yet.`)
  }
  const { storages } = await run.readCheckpoint(checkpoint)
  return { ...subject, weights: { path: run.checkpointPath(checkpoint), storages } }
}

function requirePart(data: LoadedDataset, name: EvalArguments['part']): DataPart {
  const part = data[name]
  if (part.count > 0) return part
  throw new CliError(`The experiment has no ${name} data.`, {
    hint: name === 'validation' ? 'Add e.g. `data mnist { validation 10000 }`.' : undefined,
  })
}

function print(
  session: Session,
  { name, weights }: Subject,
  { part, json }: EvalArguments,
  { count }: DataPart,
  scores: Scores,
): void {
  const from = weights && session.shown(weights.path)
  if (json) {
    session.printJson({ name, checkpoint: from ?? null, part, examples: count, scores })
    return
  }
  session.print(
    `${name}: ${formatCount(count)} ${part} examples, ${from ? `weights of ${from}` : 'untrained'}`,
  )
  const first = headline(scores)
  const names = Object.keys(scores).toSorted((a, b) => Number(b === first) - Number(a === first))
  for (const each of names) session.print(`${part} ${each}  ${formatScore(each, scores[each]!)}`)
}
