/**
 * `ccn sweep`: shows a sweep while it goes on, and what came of it. Ctrl-C saves the points that are being run;
 * a second one ends at once.
 */
import {
  runSweep,
  workOnSweep,
  type SweepEvent,
  type SweepOptions,
} from '../project/sweeps/index.ts'
import { pointText } from '../project/sweeps/define.ts'
import { requireAsDefined } from '../project/sweeps/requested.ts'
import type { SweepFolder } from '../project/sweeps/folder.ts'
import { requireReportFile } from '../project/sweeps/report/write.ts'
import { summarise } from '../project/sweeps/summary.ts'
import { pointCommand } from '../project/sweeps/repeat.ts'
import type { DefinedPoint } from '../project/sweeps/sweep-file.ts'
import type { WorkEvent } from '../project/sweeps/work.ts'
import { warnTo } from './diagnostics.ts'
import { exitCodes, usageError } from './errors.ts'
import { isLive } from './io.ts'
import type { Session } from './session.ts'
import { cancelJobs, counts, defineOnly, runningOf, sayStatus, submitFile } from './sweep-queue.ts'
import { reportedSweep, reportSweep, reportWhatCame } from './sweep-report.ts'
import { pointsText, sweepTable } from './sweep-table.ts'
import { SweepBar } from './sweep-bar.ts'

/** Arguments of `ccn sweep`. */
export interface SweepArguments extends Omit<SweepOptions, 'on' | 'signal' | 'host' | 'report'> {
  /** Figures; an empty one asks for the report. False: no report. */
  readonly report?: readonly string[] | false
  /** Of the report. */
  readonly output?: string
  readonly engine?: 'local' | 'slurm'
  /** Flags of sbatch. */
  readonly slurm?: string
  readonly define?: boolean
  readonly status?: boolean
  readonly cancel?: boolean
  readonly since?: number
  readonly task?: number
  readonly tasks?: number
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Runs the command. */
export async function sweepFile(
  session: Session,
  file: string | undefined,
  name: string | undefined,
  args: SweepArguments,
): Promise<void> {
  for (const option of ['tasks', 'since'] as const)
    if (args[option] !== undefined && args.task === undefined)
      throw usageError(`--${option} is of --task: say both.`)
  const { report: _, ...request } = args
  const asGiven = { ...request, report: figuresOf(args) }
  if (args.task !== undefined) requireAsDefined(asGiven, 'task')
  if (args.task !== undefined) return workAsTask(session, file, name, args)
  if (args.slurm !== undefined && args.engine !== 'slurm')
    throw usageError('--slurm is of --engine slurm: say both.')
  const asked = (['status', 'cancel', 'resume'] as const).filter((each) => args[each] === true)
  if (asked.length > 1) throw usageError(`Either --${asked.join(' or --')}.`)
  if (asked[0] !== undefined) {
    // `ccn sweep NAME --status`: the only word is the sweep's name, unless it is a file's.
    const only = args.name ?? name ?? (file?.endsWith('.ccn') === true ? undefined : file)
    if (only === undefined) {
      throw usageError(`Say which sweep: ccn sweep NAME --${asked[0]}.`)
    }
    requireAsDefined(asGiven, asked[0])
    if (args.cancel === true) return cancelJobs(session, only, args)
    if (args.status === true) return sayStatus(session, only, args)
    return run(session, undefined, { ...args, name: only })
  }
  const reported = reportedSweep(file, name, args)
  if (reported !== undefined) requireAsDefined({ ...request, report: [] }, 'report')
  if (reported !== undefined) return reportSweep(session, reported, args)
  // `ccn sweep FILE tilt --name again`: the sweep `tilt` of the file, kept as `again`.
  const called = name === undefined ? undefined : args.name
  return run(session, file, { ...args, name: name ?? args.name, called })
}

async function run(
  session: Session,
  file: string | undefined,
  args: SweepArguments,
): Promise<void> {
  if (args.output !== undefined) requireReportFile(args.output)
  if (args.define === true) return defineOnly(session, file, { ...args, report: figuresOf(args) })
  if (args.engine === 'slurm')
    return submitFile(session, file, { ...args, report: figuresOf(args) })
  const abort = new AbortController()
  const stopListening = session.io.onInterrupt(() => {
    if (abort.signal.aborted) session.io.exit(exitCodes.interrupted)
    abort.abort()
    if (args.quiet !== true) {
      session.say('\nSaving the points that are being run; press Ctrl-C again to stop at once.')
    }
  })
  const show = new Display(session, args)
  try {
    const { folder, status, progress } = await runSweep(
      file,
      {
        ...args,
        report: figuresOf(args),
        signal: abort.signal,
        on: (event) => show.hear(event),
        warn: warnTo(session),
      },
      session.where,
    )
    show.close()
    if (status === 'interrupted') {
      const out =
        args.sweeps === 'sweeps' || args.sweeps === undefined ? '' : ` --sweeps ${args.sweeps}`
      session.say(`Interrupted with ${counts(progress)}. Go on by`)
      session.say(`  ccn sweep ${folder.name} --resume${out}`)
      session.exitCode = exitCodes.interrupted
      return
    }
    await sayResult(session, folder, args)
    await reportWhatCame(session, folder, args)
  } finally {
    show.close()
    stopListening()
  }
}

/** What `--report` names. */
function figuresOf({ report }: SweepArguments): readonly string[] {
  return report === undefined || report === false ? [] : report.filter((each) => each !== '')
}

async function workAsTask(
  session: Session,
  file: string | undefined,
  name: string | undefined,
  args: SweepArguments,
): Promise<void> {
  const { task = 0, tasks = 1 } = args
  const which = args.name ?? name ?? file
  if (which === undefined) throw usageError('Say which sweep to work on: --name NAME.')
  if (task >= tasks)
    throw usageError(`Tasks are numbered from 0: there are ${tasks}, so none is number ${task}.`)
  const abort = new AbortController()
  const stopListening = session.io.onInterrupt(() => abort.abort())
  // A process that was started for a sweep ends with it.
  if (process.send) process.once('disconnect', () => abort.abort())
  try {
    const end = await workOnSweep(
      which,
      { part: task, of: tasks },
      {
        sweeps: args.sweeps,
        signal: abort.signal,
        since: args.since,
        on: passedOn(session),
      },
      session.where,
    )
    if (end === 'interrupted') session.exitCode = exitCodes.interrupted
  } finally {
    stopListening()
    if (process.connected) process.disconnect()
  }
}

/** Milliseconds between two messages of how far a point is. */
const NEWS = 200

/** Tells the process that started this one what happens; if there is none, says what people should know. */
function passedOn(session: Session): (event: WorkEvent) => void {
  let told = 0
  return (event) => {
    if (!process.connected) {
      if (event.kind === 'noted') session.say(`warning: ${event.text}`)
      return
    }
    if (event.kind === 'progress') {
      const now = Date.now()
      if (now - told < NEWS) return
      told = now
    }
    process.send?.(event)
  }
}

async function sayResult(
  session: Session,
  folder: SweepFolder,
  args: SweepArguments,
): Promise<void> {
  const summary = await summarise(folder)
  if (summary.failures.length > 0) session.exitCode = exitCodes.failed
  if (args.json === true) {
    const { failures, ...rest } = summary
    session.printJsonLine({
      kind: 'ended',
      name: rest.name,
      progress: rest.progress,
      groups: rest.groups.map(({ values, points, figures }) => ({
        values,
        seeds: points.map(({ seed }) => seed ?? null),
        figures,
      })),
      failures: failures.map(({ point, reason }) => ({
        ...point,
        reason,
        command: pointCommand(folder.sweep, point),
      })),
    })
    return
  }
  for (const line of sweepTable(summary)) session.print(line)
  if (summary.progress.givenUp > 0) {
    session.print('Points that were given up count with the figures that they had then.')
  }
  for (const { point, reason } of summary.failures.slice(0, 20)) {
    session.say(
      `failed: ${pointText(point)}${point.seed === undefined ? '' : ` seed=${point.seed}`}: ${reason}`,
    )
    session.say(`  ${pointCommand(folder.sweep, point)}`)
  }
  if (summary.failures.length > 20)
    session.say(`and ${summary.failures.length - 20} more that failed`)
  session.print()
  // Points that another call of this command runs are left to it.
  const running = await runningOf(folder)
  const others = running > 0 ? `, ${running} being run by another process` : ''
  session.print(`${counts(summary.progress)}${others}; kept in ${session.shown(folder.path)}`)
}

/** What is shown while a sweep goes on. */
class Display {
  readonly #session: Session
  readonly #args: SweepArguments
  #bar: SweepBar | undefined
  #points = new Map<string, DefinedPoint>()

  constructor(session: Session, args: SweepArguments) {
    this.#session = session
    this.#args = args
  }

  hear(event: SweepEvent): void {
    const { json, quiet } = this.#args
    if (event.kind === 'defined')
      this.#points = new Map(event.folder.sweep.points.map((each) => [each.key, each]))
    if (event.kind === 'noted') {
      // Where the bar is.
      this.#bar?.close()
      return this.#session.say(`warning: ${event.text}`)
    }
    if (json === true) return this.#tell(event)
    if (quiet === true) return
    if (event.kind === 'defined') return this.#open(event)
    this.#bar?.hear(event)
  }

  close(): void {
    this.#bar?.close()
    this.#bar = undefined
  }

  #open({ folder, progress, changes, jobs }: Extract<SweepEvent, { kind: 'defined' }>): void {
    const session = this.#session
    const { bold, dim } = session.colours()
    const { sweep } = folder
    session.print(
      `${bold(`sweep ${sweep.name}`)} of ${sweep.model}, ${pointsText(progress.points)} ${dim(`on ${jobs} ${jobs === 1 ? 'process' : 'processes'}`)}`,
    )
    if (changes?.renewed === true) {
      session.print('The model, its data or ccn have changed since: all points are run anew.')
    }
    const before = progress.done + progress.givenUp
    if (before > 0) session.print(`${before} of them were done before.`)
    this.#bar = new SweepBar({
      write: (text) => session.io.stdout.write(text),
      isLive: isLive(session.io.stdout, session.io.env),
      columns: () => session.io.stdout.columns(),
      clock: () => session.io.clock(),
      progress,
      nameOf: (key) => {
        const point = this.#points.get(key)
        if (!point) return key.slice(0, 8)
        const seed = point.seed === undefined ? '' : ` seed=${point.seed}`
        return `${pointText(point)}${seed}`
      },
    })
  }

  #tell(event: Exclude<SweepEvent, { kind: 'noted' }>): void {
    const line = (value: unknown): void => this.#session.printJsonLine(value)
    switch (event.kind) {
      case 'defined':
        return line({
          kind: 'defined',
          name: event.folder.name,
          folder: event.folder.path,
          jobs: event.jobs,
          ...event.progress,
        })
      case 'began':
      case 'progress':
        return
      case 'ended': {
        const point = this.#points.get(event.result.key)
        return line({ ...event.result, kind: 'point', values: point?.values, seed: point?.seed })
      }
    }
  }
}
