/**
 * `ccn train`: compiles, loads the data, runs the experiment in a folder of its own, and says what
 * came of it. Ctrl-C saves and says how to go on; a second one ends at once.
 */
import { basename } from 'node:path'
import { selectEngine } from '../runtime/node/engine/index.ts'
import type { Engine, Network } from '../runtime/engine/network.ts'
import { IoError } from '../runtime/io/errors.ts'
import { formatTime } from '../runtime/report/figures.ts'
import { summaryLines } from '../runtime/report/summary.ts'
import { restoreNetwork } from '../runtime/node/train/checkpoint.ts'
import { RunError } from '../runtime/train/errors.ts'
import {
  placeholders,
  readAgain,
  readFileArrays,
  type FileArray,
} from '../runtime/node/train/file-arrays.ts'
import { differences, type ManifestDraft } from '../runtime/node/train/manifest.ts'
import type { RunResult } from '../runtime/train/reporter.ts'
import { runExperiment } from '../runtime/train/run.ts'
import { RunFolder } from '../runtime/node/train/run-folder.ts'
import type { RunState } from '../runtime/train/state.ts'
import { engineOptions, requireFile, type ModelArguments } from '../cli/arguments.ts'
import { sourceOnDisk } from './sources.ts'
import { CliError, exitCodes, usageError } from '../cli/errors.ts'
import { compileExperiment, loadData, storedSource, type EngineChoice } from './experiment.ts'
import { chooseReporter } from '../cli/reporting.ts'
import { findUnfinished, invocationOf } from './runs.ts'
import type { Session } from '../cli/session.ts'

/** Arguments of `ccn train`. */
export interface TrainArguments extends ModelArguments {
  readonly engine?: EngineChoice
  readonly threads?: number
  readonly precision?: 'f32' | 'f64'
  readonly dataDir?: string
  readonly epochs?: number
  readonly steps?: number
  readonly batch?: number
  readonly seed?: number
  readonly limit?: number
  readonly out: string
  readonly name?: string
  /** True: the latest run that was not finished. */
  readonly resume?: string | true
  readonly force?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Trains, or goes on with a run. */
export async function train(
  session: Session,
  fileArgument: string | undefined,
  args: TrainArguments,
) {
  // `--resume model.ccn` means the file, not a run of that name.
  const takesFile = typeof args.resume === 'string' && args.resume.endsWith('.ccn')
  const file = fileArgument ?? (takesFile ? (args.resume as string) : undefined)
  const resume = fileArgument === undefined && takesFile ? true : args.resume
  if (resume !== undefined && (args.name !== undefined || args.force)) {
    throw usageError('A run that is resumed keeps its name: leave out --name and --force.')
  }

  const out = session.path(args.out)
  const old = resume === undefined ? undefined : await findUnfinished(session, out, file, resume)
  await old?.lock()
  try {
    await trainIn(session, file, args, old)
  } finally {
    await old?.unlock()
  }
}

/** Trains in a new folder, or in that of `old`, which is locked. */
async function trainIn(
  session: Session,
  file: string | undefined,
  args: TrainArguments,
  old: RunFolder | undefined,
) {
  const source =
    file === undefined && old
      ? storedSource(old.manifest.sources)
      : sourceOnDisk(session, requireFile(file, 'train'))
  const invocation = invocationOf(session, args, old?.manifest.invocation)
  const choice = args.engine ?? old?.manifest.engine ?? 'auto'
  const engine = await selectEngine(choice as EngineChoice, engineOptions(args))
  const compiled = await compileExperiment(session, source, invocation, engine)
  const read = await readFiles(compiled.files, file === undefined ? old : undefined)
  const files = read.records.length > 0 ? { files: read.records } : {}
  const draft: ManifestDraft = { ...compiled.draft, engine: engine.name, ...files }
  if (old) requireSame(old, draft)

  const data = await loadData(session, compiled.plan, invocation.dataDir)
  const network = await engine.instantiate(compiled.program, {
    seed: compiled.plan.seed,
    batch: compiled.plan.batch,
    files: read.arrays,
  })
  const folder = old ?? (await createFolder(session, draft, args))
  try {
    const state = old && (await restore(old, network))
    if (!args.json && !args.quiet) printHead(session, folder, engine)
    const result = await runInterruptibly(session, args, folder, (interrupt) =>
      runExperiment(
        compiled.plan,
        network,
        data,
        {
          store: folder,
          ...(state && { state }),
          parameters: draft.parameters,
          variables: compiled.variables,
          states: compiled.states,
          interrupt,
        },
        chooseReporter(session, args, {
          run: folder.path,
          model: draft.model,
          engine: engine.name,
        }),
      ),
    )
    if (result.status === 'finished') {
      if (old?.manifest.finishedAt === undefined) {
        await folder.finish(result.state.last, now(session))
      }
      if (!args.json) printResult(session, folder, result, args)
    } else {
      sayHowToResume(session, folder, result, file, args)
      session.exitCode = exitCodes.interrupted
    }
  } finally {
    network.dispose()
    if (!old) await folder.unlock()
  }
}

function createFolder(session: Session, draft: ManifestDraft, args: TrainArguments) {
  return RunFolder.create(draft, {
    root: session.path(args.out),
    name: args.name,
    force: args.force ?? false,
    startedAt: now(session),
  })
}

/**
 * What the model reads from files. A run that goes on by its manifest alone has it in its checkpoint;
 * before the first one, the files must still be what they were.
 */
async function readFiles(files: readonly FileArray[], run: RunFolder | undefined) {
  if (!run) return readFileArrays(files)
  const records = run.manifest.files ?? []
  if (!run.hasCheckpoint('latest')) return readAgain(files, records)
  return { arrays: placeholders(files), records }
}

function requireSame(folder: RunFolder, draft: ManifestDraft): void {
  const found = differences(folder.manifest, draft)
  if (found.length === 0) return
  const more = found.length > 4 ? ` and ${found.length - 4} more` : ''
  throw new RunError(
    `Run ${folder.name} cannot go on, as this differs: ${found.slice(0, 4).join('; ')}${more}. ` +
      'Start a new run for that, or resume with what the run was started with.',
  )
}

/** Puts the network where the run stopped. */
async function restore(folder: RunFolder, network: Network): Promise<RunState | undefined> {
  const checkpoint = await folder.resume()
  if (!checkpoint) return undefined
  restoreNetwork(network, checkpoint, folder.checkpointPath('latest'))
  return checkpoint.state
}

async function runInterruptibly(
  session: Session,
  args: TrainArguments,
  folder: RunFolder,
  run: (interrupt: { aborted: boolean }) => Promise<RunResult>,
): Promise<RunResult> {
  const interrupt = { aborted: false }
  const stopListening = session.io.onInterrupt(() => {
    if (interrupt.aborted) session.io.exit(exitCodes.interrupted)
    interrupt.aborted = true
    if (!args.quiet)
      session.say('\nFinishing this step and saving; press Ctrl-C again to stop at once.')
  })
  try {
    return await run(interrupt)
  } catch (error) {
    if (error instanceof IoError) {
      const command = `ccn train --resume ${folder.name}${outOption(args)}`
      throw new CliError(error.message, {
        hint: `Once that is mended, go on from the last checkpoint by \`${command}\`.`,
      })
    }
    if (!(error instanceof RunError)) throw error
    throw new CliError(error.message, {
      hint: `What was done until then is in ${session.shown(folder.path)}.`,
    })
  } finally {
    stopListening()
  }
}

function printHead(session: Session, folder: RunFolder, engine: Engine): void {
  const { model, experiment, invocation } = folder.manifest
  const variants = invocation.variants.length > 0 ? ` with ${invocation.variants.join(', ')}` : ''
  const { bold, dim } = session.colours()
  session.print(
    `${bold(`${model}${variants}, experiment ${experiment}`)} ${dim(`on ${engine.name}`)}`,
  )
}

function printResult(
  session: Session,
  folder: RunFolder,
  { state }: RunResult,
  args: TrainArguments,
) {
  session.print()
  for (const line of summaryLines(folder.manifest.plan, state)) session.print(line)
  session.print()
  session.print(`run written to  ${session.shown(folder.path)}`)
  const command = folder.manifest.plan.clock
    ? 'draw it by      ccn plot'
    : 'evaluate it by  ccn eval'
  session.print(`${command} ${folder.name}${outOption(args)}`)
}

function sayHowToResume(
  session: Session,
  folder: RunFolder,
  { state }: RunResult,
  file: string | undefined,
  args: TrainArguments,
): void {
  const command = ['ccn train', ...(file === undefined ? [] : [file]), `--resume ${folder.name}`]
  const { clock } = folder.manifest.plan
  const where = clock ? `at ${formatTime(state.step * clock.step)}` : `in epoch ${state.epoch}`
  session.say(`Interrupted ${where}, after step ${state.step}. Go on by`)
  session.say(`  ${command.join(' ')}${outOption(args)}`)
}

function outOption({ out }: TrainArguments): string {
  return basename(out) === out && out === 'runs' ? '' : ` --out ${out}`
}

function now(session: Session): string {
  return new Date(session.io.clock()).toISOString()
}
