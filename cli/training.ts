/**
 * `ccn train`: shows a run while it goes on, and what came of it. Ctrl-C saves and says how to go on; a
 * second one ends at once.
 */
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { EngineChoice } from '../project/experiment.ts'
import { report, type TrainEvent } from '../project/events.ts'
import { train as trainProject, type Trained, type TrainOptions } from '../project/train.ts'
import { EngineError } from '../runtime/engine/errors.ts'
import { IoError } from '../runtime/io/errors.ts'
import type { RunFolder } from '../runtime/node/train/run-folder.ts'
import { formatTime } from '../runtime/report/figures.ts'
import { finishedText } from '../runtime/train/longer.ts'
import { summaryLines } from '../runtime/report/summary.ts'
import { RunError } from '../runtime/train/errors.ts'
import { silentReporter, type Reporter } from '../runtime/train/reporter.ts'
import { choiceIn, requireFile, type ModelArguments } from './arguments.ts'
import { ShowingCopies } from './copies.ts'
import { sayWarnings } from './diagnostics.ts'
import { CliError, exitCodes, usageError } from './errors.ts'
import { chooseReporter } from './reporting.ts'
import { resumeNotes } from './resuming.ts'
import type { Session } from './session.ts'

/** Arguments of `ccn train`. */
export interface TrainArguments extends ModelArguments {
  readonly engine?: EngineChoice
  readonly threads?: number
  readonly precision?: 'f32' | 'f64'
  readonly dataDir?: string
  readonly allowRead?: readonly string[]
  readonly epochs?: number
  readonly untilLoss?: number
  /** False: `stop when` is passed over. */
  readonly stop?: boolean
  readonly steps?: number
  readonly batch?: number
  readonly seed?: number
  readonly replicate?: number
  readonly tape?: number
  readonly limit?: number
  readonly out: string
  readonly name?: string
  /** True: the latest run that was not finished. */
  readonly resume?: string | true
  readonly force?: boolean
  /** False: no page of the run is written. */
  readonly report?: boolean
  readonly live?: boolean
  readonly port?: number
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
  if (args.port !== undefined && !args.live)
    throw usageError('--port is where --live serves: add --live.')
  if (resume === undefined) requireFile(file, 'train')

  const showing = new Showing(session, args)
  try {
    const options: TrainOptions = {
      ...args,
      ...choiceIn(args),
      ...(args.stop === false && { noStop: true }),
      // Commander says true where nothing was said.
      report: args.report === false ? false : undefined,
      live: args.live ? { port: args.port } : undefined,
      resume,
      signal: showing.signal,
      on: (event) => showing.hear(event),
    }
    const trained = await trainProject(file, options, session.where)
    showing.close(trained, file)
  } catch (error) {
    throw showing.explained(error)
  } finally {
    showing.stopListening()
  }
}

/** A run as it is shown, and what Ctrl-C does to it. */
class Showing {
  readonly #session: Session
  readonly #args: TrainArguments
  readonly #abort = new AbortController()
  #run: RunFolder | undefined
  #copies: ShowingCopies | undefined
  #reporter: Reporter = silentReporter
  stopListening: () => void = () => {}

  constructor(session: Session, args: TrainArguments) {
    this.#session = session
    this.#args = args
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  hear(event: TrainEvent): void {
    if (event.kind === 'compiled') sayWarnings(this.#session, event)
    else if (event.kind === 'opened') this.#open(event)
    else if (event.kind === 'copies') this.#openCopies(event)
    else if (event.kind === 'copy') this.#copies?.hear(event.copy, event.event)
    else if (event.kind === 'noted') this.#session.say(`warning: ${event.text}`)
    else if (event.kind === 'live') this.#session.say(`Watch it on ${event.url}`)
    else report(this.#reporter, event)
  }

  #open(event: Extract<TrainEvent, { kind: 'opened' }>): void {
    const { run, engine } = event
    for (const note of resumeNotes(event)) this.#session.say(note)
    const { json, quiet } = this.#args
    this.#run = run
    const { model } = run.manifest
    this.#reporter = chooseReporter(this.#session, this.#args, {
      run: run.path,
      model,
      engine: engine.name,
    })
    if (!json && !quiet) this.#printHead(run, engine.name)
    this.stopListening = this.#session.io.onInterrupt(() => this.#interrupt())
  }

  #openCopies(event: Extract<TrainEvent, { kind: 'copies' }>): void {
    const { json, quiet } = this.#args
    this.#run = event.run
    if (!json && !quiet) this.#printHead(event.run, event.engine.name)
    this.#copies = new ShowingCopies(this.#session, this.#args, event)
    this.stopListening = this.#session.io.onInterrupt(() => this.#interrupt())
  }

  #interrupt(): void {
    const { io } = this.#session
    if (this.signal.aborted) io.exit(exitCodes.interrupted)
    this.#abort.abort()
    if (this.#args.quiet) return
    this.#session.say('\nFinishing this step and saving; press Ctrl-C again to stop at once.')
  }

  #printHead({ manifest }: RunFolder, engine: string): void {
    const { model, experiment, invocation } = manifest
    const variants = invocation.variants.length > 0 ? ` with ${invocation.variants.join(', ')}` : ''
    const { bold, dim } = this.#session.colours()
    this.#session.print(
      `${bold(`${model}${variants}, experiment ${experiment}`)} ${dim(`on ${engine}`)}`,
    )
  }

  close(trained: Trained, file: string | undefined): void {
    if (trained.already) {
      const { run, state } = trained
      this.#session.say(finishedText(run.name, run.manifest.plan, state.stopped))
    }
    this.#copies?.close(trained)
    if (trained.copies?.some(({ status }) => status === 'failed'))
      this.#session.exitCode = exitCodes.failed
    if (trained.pageProblem !== undefined) {
      this.#session.say(`The page of the run could not be written: ${trained.pageProblem}`)
    }
    if (trained.status === 'finished') {
      if (!this.#args.json) this.#printResult(trained)
    } else {
      this.#sayHowToResume(trained, file)
      this.#session.exitCode = exitCodes.interrupted
    }
  }

  /** The error with what to do about it, where the run is known. */
  explained(error: unknown): unknown {
    const run = this.#run
    if (!run) return error
    if (!existsSync(run.path)) {
      if (!(error instanceof IoError)) return error
      const hint = `The folder of the run, ${this.#session.shown(run.path)}, has been removed or renamed.`
      return new CliError(error.message, { hint })
    }
    if (error instanceof IoError || error instanceof EngineError) {
      const command = `ccn train --resume ${run.name}${this.#outOption()}`
      const from = run.hasCheckpoint('latest')
        ? 'go on from the last checkpoint, which is saved,'
        : 'begin again, as no checkpoint had been saved yet,'
      return new CliError(error.message, {
        hint: `Once that is mended, ${from} by \`${command}\`.`,
      })
    }
    if (!(error instanceof RunError)) return error
    const page = existsSync(run.pagePath)
      ? `, to look at in ${this.#session.shown(run.pagePath)}`
      : ''
    return new CliError(error.message, {
      hint: `What was done until then is in ${this.#session.shown(run.path)}${page}.`,
    })
  }

  #printResult({ run, state, copies }: Trained): void {
    const session = this.#session
    if (!copies) {
      session.print()
      for (const line of summaryLines(run.manifest.plan, state)) session.print(line)
    }
    session.print()
    session.print(`run written to  ${session.shown(run.path)}`)
    if (existsSync(run.pagePath)) session.print(`look at it in   ${session.shown(run.pagePath)}`)
    const command = run.manifest.plan.clock
      ? 'draw it by      ccn plot'
      : 'evaluate it by  ccn eval'
    session.print(`${command} ${run.name}${this.#outOption()}`)
  }

  #sayHowToResume({ run, state, copies }: Trained, file: string | undefined): void {
    const command = ['ccn train', ...(file === undefined ? [] : [file]), `--resume ${run.name}`]
    const { clock } = run.manifest.plan
    if (copies) {
      const left = copies.filter(({ status }) => status !== 'finished' && status !== 'failed')
      this.#session.say(
        `Interrupted, with ${left.length} of ${copies.length} copies to go on with. Go on by`,
      )
      this.#session.say(`  ${command.join(' ')}${this.#outOption()}`)
      return
    }
    const where = clock ? `at ${formatTime(state.step * clock.step)}` : `in epoch ${state.epoch}`
    this.#session.say(`Interrupted ${where}, after step ${state.step}. Go on by`)
    this.#session.say(`  ${command.join(' ')}${this.#outOption()}`)
  }

  #outOption(): string {
    const { out } = this.#args
    return basename(out) === out && out === 'runs' ? '' : ` --out ${out}`
  }
}
