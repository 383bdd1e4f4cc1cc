/** `ccn sweep --engine slurm`, `--status` and `--cancel`: what a sweep's jobs are told, and how it stands. */
import { quoted } from '../project/report/command.ts'
import { warnTo } from './diagnostics.ts'
import { pointsText } from './sweep-table.ts'
import { beginSweep } from '../project/sweeps/begin.ts'
import { openSweepIn } from '../project/sweeps/index.ts'
import { isLeased } from '../project/sweeps/leases.ts'
import type { SweepFolder } from '../project/sweeps/folder.ts'
import {
  cancelSweep,
  jobStates,
  submitSweep,
  type JobStates,
  type SubmitOptions,
} from '../project/sweeps/slurm/index.ts'
import { progressOf, type Progress } from '../project/sweeps/summary.ts'
import type { Session } from './session.ts'

interface Shown {
  readonly sweeps?: string | undefined
  readonly json?: boolean
  readonly quiet?: boolean
}
type Arguments = SubmitOptions & Shown

/** Submits a sweep. */
export async function submitFile(
  session: Session,
  file: string | undefined,
  args: Arguments,
): Promise<void> {
  const { folder, job, progress, before, changes } = await submitSweep(
    file,
    { ...args, warn: warnTo(session) },
    session.where,
  )
  if (args.json === true) {
    session.printJsonLine({
      kind: 'submitted',
      name: folder.name,
      folder: folder.path,
      job: job ?? null,
      ...progress,
    })
    return
  }
  const { bold } = session.colours()
  session.print(
    `${bold(`sweep ${folder.name}`)} of ${folder.sweep.model}, ${pointsText(progress.points)}`,
  )
  if (changes?.renewed === true) {
    session.print('The model, its data or ccn have changed since: all points are run anew.')
  }
  const ready = progress.done + progress.givenUp
  if (!job) return session.print('All of them are done: nothing was submitted.')
  if (ready > 0) session.print(`${ready} of them were done before.`)
  if (before > 0) {
    session.print(
      `${tasks(before)} of earlier jobs ${before === 1 ? 'is' : 'are'} in the queue, too.`,
    )
  }
  session.print(
    `Submitted to Slurm as job ${job.id}${job.cluster === undefined ? '' : ` of ${job.cluster}`}: ${tasks(job.tasks)}. This machine is not needed any more.`,
  )
  if (args.quiet === true) return
  session.print(`  ${command(folder, args, '--status')}   how far it is`)
  session.print(`  ${command(folder, args, '--cancel')}   ends it; what is done is kept`)
}

/** Keeps the definition of a sweep, for processes with `--task`. */
export async function defineOnly(
  session: Session,
  file: string | undefined,
  args: Arguments,
): Promise<void> {
  const { folder, progress } = await beginSweep(
    file,
    { ...args, warn: warnTo(session) },
    session.where,
  )
  if (args.json === true) {
    session.printJsonLine({ kind: 'defined', name: folder.name, folder: folder.path, ...progress })
    return
  }
  session.print(`sweep ${folder.name} of ${folder.sweep.model}: ${counts(progress)}`)
  if (args.quiet === true) return
  session.print(`  ${command(folder, args, '--task 0 --tasks 1')}   works on it`)
}

/** Says how far a sweep is. */
export async function sayStatus(session: Session, name: string, args: Shown): Promise<void> {
  const folder = await openSweepIn(session.where, name, args.sweeps)
  const progress = await progressOf(folder)
  const running = await runningOf(folder)
  const states = await jobStates(session.where, folder)
  if (args.json === true) {
    return session.printJson({
      name: folder.name,
      ...progress,
      running,
      jobs: states.jobs.map((job) => ({
        ...job,
        ...(states.queue && { queue: states.queue.get(job.id) ?? {} }),
      })),
    })
  }
  session.print(`${folder.name}: ${counts(progress)}${running > 0 ? `, ${running} running` : ''}`)
  for (const line of queueLines(session, folder, progress, states, args)) session.print(line)
}

function queueLines(
  session: Session,
  folder: SweepFolder,
  progress: Progress,
  { jobs, queue, unseen }: JobStates,
  args: Shown,
): readonly string[] {
  if (jobs.length === 0) return []
  if (!queue) return [`Jobs ${ids(jobs)}: ${unseen ?? 'the queue cannot be seen.'}`]
  const lines = jobs.flatMap(({ id }) => {
    const states = Object.entries(queue.get(id) ?? {})
    return states.length === 0
      ? []
      : [`job ${id}: ${states.map(([state, count]) => `${count} ${state}`).join(', ')}`]
  })
  const left = progress.points - progress.done - progress.givenUp
  if (lines.length > 0 || left === 0) return lines
  return [
    `None of its jobs (${ids(jobs)}) is in the queue. What tasks said is in ${session.shown(`${folder.path}/slurm`)}.`,
    `Go on by  ${command(folder, args, '--resume --engine slurm')}`,
  ]
}

/** Ends a sweep's jobs. */
export async function cancelJobs(session: Session, name: string, args: Shown): Promise<void> {
  const { folder, cancelled } = await cancelSweep(name, args, session.where)
  const progress = await progressOf(folder)
  if (args.json === true) {
    return session.printJson({
      name: folder.name,
      cancelled: cancelled.map(({ id }) => id),
      ...progress,
    })
  }
  if (cancelled.length === 0) {
    return session.print(`None of the jobs of ${folder.name} is in the queue: ${counts(progress)}.`)
  }
  session.print(
    `Cancelled ${cancelled.length === 1 ? 'job' : 'jobs'} ${ids(cancelled)}: ${counts(progress)}, which are kept; so is where points stand that were being run.`,
  )
  session.print(`Go on by  ${command(folder, args, '--resume --engine slurm')}`)
}

/** `12 of 40 points done, 1 failed` */
export function counts({ points, done, givenUp, failed }: Progress): string {
  const parts = [
    `${done} of ${pointsText(points)} done`,
    ...(givenUp > 0 ? [`${givenUp} given up`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  return parts.join(', ')
}

/** How many points of a sweep are being run by a process that is alive. */
export async function runningOf({ sweep, store }: SweepFolder): Promise<number> {
  const held = await store.leased()
  let running = 0
  for (const { key } of sweep.points) if (held.has(key) && (await isLeased(store, key))) running++
  return running
}

function tasks(count: number): string {
  return `${count} ${count === 1 ? 'task' : 'tasks'}`
}

function ids(jobs: JobStates['jobs']): string {
  return jobs.map(({ id }) => id).join(', ')
}

function command({ name }: SweepFolder, { sweeps }: Shown, what: string): string {
  const folder = sweeps === undefined || sweeps === 'sweeps' ? '' : ` --sweeps ${quoted(sweeps)}`
  return `ccn sweep ${name} ${what}${folder}`
}
